# SPDX-License-Identifier: MIT
"""parallel/hops.py: one thing after another in a thread, and nothing that is lost."""

import asyncio
import threading
import time

import pytest

from mrrc.parallel.hops import Hop


def hopping() -> int:
    return sum(thread.name.startswith("mrrc-hop") for thread in threading.enumerate())


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_it_is_done_in_one_thread() -> None:
    async def main() -> None:
        hop = Hop("hop")
        assert hopping() == 0
        threads = {await hop.do(threading.get_ident) for _ in range(5)}
        assert len(threads) == 1 and threading.get_ident() not in threads
        with pytest.raises(ZeroDivisionError):
            await hop.do(lambda: 1 / 0)
        assert await hop.do(lambda: 3) == 3
        await hop.close(lambda: None)
        assert hopping() == 0
        await hop.close(lambda: None)

    asyncio.run(main())


def test_what_was_under_way_is_for_the_next() -> None:
    async def main() -> None:
        hop = Hop("hop")
        go = threading.Event()
        task = asyncio.ensure_future(hop.do(lambda: (go.wait(), "first")[1]))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go.set()
        assert await hop.do(lambda: "second") == "first"
        assert await hop.do(lambda: "second") == "second"
        await hop.close(lambda: None)

    asyncio.run(main())


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_closing_waits_for_what_is_under_way() -> None:
    done: list[int] = []

    async def main() -> None:
        hop = Hop("hop")
        task = asyncio.ensure_future(hop.do(lambda: (time.sleep(0.05), done.append(1))))
        await asyncio.sleep(0.01)
        task.cancel()
        await hop.close(lambda: done.append(2))
        assert hopping() == 0

    asyncio.run(main())
    assert done == [1, 2]


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_those_who_cannot_wait_leave() -> None:
    async def main() -> None:
        hop = Hop("hop")
        await hop.do(lambda: None)
        hop.leave()
        limit = time.monotonic() + 5
        while hopping() and time.monotonic() < limit:
            await asyncio.sleep(0.01)
        assert hopping() == 0

    asyncio.run(main())
