# SPDX-License-Identifier: MIT
"""Opening: paths, pipes, standard streams, file objects; targets that are replaced or not."""

import bz2
import gzip
import io
import lzma
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc.files import open_source, open_target

DATA = b"".join(make.sample(number) for number in range(50))
TEXT = b"=LDR  00000nam a2200000 a 4500\n=001  1\n\n"
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def packed(kind: str, data: bytes = DATA) -> bytes:
    if kind == "zst":
        import zstandard

        return zstandard.ZstdCompressor().compress(data)
    return PACKERS[kind](data)


class Pipe(io.RawIOBase):
    """A file that cannot seek, and gives at most 100 bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), 100)
        piece, self.rest = self.rest[:size], self.rest[size:]
        buffer[: len(piece)] = piece
        return len(piece)


def all_of(source: Any) -> bytes:
    """What MARCReader would read, byte for byte."""
    target = open_source(source).marc_target()
    if isinstance(target, bytes):
        return target
    if isinstance(target, str):
        return Path(target).read_bytes()
    data = b""
    while piece := target.read(1000):
        data += piece
    target.close()
    return data


# -- sources --


@pytest.mark.parametrize("kind", ["", "gz", "bz2", "xz", "zst"])
def test_every_kind_of_source(kind: str, tmp_path: Path) -> None:
    data = packed(kind) if kind else DATA
    path = tmp_path / "no suffix tells"
    path.write_bytes(data)
    sources: list[Any] = [path, str(path), data, bytearray(data), memoryview(data)]
    sources += [io.BytesIO(data), Pipe(data), io.BufferedReader(Pipe(data))]
    for source in sources:
        assert all_of(source) == DATA, source
    with path.open("rb") as file:
        assert all_of(file) == DATA


def test_what_is_told_of_a_source(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    with open_source(path) as opened:
        assert (opened.name, opened.path, opened.kind) == (str(path), str(path), "path")
        assert opened.compression is None
        assert opened.peek(20)[:20] == DATA[:20]
        assert opened.failure is None
    path.write_bytes(packed("gz"))
    with open_source(path) as opened:
        assert (opened.name, opened.path, opened.compression) == (str(path), None, "gzip")
        assert opened.peek(20)[:20] == DATA[:20]
    with open_source(DATA) as opened:
        assert (opened.name, opened.path, opened.kind) == (None, None, "bytes")
    with open_source(io.BytesIO(DATA)) as opened:
        assert (opened.name, opened.path, opened.kind) == (None, None, "file")
    with pytest.raises(ValueError, match="closed"):
        opened.peek(1)


def test_an_own_file_object_is_given_back_as_it_was() -> None:
    file = io.BytesIO(b"junk" + DATA)
    file.seek(4)
    assert open_source(file).marc_target() is file
    assert file.tell() == 4


def test_closing_leaves_the_callers_file_object_open_unless_told() -> None:
    for given in (False, True):
        file = io.BytesIO(DATA)
        open_source(file).close(given=given)
        assert file.closed is given
        reader = io.BufferedReader(Pipe(DATA))
        open_source(reader).marc_target().close()
        assert reader.closed  # as MARCReader closes what it is given


def test_a_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mrc"
    os.mkfifo(path)
    for data in (DATA, packed("gz")):
        writer = threading.Thread(target=path.write_bytes, args=(data,))
        writer.start()
        with mrrc.read(path) as reader:
            assert sum(1 for _ in reader) == 50
        writer.join()


@pytest.mark.parametrize("how", ["file", "pipe"])
@pytest.mark.parametrize("kind", ["", "gz"])
def test_standard_input(how: str, kind: str, tmp_path: Path) -> None:
    data = packed(kind) if kind else DATA
    code = (
        "import mrrc, sys\n"
        "with mrrc.read('-') as reader: print(sum(1 for _ in reader))\n"
        "assert not sys.stdin.closed and not sys.stdin.buffer.closed\n"
    )
    path = tmp_path / "x"
    path.write_bytes(data)
    command = [sys.executable, "-c", code]
    if how == "pipe":
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE)
    else:
        with path.open("rb") as file:
            done = subprocess.run(command, stdin=file, stdout=subprocess.PIPE)
    assert done.returncode == 0
    assert done.stdout.split() == [b"50"]


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for source, failure in ((tmp_path, IsADirectoryError), (tmp_path / "no", FileNotFoundError)):
        with pytest.raises(failure) as caught:
            open_source(source)
        assert caught.value.filename in (source, str(source))
    for odd in (5, None, object(), ["x"]):
        with pytest.raises(TypeError, match="a source is"):
            open_source(odd)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="text mode"):
        open_source(io.StringIO("x"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="null"):
        open_source("a\0b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    path.chmod(0)
    with pytest.raises(PermissionError):
        open_source(path)


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_nothing_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc.gz"
    path.write_bytes(packed("gz"))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with mrrc.read(path) as reader:
            next(reader)
        with pytest.raises(ValueError):
            mrrc.read(path, "no such format")
        with pytest.raises(TypeError):
            mrrc.read(path, no_such_option=True)
    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
@pytest.mark.parametrize("cut", [True, False])
def test_what_is_good_before_damage_is_delivered(kind: str, cut: bool, tmp_path: Path) -> None:
    data = b"".join(make.sample(number) for number in range(5000))
    good = packed(kind, data)
    # the second member is bad: the first is whole
    bad = good[: len(good) // 2] if cut else good[:-4] + b"\xff\xff\xff\xff"
    path = tmp_path / f"x.mrc.{kind}"
    path.write_bytes(good + bad)
    count = 0
    with mrrc.read(path) as reader, pytest.raises((OSError, EOFError)) as caught:
        for record in reader:
            assert record is not None
            count += 1
    assert count >= 5000
    assert str(path) in str(caught.value)


def test_damaged_text_is_delivered_up_to_the_damage(tmp_path: Path) -> None:
    text = TEXT * 3000
    data = gzip.compress(text)
    path = tmp_path / "x.mrk.gz"
    path.write_bytes(data[:-6])
    with mrrc.read(path) as reader:
        records = []
        with pytest.raises(EOFError, match="x.mrk.gz"):
            for record in reader:
                records.append(record)
        assert len(records) >= 2999
        assert list(reader) == []


# -- text in other encodings --


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "utf-16", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("format", ["mrk", "marcxml", "marcjson"])
def test_any_encoding(codec: str, format: str, tmp_path: Path) -> None:
    made = io.BytesIO()
    record = mrrc.Record()
    record.add_field(mrrc.Field("500", mrrc.Indicators(" ", " "), [mrrc.Subfield("a", "Käse")]))
    mrrc.write([record] * 20, made, format)
    path = tmp_path / "x"
    text = made.getvalue().decode()
    if format == "marcxml":
        text = text.replace("UTF-8", "ISO-8859-5")  # what is told by the caller counts
    path.write_bytes(text.encode(codec))
    with mrrc.read(path, format, codec) as reader:
        assert [one["500"]["a"] for one in reader] == ["Käse"] * 20


def test_utf_16_is_known_by_its_mark() -> None:
    with mrrc.read(TEXT.decode().encode("utf-16")) as reader:
        assert [record["001"].data for record in reader] == ["1"]


def test_bytes_that_are_no_text_in_this_encoding(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_bytes(TEXT * 3000 + b"\x81" + TEXT)
    with mrrc.read(path, encoding="cp1252") as reader:
        records = []
        with pytest.raises(mrrc.EncodingError) as caught:
            for record in reader:
                records.append(record)
        assert len(records) >= 2999
        assert caught.value.byte_offset == len(TEXT) * 3000
        assert caught.value.source == str(path)
        assert list(reader) == []


@pytest.mark.parametrize("encoding", ["no-such-codec", "hex", "rot13"])
def test_no_such_encoding(encoding: str) -> None:
    with pytest.raises(LookupError):
        mrrc.read(TEXT, "mrk", encoding)


# -- targets --


def put(target: Any, data: bytes = DATA, **options: Any) -> None:
    with open_target(target, **options) as out:
        for at in range(0, len(data), 999):
            out.write(data[at : at + 999])


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("kind", ["", "gz", "bz2", "xz", "zst"])
def test_every_kind_of_target(kind: str, atomic: bool, tmp_path: Path) -> None:
    path = tmp_path / (f"x.mrc.{kind}" if kind else "x.mrc")
    for _ in range(2):
        put(path, atomic=atomic)
        assert all_of(path) == DATA
        assert (path.read_bytes() == DATA) is (kind == "")
        assert os.listdir(tmp_path) == [path.name]


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"old")
    out = open_target(path)
    out.write(b"new")
    assert path.read_bytes() == b"old"
    out.close()
    out.close()
    assert path.read_bytes() == b"new"
    with pytest.raises(ValueError, match="closed"):
        out.write(b"x")


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    for content in (None, b"old"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(KeyError), open_target(path) as out:
            out.write(b"new")
            raise KeyError
        assert os.listdir(tmp_path) == ([] if content is None else ["x.mrc"])
    assert path.read_bytes() == b"old"
    open_target(path).write(b"new")  # forgotten
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.mrc"]


@pytest.mark.thread_unsafe(reason="sets the mode of all files that are made")
def test_mode_bits(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    before = os.umask(0o027)
    try:
        put(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    for mode in (0o600, 0o664, 0o755):
        path.chmod(mode)
        put(path)
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_links_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    link = tmp_path / "link.mrc"
    link.symlink_to(folder / "x.mrc")
    for _ in range(2):  # the first dangles
        put(link)
        assert link.is_symlink()
        assert (folder / "x.mrc").read_bytes() == DATA
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="loop"):
        open_target(loop)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    for target, failure in (
        (tmp_path, IsADirectoryError),
        (tmp_path / "no" / "x.mrc", FileNotFoundError),
        (tmp_path / ("x" * 300), OSError),
    ):
        for atomic in (True, False):
            with pytest.raises(failure) as caught:
                open_target(target, atomic)
            assert caught.value.filename == str(target)
    for odd in (5, None, b"x", object()):
        with pytest.raises(TypeError, match="a target is"):
            open_target(odd)  # type: ignore[arg-type]
    long = tmp_path / ("x" * 250)
    put(long)
    assert long.read_bytes() == DATA


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        open_target(path)
    assert path.read_bytes() == b"old"


def test_devices_and_pipes_are_written_directly(tmp_path: Path) -> None:
    put("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    put(path)
    reader.join()
    assert got == [DATA]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_standard_output() -> None:
    code = (
        "import sys\nfrom mrrc.files import open_target\nprint('first')\n"
        "with open_target('-') as out: out.write(b'second\\n')\n"
        "print('third')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"first\nsecond\nthird\n"


def test_file_objects_stay_open_unless_told() -> None:
    for close in (False, True):
        file = io.BytesIO()
        out = open_target(file, close=close)
        out.write(b"abc")
        assert file.getvalue() == b"abc"
        out.close()
        assert file.closed is close


class Slow(io.RawIOBase):
    """A raw file that takes a few bytes at a time."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data[:7])
        return len(data[:7])


class Fails:
    """A file that fails in one of its methods."""

    name = "the.file"

    def __init__(self, where: str) -> None:
        self.where = where

    def _do(self, name: str) -> None:
        if name == self.where:
            raise OSError(28, "No space left on device")

    def write(self, data: bytes) -> int:
        self._do("write")
        return len(data)

    def flush(self) -> None:
        self._do("flush")

    def close(self) -> None:
        self._do("close")


def test_short_writes_are_finished() -> None:
    file = Slow()
    put(file)
    assert file.data == DATA


def test_a_file_that_takes_nothing() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any) -> None:  # type: ignore[override]
            return None

    with pytest.raises(BlockingIOError), open_target(Full()) as out:  # type: ignore[arg-type]
        out.write(b"x")


@pytest.mark.parametrize("where", ["write", "flush", "close"])
def test_a_file_object_that_fails(where: str) -> None:
    with pytest.raises(OSError, match="No space") as caught:
        put(Fails(where), close=True)
    assert caught.value.filename == "the.file"


@pytest.mark.parametrize("where", ["write", "fsync", "close", "replace"])
@pytest.mark.parametrize("suffix", [".mrc", ".mrc.gz"])
def test_a_path_that_fails(
    where: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"old")
    close = os.close

    def fail(*args: Any) -> Any:
        if where == "close":
            close(*args)  # as a network file system does: closed, and the data lost
        raise OSError(28, "No space left on device")

    out = open_target(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, where, fail)
        with pytest.raises(OSError, match="No space") as caught:
            out.write(DATA)
            out.close()
    out.discard()
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_full_disk(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught:
        put("/dev/full")
    assert caught.value.errno == 28
    assert caught.value.filename == "/dev/full"
    link = tmp_path / f"full{suffix}"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space") as caught:
        mrrc.write(mrrc.MARCReader(DATA), link, "marc")
    assert caught.value.filename == str(link)


@pytest.fixture
def small_files() -> Iterator[int]:
    """Files may be 10,000 bytes long in this test."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    yield 10_000
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.thread_unsafe(reason="sets limits of the process")
@pytest.mark.parametrize("atomic", [True, False])
def test_a_limit_of_file_size(small_files: int, atomic: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="too large") as caught:
        mrrc.write(mrrc.MARCReader(DATA * 10), path, atomic=atomic)
    assert caught.value.filename == str(path)
    assert (path.read_bytes() == b"old") is atomic
    assert os.listdir(tmp_path) == ["x.mrc"]


def test_standard_streams_that_are_closed_or_take_no_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="standard input is closed"):
        open_source("-")
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OSError, match="standard output is closed"):
        open_target("-")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with pytest.raises(TypeError, match="StringIO, which takes no bytes"):
        open_target("-")


def test_files_in_text_mode_are_refused_before_their_text_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes(b"\xe9" * 100)
    with path.open(encoding="utf-8") as file, pytest.raises(TypeError, match="mode 'rb'"):
        open_source(file)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="mode 'wb'"):
        open_target(io.StringIO())  # type: ignore[arg-type]


def test_a_target_that_nobody_closes_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    writer = mrrc.FormatWriter(path)
    writer.write(mrrc.Record())
    with pytest.warns(ResourceWarning, match="a.mrk' was not closed"):
        del writer
    assert list(tmp_path.iterdir()) == []


# -- parked targets --


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz", ".zst"])
def test_a_parked_target_goes_on(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.mrc{suffix}"
    out = open_target(path)
    out.park()  # with nothing in it
    out.write(b"")
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    for piece in (DATA[:100], DATA[100:200]):
        out.write(piece)
        out.park()
        out.park()
    if before:
        assert len(os.listdir("/proc/self/fd")) <= len(before)
    out.write(DATA[200:])
    out.close()
    with open_source(path) as opened:
        assert opened.peek(1 << 20) == DATA
    assert list(tmp_path.iterdir()) == [path]


def test_a_parked_target_is_put_in_place_or_given_up(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"as it was")
    out = open_target(path)
    out.write(b"other")
    out.park()
    assert path.read_bytes() == b"as it was"
    out.discard()
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"as it was", [path])
    out = open_target(path)
    out.write(b"other")
    out.park()
    out.close()
    assert path.read_bytes() == b"other"


def test_a_parked_target_whose_file_is_gone(tmp_path: Path) -> None:
    out = open_target(tmp_path / "x.mrc")
    out.write(b"x")
    out.park()
    for each in tmp_path.iterdir():
        each.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        out.write(b"y")
    assert caught.value.filename == str(tmp_path / "x.mrc")
    out.discard()


def test_what_is_no_file_of_ours_is_not_parked(tmp_path: Path) -> None:
    memory = io.BytesIO()
    out = open_target(memory)
    out.write(b"x")
    out.park()
    out.write(b"y")
    out.close()
    assert memory.getvalue() == b"xy"


def test_a_signal_comes_when_the_temporary_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"as it was")
    real = os.open

    def interrupted(*arguments: Any) -> int:
        os.close(real(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr("os.open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_target(path)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["x"] and path.read_bytes() == b"as it was"
