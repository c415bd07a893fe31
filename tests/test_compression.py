# SPDX-License-Identifier: MIT
"""Compressed streams: whole, in parts, cut and damaged.

The standard library and the package zstandard are the oracles.
"""

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import command_line
import pytest
import zstandard

import mrrc
from mrrc import compression
from mrrc.compression import (
    Decompressed,
    compression_by_suffix,
    compression_of,
    compressor,
    uncompressed_name,
)

ORACLES: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": (gzip.compress, gzip.decompress),
    "bzip2": (bz2.compress, bz2.decompress),
    "xz": (lzma.compress, lzma.decompress),
    "zstd": (
        lambda data: zstandard.ZstdCompressor().compress(data),  # threads must not share one
        lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    ),
}
KINDS = sorted(ORACLES)


def text(size: int) -> bytes:
    """Bytes that compress to about a half."""
    source = random.Random(size)
    return bytes(source.choice(b"abcdefghij klmnop") for _ in range(size))


DATA = text(300_000)


def pressed(kind: str, data: bytes = DATA) -> bytes:
    made = compressor(kind)
    parts = [made.compress(data[at : at + 7000]) for at in range(0, len(data), 7000)]
    return b"".join([*parts, made.flush()])


def drained(read: Callable[[int], bytes], size: int) -> tuple[bytes, Exception | None]:
    got = b""
    try:
        while piece := read(size):
            got += piece
    except (OSError, EOFError) as error:
        return got, error
    return got, None


def stream(data: bytes, kind: str, most: int = -1) -> Decompressed:
    """A stream of a source that gives at most so many bytes at a time."""
    source = io.BytesIO(data)
    return Decompressed(
        lambda size: source.read(size if most < 0 else min(size, most)), kind, "x.gz"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_compressed_is_what_others_read(kind: str) -> None:
    assert ORACLES[kind][1](pressed(kind)) == DATA
    assert ORACLES[kind][1](pressed(kind, b"")) == b""
    assert compression_of(pressed(kind)) == kind


def test_the_same_data_gives_the_same_file() -> None:
    assert pressed("gzip") == pressed("gzip")  # no time in its header


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 1000, 1 << 20, -1])
@pytest.mark.parametrize("most", [1, 333, -1])
def test_what_others_compress_is_read(kind: str, size: int, most: int) -> None:
    data = DATA[:5000] if size == 1 or most == 1 else DATA
    source = stream(ORACLES[kind][0](data), kind, most)
    if size < 0:
        assert source.read() == data
    else:
        assert drained(source.read, size) == (data, None)
    assert source.read(10) == b""
    assert source.failure is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_gives_no_more_than_was_asked_for(kind: str) -> None:
    source = stream(pressed(kind), kind, 100)
    assert [len(source.read(10)) for _ in range(5)] == [10] * 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [1, 50, -1])
def test_members_one_behind_the_other(kind: str, most: int) -> None:
    parts = [b"one", b"", text(900), b"four"]
    data = b"".join(ORACLES[kind][0](part) for part in parts)
    assert drained(stream(data, kind, most).read, 100) == (b"".join(parts), None)


@pytest.mark.parametrize("kind", KINDS)
def test_zeros_behind_are_padding(kind: str) -> None:
    assert drained(stream(pressed(kind) + bytes(600), kind).read, 5000) == (DATA, None)


@pytest.mark.parametrize("kind", KINDS)
def test_anything_else_behind_is_an_error(kind: str) -> None:
    source = stream(pressed(kind) + b"junk is here", kind)
    got, error = drained(source.read, 5000)
    assert got == DATA
    assert isinstance(error, OSError)
    assert error.filename == "x.gz"
    assert source.failure is error
    with pytest.raises(OSError, match="something else stands behind"):
        source.read(10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_is_an_error_behind_what_was_there(kind: str) -> None:
    data = pressed(kind)
    steps = {*range(1, 30), len(data) // 2, len(data) - 1}
    for size in sorted(steps):
        got, error = drained(stream(data[:size], kind).read, 4096)
        assert DATA.startswith(got)
        assert isinstance(error, EOFError), size
        assert "x.gz" in str(error)
    if kind != "bzip2":  # whose blocks are large
        assert len(drained(stream(data[: len(data) // 2], kind).read, 4096)[0]) > len(DATA) // 4


@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_passes(kind: str) -> None:
    data = pressed(kind)
    source = random.Random(7)
    for _ in range(60):
        at = source.randrange(4, len(data))
        bad = bytearray(data)
        bad[at] ^= 1 << source.randrange(8)
        got, error = drained(stream(bytes(bad), kind).read, 4096)
        assert error is not None or got == DATA, at
        assert error is None or "x.gz" in str(error)


def test_not_a_byte_before_damage_is_lost() -> None:
    """In gzip: a block of a reserved type behind good ones, in the piece that holds them too."""
    import zlib

    made = zlib.compressobj(6, zlib.DEFLATED, 31)
    data = made.compress(DATA[:1000]) + made.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 50
    got, error = drained(stream(data, "gzip").read, 1 << 20)
    assert got == DATA[:1000]
    assert isinstance(error, OSError)


def test_large_output_of_little_input() -> None:
    for kind in KINDS:
        zeros = ORACLES[kind][0](bytes(3_000_000))
        got, error = drained(stream(zeros, kind).read, 1 << 16)
        assert error is None
        assert got == bytes(3_000_000)


def test_a_zstd_skippable_frame() -> None:
    frame = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    assert compression_of(frame) == "zstd"
    assert drained(stream(frame + pressed("zstd"), "zstd").read, 4096) == (DATA, None)


def test_without_zstd_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("compression", "compression.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    for call in (lambda: compressor("zstd"), lambda: stream(b"", "zstd")):
        with pytest.raises(ModuleNotFoundError, match=r"mrrc-cffi\[zstd\]"):
            call()


def test_what_is_not_compressed() -> None:
    for head in (b"", b"0", b"00714cam a22", b"<?xml", b"BZhello", b"\x1f\x8b", b"PK\x03\x04"):
        assert compression_of(head) is None


def test_a_failing_source_can_be_asked_again() -> None:
    data = pressed("gzip", b"abc")
    answers: list[bytes | OSError] = [data[:5], OSError(5, "no"), data[5:], b"", b""]

    def read(size: int) -> bytes:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    source = Decompressed(read, "gzip")
    with pytest.raises(OSError, match="no"):
        source.read(10)
    assert source.failure is None
    assert source.read(10) == b"abc"


@pytest.mark.parametrize("answer", ["text", None])
def test_a_source_that_gives_no_bytes(answer: object) -> None:
    with pytest.raises((TypeError, BlockingIOError)):
        Decompressed(lambda size: answer, "gzip").read(5)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("kind", KINDS)
def test_who_gives_up_waiting_loses_nothing(kind: str) -> None:
    data = bytes(random.Random(4).choices(range(256), k=60_000))
    first = ORACLES[kind][0](data[:9_000])
    packed = first + ORACLES[kind][0](data[9_000:])
    # the second member's mark comes in two pieces
    places = iter([0, len(first) + 1, *range(len(first) + 1500, len(packed), 1500), len(packed)])
    at = next(places)
    turn = 0

    class NotNow(BaseException):
        pass

    def read(size: int) -> bytes:
        nonlocal at, turn
        turn += 1
        if turn % 2:
            raise NotNow
        start, at = at, next(places, len(packed))
        return packed[start:at]

    stream, found = Decompressed(read, kind), []
    for _ in range(1000):
        try:
            found.append(stream.read(50_000))
        except NotNow:
            continue
        if not found[-1]:
            break
    assert b"".join(found) == data


def test_suffixes() -> None:
    assert compression_by_suffix("a/b.mrc.GZ") == "gzip"
    assert compression_by_suffix(b"x.bz2") == "bzip2"
    assert compression_by_suffix("x.xml.zst") == "zstd"
    assert compression_by_suffix("x.mrc") is None
    assert uncompressed_name("b.mrc.xz") == "b.mrc"
    assert uncompressed_name("b.mrc") == "b.mrc"


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_how_hard_is_compressed(suffix: str, tmp_path: Path) -> None:
    sizes = []
    for level in ("0", "9"):
        path = tmp_path / f"{level}.mrk.{suffix}"
        done = command_line.mrrc("convert", "--compression", level, command_line.SAMPLE, "-o", path)
        assert done.status == 0
        with mrrc.read(path) as reader:
            assert len(list(reader)) == 21
        sizes.append(path.stat().st_size)
    assert sizes[0] > sizes[1] or suffix == "bz2"  # whose blocks are larger, which few records fill
    assert compression.LEVEL.get() is None


def test_no_such_level() -> None:
    done = command_line.mrrc("convert", "--compression", "11", command_line.SAMPLE)
    assert (done.status, "'11' is not 0 to 9" in done.err) == (2, True)
