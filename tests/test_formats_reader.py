# SPDX-License-Identifier: MIT
"""The reader of all formats: order of records, faults and warnings; batches; threads; closing."""

import gc
import io
import sys
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import records as make
from side_by_side import shape

import mrrc
from mrrc import FormatReader, Record, RecordBatch, RepairWarning, TextFormatError, XmlError

LEADER = "00000nam a2200000 a 4500"
KINDS = ("path", "bytes", "file", "pipe")


def mrk(number: int, bad: bool = False) -> str:
    line = "this is no line\n" if bad else ""
    return f"=LDR  {LEADER}\n=001  {number}\n{line}=245  10$aTitle {number}\n\n"


def xml(number: int, noted: bool = False) -> str:
    """A record; one with a code of two letters is read in spite of it."""
    code = "ab" if noted else "a"
    return (
        f'<record><leader>{LEADER}</leader><controlfield tag="001">{number}</controlfield>'
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="{code}">T</subfield></datafield>'
        "</record>"
    )


def document(*records: str) -> bytes:
    return f"<collection>{''.join(records)}</collection>".encode()


class Pipe:
    """What has a `read` and nothing else."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self.file.read(min(size, 100))


def source(kind: str, data: bytes, folder: Path) -> Any:
    if kind == "path":
        (folder / "x.in").write_bytes(data)
        return folder / "x.in"
    return {"bytes": bytes, "file": io.BytesIO, "pipe": Pipe}[kind](data)


def numbers(records: Any) -> list[int]:
    return [int(record["001"].data) for record in records]


@pytest.mark.parametrize("kind", KINDS)
def test_records_come_in_order(kind: str, tmp_path: Path) -> None:
    data = "".join(map(mrk, range(2000))).encode()
    given = source(kind, data, tmp_path)
    with FormatReader(given, "mrk") as reader:
        assert reader.format == "mrk"
        assert reader.source == (str(given) if kind == "path" else None)
        assert iter(reader) is reader
        assert reader.records_read == 0
        assert numbers([next(reader)]) == [0]
        assert reader.records_read == 1
        assert numbers(reader) == list(range(1, 2000))
        assert reader.records_read == 2000
        assert list(reader) == []
        assert reader.read_record() is None


def test_a_record_knows_its_place() -> None:
    data = "".join(map(mrk, range(3))).encode()
    places = [record._place() for record in FormatReader(data, "mrk")]
    assert places == [(None, n + 1, data.index(f"=001  {n}".encode()) - 31) for n in range(3)]


def drained(reader: FormatReader) -> list[Any]:
    """Numbers of records, and errors in their place."""
    got: list[Any] = []
    while len(got) < 10_000:
        try:
            got.append(int(next(reader)["001"].data))
        except StopIteration:
            break
        except Exception as error:
            got.append(error)
    return got


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_record_costs_itself_only(kind: str, tmp_path: Path) -> None:
    bad = {0, 3, 4, 900}
    data = "".join(mrk(n, n in bad) for n in range(1000)).encode()
    with FormatReader(source(kind, data, tmp_path), "mrk") as reader:
        got = drained(reader)
        assert reader.records_read == 996
    for number, one in enumerate(got):
        if number not in bad:
            assert one == number
            continue
        assert type(one) is TextFormatError
        assert one.record_index == number + 1
        line = data[: one.byte_offset].count(b"\n") + 1
        assert one.line == line
        assert data.splitlines()[line - 1] == b"this is no line"


def test_a_fault_has_no_other_behind_it() -> None:
    with pytest.raises(mrrc.XmlError) as caught:
        list(FormatReader(b"<collection><record>", "marcxml"))
    assert caught.value.__context__ is None


def test_numbers_behind_a_bad_record_count_it() -> None:
    reader = FormatReader((mrk(0) + mrk(1, True) + mrk(2)).encode(), "mrk")
    got = []
    for _ in range(3):
        try:
            got.append(next(reader)._place()[1])
        except TextFormatError as error:
            got.append(error.record_index)
    assert got == [1, 2, 3]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fatal_fault_ends_the_iteration(kind: str, tmp_path: Path) -> None:
    data = document(xml(0), xml(1))[:-20]
    with FormatReader(source(kind, data, tmp_path), "marcxml") as reader:
        got = drained(reader)
        assert got[:2] == [0, 1] or got[:1] == [0]
        assert type(got[-1]) is XmlError
        assert got[-1].line == 1
        assert list(reader) == []
        assert reader.records_read == len(got) - 1


def test_warnings_come_with_their_record() -> None:
    data = document(*(xml(n, n in (2, 3, 7)) for n in range(9)))
    reader = FormatReader(data, "marcxml")
    for number in range(9):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            record = next(reader)
        assert record["001"].data == str(number)
        assert [type(each.message) for each in caught] == [RepairWarning] * (number in (2, 3, 7))
        for each in caught:
            message: Any = each.message
            assert message.record_index == number + 1
            assert message.field_tag == "245"
            assert each.filename == __file__


def test_where_warnings_are_errors_no_record_is_lost() -> None:
    data = document(*(xml(n, n == 1) for n in range(3)))
    reader = FormatReader(data, "marcxml")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = drained(reader)
    assert [each for each in got if isinstance(each, int)] == [0, 1, 2]
    assert isinstance(got[1], RepairWarning)


@pytest.mark.parametrize("n", [None, 1, 7, 1000, 5000])
def test_batches(n: int | None) -> None:
    data = "".join(map(mrk, range(3000))).encode()
    reader = FormatReader(data, "mrk")
    next(reader)
    batches = list(reader.batches(n))
    assert all(isinstance(batch, RecordBatch) for batch in batches)
    assert numbers(record for batch in batches for record in batch) == list(range(1, 3000))
    if n is not None:
        assert [len(batch) for batch in batches[:-1]] == [n] * (len(batches) - 1)
    assert reader.records_read == 3000
    with pytest.raises(ValueError, match="at least one"):
        reader.batches(0)


@pytest.mark.parametrize("n", [None, 1, 7, 1000])
def test_a_fault_comes_between_batches(n: int | None) -> None:
    bad = {0, 5, 6, 20}
    data = "".join(mrk(number, number in bad) for number in range(30)).encode()
    batches = FormatReader(data, "mrk").batches(n)
    assert iter(batches) is batches
    got: list[int] = []
    for _ in range(100):
        try:
            batch = next(batches)
        except StopIteration:
            break
        except TextFormatError as error:
            assert error.record_index is not None
            got.append(-error.record_index)
        else:
            got += numbers(batch)
    assert got == [-number - 1 if number in bad else number for number in range(30)]


@pytest.mark.thread_unsafe(reason="sets how the interpreter switches between threads")
def test_threads_share_a_reader() -> None:
    data = document(*(xml(n, n % 50 == 0) for n in range(3000)))
    reader = FormatReader(data, "marcxml")
    barrier = threading.Barrier(6)

    def work() -> list[int]:
        barrier.wait()
        return numbers(reader)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with warnings.catch_warnings(), ThreadPoolExecutor(6) as pool:
            warnings.simplefilter("ignore")
            parts = [future.result() for future in [pool.submit(work) for _ in range(6)]]
    finally:
        sys.setswitchinterval(before)
    assert Counter(n for part in parts for n in part) == Counter(range(3000))
    assert all(part == sorted(part) for part in parts)
    assert reader.records_read == 3000


def test_namespaces() -> None:
    foreign = document(xml(0)).replace(b"<collection>", b'<collection xmlns="urn:x">')
    own = foreign.replace(b"urn:x", b"http://www.loc.gov/MARC21/slim")
    assert numbers(FormatReader(foreign, "marcxml")) == [0]
    assert numbers(FormatReader(foreign, "marcxml", namespace=True)) == []
    assert numbers(FormatReader(own, "marcxml", namespace=True)) == [0]


@pytest.mark.parametrize("format", ["marcxml", "marcjson"])
def test_own_readers_and_libraries_agree(format: str) -> None:
    memory = io.BytesIO()
    mrrc.write([Record(make.sample(number)) for number in range(50)], memory, format)
    data = memory.getvalue()
    one, other = (
        [shape(record) for record in FormatReader(data, format, own_reader=own)]
        for own in (True, False)
    )
    assert one == other
    assert len(one) == 50


def test_iso_2709_is_not_read_here() -> None:
    with pytest.raises(ValueError, match="MARCReader"):
        FormatReader(make.sample(1))


def test_an_empty_source() -> None:
    for format in ("mrk", "line", "aleph", "jsonl", "marcjson"):
        assert list(FormatReader(b"", format)) == []


def test_closing(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_text(mrk(0))
    reader = FormatReader(path)
    assert not reader.closed
    reader.close()
    reader.close()
    assert reader.closed
    with pytest.raises(ValueError, match="closed"):
        next(reader)
    file = io.BytesIO(mrk(0).encode())
    with FormatReader(file, "mrk") as reader:
        next(reader)
    assert file.closed


def test_a_reader_that_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_text(mrk(0))
    reader = FormatReader(path)
    with pytest.warns(ResourceWarning, match="unclosed"):
        del reader
        gc.collect()


def test_an_interrupted_read_goes_on() -> None:
    class Flaky:
        def __init__(self) -> None:
            self.file = io.BytesIO("".join(map(mrk, range(9))).encode())
            self.calls = 0

        def read(self, size: int) -> bytes:
            self.calls += 1
            if self.calls == 3:
                raise InterruptedError("once")
            return self.file.read(50)

    reader = FormatReader(Flaky(), "mrk")  # type: ignore[arg-type]
    got = drained(reader)
    assert [one for one in got if isinstance(one, int)] == list(range(9))
    assert sum(isinstance(one, InterruptedError) for one in got) == 1
