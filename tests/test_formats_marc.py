# SPDX-License-Identifier: MIT
"""ISO 2709 under the Rust package's name for it."""

import gzip
from pathlib import Path

import records as make

import mrrc
from mrrc.formats import marc

DATA = b"".join(make.sample(number) for number in range(5))


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "no suffix"
    path.write_bytes(gzip.compress(DATA))
    with marc.read(path) as reader:
        assert isinstance(reader, mrrc.MARCReader)
        records = [record for record in reader if record is not None]
    copy = tmp_path / "copy"
    assert marc.write(records, copy) == 5
    assert copy.read_bytes() == DATA
    assert marc.MARCWriter is mrrc.MARCWriter
