# SPDX-License-Identifier: MIT
"""Single records: how much of a file object is asked for, and what is noted of a bad one."""

import io
from typing import Any

import pytest
import records as make

import mrrc
from mrrc.one_by_one import OneByOne

GOOD = [make.sample(number) for number in range(3)]
BAD = make.iso2709([make.data_field("245", "00", ("a", b"\xff\xfe"))])
LATIN = make.iso2709([make.data_field("245", "00", ("a", b"caf\xe9"))], coding=" ")


class Asked:
    """A file object that remembers how much it was asked for, and may give less."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        self._file = io.BytesIO(data)
        self._most = most
        self.sizes: list[int] = []

    def read(self, size: int) -> bytes:
        self.sizes.append(size)
        return self._file.read(min(size, self._most))


def reader_of(file: Any, **options: Any) -> mrrc.MARCReader:
    reader = mrrc.MARCReader(file, **options)
    assert isinstance(reader, OneByOne)
    return reader


@pytest.mark.parametrize("data", [GOOD[0], BAD, LATIN])
def test_a_record_is_two_reads_and_not_a_byte_more(data: bytes) -> None:
    file = Asked(data + GOOD[1])
    reader = reader_of(file)
    next(reader)
    assert file.sizes == [5, len(data) - 5]
    assert reader.current_chunk == data


@pytest.mark.parametrize("most", [1, 4, 5, 6, 700])
def test_a_file_object_may_give_less(most: int) -> None:
    reader = reader_of(Asked(b"".join(GOOD), most))
    assert [record.as_marc() for record in reader if record is not None] == GOOD


@pytest.mark.parametrize("kind", [io.BytesIO, Asked])
def test_what_is_noted_of_a_bad_record(kind: Any) -> None:
    reader = reader_of(kind(GOOD[0] + BAD + GOOD[1]))
    assert next(reader) is not None
    assert next(reader) is None
    error: Any = reader.current_exception
    assert isinstance(error, mrrc.EncodingError)
    # only a file object that tells where it stands can say at which byte
    at = BAD.index(error.object)
    offset = len(GOOD[0]) + at if kind is io.BytesIO else None
    assert (error.record_index, error.byte_offset) == (2, offset)
    assert (error.record_byte_offset, error.found) == (at, error.object[:1])
    assert reader.current_chunk == BAD
    assert next(reader) is not None
    assert reader.current_exception is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"000", mrrc.TruncatedRecord),
        (b"abcde", mrrc.RecordLengthInvalid),
        (b"00004", mrrc.RecordLengthInvalid),
        (b"00100x", mrrc.TruncatedRecord),
        (b"00007xx", mrrc.EndOfRecordNotFound),
    ],
)
def test_what_is_no_record_ends_the_file(data: bytes, kind: type[Exception]) -> None:
    reader = reader_of(io.BytesIO(GOOD[0] + data))
    assert next(reader) is not None
    assert next(reader) is None
    assert type(reader.current_exception) is kind
    assert reader.current_chunk == data
    with pytest.raises(StopIteration):
        next(reader)


def test_what_python_decodes_knows_its_place_in_a_block() -> None:
    reader = reader_of(GOOD[0] + LATIN, file_encoding="latin-1")
    _, record = reader
    assert record is not None
    assert record["245"]["a"] == "caf\xe9"
    assert record._place() == (None, 2, len(GOOD[0]))
