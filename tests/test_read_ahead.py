# SPDX-License-Identifier: MIT
"""Blocks of file objects and of mapped files."""

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import MARCReader
from mrrc.read_ahead import FileAhead, Mapped

DATA = b"".join(make.sample(number) for number in range(3_000))


def test_a_file_object_is_read_from_where_it_stands() -> None:
    file = io.BytesIO(b"head" + DATA)
    file.seek(4)
    ahead = FileAhead(file, None)
    assert ahead.start == 4 and not ahead.moved()
    block = ahead.source(4).next(0)
    assert block is not None and block.offsets[0] == 4
    assert file.tell() > 4
    ahead.leave(10)
    assert file.tell() == 10 and not ahead.moved()
    file.seek(0)
    assert ahead.moved() and ahead.start == 0


def test_an_object_that_cannot_seek() -> None:
    class Pipe:
        read = io.BytesIO(DATA).read

    ahead = FileAhead(Pipe(), "pipe")
    assert not ahead.moved() and ahead.start == 0
    ahead.leave(5)
    source = ahead.source(0)
    block = source.next(0)
    assert block is not None and len(block.ends) == 1
    ahead.used(block.lengths[0])
    with pytest.raises(OSError, match="seek"):
        ahead.source(1)
    ahead.close()


@pytest.mark.parametrize("mode", [None, "strict", "lenient", "permissive"])
def test_a_mapped_file(mode: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(DATA)
    with MARCReader(path, mmap=True, recovery_mode=mode) as mapped, MARCReader(path) as plain:
        assert mapped.backend_type == "mmap"
        for number, (one, other) in enumerate(zip(mapped, plain, strict=True)):
            assert one is not None and other is not None
            if number % 500 == 0:
                assert one.as_marc() == other.as_marc()
                assert mapped.current_chunk == plain.current_chunk
                assert mapped.tell() == plain.tell()
        mapped.seek(len(make.sample(0)) * 7)
        record: Any = next(mapped)
        assert record["001"].data == "smpl00000007"
    with pytest.raises(ValueError, match="closed"):
        next(mapped)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"")
    with MARCReader(str(path), mmap=True) as reader:
        assert list(reader) == []


def test_what_cannot_be_mapped(tmp_path: Path) -> None:
    for source in (DATA, io.BytesIO(DATA)):
        with pytest.raises(ValueError, match="needs a path"):
            MARCReader(source, mmap=True)
    with pytest.raises(IsADirectoryError):
        Mapped(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        MARCReader(tmp_path / "none", mmap=True)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    holder = os.open(fifo, os.O_RDWR)
    try:
        with pytest.raises(OSError, match="No such device"):
            Mapped(str(fifo))
    finally:
        os.close(holder)


def test_a_file_cut_short_while_it_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(DATA)
    for mode in (None, "permissive"):
        path.write_bytes(DATA)
        with MARCReader(path, mmap=True, recovery_mode=mode) as reader:
            assert next(reader) is not None
            os.truncate(path, 100)
            with pytest.raises(OSError, match="cut short") as caught:
                list(reader)
            assert caught.value.filename == str(path)


def test_a_file_cut_short_at_any_moment(tmp_path: Path) -> None:
    """A mapped file would end the process, sooner or later."""
    path = tmp_path / "a.mrc"
    for number in range(30):
        path.write_bytes(DATA)
        cut = threading.Timer(number / 10_000, os.truncate, (path, 5_000))
        with MARCReader(path, mmap=True) as reader:
            cut.start()
            try:
                assert sum(1 for _ in reader) == 3_000
            except OSError as error:
                assert error.filename == str(path)
        cut.join()


def test_zeros_in_the_place_of_what_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system may give them to who reads while another cuts."""
    path = tmp_path / "a.mrc"
    path.write_bytes(DATA)
    pread = os.pread

    def cutting(descriptor: int, size: int, offset: int) -> bytes:
        data = pread(descriptor, size, offset)
        if offset == 0:
            return data
        os.truncate(path, offset)
        return bytes(len(data))

    monkeypatch.setattr("os.pread", cutting)
    for mode in (None, "lenient", "permissive", "strict"):
        path.write_bytes(DATA)
        got = []
        with MARCReader(path, mmap=True, recovery_mode=mode) as reader:
            with pytest.raises(OSError, match="cut short"):
                got.extend(reader)
        assert None not in got


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(DATA)
    before = len(os.listdir("/dev/fd"))
    for _ in range(10):
        with MARCReader(path, mmap=True) as reader:
            next(reader)
            reader.close()
    assert len(os.listdir("/dev/fd")) <= before
    reader = MARCReader(path, mmap=True)
    with pytest.warns(ResourceWarning, match="unclosed"):
        del reader


def test_an_interrupted_read_leaves_the_file_where_it_was() -> None:
    class Interrupted(io.BytesIO):
        left = 1

        def read(self, size: int | None = -1) -> bytes:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return super().read(size)

    file = Interrupted(DATA)
    reader = MARCReader(file, recovery_mode="permissive")
    with pytest.raises(KeyboardInterrupt):
        for record in reader:
            place = file.tell()
            assert record is not None
    assert file.tell() == place
    file.left = 1 << 30
    rest = list(reader)
    assert rest and isinstance(rest[-1], mrrc.Record)
    assert rest[-1]["001"].data == "smpl00002999"
    assert len(rest) == 3000 - place // len(make.sample(0))
