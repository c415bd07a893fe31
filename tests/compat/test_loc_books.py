# SPDX-License-Identifier: MIT
"""The 250,000 records of the Library of Congress in pymarc's source distribution."""

from pathlib import Path

import pytest

import mrrc

RECORDS = 250_000


@pytest.fixture
def loc_all(pymarc_sdist: Path) -> Path:
    return pymarc_sdist / "BooksAll.2016.part01.utf8"


@pytest.mark.slow
def test_read_and_written_they_are_the_same(loc_all: Path) -> None:
    number = 0
    with mrrc.MARCReader(loc_all) as reader, loc_all.open("rb") as file:
        for number, record in enumerate(reader, 1):
            assert record is not None, reader.current_exception
            written = record.as_marc()
            assert written == file.read(len(written)), f"record {number}"
        assert file.read() == b""
    assert number == RECORDS


@pytest.mark.slow
def test_in_batches_they_are_the_same(loc_all: Path) -> None:
    number = 0
    with mrrc.MARCReader(loc_all) as reader, loc_all.open("rb") as file:
        for batch in reader.batches():
            written = batch.encode()
            assert written == file.read(len(written)), f"behind record {number}"
            number += len(batch)
    assert number == RECORDS
