# SPDX-License-Identifier: MIT
"""Batches: many records as one block, made by a reader or of records at hand.

A batch is to look like a list of its records that nothing can change.
"""

import io
import pickle
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st
from side_by_side import listening, shape

import mrrc
from mrrc import _bridge
from mrrc.batch import decode_marked
from mrrc.formats import FORMATS

DATA = [make.sample(number) for number in range(300)]
FILE = b"".join(DATA)
BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])
MARC8 = make.iso2709(
    [make.control_field("001", "x"), make.data_field("245", "10", ("a", b"Caf\xe2e"))], coding=" "
)

KINDS: dict[str, Callable[[bytes, Path], Any]] = {
    "path": lambda data, folder: (folder / "x.mrc", (folder / "x.mrc").write_bytes(data))[0],
    "bytes": lambda data, folder: data,
    "file": lambda data, folder: io.BytesIO(data),
}


def batch_of(data: bytes, **args: Any) -> mrrc.RecordBatch:
    return mrrc.RecordBatch(mrrc.MARCReader(data, **args))


def test_a_batch_is_a_sequence() -> None:
    batch = batch_of(b"".join(DATA[:7]))
    records = [mrrc.Record(data) for data in DATA[:7]]
    assert len(batch) == 7
    assert bool(batch)
    assert [shape(record) for record in batch] == [shape(record) for record in records]
    assert [shape(record) for record in batch] == [shape(record) for record in records]
    for index in range(-7, 7):
        assert shape(batch[index]) == shape(records[index])
    for index in (7, -8, 100, -100):
        with pytest.raises(IndexError):
            batch[index]
    for odd in ("0", None, 1.0):
        with pytest.raises(TypeError):
            batch[odd]  # type: ignore[call-overload]


def test_what_is_marked_is_decoded_with_its_place() -> None:
    latin = make.iso2709([make.data_field("245", "10", ("a", b"caf\xe9"))], coding=" ")
    data = DATA[0] + latin + BAD + DATA[1][:-1]
    block = _bridge.Source(None, data).next(_bridge.READ_FOREIGN)
    assert block is not None and block.statuses is not None
    assert [status == _bridge.OK for status in block.statuses] == [True, False, False, False]
    record = decode_marked(block, 1, "here", 2, file_encoding="latin-1")
    assert record["245"]["a"] == "caf\xe9"
    assert record._place() == ("here", 2, len(DATA[0]))
    for index, kind in ((2, mrrc.EncodingError), (3, mrrc.TruncatedRecord)):
        with pytest.raises(kind) as caught:
            decode_marked(block, index, "here", index + 1)
        error = caught.value
        assert (error.source, error.record_index) == ("here", index + 1)
        assert error.byte_offset - error.record_byte_offset == block.offsets[index]


@given(part=st.slices(7))
def test_slices(part: slice) -> None:
    batch = batch_of(b"".join(DATA[:7]))
    assert [r.as_marc() for r in batch[part] if r is not None] == DATA[:7][part]


def test_an_empty_batch() -> None:
    batch = mrrc.RecordBatch([])
    assert len(batch) == 0
    assert list(batch) == []
    assert batch[:] == []
    assert batch.encode() == b""
    assert len(pickle.loads(pickle.dumps(batch))) == 0


def test_edits_do_not_reach_the_batch() -> None:
    record = mrrc.Record(DATA[0])
    batch = mrrc.RecordBatch([record])
    record.remove_fields("245")
    first = batch[0]
    assert first is not None
    first["245"]["a"] = "changed"
    first.leader.record_status = "d"
    again = batch[0]
    assert again is not None
    assert again is not first
    assert again.as_marc() == batch.encode() == DATA[0]


def test_records_in_every_state() -> None:
    records = [mrrc.Record(data) for data in DATA[:5]]
    records[1]["245"]["a"] = "changed"
    records[2].add_field(mrrc.Field("500", subfields=[mrrc.Subfield("a", "added")]))
    list(records[3])
    records[4].leader.record_status = "d"
    records.append(mrrc.Record(fields=[mrrc.Field("001", data="built")]))
    batch = mrrc.RecordBatch(iter(records))
    assert [shape(record) for record in batch] == [shape(record) for record in records]


def test_a_record_that_cannot_be_packed_is_kept_as_it_is() -> None:
    for value in (None, "x\x1fy", "\ud800"):
        field = mrrc.Field("500", subfields=[mrrc.Subfield("a", value)])  # type: ignore[arg-type]
        record = mrrc.Record(DATA[0])
        record.add_field(field)
        batch = mrrc.RecordBatch([mrrc.Record(DATA[0]), record, mrrc.Record(DATA[0])])
        for again in (batch, pickle.loads(pickle.dumps(batch))):
            kept = again[1]
            assert kept is not None
            assert kept.get_fields("500")[-1]["a"] == value
            assert again[2] is not None
            assert again[2].as_marc() == DATA[0]
        if value is None:
            assert batch.encode() == DATA[0] + record.as_marc() + DATA[0]
        elif value == "\ud800":
            with pytest.raises(UnicodeEncodeError):
                batch.encode()
        else:
            with pytest.raises(mrrc.WriterError) as caught:
                batch.encode()
            assert caught.value.field_tag == "500"


def test_flags_travel() -> None:
    records = [
        *mrrc.MARCReader(MARC8, to_unicode=False),
        *mrrc.MARCReader(DATA[0], force_utf8=True),
        *mrrc.MARCReader(MARC8),
    ]
    batch = mrrc.RecordBatch(records)
    for some in (batch, pickle.loads(pickle.dumps(batch))):
        assert [shape(record) for record in some] == [shape(record) for record in records]


# Encoding -----------------------------------------------------------------------------


def test_encode() -> None:
    batch = batch_of(FILE)
    assert batch.encode() == batch.encode("marc") == FILE
    with pytest.raises(ValueError, match="no such"):
        batch.encode("no such")


def test_encode_says_what_a_record_says() -> None:
    """Undecoded values stay, decoded ones are UTF-8 and say so."""
    for args in ({}, {"to_unicode": False}):
        batch = batch_of(MARC8 + DATA[0], **args)
        want = b"".join(r.as_marc() for r in mrrc.MARCReader(MARC8 + DATA[0], **args))
        assert batch.encode() == want


def test_encode_of_a_record_too_long() -> None:
    record = mrrc.Record(DATA[0])
    record["500"]["a"] = "x" * 10_000
    batch = mrrc.RecordBatch([mrrc.Record(DATA[0]), record])
    assert shape(batch[1]) == shape(record)
    with pytest.raises(mrrc.WriterError, match="over the limit of 9999") as caught:
        batch.encode()
    assert caught.value.field_tag == "500"


def test_encode_refuses_a_record_that_could_not_be_read() -> None:
    batch = mrrc.RecordBatch([mrrc.Record(DATA[0]), None])
    with pytest.raises(mrrc.WriteNeedsRecord):
        batch.encode()


def test_none_stays_in_its_place() -> None:
    batch = mrrc.RecordBatch([None, mrrc.Record(DATA[0]), None])
    assert [record is None for record in batch] == [True, False, True]
    assert [record is None for record in pickle.loads(pickle.dumps(batch))] == [True, False, True]


# Pickling --------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol: int) -> None:
    batch = batch_of(FILE)
    pickled = pickle.dumps(batch, protocol)
    again = pickle.loads(pickled)
    assert type(again) is mrrc.RecordBatch
    assert again.encode() == FILE
    assert pickle.loads(pickle.dumps(again)).encode() == FILE


def test_a_pickle_is_about_as_large_as_the_records() -> None:
    for batch in (batch_of(FILE), next(mrrc.MARCReader(FILE).batches())):
        assert len(pickle.dumps(batch)) < len(batch.encode()) + 64 * len(batch) + 1000


def test_to_another_process_and_back() -> None:
    batches = list(mrrc.MARCReader(FILE).batches(100))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(mrrc.RecordBatch.encode, batches)) == [b.encode() for b in batches]
        copies = list(pool.map(mrrc.RecordBatch, batches))
    assert [copy.encode() for copy in copies] == [batch.encode() for batch in batches]


# From readers --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 7, 299, 300, 301, 5000])
@pytest.mark.parametrize("kind", KINDS)
def test_batches_of_a_size(kind: str, n: int, tmp_path: Path) -> None:
    batches = list(mrrc.MARCReader(KINDS[kind](FILE, tmp_path)).batches(n))
    assert [len(batch) for batch in batches[:-1]] == [n] * (len(batches) - 1)
    assert 1 <= len(batches[-1]) <= n
    assert b"".join(batch.encode() for batch in batches) == FILE


@pytest.mark.parametrize("kind", KINDS)
def test_batches_as_they_come(kind: str, tmp_path: Path) -> None:
    batches = list(mrrc.MARCReader(KINDS[kind](FILE, tmp_path)).batches())
    assert all(batches)
    assert b"".join(batch.encode() for batch in batches) == FILE


@pytest.mark.parametrize("n", [None, 1, 3, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_bad_records_in_batches(kind: str, n: int | None, tmp_path: Path) -> None:
    data = DATA[0] + BAD + b"".join(DATA[1:4]) + BAD + BAD + DATA[4] + b"junk!"
    reader = mrrc.MARCReader(KINDS[kind](data, tmp_path))
    records = [record for batch in reader.batches(n) for record in batch]
    found = [None if record is None else record.as_marc() for record in records]
    assert found == [DATA[0], None, *DATA[1:4], None, None, DATA[4], None]
    assert isinstance(reader.current_exception, mrrc.RecordLengthInvalid)


@pytest.mark.parametrize("n", [0, -1])
def test_sizes_that_are_none(n: int) -> None:
    with pytest.raises(ValueError):
        next(mrrc.MARCReader(FILE).batches(n))


@pytest.mark.parametrize("kind", KINDS)
def test_batches_and_records_are_one_stream(kind: str, tmp_path: Path) -> None:
    reader = mrrc.MARCReader(KINDS[kind](FILE, tmp_path))
    found = [next(reader).as_marc()]
    found += [r.as_marc() for r in next(reader.batches(5))]
    assert reader.current_chunk == DATA[5]
    assert reader.tell() == len(b"".join(DATA[:6]))
    found += [r.as_marc() for r in next(reader.batches())]
    found += [r.as_marc() for r in reader]
    assert found == DATA


@pytest.mark.parametrize("kind", KINDS)
def test_attributes_between_batches(kind: str, tmp_path: Path) -> None:
    reader = mrrc.MARCReader(KINDS[kind](FILE, tmp_path))
    first = next(reader.batches(10))
    reader.to_unicode = False
    second = next(reader.batches(10))
    assert all(isinstance(r["245"], mrrc.Field) and r.to_unicode for r in first)
    assert all(isinstance(r["245"], mrrc.RawField) and not r.to_unicode for r in second)
    assert first.encode() + second.encode() == b"".join(DATA[:20])


@given(data=make.files(), n=st.one_of(st.none(), st.integers(1, 4)))
def test_batches_hold_what_the_reader_yields(data: bytes, n: int | None) -> None:
    with listening():
        want = [shape(record) for record in mrrc.MARCReader(data)]
        batches = list(mrrc.MARCReader(data).batches(n))
        assert [shape(record) for batch in batches for record in batch] == want
        again = pickle.loads(pickle.dumps(batches))
        assert [shape(record) for batch in again for record in batch] == want


WRITTEN = [each.name for each in FORMATS.values() if each.writes]


@pytest.mark.parametrize("format", WRITTEN)
@pytest.mark.parametrize("value", ["\x01", "a $b c\n", "x\x1fy", "\ud800"])
def test_encode_is_what_write_writes(format: str, value: str) -> None:
    """Also of what a format has no place for, and with the same words about it."""
    field = mrrc.Field("500", subfields=[mrrc.Subfield("a", value)])
    records = [mrrc.Record(DATA[0]), mrrc.Record(fields=[field]), mrrc.Record(DATA[1])]
    said: list[list[str]] = []
    made: list[Any] = []

    def write() -> bytes:
        memory = io.BytesIO()
        mrrc.write(records, memory, format)
        return memory.getvalue()

    for encode in (write, lambda: mrrc.RecordBatch(records).encode(format)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                made.append(encode())
            except (mrrc.WriterError, UnicodeEncodeError) as error:
                made.append(type(error))
        said.append([str(one.message) for one in caught])
    assert made[0] == made[1]
    assert said[0] == said[1]
