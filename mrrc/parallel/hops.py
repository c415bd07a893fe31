# SPDX-License-Identifier: MIT
"""What an event loop has done in a thread, so that it does not wait itself.

One thread, one thing after another, and no thread when it is closed. What is done is the
affair of who asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

__all__ = ["Hop"]


class Hop:
    """A thread in which one thing after another is done for an event loop."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, f"mrrc-{name}")
        self._pending: asyncio.Future[Any] | None = None

    async def do(self, work: Callable[[], Any]) -> Any:
        """Have something done, and return what comes of it.

        Where the caller is cancelled the work goes on; the next caller gets what comes of it, and
        its own is not begun.
        """
        if self._pending is None:
            self._pending = asyncio.get_running_loop().run_in_executor(self._pool, work)
        pending = self._pending
        try:
            found = await asyncio.shield(pending)
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._forget(pending)
            raise
        self._forget(pending)
        return found

    def _forget(self, pending: Any) -> None:
        if self._pending is pending:
            self._pending = None

    async def close(self, work: Callable[[], Any]) -> None:
        """Do a last thing behind what is under way, and end the thread, even if cancelled."""
        loop = asyncio.get_running_loop()
        pending, self._pending = self._pending, None
        try:
            last = loop.run_in_executor(self._pool, work)
        except RuntimeError:  # it is closed
            return
        self._pool.shutdown(wait=False)
        try:
            await asyncio.shield(last)
        finally:
            if pending is not None and pending.done() and not pending.cancelled():
                pending.exception()  # nobody is left to be told
            if last.done():
                self._pool.shutdown(wait=True)  # it has nothing to do any more

    def leave(self) -> None:
        """End the thread when it has done what it does; for those who cannot wait."""
        self._pool.shutdown(wait=False, cancel_futures=True)
