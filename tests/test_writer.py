# SPDX-License-Identifier: MIT
"""Writers: every kind of target, and what is said when a target does not take the bytes.

What the bytes of a record are is the record's affair and tested there. Here: that they all
arrive, once and in order, or that whoever writes is told, by the end of `close()` at the latest.
"""

import errno
import gc
import io
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import listening, seen, shape

import mrrc

DATA = [make.sample(number) for number in range(40)]
RECORDS = [mrrc.Record(data) for data in DATA]
MARC8 = make.iso2709(
    [make.control_field("001", "x"), make.data_field("245", "10", ("a", b"Caf\xe2e"))], coding=" "
)


class Raw(io.RawIOBase):
    """A raw file that takes a few bytes of what it is given."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)[: self.most]
        self.taken += piece
        return len(piece)


class Sink:
    """The least a target can be: its write() says nothing."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        pass


class Failing(io.BytesIO):
    """A file that fails at one call of write(), or when it is closed."""

    def __init__(self, error: BaseException, at: int) -> None:
        super().__init__()
        self.error, self.calls_left = error, at

    def write(self, data: Any) -> int:
        self.calls_left -= 1
        if self.calls_left == 0:
            raise self.error
        return super().write(data)


def write_all(target: Any, **args: Any) -> None:
    writer = mrrc.MARCWriter(target, **args)
    for record in RECORDS:
        writer.write(record)
    writer.close()


# Targets -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path(kind: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"
    path.write_bytes(b"what was there")
    write_all(kind(path))
    assert path.read_bytes() == b"".join(DATA)


def test_a_path_is_opened_at_once(tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"
    writer = mrrc.MARCWriter(path)
    assert path.exists()
    writer.close()
    with pytest.raises(FileNotFoundError) as caught:
        mrrc.MARCWriter(tmp_path / "no" / "out.mrc")
    assert caught.value.filename == str(tmp_path / "no" / "out.mrc") or (
        caught.value.filename == tmp_path / "no" / "out.mrc"
    )
    with pytest.raises(IsADirectoryError):
        mrrc.MARCWriter(tmp_path)
    with pytest.raises(ValueError, match="null"):
        mrrc.MARCWriter("a\0b")


@pytest.mark.parametrize("buffering", [-1, 0])
def test_an_open_file(buffering: int, tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"
    file = path.open("wb", buffering=buffering)
    write_all(file)
    assert file.closed
    assert path.read_bytes() == b"".join(DATA)


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_a_raw_file_that_takes_part_of_it(most: int) -> None:
    target = Raw(most)
    write_all(target)
    assert target.taken == b"".join(DATA)


def test_a_target_that_says_nothing() -> None:
    sink = Sink()
    write_all(sink)
    # one call a record, as programs with their own targets are used to
    assert sink.pieces == DATA


def test_a_pipe(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write(str(len(sys.stdin.buffer.read())))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        write_all(reader.stdin)
        assert int(reader.stdout.read()) == sum(map(len, DATA))


def test_what_pymarc_writes() -> None:
    ours, theirs = io.BytesIO(), io.BytesIO()
    source = b"".join(DATA) + MARC8
    for package, target in ((mrrc, ours), (pymarc, theirs)):
        writer = package.MARCWriter(target)
        for record in package.MARCReader(source):
            writer.write(record)
        writer.close(close_fh=False)
    assert ours.getvalue() == theirs.getvalue()


def test_both_names_write() -> None:
    target = io.BytesIO()
    writer = mrrc.MARCWriter(target)
    writer.write(RECORDS[0])
    writer.write_record(RECORDS[1])
    assert target.getvalue() == DATA[0] + DATA[1]


def test_a_subclass_of_record_is_written_as_it_writes_itself() -> None:
    class Mine(mrrc.Record):
        def as_marc(self) -> bytes:
            return b"mine"

    target = io.BytesIO()
    mrrc.MARCWriter(target).write(Mine())
    assert target.getvalue() == b"mine"


# What is not written ---------------------------------------------------------------------


@pytest.mark.parametrize("thing", [None, "record", b"record", 5, [], object()])
def test_only_records_are_written(thing: Any) -> None:
    for package in (mrrc, pymarc):
        target = io.BytesIO()
        writer = package.MARCWriter(target)
        with pytest.raises(package.exceptions.WriteNeedsRecord):
            writer.write(thing)
        assert target.getvalue() == b""


def test_a_record_of_pymarc_is_none_of_ours() -> None:
    with pytest.raises(mrrc.WriteNeedsRecord):
        mrrc.MARCWriter(io.BytesIO()).write(pymarc.Record(DATA[0]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "names"),
    [("x" * 9_995, "10000"), ("a\x1eb", "0x1E"), ("a\x1fb", "0x1F"), ("a\x1db", "0x1D")],
)
def test_a_record_that_cannot_be_written_leaves_no_bytes(value: str, names: str) -> None:
    target = io.BytesIO()
    writer = mrrc.MARCWriter(target)
    writer.write(RECORDS[0])
    bad = mrrc.Record(DATA[1])
    bad["500"]["a"] = value
    with pytest.raises(mrrc.WriterError, match=names) as caught:
        writer.write(bad)
    assert caught.value.field_tag == "500"
    writer.write(RECORDS[2])
    assert target.getvalue() == DATA[0] + DATA[2]


def test_a_record_too_long() -> None:
    record = mrrc.Record()
    for _ in range(11):
        record.add_field(mrrc.Field("500", subfields=[mrrc.Subfield("a", "x" * 9_900)]))
    with pytest.raises(mrrc.WriterError, match="99999"):
        mrrc.MARCWriter(io.BytesIO()).write(record)


# Closing --------------------------------------------------------------------------------------


def test_close() -> None:
    for package in (mrrc, pymarc):
        target = io.BytesIO()
        writer = package.MARCWriter(target)
        assert writer.file_handle is target
        writer.close()
        assert target.closed
        assert writer.file_handle is None
        writer.close()


def test_close_and_leave_the_file_open() -> None:
    for package in (mrrc, pymarc):
        target = io.BytesIO()
        writer = package.MARCWriter(target)
        writer.write(package.Record(DATA[0]))
        writer.close(close_fh=False)
        assert target.getvalue() == DATA[0]
        assert writer.file_handle is None


def test_write_after_close() -> None:
    """pymarc drops the record in silence."""
    for close_fh in (True, False):
        target = io.BytesIO()
        writer = mrrc.MARCWriter(target)
        writer.close(close_fh=close_fh)
        with pytest.raises(mrrc.NoActiveFile):
            writer.write(RECORDS[0])
        with pytest.raises(mrrc.WriteNeedsRecord):
            writer.write(None)  # type: ignore[arg-type]


def test_with(tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"
    with mrrc.MARCWriter(path) as writer:
        writer.write(RECORDS[0])
    assert path.read_bytes() == DATA[0]
    with pytest.raises(mrrc.NoActiveFile):
        writer.write(RECORDS[0])
    with pytest.raises(KeyError), mrrc.MARCWriter(path) as writer:
        writer.write(RECORDS[1])
        raise KeyError
    assert path.read_bytes() == DATA[1]
    with mrrc.MARCWriter(path) as writer:
        writer.close()


def test_a_file_closed_by_somebody_else() -> None:
    target = io.BytesIO()
    writer = mrrc.MARCWriter(target)
    target.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(RECORDS[0])
    writer.close()


def test_a_writer_left_open_writes_all_and_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"
    writer = mrrc.MARCWriter(path)
    writer.write(RECORDS[0])
    with pytest.warns(ResourceWarning):
        del writer
        gc.collect()
    assert path.read_bytes() == DATA[0]


# Targets that fail -----------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("count", [1, 40, 4000])
def test_a_full_disk(count: int) -> None:
    with pytest.raises(OSError) as caught:
        writer = mrrc.MARCWriter("/dev/full")
        for number in range(count):
            writer.write(RECORDS[number % 40])
        writer.close()
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == "/dev/full"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del writer, caught  # whose traceback has the writer too
        gc.collect()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("buffering", [0, 10, -1])
def test_a_full_disk_below_an_open_file(buffering: int) -> None:
    with (
        pytest.raises(OSError) as caught,
        mrrc.MARCWriter(open("/dev/full", "wb", buffering=buffering)) as writer,
    ):
        writer.write(RECORDS[0])
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == "/dev/full"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of file size")
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """The limit holds for a whole process, so another one runs into it."""
    path = tmp_path / "out.mrc"
    code = """if True:
        import resource, signal, sys, mrrc
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        record = mrrc.Record(bytes.fromhex(sys.argv[2]))
        writer = mrrc.MARCWriter(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            for _ in range(5):
                writer.write(record)
            writer.close()
        except OSError as error:
            print(error.errno, error.filename)
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path), DATA[0].hex()],
        capture_output=True,
        text=True,
        cwd=Path(mrrc.__file__).parent.parent,
    )
    assert done.stdout.split() == [str(errno.EFBIG), str(path)]


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_closed_pipe(buffering: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    with pytest.raises(BrokenPipeError):
        write_all(open(writing, "wb", buffering=buffering))


def test_a_file_open_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "in.mrc"
    path.write_bytes(b"")
    with path.open("rb") as file, pytest.raises(OSError):
        mrrc.MARCWriter(file).write(RECORDS[0])


def test_a_file_in_text_mode() -> None:
    with pytest.raises(TypeError):
        mrrc.MARCWriter(io.StringIO()).write(RECORDS[0])  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), KeyboardInterrupt(), ValueError("x")])
def test_what_a_file_object_raises_comes_through(error: BaseException) -> None:
    target = Failing(error, 2)
    writer = mrrc.MARCWriter(target)
    writer.write(RECORDS[0])
    with pytest.raises(type(error)) as caught:
        writer.write(RECORDS[1])
    assert caught.value is error
    writer.write(RECORDS[2])
    assert target.getvalue() == DATA[0] + DATA[2]


class Stuck(io.RawIOBase):
    """A raw file without room at the moment: write() gives None."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> Any:
        return None


def test_a_raw_file_without_room_is_no_success() -> None:
    """A raw file that does not block says None where it took nothing."""
    with pytest.raises(BlockingIOError):
        mrrc.MARCWriter(Stuck()).write(RECORDS[0])


class Nothing(Stuck):
    def write(self, data: Any) -> Any:
        return 0


def test_a_raw_file_that_takes_nothing_is_not_asked_for_ever() -> None:
    calls = 0

    class Counting(Nothing):
        def write(self, data: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > 1000:
                raise AssertionError("asked again and again")
            return 0

    with pytest.raises(OSError):
        mrrc.MARCWriter(Counting()).write(RECORDS[0])


# Encodings -----------------------------------------------------------------------


def test_marc8() -> None:
    target = io.BytesIO()
    writer = mrrc.MARCWriter(target, encoding="marc-8")
    record = mrrc.Record(MARC8)
    writer.write(record)
    assert record["245"]["a"] == "Café"
    written = target.getvalue()
    assert written[9:10] == b" "
    assert b"Caf\xe2e" in written
    for package in (mrrc, pymarc):
        (again,) = package.MARCReader(written)
        assert again["245"]["a"] == "Café"


@pytest.mark.parametrize(
    ("unmapped", "expected"), [("ncr", b"\x1fax &#x1F600;"), ("replace", b"\x1fax ?")]
)
def test_what_marc8_lacks(unmapped: str, expected: bytes) -> None:
    target = io.BytesIO()
    record = mrrc.Record(fields=[mrrc.Field("500", subfields=[mrrc.Subfield("a", "x \U0001f600")])])
    mrrc.MARCWriter(target, encoding="marc-8", unmapped=unmapped).write(record)
    assert expected in target.getvalue()


def test_what_marc8_lacks_as_an_error() -> None:
    target = io.BytesIO()
    record = mrrc.Record(fields=[mrrc.Field("500", subfields=[mrrc.Subfield("a", "\U0001f600")])])
    with pytest.raises(mrrc.WriterError, match="1F600") as caught:
        mrrc.MARCWriter(target, encoding="marc-8", unmapped="raise").write(record)
    assert caught.value.field_tag == "500"
    assert target.getvalue() == b""


def test_unknown_encodings(tmp_path: Path) -> None:
    for args in ({"encoding": "latin-1"}, {"encoding": None}, {"unmapped": "ignore"}):
        path = tmp_path / "never.mrc"
        with pytest.raises(ValueError):
            mrrc.MARCWriter(path, **args)  # type: ignore[arg-type]
        assert not path.exists()


def test_undecoded_records_are_written_as_they_were() -> None:
    target = io.BytesIO()
    writer = mrrc.MARCWriter(target)
    with listening():
        for record in mrrc.MARCReader(DATA[0] + MARC8, to_unicode=False):
            assert record is not None
            writer.write(record)
    assert target.getvalue() == DATA[0] + MARC8


def test_writing_changes_nothing_but_the_coding() -> None:
    record, theirs = mrrc.Record(MARC8), pymarc.Record(MARC8)
    mrrc.MARCWriter(io.BytesIO()).write(record)
    pymarc.MARCWriter(io.BytesIO()).write(theirs)
    assert seen(shape, record) == seen(shape, theirs)
    assert str(record.leader)[9] == "a"


def test_a_raw_record_goes_out_as_it_is_in_marc8() -> None:
    field = b"10\x1fa\x1b(NABC\x1b(B \xe2e\xc3\x1fbxyz\x1e"
    directory = b"245%04d00000\x1e" % len(field)
    data = b"%05dnam  22%05d   4500" % (25 + len(directory) + len(field), 24 + len(directory))
    data += directory + field + b"\x1d"
    record = mrrc.Record(data, to_unicode=False)
    memory = io.BytesIO()
    mrrc.MARCWriter(memory, encoding="marc-8").write(record)
    assert memory.getvalue() == data


@pytest.mark.parametrize(
    "field",
    [
        mrrc.Field("245", ("\u00e9", " "), [mrrc.Subfield("a", "x")]),
        mrrc.Field("245", ("1", " "), [mrrc.Subfield("\u00fc", "x")]),
    ],
)
def test_marc8_has_no_indicator_or_code_beyond_ascii(field: mrrc.Field) -> None:
    with pytest.raises(mrrc.WriterError) as caught:
        mrrc.MARCWriter(io.BytesIO(), encoding="marc-8").write(mrrc.Record(fields=[field]))
    assert caught.value.field_tag == "245"


def test_what_an_object_returns_from_write_is_its_own_affair() -> None:
    class Sink:
        data = b""

        def write(self, data: bytes) -> int:
            self.data += data
            return 0

    sink = Sink()
    record = mrrc.Record(fields=[mrrc.Field("001", data="1")])
    mrrc.MARCWriter(sink).write(record)  # type: ignore[arg-type]
    assert sink.data == record.as_marc()


# The other formats -----------------------------------------------------------------

TEXT = {"JSONWriter": True, "TextWriter": True, "XMLWriter": False}


def memory_for(name: str) -> Any:
    return io.StringIO() if TEXT[name] else io.BytesIO()


def written(package: Any, name: str, records: Any) -> Any:
    target = memory_for(name)
    writer = getattr(package, name)(target)
    for record in records:
        writer.write(record)
    writer.close(close_fh=False)
    assert writer.file_handle is None
    return target.getvalue()


def odd_records(package: Any) -> list[Any]:
    """Records that cannot be packed, or are not made of objects of the package's own."""

    class Mine(package.Record):  # type: ignore[name-defined,misc]
        def as_dict(self) -> dict[str, Any]:
            return {"mine": 1}

        def __str__(self) -> str:
            return "mine\n"

    return [
        package.Record(fields=[package.Field("1234", data="x")]),
        package.Record(fields=[package.Field("245", subfields=[package.Subfield("ab", "<x>")])]),
        package.Record(fields=[package.Field("245", subfields=[package.Subfield("a", "\x7f\t")])]),
        Mine(DATA[0]),
    ]


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("count", [0, 1, 40])
def test_what_pymarc_writes_in_other_formats(name: str, count: int) -> None:
    ours = written(mrrc, name, [mrrc.Record(chunk) for chunk in [*DATA, MARC8][:count]])
    theirs = written(pymarc, name, [pymarc.Record(chunk) for chunk in [*DATA, MARC8][:count]])
    assert ours == theirs
    for record in RECORDS:
        str(record.fields)  # so it has objects
    assert written(mrrc, name, RECORDS[:count]) == theirs
    assert written(mrrc, name, odd_records(mrrc)) == written(pymarc, name, odd_records(pymarc))


@pytest.mark.parametrize("name", TEXT)
def test_generated_records_in_other_formats(name: str) -> None:
    @given(st.lists(make.utf8_records(), min_size=1, max_size=3))
    @settings(max_examples=50, deadline=None)
    def check(chunks: list[bytes]) -> None:
        if name == "XMLWriter" and any(odd in chunk for chunk in chunks for odd in UNLIKE_PYMARC):
            return
        ours = written(mrrc, name, map(mrrc.Record, chunks))
        assert ours == written(pymarc, name, map(pymarc.Record, chunks))

    check()


#: U+0000, CR and U+FFFF: what pymarc writes of them does not come back.
UNLIKE_PYMARC = (b"\0", b"\r", b"\xef\xbf\xbf")


@pytest.mark.parametrize("name", TEXT)
def test_paths_for_other_formats(name: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    writer = getattr(mrrc, name)(path)
    assert path.exists()
    assert not isinstance(writer.file_handle, io.RawIOBase)
    for record in RECORDS[:3]:
        writer.write(record)
    writer.close()
    writer.close()
    expected = written(mrrc, name, RECORDS[:3])
    assert path.read_bytes() == (expected.encode() if TEXT[name] else expected)
    with pytest.raises(mrrc.NoActiveFile):
        writer.write(RECORDS[0])
    with pytest.raises(FileNotFoundError):
        getattr(mrrc, name)(tmp_path / "no" / "out")


@pytest.mark.parametrize("name", TEXT)
def test_with_other_formats(name: str) -> None:
    target = memory_for(name)
    with getattr(mrrc, name)(target) as writer:
        writer.write(RECORDS[0])
        before = target.getvalue()
    assert target.closed
    assert before in written(mrrc, name, RECORDS[:1])


@pytest.mark.parametrize("name", TEXT)
def test_only_records_are_written_in_other_formats(name: str) -> None:
    for package in (mrrc, pymarc):
        target = memory_for(name)
        writer = getattr(package, name)(target)
        begun = target.getvalue()
        for thing in (None, "record", b"record", {}):
            with pytest.raises(package.exceptions.WriteNeedsRecord):
                writer.write(thing)
        assert target.getvalue() == begun
        writer.close()
        assert target.closed
        assert getattr(package, name)(None).file_handle is None


@pytest.mark.parametrize("name", TEXT)
def test_a_file_of_the_wrong_mode(name: str) -> None:
    for package in (mrrc, pymarc):
        with pytest.raises(TypeError):
            writer = getattr(package, name)(io.BytesIO() if TEXT[name] else io.StringIO())
            writer.write(package.Record(DATA[0]))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("count", [0, 1, 4000])
def test_a_full_disk_in_other_formats(name: str, count: int) -> None:
    if name == "TextWriter" and count == 0:
        return  # nothing is written
    writer = getattr(mrrc, name)("/dev/full")
    with pytest.raises(OSError) as caught:
        for number in range(count):
            writer.write(RECORDS[number % 40])
        writer.close()
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == "/dev/full"
    with pytest.raises(OSError):
        if writer.file_handle is not None:
            writer.close()
        raise caught.value


@pytest.mark.parametrize("name", TEXT)
def test_a_record_that_cannot_be_written_leaves_nothing(name: str) -> None:
    target = memory_for(name)
    writer = getattr(mrrc, name)(target)
    writer.write(RECORDS[0])
    before = target.getvalue()
    bad = mrrc.Record(fields=[mrrc.Field("001", data=5)])  # type: ignore[arg-type]
    bad.fields[0].data = object()  # type: ignore[assignment]
    with pytest.raises((TypeError, AttributeError)):
        writer.write(bad)
    assert target.getvalue() == before
    writer.write(RECORDS[1])
    writer.close(close_fh=False)
    assert target.getvalue() == written(mrrc, name, RECORDS[:2])


def test_write_count() -> None:
    for name in ("JSONWriter", "TextWriter"):
        for package in (mrrc, pymarc):
            writer = getattr(package, name)(io.StringIO())
            assert writer.write_count == 0
            writer.write(package.Record(DATA[0]))
            assert writer.write_count == 1


def test_what_xml_has_no_place_for_is_replaced_and_told() -> None:
    fields = [mrrc.Field("245", subfields=[mrrc.Subfield(code, "a\x1bb")]) for code in ("a", "ab")]
    for field in fields:
        with pytest.warns(mrrc.exceptions.RepairWarning, match="U\\+001B") as caught:
            text = written(mrrc, "XMLWriter", [mrrc.Record(fields=[field])])
        assert [warning.filename for warning in caught] == [__file__]
        assert "a\ufffdb".encode() in text
