# SPDX-License-Identifier: MIT
"""A read of a pipe ends with bytes, with its time, or when it is stopped; no byte is lost."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrrc.waiting import Interrupted, Waited, waited


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for each in (reading, writing):
        try:
            os.close(each)
        except OSError:  # a test has closed it
            pass


def soon(pipe: Waited, seconds: float = 0.02) -> bytes:
    pipe.deadline = time.monotonic() + seconds
    return pipe.read(100)


@pytest.mark.parametrize("buffering", [0, -1])
def test_until_a_time(ends: tuple[int, int], buffering: int) -> None:
    with open(ends[0], "rb", buffering=buffering, closefd=False) as file:
        pipe = waited(file)
        assert pipe is not None and pipe.name == ends[0]
        began = time.monotonic()
        with pytest.raises(Interrupted):
            soon(pipe)
        assert 0.02 <= time.monotonic() - began < 5
        os.write(ends[1], b"abc")
        assert pipe.read(2) == b"ab"
        assert soon(pipe) == b"c"
        os.close(ends[1])
        assert soon(pipe) == soon(pipe) == b""
        pipe.close()
        assert not file.closed


def test_what_is_in_a_buffer_is_not_waited_for(ends: tuple[int, int]) -> None:
    with open(ends[0], "rb", closefd=False) as file:
        os.write(ends[1], b"abcdef")
        assert file.read(2) == b"ab"
        pipe = waited(file)
        assert pipe is not None and os.get_blocking(ends[0])
        assert soon(pipe) == b"cdef"
        with pytest.raises(Interrupted):
            soon(pipe)
        pipe.close()


def test_once_more(ends: tuple[int, int]) -> None:
    with open(ends[0], "rb", buffering=0, closefd=False) as file:
        pipe = waited(file)
        assert pipe is not None
        os.write(ends[1], b"abcdef")
        assert pipe.read(4) == b"abcd"
        with pytest.raises(Interrupted):
            assert soon(pipe) == b"ef"
            soon(pipe)
        pipe.rewind()
        os.write(ends[1], b"gh")
        assert b"".join([pipe.read(3), *(soon(pipe) for _ in range(3))]) == b"abcdefgh"
        pipe.go_on()
        with pytest.raises(ValueError, match="no way back"):
            pipe.rewind()
        pipe.close()


def test_stopped(ends: tuple[int, int]) -> None:
    with open(ends[0], "rb", buffering=0, closefd=False) as file:
        pipe = waited(file)
        assert pipe is not None
        threading.Timer(0.05, pipe.stop).start()
        for _ in range(2):
            with pytest.raises(Interrupted):
                pipe.read()
        pipe.close()
        pipe.close()


def test_a_pipe_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    before = len(os.listdir("/dev/fd"))
    pipe = waited(path)
    assert pipe is not None and pipe.name == str(path)
    for _ in range(2):  # nobody has it open for writing
        with pytest.raises(Interrupted):
            soon(pipe)
    with open(path, "wb", buffering=0) as file:
        file.write(b"abc")
        assert soon(pipe) == b"abc"
        with pytest.raises(Interrupted):
            soon(pipe)
    assert soon(pipe) == b""
    pipe.close()
    assert len(os.listdir("/dev/fd")) == before


def test_a_socket() -> None:
    one, other = socket.socketpair()
    with one, other, one.makefile("rb") as file:
        pipe = waited(file)
        assert pipe is not None
        with pytest.raises(Interrupted):
            soon(pipe)
        other.sendall(b"abc")
        assert soon(pipe) == b"abc"
        pipe.close()


def test_what_never_waits(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    closed = open(path, "rb", buffering=0)  # noqa: SIM115
    closed.close()
    with open(path, "rb") as file:
        for source in (str(path), path, file, file.raw, closed, b"abc", io.BytesIO(b"abc"), None):
            assert waited(source) is None
    with pytest.raises(FileNotFoundError):
        waited(tmp_path / "b")
