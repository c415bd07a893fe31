# SPDX-License-Identifier: MIT
"""MARC work shared by threads: readers, writers and records that several may use at once.

Nothing here makes a thread faster: it keeps what threads do together right. Work is shared out
by `mrrc.parallel`. A module is imported when something of it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mrrc.concurrency.confined import ThreadLocalReader, thread_local_reader
    from mrrc.concurrency.errors import (
        ConcurrencyError,
        ItemError,
        LostByFork,
        MapTimeout,
        PoolClosed,
        SafeThreadError,
        ThreadTimeout,
    )
    from mrrc.concurrency.limits import deadline
    from mrrc.concurrency.locked import LockedRecord, lock_of
    from mrrc.concurrency.lookups import safe_get
    from mrrc.concurrency.sharing import SharedReader, SharedWriter
    from mrrc.concurrency.thread_logging import enable_thread_logging, logged
    from mrrc.concurrency.thread_pool import (
        SafeThreadPool,
        safe_parallel_map,
        safe_thread_decorator,
    )
    from mrrc.concurrency.threads import FutureThread, SafeThread, run_in_safe_thread
    from mrrc.concurrency.workers import ThreadManager

_HOME = {
    "ConcurrencyError": "errors",
    "FutureThread": "threads",
    "ItemError": "errors",
    "LockedRecord": "locked",
    "LostByFork": "errors",
    "MapTimeout": "errors",
    "PoolClosed": "errors",
    "SafeThread": "threads",
    "SafeThreadError": "errors",
    "SafeThreadPool": "thread_pool",
    "SharedReader": "sharing",
    "SharedWriter": "sharing",
    "ThreadLocalReader": "confined",
    "ThreadManager": "workers",
    "ThreadTimeout": "errors",
    "deadline": "limits",
    "enable_thread_logging": "thread_logging",
    "lock_of": "locked",
    "logged": "thread_logging",
    "run_in_safe_thread": "threads",
    "safe_get": "lookups",
    "safe_parallel_map": "thread_pool",
    "safe_thread_decorator": "thread_pool",
    "thread_local_reader": "confined",
}

__all__ = [
    "ConcurrencyError",
    "FutureThread",
    "ItemError",
    "LockedRecord",
    "LostByFork",
    "MapTimeout",
    "PoolClosed",
    "SafeThread",
    "SafeThreadError",
    "SafeThreadPool",
    "SharedReader",
    "SharedWriter",
    "ThreadLocalReader",
    "ThreadManager",
    "ThreadTimeout",
    "deadline",
    "enable_thread_logging",
    "lock_of",
    "logged",
    "run_in_safe_thread",
    "safe_get",
    "safe_parallel_map",
    "safe_thread_decorator",
    "thread_local_reader",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
