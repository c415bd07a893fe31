# SPDX-License-Identifier: MIT
"""Files on other machines: ranges of them, and what becomes of it where there are none."""

import gzip
import http.server
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import MARCReader, StaleHandleError
from mrrc.remote import Fetched, Remote, is_remote, probable_boundary

GOOD = [make.sample(number) for number in range(2_000)]
FILE = b"".join(GOOD)
SIZE = len(GOOD[0])


def content(reader: Any) -> list[tuple[str, int]]:
    """Each record's 001 and offset, which nobody knows of a stream."""
    with reader:
        return [
            (
                record["001"].data,
                -1 if record._origin.offsets is None else record._origin.offsets[record._number],
            )
            for record in reader
        ]


WHOLE = content(MARCReader(FILE))
NUMBERS = [number for number, _ in WHOLE]


def test_urls_and_paths() -> None:
    for url in ("s3://a/b", "https://x.example/a.mrc", "memory://a", "simplecache::s3://a"):
        assert is_remote(url)
    for path in ("a.mrc", "/a/b.mrc", "c:/x", "C:\\x", b"s3://a", Path("s3://a"), "a:b", "./x://y"):
        assert not is_remote(path)


# -- where records begin --


def test_a_place_among_records() -> None:
    data = FILE[: 20 * SIZE]
    assert probable_boundary(data, False) == SIZE
    for cut in (1, 300, SIZE - 1):
        assert probable_boundary(data[cut:], False) == SIZE - cut
    assert probable_boundary(data[: 5 * SIZE], False) is None
    assert probable_boundary(data[7 : 3 * SIZE], True) == SIZE - 7
    assert probable_boundary(data[7 : 3 * SIZE - 1], True) is None
    assert probable_boundary(b"", True) is None
    assert probable_boundary(b"\x1d" * 1000, True) is None


def test_terminators_inside_records_do_not_deceive() -> None:
    inner = make.iso2709([make.data_field("500", "  ", ("a", "x"))])
    outer = make.iso2709([make.data_field("245", "10", ("a", b"one\x1d" + inner + b"two"))])
    data = outer + FILE[: 20 * SIZE]
    assert probable_boundary(data[3:], False) == len(outer) - 3


def test_many_false_places_take_no_long_time() -> None:
    assert probable_boundary(b"00026\x1d" * 200_000, True) is None


# -- fsspec --

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory() -> Iterator[str]:
    url = "memory://mrrc/a.mrc"
    with fsspec.open(url, "wb") as file:
        file.write(FILE)
    yield url
    fsspec.filesystem("memory").rm("/mrrc", recursive=True)


def pieces(ranges: list[mrrc.ByteRange], **options: Any) -> list[tuple[str, int]]:
    return [each for one in ranges for each in content(mrrc.read_range(one, **options))]


def numbers(ranges: list[mrrc.ByteRange]) -> list[str]:
    return [number for number, _ in pieces(ranges)]


@pytest.mark.parametrize("how", [{"parts": 1}, {"parts": 5}, {"max_bytes": 200_000}])
def test_ranges(how: Any, memory: str) -> None:
    ranges = mrrc.split(memory, **how)
    assert len(ranges) >= how.get("parts", 8)
    assert [each.start for each in ranges[1:]] == [each.stop for each in ranges[:-1]]
    assert pieces(ranges) == pieces(ranges, recovery_mode="lenient") == WHOLE
    assert pieces([pickle.loads(pickle.dumps(each)) for each in ranges]) == WHOLE
    with mrrc.read_range(ranges[-1]) as reader:
        assert isinstance(reader, MARCReader)
        assert reader.backend_type == "remote"
        first: Any = next(reader)
        assert first._origin.source == memory
        reader.seek(ranges[-1].start)
        reader.encoding = "utf-8"
        assert next(reader).as_marc() == first.as_marc()  # type: ignore[union-attr]


def test_a_file_that_changed(memory: str) -> None:
    ranges = mrrc.split(memory, parts=2)
    with fsspec.open(memory, "wb") as file:
        file.write(FILE + GOOD[0])
    for each in ranges:
        with pytest.raises(StaleHandleError, match="changed"):
            mrrc.read_range(each)


def test_a_file_that_gives_less(memory: str) -> None:
    remote = Remote(memory)
    ahead = Fetched(remote, 0, len(FILE) + 5)
    source = ahead.source(0)
    with pytest.raises(OSError, match="asked for"):
        while source.next(0) is not None:
            pass
    ahead.close()


def test_one_range(memory: str) -> None:
    for name, data in (("a.mrc.gz", gzip.compress(FILE)), ("b.mrk", b"=LDR  x\n")):
        with fsspec.open(f"memory://mrrc/{name}", "wb") as file:
            file.write(data)
    (one,) = mrrc.split("memory://mrrc/a.mrc.gz", parts=4)
    assert one.whole and numbers([one]) == NUMBERS
    (one,) = mrrc.split("memory://mrrc/b.mrk", parts=4)
    assert one.whole and one.format == "mrk"
    with fsspec.open("memory://mrrc/a.mrc.gz", "wb") as file:
        file.write(gzip.compress(FILE[:SIZE]))
    (stale,) = mrrc.split("memory://mrrc/b.mrk")
    with fsspec.open("memory://mrrc/b.mrk", "wb") as file:
        file.write(b"=LDR  xyz\n")
    with pytest.raises(StaleHandleError):
        mrrc.read_range(stale)


def test_an_empty_file(memory: str) -> None:
    with fsspec.open("memory://mrrc/none.mrc", "wb") as file:
        file.write(b"")
    assert mrrc.split("memory://mrrc/none.mrc") == []


def test_no_such_file() -> None:
    with pytest.raises(FileNotFoundError):
        mrrc.split("memory://mrrc/nothing.mrc")


@pytest.mark.thread_unsafe(reason="changes a file that others read")
def test_damage_at_a_cut(memory: str) -> None:
    middle = len(GOOD) // 2
    bad = b"xxxxx" + GOOD[0][5:]
    with fsspec.open(memory, "wb") as file:
        file.write(b"".join([*GOOD[:middle], bad, *GOOD[middle:]]))
    ranges = mrrc.split(memory, parts=2)
    assert len(ranges) == 2
    found = [
        record["001"].data
        for each in ranges
        for record in mrrc.read_range(each, recovery_mode="lenient")
        if record is not None
    ]
    assert found == NUMBERS


# -- HTTP --


class Server(http.server.BaseHTTPRequestHandler):
    """Gives FILE; under /parts also parts of it."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:  # noqa: N802
        self.answer(False)

    def do_GET(self) -> None:  # noqa: N802
        self.answer(True)

    def answer(self, body: bool) -> None:
        data, status, more = FILE, 200, {}
        if self.path.startswith("/parts"):
            more["Accept-Ranges"] = "bytes"
            wanted = self.headers.get("Range")
            if wanted is not None:
                begin, end = wanted.removeprefix("bytes=").split("-")
                first, last = int(begin), min(int(end or len(FILE)), len(FILE) - 1)
                more["Content-Range"] = f"bytes {first}-{last}/{len(FILE)}"
                data, status = FILE[first : last + 1], 206
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.fixture
def server() -> Iterator[str]:
    pytest.importorskip("aiohttp")
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
    thread.join()


def test_http_with_ranges(server: str) -> None:
    ranges = mrrc.split(f"{server}/parts/a.mrc", parts=4)
    assert len(ranges) == 4 and not ranges[0].whole
    assert pieces(ranges) == WHOLE


def test_http_without_ranges(server: str) -> None:
    (one,) = mrrc.split(f"{server}/all/a.mrc", parts=4)
    assert one.whole
    assert numbers([one]) == NUMBERS
