# SPDX-License-Identifier: MIT
"""Readers: every kind of source, what a reader says of where it is, and how it ends.

What damaged records become is compared with pymarc in test_oracles.py; here stands what
depends on the source: places, attributes set on the way, closing, and what the system refuses.
Where a test may wait for ever if the reader is wrong, something else ends the wait.
"""

import contextlib
import errno
import gc
import io
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pymarc
import pytest
import records as make
from side_by_side import Raised, listening, same_error, shape

import mrrc

GOOD = [make.sample(number) for number in range(150)]
"""Enough for several blocks of the C core."""
FILE = b"".join(GOOD)
ENDS = list(itertools.accumulate(map(len, GOOD)))
MARC8 = make.iso2709(
    [make.control_field("001", b"m\xe2e"), make.data_field("245", "10", ("a", b"Caf\xe2e"))],
    coding=" ",
)


# Sources ------------------------------------------------------------------------


class Trickle(io.RawIOBase):
    """A raw file that gives a few bytes at a time, and counts what it is asked for."""

    def __init__(self, data: bytes, most: int = 3) -> None:
        self._file = io.BytesIO(data)
        self._most = most
        self.reads = self.bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._file.readinto(memoryview(buffer)[: self._most])
        self.reads += 1
        self.bytes += size
        return size


class OnlyRead:
    """The least a source can be."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


class GivesBytearrays(OnlyRead):
    def read(self, size: int) -> Any:
        return bytearray(super().read(size))


class AsPath:
    def __init__(self, path: Any) -> None:
        self._path = path

    def __fspath__(self) -> Any:
        return self._path


def on_disk(data: bytes, folder: Path) -> Path:
    path = folder / "records.mrc"
    path.write_bytes(data)
    return path


def fed(data: bytes, descriptor: int) -> None:
    """Writes in pieces that do not end where records do, then closes."""
    with open(descriptor, "wb", buffering=0) as file:
        for at in range(0, len(data), 777):
            file.write(data[at : at + 777])


def pipe(data: bytes, folder: Path) -> BinaryIO:
    reading, writing = os.pipe()
    threading.Thread(target=fed, args=(data, writing), daemon=True).start()
    return open(reading, "rb")


def fifo(data: bytes, folder: Path) -> str:
    path = folder / "fifo"
    os.mkfifo(path)
    threading.Thread(target=lambda: fed(data, os.open(path, os.O_WRONLY)), daemon=True).start()
    return str(path)


def strange_name(data: bytes, folder: Path) -> str:
    path = os.fsencode(folder) + b"/\xff\xfe \xe9"
    Path(os.fsdecode(path)).write_bytes(data)
    return os.fsdecode(path)


SOURCES: dict[str, Callable[[bytes, Path], Any]] = {
    "Path": on_disk,
    "path as text": lambda data, folder: str(on_disk(data, folder)),
    "path as an object": lambda data, folder: AsPath(str(on_disk(data, folder))),
    "path of bytes": lambda data, folder: AsPath(os.fsencode(on_disk(data, folder))),
    "path that is no text": strange_name,
    "FIFO": fifo,
    "bytes": lambda data, folder: data,
    "bytearray": lambda data, folder: bytearray(data),
    "memoryview": lambda data, folder: memoryview(data),
    "part of a memoryview": lambda data, folder: memoryview(b"12345" + data + b"x")[5:-1],
    "memoryview with steps": lambda data, folder: memoryview(
        b"".join(bytes([byte, 0]) for byte in data)
    )[::2],
    "BytesIO": lambda data, folder: io.BytesIO(data),
    "file": lambda data, folder: on_disk(data, folder).open("rb"),
    "raw file": lambda data, folder: on_disk(data, folder).open("rb", buffering=0),
    "raw file with short reads": lambda data, folder: Trickle(data),
    "buffered short reads": lambda data, folder: io.BufferedReader(Trickle(data, 1000)),
    "pipe": pipe,
    "read() only": lambda data, folder: OnlyRead(data),
    "read() of bytearrays": lambda data, folder: GivesBytearrays(data),
}
PATHS = ["Path", "path as text", "path as an object", "path of bytes", "path that is no text"]
IN_MEMORY = ["bytes", "bytearray", "memoryview"]
KINDS = ["Path", "bytes", "BytesIO"]
"""One of each kind of source that a reader tells apart."""


def opened(source: str, data: bytes, folder: Path, **args: Any) -> mrrc.MARCReader:
    return mrrc.MARCReader(SOURCES[source](data, folder), **args)


@pytest.fixture(autouse=True)
def no_word_of_open_files() -> Iterator[None]:
    """Readers and files that a test leaves open are its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.mark.parametrize("source", SOURCES)
def test_reads_what_pymarc_reads(source: str, tmp_path: Path) -> None:
    reader = opened(source, FILE, tmp_path)
    assert iter(reader) is reader
    for record, theirs, data in zip(reader, pymarc.MARCReader(FILE), GOOD, strict=True):
        assert shape(record) == shape(theirs)
        assert reader.current_exception is None
        assert reader.current_chunk == data
    assert next(reader, "end") == "end"
    assert reader.current_exception is None
    assert reader.current_chunk == b""


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_to_read(source: str, tmp_path: Path) -> None:
    reader = opened(source, b"", tmp_path)
    assert reader.current_chunk is None
    assert reader.current_exception is None
    assert list(reader) == []
    assert reader.read_record() is None
    assert list(reader.batches()) == []


def test_kinds_of_source(tmp_path: Path) -> None:
    for source in PATHS:
        assert opened(source, FILE, tmp_path).backend_type == "path"
    for source in IN_MEMORY:
        assert opened(source, FILE, tmp_path).backend_type == "bytes"
    for source in ("BytesIO", "file", "read() only"):
        assert opened(source, FILE, tmp_path).backend_type == "file"


def test_the_file_object_is_there_to_be_used(tmp_path: Path) -> None:
    file = io.BytesIO(FILE)
    assert mrrc.MARCReader(file).file_handle is file


def test_what_is_in_memory_may_change_afterwards(tmp_path: Path) -> None:
    data = bytearray(FILE)
    reader = mrrc.MARCReader(data)
    data[:] = b"x" * len(data)
    data.clear()
    assert [r.as_marc() for r in reader] == GOOD


# Good, bad and lost ---------------------------------------------------------------

BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])
RAGGED = make.sample()[:12] + b"00100" + make.sample()[17:]
LATER = make.sample(7)
ENDINGS: dict[str, bytes] = {
    "the end": b"",
    "a stray newline": b"\n",
    "four bytes": b"0010",
    "no length": b"12a45" + LATER,
    "blank length": b"     " + LATER,
    "a length below 24": b"00010\x1d" + LATER,
    "only a length": b"00123",
    "cut in the leader": LATER[:20],
    "cut in the directory": LATER[:60],
    "cut by one": LATER[:-1],
    "too long": b"99999" + LATER[5:] + LATER,
    "too short": b"00100" + LATER[5:] + LATER,
    "no terminator": LATER[:-1] + b" " + LATER,
    "zeros": bytes(100),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("source", [*KINDS, "FIFO", "raw file with short reads"])
def test_what_is_said_after_each_record(source: str, ending: str, tmp_path: Path) -> None:
    data = GOOD[0] + BAD + GOOD[1] + RAGGED + MARC8 + ENDINGS[ending]
    theirs = pymarc.MARCReader(io.BytesIO(data))
    ours = opened(source, data, tmp_path)
    assert ours.current_chunk is theirs.current_chunk is None
    while True:
        want, got = next(theirs, "end"), next(ours, "end")
        assert (got is None, got == "end") == (want is None, want == "end")
        assert ours.current_chunk == theirs.current_chunk
        assert same_error(ours.current_exception, theirs.current_exception)
        if want == "end":
            break
    assert next(ours, "end") == "end"
    assert ours.current_chunk == theirs.current_chunk
    assert same_error(ours.current_exception, theirs.current_exception)


@pytest.mark.parametrize("length", [b"00000", b"00004", b"-0001", b"    3", b"-9999"])
@pytest.mark.parametrize("source", KINDS)
def test_a_length_below_five_is_invalid(source: str, length: bytes, tmp_path: Path) -> None:
    reader = opened(source, GOOD[0] + length + GOOD[1][5:] + GOOD[2], tmp_path)
    assert next(reader) is not None
    assert next(reader) is None
    assert isinstance(reader.current_exception, mrrc.RecordLengthInvalid)
    assert reader.current_chunk == length
    assert next(reader, "end") == "end"


@pytest.mark.parametrize("length", [b" %04d", b"+%04d", b"%d \t"])
@pytest.mark.parametrize("source", KINDS)
def test_lengths_as_pymarc_takes_them(source: str, length: bytes, tmp_path: Path) -> None:
    small = make.iso2709([make.control_field("001", "x" * 50)])
    data = (length % len(small))[:5].ljust(5) + small[5:]
    assert len(data) == len(small)
    (want,) = pymarc.MARCReader(data)
    (got,) = opened(source, data, tmp_path)
    assert shape(got) == shape(want)


@pytest.mark.parametrize("source", KINDS)
def test_errors_know_their_place(source: str, tmp_path: Path) -> None:
    reader = opened(source, GOOD[0] + BAD + GOOD[1] + GOOD[2][:-3], tmp_path)
    assert [record is None for record in itertools.islice(reader, 2)] == [False, True]
    error = reader.current_exception
    assert isinstance(error, mrrc.EncodingError)
    assert error.record_index == 2
    assert error.field_tag == "245"
    assert [record is None for record in reader] == [False, True]
    error = reader.current_exception
    assert isinstance(error, mrrc.TruncatedRecord)
    assert error.record_index == 4
    if source == "Path":
        assert error.source == str(tmp_path / "records.mrc")
    if source != "BytesIO":
        assert error.byte_offset == len(GOOD[0] + BAD + GOOD[1])


@pytest.mark.parametrize("source", [*KINDS, "FIFO"])
def test_read_record_and_iteration_are_one_stream(source: str, tmp_path: Path) -> None:
    reader = opened(source, FILE, tmp_path)
    found = []
    while (record := reader.read_record()) is not None:
        found.append(record.as_marc())
        found += [one.as_marc() for one in itertools.islice(reader, 2)]
        if len(found) == 60:
            found += [one.as_marc() for one in next(reader.batches(7))]
    assert found == GOOD


def test_read_record_in_a_while() -> None:
    """A record without a field is a record: it does not end the loop."""
    assert not mrrc.Record().fields and bool(mrrc.Record())
    reader = mrrc.MARCReader(FILE)
    found = []
    while record := reader.read_record():
        found.append(record.as_marc())
    assert b"".join(found) == FILE
    assert reader.read_record() is None


@pytest.mark.parametrize("source", KINDS)
def test_read_record_raises_and_goes_on(source: str, tmp_path: Path) -> None:
    reader = opened(source, BAD + GOOD[1] + GOOD[2][:-1], tmp_path)
    with pytest.raises(UnicodeDecodeError) as caught:
        reader.read_record()
    assert caught.value is reader.current_exception
    assert reader.current_chunk == BAD
    record = reader.read_record()
    assert record is not None and record.as_marc() == GOOD[1]
    with pytest.raises(mrrc.TruncatedRecord):
        reader.read_record()
    assert reader.read_record() is None


@pytest.mark.parametrize("source", KINDS)
def test_map_records(source: str, tmp_path: Path) -> None:
    found: list[Any] = []
    target = SOURCES[source](GOOD[0] + BAD + GOOD[1], tmp_path)
    mrrc.map_records(found.append, target, io.BytesIO(MARC8))
    assert [record is None for record in found] == [False, True, False, False]


# Places ------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["BytesIO", "file", "raw file"])
def test_a_file_stands_behind_the_record_last_yielded(source: str, tmp_path: Path) -> None:
    file = SOURCES[source](b"head" + FILE + b"tail", tmp_path)
    assert file.read(4) == b"head"
    reader = mrrc.MARCReader(file)
    for end in ENDS:
        assert next(reader) is not None
        assert file.tell() == reader.tell() == 4 + end
    assert file.read() == b"tail"


def test_a_file_may_be_moved_between_two_records(tmp_path: Path) -> None:
    file = on_disk(FILE, tmp_path).open("rb")
    reader = mrrc.MARCReader(file)
    next(reader)
    file.seek(ENDS[9])
    assert next(reader).as_marc() == GOOD[10]
    file.seek(0)
    assert next(reader).as_marc() == GOOD[0]


def test_two_readers_of_one_file_take_turns() -> None:
    file = io.BytesIO(FILE)
    readers = [mrrc.MARCReader(file), pymarc.MARCReader(file)]
    assert [next(readers[n % 2]).as_marc() for n in range(10)] == GOOD[:10]


def test_a_file_that_grows_is_read_on(tmp_path: Path) -> None:
    path = on_disk(GOOD[0], tmp_path)
    with path.open("rb") as file, path.open("ab") as more:
        for reader in (pymarc.MARCReader(file), mrrc.MARCReader(file)):
            assert len(list(reader)) >= 1 - file.tell()
            more.write(GOOD[1])
            more.flush()
            assert next(reader).as_marc() == GOOD[1]


@pytest.mark.parametrize("source", ["Path", "bytes", "BytesIO", "file", "FIFO"])
def test_tell(source: str, tmp_path: Path) -> None:
    reader = opened(source, FILE, tmp_path)
    places = [reader.tell()] if source != "FIFO" else [0]
    for record in reader:
        assert record is not None
        places.append(reader.tell())
    assert places == [0, *ENDS]


@pytest.mark.parametrize("source", ["Path", "bytes", "BytesIO", "file"])
def test_seek(source: str, tmp_path: Path) -> None:
    reader = opened(source, FILE, tmp_path)
    for number in (100, 3, 149, 0, 75, 76, 0):
        reader.seek(ENDS[number] - len(GOOD[number]))
        assert reader.current_chunk is None
        assert reader.tell() == ENDS[number] - len(GOOD[number])
        record = next(reader)
        assert record is not None and record.as_marc() == GOOD[number]
        assert reader.current_chunk == GOOD[number]
        assert reader.tell() == ENDS[number]
    assert [r.as_marc() for r in reader] == GOOD[1:]
    reader.seek(ENDS[-2])
    assert next(reader).as_marc() == GOOD[-1]
    reader.seek(len(FILE) + 10)
    assert next(reader, "end") == "end"
    with pytest.raises(ValueError):
        reader.seek(-1)
    reader.seek(0)
    assert next(reader).as_marc() == GOOD[0]


@pytest.mark.parametrize("source", ["Path", "bytes", "BytesIO"])
def test_seeking_away_from_a_fatal_record(source: str, tmp_path: Path) -> None:
    reader = opened(source, GOOD[0] + b"junk!" + GOOD[1], tmp_path)
    assert [record is None for record in reader] == [False, True]
    reader.seek(len(GOOD[0]) + 5)
    assert [r.as_marc() for r in reader] == [GOOD[1]]


def test_ranges_make_the_whole(tmp_path: Path) -> None:
    path = on_disk(FILE, tmp_path)
    found = []
    for start, stop in itertools.pairwise([0, ENDS[20], ENDS[21], ENDS[100], len(FILE)]):
        with mrrc.MARCReader(path) as reader:
            reader.seek(start)
            while reader.tell() < stop:
                found.append(next(reader).as_marc())
    assert found == GOOD


# Attributes set on the way -----------------------------------------------------------------

CHANGES: list[dict[str, Any]] = [
    {"to_unicode": False},
    {"force_utf8": True},
    {"file_encoding": "cp1251"},
    {"utf8_handling": "replace"},
    {"hide_utf8_warnings": True},
    {"force_utf8": True, "utf8_handling": "ignore"},
    {"file_encoding": "no such encoding"},
]
MIXED = [
    MARC8,
    BAD,
    GOOD[0],
    make.iso2709([make.data_field("500", "  ", ("a", b"\x80"))], coding=" "),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "+".join(change))
@pytest.mark.parametrize("source", KINDS)
def test_attributes_hold_from_the_next_record(
    source: str, change: dict[str, Any], tmp_path: Path
) -> None:
    records = (MIXED * 45)[:177]
    # A reader that keeps an error is in a circle with it; others' may not be warned of here.
    gc.collect()

    def run(reader: Any) -> list[Any]:
        before = {name: getattr(reader, name) for name in change}
        found: list[Any] = []
        with listening() as told:
            for number in range(len(records)):
                # back and forth, at the first record, the second, within blocks and far on
                if number in (0, 1, 2, 60, 61, 170):
                    settings = change if number % 2 == 0 else before
                    for name, value in settings.items():
                        setattr(reader, name, value)
                        assert getattr(reader, name) == value
                record = next(reader)
                error = reader.current_exception
                found.append(Raised(error) if record is None else shape(record))
                found.append(told())
                found.append(reader.current_chunk)
            assert next(reader, "end") == "end"
        return found

    got = run(opened(source, b"".join(records), tmp_path))
    want = run(pymarc.MARCReader(b"".join(records)))
    assert got == want


@pytest.mark.parametrize("source", [*KINDS, "FIFO", "pipe"])
def test_setting_an_attribute_loses_nothing(source: str, tmp_path: Path) -> None:
    reader = opened(source, FILE, tmp_path)
    found = []
    for number, data in enumerate(GOOD):
        reader.to_unicode = number % 3 != 0
        assert reader.current_chunk == (GOOD[number - 1] if number else None)
        record = next(reader)
        found.append(record.as_marc())
        assert record.to_unicode is (number % 3 != 0)
        assert reader.current_chunk == data
    assert found == GOOD


# Closing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [0, 1, 3])
@pytest.mark.parametrize("source", ["Path", "bytes", "BytesIO", "file"])
def test_use_after_close(source: str, read: int, tmp_path: Path) -> None:
    reader = opened(source, GOOD[0] + GOOD[1], tmp_path)
    chunk = None
    for _ in range(read):
        next(reader, None)
        chunk = reader.current_chunk
    reader.close()
    reader.close()
    assert reader.current_chunk == chunk
    for use in (
        lambda: next(reader),
        reader.read_record,
        lambda: reader.seek(0),
        lambda: list(reader.batches()),
    ):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_close_closes_the_file_object() -> None:
    file = io.BytesIO(FILE)
    mrrc.MARCReader(file).close()
    assert file.closed


@pytest.mark.parametrize("source", ["Path", "bytes", "BytesIO", "file"])
def test_with(source: str, tmp_path: Path) -> None:
    with opened(source, FILE, tmp_path) as reader:
        assert next(reader) is not None
    with pytest.raises(ValueError):
        next(reader)
    with pytest.raises(KeyError), opened(source, FILE, tmp_path) as reader:
        raise KeyError
    with pytest.raises(ValueError):
        next(reader)


def descriptors() -> set[int]:
    """The descriptors that are open."""
    found = set()
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):  # that of the listing itself
            os.fstat(number)
            found.add(number)
    return found


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc/self/fd")
def test_descriptors_are_given_back(tmp_path: Path) -> None:
    path = on_disk(FILE, tmp_path)
    gc.collect()  # what other tests left
    before = descriptors()
    for _ in range(5):
        with mrrc.MARCReader(path) as reader:
            next(reader)
            (one,) = descriptors() - before
            assert not os.get_inheritable(one)
        list(mrrc.MARCReader(path))
        mrrc.MARCReader(path)
        for bad in (tmp_path, tmp_path / "missing", "a\0b"):
            with pytest.raises((OSError, ValueError)):
                mrrc.MARCReader(bad)
        mrrc.map_records(lambda record: None, path)
    gc.collect()
    assert descriptors() == before


def test_a_reader_left_open_is_warned_of(tmp_path: Path) -> None:
    reader = mrrc.MARCReader(on_disk(FILE, tmp_path))
    reference = weakref.ref(reader)
    with pytest.warns(ResourceWarning, match="unclosed"):
        del reader
    assert reference() is None


def test_no_other_warning_of_that_kind(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for source in IN_MEMORY:
            next(opened(source, FILE, tmp_path))
        with opened("Path", FILE, tmp_path) as reader:
            next(reader)
        mrrc.map_records(lambda record: None, tmp_path / "records.mrc")
        # what was never made is not collected with a complaint either
        for bad in (tmp_path, tmp_path / "missing", "a\0b", 5):
            with pytest.raises((OSError, ValueError, TypeError)):
                mrrc.MARCReader(bad)  # type: ignore[arg-type]
        del reader
        gc.collect()


def test_records_outlive_their_reader(tmp_path: Path) -> None:
    for source in KINDS:
        with opened(source, FILE, tmp_path) as reader:
            records = list(reader)
        del reader
        gc.collect()
        assert [r.as_marc() for r in records] == GOOD


# What cannot be read -----------------------------------------------------------------------------


def test_missing_path(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", str(tmp_path / "missing"), tmp_path / "no" / "x"):
        with pytest.raises(FileNotFoundError) as caught:
            mrrc.MARCReader(path)
        assert caught.value.filename == str(path)
        assert caught.value.errno == errno.ENOENT


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        mrrc.MARCReader(tmp_path)
    assert caught.value.filename == str(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_path(tmp_path: Path) -> None:
    path = on_disk(FILE, tmp_path)
    path.chmod(0)
    with pytest.raises(PermissionError) as caught:
        mrrc.MARCReader(path)
    assert caught.value.filename == str(path)


def test_other_paths_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="null"):
        mrrc.MARCReader(f"{tmp_path}/a\0b")
    with pytest.raises(OSError) as caught:
        mrrc.MARCReader("x" * 5000)
    assert caught.value.errno == errno.ENAMETOOLONG
    with pytest.raises(FileNotFoundError):
        mrrc.MARCReader("")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError) as caught:
        mrrc.MARCReader(loop)
    assert caught.value.errno == errno.ELOOP
    with pytest.raises(NotADirectoryError):
        mrrc.MARCReader(on_disk(b"", tmp_path) / "x")


@pytest.mark.skipif(sys.platform != "linux", reason="a file that opens and cannot be read")
def test_a_failing_read_names_the_file() -> None:
    reader = mrrc.MARCReader("/proc/self/mem")
    for _ in range(2):
        with pytest.raises(OSError) as caught:
            next(reader)
        assert caught.value.errno == errno.EIO
        assert caught.value.filename == "/proc/self/mem"
    reader.close()


@pytest.mark.parametrize("target", [None, 5, 1.5, [], {}, object(), [1, 2], ("x",)])
def test_other_targets(target: Any) -> None:
    with pytest.raises(TypeError):
        mrrc.MARCReader(target)


def test_text_mode(tmp_path: Path) -> None:
    path = on_disk(GOOD[0], tmp_path)
    for file in (path.open("r", encoding="utf-8"), io.StringIO("00026"), io.StringIO("")):
        with file, pytest.raises(TypeError, match="text"):
            next(mrrc.MARCReader(file))  # type: ignore[arg-type]


def test_closed_file_object(tmp_path: Path) -> None:
    for file in (io.BytesIO(FILE), on_disk(FILE, tmp_path).open("rb")):
        reader = mrrc.MARCReader(file)
        next(reader)
        file.close()
        with pytest.raises(ValueError, match="closed"):
            next(reader)


class Failing(io.BytesIO):
    """Fails at one call of read()."""

    def __init__(self, data: bytes, at: int, error: BaseException) -> None:
        super().__init__(data)
        self.calls_left, self.error = at, error

    def read(self, size: int | None = -1) -> bytes:
        self.calls_left -= 1
        if self.calls_left == 0:
            raise self.error
        return super().read(size)


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "x"), KeyboardInterrupt(), IndexError("x"), ValueError("x")]
)
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_what_a_file_object_raises_comes_through(at: int, error: BaseException) -> None:
    reader = mrrc.MARCReader(Failing(GOOD[0] + GOOD[1], at, error))
    for _ in range((at - 1) // 2):
        assert next(reader) is not None
    with pytest.raises(type(error)) as caught:
        next(reader)
    assert caught.value is error


def test_a_source_without_data_ready_is_not_at_its_end() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with open(reading, "rb", buffering=0) as file, open(writing, "wb", buffering=0) as other:
        reader = mrrc.MARCReader(file)
        with pytest.raises(BlockingIOError):
            next(reader)
        other.write(GOOD[0])
        assert next(reader).as_marc() == GOOD[0]
        # half a record is no truncated one while the other end is open
        other.write(GOOD[1][:100])
        with pytest.raises(BlockingIOError):
            next(reader)


def test_reads_grow_with_the_file_only() -> None:
    """One pass over the bytes, whatever pieces they come in."""
    for most in (1, 5, 100_000):
        source = Trickle(FILE, most)
        assert sum(1 for _ in mrrc.MARCReader(source)) == len(GOOD)
        assert source.bytes == len(FILE)
        assert source.reads <= len(FILE) // most + 3 * len(GOOD) + 1


# Waiting -----------------------------------------------------------------------


@pytest.fixture
def slow_fifo(tmp_path: Path) -> Iterator[tuple[str, Callable[[bytes], Any], Callable[[], None]]]:
    """A FIFO's path, and functions that write into it and close it; it ends by itself at last."""
    path = str(tmp_path / "slow")
    os.mkfifo(path)
    # open for both, so that neither side waits for the other to open
    writing = os.open(path, os.O_RDWR)
    lock = threading.Lock()
    open_ends = [writing]

    def close() -> None:
        with lock:
            for end in open_ends:
                os.close(end)
            open_ends.clear()

    watchdog = threading.Timer(100, close)
    watchdog.start()
    yield path, lambda data: os.write(writing, data), close
    watchdog.cancel()
    close()


def test_a_record_comes_as_soon_as_it_is_there(slow_fifo: Any) -> None:
    path, write, close = slow_fifo
    with mrrc.MARCReader(path) as reader:
        for data in GOOD[:3]:
            write(data)
            assert next(reader).as_marc() == data
        write(GOOD[3] + GOOD[4][:50])
        assert next(reader).as_marc() == GOOD[3]
        write(GOOD[4][50:])
        assert next(reader).as_marc() == GOOD[4]
        assert reader.tell() == ENDS[4]
        with pytest.raises(OSError) as caught:
            reader.seek(0)
        assert caught.value.errno == errno.ESPIPE
        write(GOOD[5])
        close()
        assert next(reader).as_marc() == GOOD[5]
        assert next(reader, "end") == "end"


def soon(action: Callable[[], Any]) -> threading.Thread:
    """Does something when this thread has had time to wait for data."""

    def wait() -> None:
        time.sleep(0.5)
        action()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_keyboard_interrupt_ends_a_wait(slow_fifo: Any) -> None:
    path, write, close = slow_fifo
    main = threading.main_thread().ident
    assert main is not None
    with mrrc.MARCReader(path) as reader:
        write(GOOD[0][:30])
        with pytest.raises(KeyboardInterrupt):
            thread = soon(lambda: signal.pthread_kill(main, signal.SIGINT))
            next(reader)
        thread.join()
        # nothing of what came before is lost
        write(GOOD[0][30:])
        assert next(reader).as_marc() == GOOD[0]


@pytest.mark.thread_unsafe(reason="sets what signals do")
def test_a_signal_with_a_handler_does_not_end_a_wait(slow_fifo: Any) -> None:
    path, write, close = slow_fifo
    main = threading.main_thread().ident
    assert main is not None
    seen: list[int] = []

    def handler(number: int, frame: Any) -> None:
        seen.append(number)
        write(GOOD[0])

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with mrrc.MARCReader(path) as reader:
            thread = soon(lambda: signal.pthread_kill(main, signal.SIGUSR1))
            assert next(reader).as_marc() == GOOD[0]
            thread.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [signal.SIGUSR1]


def test_an_error_knows_its_place(tmp_path: Path) -> None:
    good = mrrc.Record(fields=[mrrc.Field("001", data="1")]).as_marc()
    bad = good[:12] + b"x" + good[13:]
    path = on_disk(good + bad + good, tmp_path)
    with path.open("rb") as file, mrrc.MARCReader(path) as reader:
        for one in (mrrc.MARCReader(file), reader):
            records = list(itertools.islice(one, 2))
            assert records[1] is None
            error = one.current_exception
            assert isinstance(error, mrrc.MrrcException)
            assert error.source == str(path)
            assert error.record_index == 2
            assert error.byte_offset == len(good) + 12
            assert (error.record_byte_offset, error.record_control_number) == (12, None)
            assert error.found == b"x0037"


def test_the_lock_is_given_up_once_a_batch() -> None:
    data = b"".join(make.sample(number) for number in range(1, 2001))
    with mrrc.MARCReader(data) as reader:
        assert reader.stats.gil_cycles == 0
        sizes = [len(batch) for batch in reader.batches()]
        assert sum(sizes) == 2000
        assert reader.stats.gil_cycles <= -(-len(data) // (64 << 10)) + 1
        assert len(sizes) <= reader.stats.gil_cycles <= len(sizes) + 1
    with mrrc.MARCReader(io.BytesIO(data[: len(make.sample(1))])) as reader:
        list(reader)
        assert reader.stats.gil_cycles == 1


@pytest.mark.memory
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is in /proc on Linux")
def test_an_open_reader_is_small(tmp_path: Path) -> None:
    """Nothing is kept for records before the first is asked for: under 4 KB a reader."""
    path = tmp_path / "records.mrc"
    path.write_bytes(make.sample(1))
    code = """
import os, sys
import mrrc

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

kept = [mrrc.MARCReader(sys.argv[1]) for _ in range(100)]
before = resident()
readers = [mrrc.MARCReader(sys.argv[1]) for _ in range(400)]
print((resident() - before) // len(readers))
for reader in kept + readers:
    reader.close()
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 4096
