# SPDX-License-Identifier: MIT
"""aio.py: the reader and the writer of an event loop, beside those that wait."""

import asyncio
import errno
import gc
import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import aio
from mrrc.aio import AsyncMARCReader, AsyncMARCWriter

COUNT = 1200
SAMPLES = [make.sample(n) for n in range(COUNT)]
DATA = b"".join(SAMPLES)
BAD = bytearray(make.sample(1))
BAD[12:17] = b"xxxxx"


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    limit = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < limit:
        time.sleep(0.01)
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.mrc"
    file.write_bytes(DATA)
    return file


def read(*arguments: Any, **named: Any) -> list[Any]:
    async def main() -> list[Any]:
        async with AsyncMARCReader(*arguments, **named) as reader:
            return [record async for record in reader]

    return asyncio.run(main())


def marc(records: list[Any]) -> list[bytes | None]:
    return [None if record is None else record.as_marc() for record in records]


@pytest.mark.parametrize("kind", ["path", "str", "bytes", "file", "memory", "mmap"])
def test_every_source(kind: str, path: Path) -> None:
    sources: dict[str, Callable[[], Any]] = {
        "path": lambda: path,
        "str": lambda: str(path),
        "bytes": lambda: DATA,
        "file": lambda: path.open("rb"),
        "memory": lambda: io.BytesIO(DATA),
        "mmap": lambda: path,
    }
    source = sources[kind]()
    assert marc(read(source, **({"mmap": True} if kind == "mmap" else {}))) == SAMPLES
    if kind in ("file", "memory"):
        assert not source.closed  # it is the caller's
        source.close()


def test_a_url() -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://aio.mrc", "wb") as file:
        file.write(DATA)
    assert marc(read("memory://aio.mrc")) == SAMPLES
    with pytest.raises(FileNotFoundError):
        read("memory://none.mrc")


@pytest.mark.parametrize("mode", [None, "strict", "lenient", "permissive"])
def test_the_modes_are_those_of_the_reader(mode: str | None) -> None:
    data = SAMPLES[0] + bytes(BAD) + SAMPLES[2] + b"rubbish" + SAMPLES[3]

    def told(error: BaseException | None) -> Any:
        return None if error is None else (type(error), str(error))

    def plain() -> list[Any]:
        found: list[Any] = []
        reader = mrrc.MARCReader(data, recovery_mode=mode)
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return [*found, len(reader.errors)]
            except mrrc.MrrcException as error:
                found.append(told(error))
                continue
            found.append((marc([record]), told(reader.current_exception)))

    async def main() -> list[Any]:
        found: list[Any] = []
        async with AsyncMARCReader(data, recovery_mode=mode) as reader:
            while True:
                try:
                    record = await reader.__anext__()
                except StopAsyncIteration:
                    return [*found, len(reader.errors)]
                except mrrc.MrrcException as error:
                    found.append(told(error))
                    continue
                found.append((marc([record]), told(reader.current_exception)))
                if record is None and mode is None:
                    assert reader.current_chunk

    assert asyncio.run(main()) == plain()


def test_arguments_reach_the_reader(path: Path) -> None:
    (record,) = read(path, False, where="001 == 'smpl00000003'")
    assert isinstance(record.fields[1], mrrc.RawField)
    with pytest.raises(TypeError):
        read(path, no_such=True)
    with pytest.raises(FileNotFoundError):
        read(path.with_suffix(".none"))


def test_the_loop_ticks_between_batches(path: Path) -> None:
    ticks = 0
    seen: list[int] = []

    async def ticker() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def main() -> None:
        task = asyncio.ensure_future(ticker())
        async with AsyncMARCReader(path) as reader:
            async for _ in reader:
                seen.append(ticks)
        task.cancel()

    asyncio.run(main())
    assert len(set(seen)) >= COUNT // aio._BATCH


class Slow(io.BytesIO):
    """A file whose first bytes come when they are allowed to."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.go = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.go.wait()
        return super().read(size)


def test_a_loop_is_never_blocked_and_a_cancelled_task_loses_nothing() -> None:
    async def main() -> None:
        source = Slow(DATA)
        reader = AsyncMARCReader(source)
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(reader.__anext__(), 0.02)
        source.go.set()
        assert marc([record async for record in reader]) == SAMPLES
        await reader.aclose()

    asyncio.run(main())


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_cancellation_leaves_no_thread() -> None:
    async def main() -> None:
        source = Slow(DATA)

        async def work() -> None:
            async with AsyncMARCReader(source) as reader:
                async for _ in reader:
                    pass

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.sleep(0.02)
        source.go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not any(thread.name.startswith("mrrc") for thread in threading.enumerate())

    asyncio.run(main())


def test_tasks_share_a_reader(path: Path) -> None:
    async def main() -> None:
        async with AsyncMARCReader(path) as reader:

            async def take() -> list[Any]:
                found = []
                async for record in reader:
                    found.append(record)
                    await asyncio.sleep(0)
                return found

            parts = await asyncio.gather(*(take() for _ in range(4)))
        assert sorted(marc([record for part in parts for record in part])) == sorted(SAMPLES)

    asyncio.run(main())


def test_closing(path: Path) -> None:
    async def main() -> None:
        reader = AsyncMARCReader(path)
        await reader.__anext__()
        assert not reader.closed
        await reader.aclose()
        await reader.aclose()
        assert reader.closed
        with pytest.raises(ValueError, match="closed"):
            await reader.__anext__()
        AsyncMARCReader(path)  # nothing was opened

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_reader_that_is_forgotten(path: Path) -> None:
    async def main() -> None:
        reader = AsyncMARCReader(path)
        await reader.__anext__()

    asyncio.run(main())


@pytest.mark.parametrize("block", [1, 5000, 1 << 18])
def test_writing(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio, "_BLOCK", block)
    path = tmp_path / "out.mrc"

    async def main(target: Any, **named: Any) -> None:
        async with AsyncMARCWriter(target, **named) as writer:
            for record in mrrc.MARCReader(DATA[: 100 * len(SAMPLES[0])]):
                assert record is not None
                await writer.write(record)
                record.remove_fields("245")  # it is written already

    asyncio.run(main(path))
    assert path.read_bytes() == b"".join(SAMPLES[:100])
    memory = io.BytesIO()
    asyncio.run(main(memory, close_file=False))
    assert memory.getvalue() == path.read_bytes()
    given = path.open("wb")
    asyncio.run(main(given))
    assert given.closed
    assert path.read_bytes() == memory.getvalue()


def test_tasks_share_a_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio, "_BLOCK", 3000)
    path = tmp_path / "out.mrc"

    async def main() -> None:
        async with AsyncMARCWriter(path) as writer:

            async def put(first: int) -> None:
                for record in mrrc.MARCReader(b"".join(SAMPLES[first : first + 50])):
                    assert record is not None
                    await writer.write(record)
                    await asyncio.sleep(0)

            await asyncio.gather(*(put(first) for first in range(0, 200, 50)))

    asyncio.run(main())
    assert sorted(marc(list(mrrc.MARCReader(path)))) == sorted(SAMPLES[:200])


class Full(io.RawIOBase):
    """A file that takes so many bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "no space")
        taken = min(len(data), self.room, 1000)
        self.room -= taken
        return taken


def test_a_full_disk_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio, "_BLOCK", 3000)
    record = mrrc.Record(fields=[mrrc.Field("001", data="x" * 500)])

    async def at_write() -> int:
        written = 0
        async with AsyncMARCWriter(Full(10_000)) as writer:  # type: ignore[arg-type]
            while True:
                await writer.write(record)
                written += 1

    with pytest.raises(OSError, match="no space"):
        asyncio.run(at_write())

    async def at_the_end() -> None:
        async with AsyncMARCWriter(Full(100)) as writer:  # type: ignore[arg-type]
            await writer.write(record)

    with pytest.raises(OSError, match="no space"):
        asyncio.run(at_the_end())

    async def again() -> None:
        writer = AsyncMARCWriter(Full(100))  # type: ignore[arg-type]
        with pytest.raises(OSError):
            while True:
                await writer.write(record)
        with pytest.raises(OSError):
            await writer.write(record)
        await writer.aclose()
        with pytest.raises(mrrc.NoActiveFile):
            await writer.write(record)

    asyncio.run(again())


def test_what_cannot_be_written_raises_at_once(tmp_path: Path) -> None:
    path = tmp_path / "out.mrc"

    async def main() -> None:
        async with AsyncMARCWriter(path) as writer:
            with pytest.raises(mrrc.WriteNeedsRecord):
                await writer.write(None)  # type: ignore[arg-type]
            with pytest.raises(mrrc.WriterError):
                await writer.write(mrrc.Record(fields=[mrrc.Field("001", data="a\x1eb")]))
        with pytest.raises(OSError):
            async with AsyncMARCWriter(tmp_path / "no" / "out.mrc"):
                pass

    asyncio.run(main())
    assert path.read_bytes() == b""


def test_a_writer_that_is_forgotten_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        writer = AsyncMARCWriter(tmp_path / "out.mrc")
        await writer.write(mrrc.Record())
        with pytest.warns(ResourceWarning, match="not closed"):
            del writer
            gc.collect()

    asyncio.run(main())
