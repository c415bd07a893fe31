# SPDX-License-Identifier: MIT
"""The command line as the tests call it: in this process, with streams of their own."""

import io
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from mrrc.cli import main

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sample.mrc"


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def mrrc(*arguments: object, stdin: bytes = b"") -> Done:
    """Run a command."""
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.StringIO()
    with mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err):
        status = main([str(each) for each in arguments])
        out.flush()
    buffer = out.buffer
    assert isinstance(buffer, io.BytesIO)
    return Done(status, buffer.getvalue(), err.getvalue())


def command(*arguments: object) -> list[str]:
    """Return how the program is called in a process of its own."""
    return [sys.executable, "-m", "mrrc", *map(str, arguments)]


def program(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> Done:
    """Run a command in a process of its own."""
    done = subprocess.run(command(*arguments), input=stdin, capture_output=True, env=env)
    return Done(done.returncode, done.stdout, done.stderr.decode())


def sample_records() -> list[bytes]:
    """The records of the sample, each as it stands there."""
    return [each + b"\x1d" for each in SAMPLE.read_bytes().split(b"\x1d")[:-1]]


def with_bad(records: Iterable[bytes], number: int) -> bytes:
    """Records as a file, of which one has no base address, and nothing that shows where it was."""
    parts = [bytearray(each) for each in records]
    parts[number - 1][12:17] = b"00000"
    parts[number - 1][24:-1] = b"x" * (len(parts[number - 1]) - 25)
    return b"".join(map(bytes, parts))
