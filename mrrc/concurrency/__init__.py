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
    from mrrc.concurrency.environment import EnvironmentReport, environment_report
    from mrrc.concurrency.errors import (
        CapacityError,
        ConcurrencyError,
        ForkedLockError,
        ItemError,
        LockOwnerError,
        LockTimeout,
        LockUpgradeError,
        LostByFork,
        MapTimeout,
        PoolClosed,
        QueueClosed,
        QueueEmpty,
        QueueFull,
        SafeThreadError,
        SemaphoreReleaseError,
        ThreadTimeout,
    )
    from mrrc.concurrency.explanation import Explanation, explain_strategy
    from mrrc.concurrency.limits import deadline
    from mrrc.concurrency.lock_order import (
        LockOrderError,
        LockStats,
        LockStep,
        debug_locks,
        lock_all,
    )
    from mrrc.concurrency.locked import LockedRecord, lock_of
    from mrrc.concurrency.locks import SafeCondition, SafeEvent, SafeLock, SafeSemaphore
    from mrrc.concurrency.lookups import safe_get
    from mrrc.concurrency.read_write import ReadWriteLock
    from mrrc.concurrency.shared_batch import SharedBatch
    from mrrc.concurrency.shared_counter import SharedCounter
    from mrrc.concurrency.shared_data import (
        AtomicCounter,
        SharedArray,
        SharedDict,
        create_safe_shared_data,
    )
    from mrrc.concurrency.shared_queue import SharedQueue
    from mrrc.concurrency.sharing import SharedReader, SharedWriter
    from mrrc.concurrency.thread_logging import enable_thread_logging, logged
    from mrrc.concurrency.thread_pool import (
        SafeThreadPool,
        safe_parallel_map,
        safe_thread_decorator,
    )
    from mrrc.concurrency.threads import FutureThread, SafeThread, run_in_safe_thread
    from mrrc.concurrency.workers import ThreadManager
    from mrrc.parallel.strategy import recommended_workers

_HOME = {
    "AtomicCounter": "shared_data",
    "CapacityError": "errors",
    "ConcurrencyError": "errors",
    "EnvironmentReport": "environment",
    "Explanation": "explanation",
    "ForkedLockError": "errors",
    "FutureThread": "threads",
    "ItemError": "errors",
    "LockOrderError": "lock_order",
    "LockOwnerError": "errors",
    "LockStats": "lock_order",
    "LockStep": "lock_order",
    "LockTimeout": "errors",
    "LockUpgradeError": "errors",
    "LockedRecord": "locked",
    "LostByFork": "errors",
    "MapTimeout": "errors",
    "PoolClosed": "errors",
    "QueueClosed": "errors",
    "QueueEmpty": "errors",
    "QueueFull": "errors",
    "ReadWriteLock": "read_write",
    "SafeCondition": "locks",
    "SafeEvent": "locks",
    "SafeLock": "locks",
    "SafeSemaphore": "locks",
    "SafeThread": "threads",
    "SafeThreadError": "errors",
    "SafeThreadPool": "thread_pool",
    "SemaphoreReleaseError": "errors",
    "SharedArray": "shared_data",
    "SharedBatch": "shared_batch",
    "SharedCounter": "shared_counter",
    "SharedDict": "shared_data",
    "SharedQueue": "shared_queue",
    "SharedReader": "sharing",
    "SharedWriter": "sharing",
    "ThreadLocalReader": "confined",
    "ThreadManager": "workers",
    "ThreadTimeout": "errors",
    "create_safe_shared_data": "shared_data",
    "deadline": "limits",
    "debug_locks": "lock_order",
    "enable_thread_logging": "thread_logging",
    "environment_report": "environment",
    "explain_strategy": "explanation",
    "lock_all": "lock_order",
    "lock_of": "locked",
    "logged": "thread_logging",
    "recommended_workers": "mrrc.parallel.strategy",
    "run_in_safe_thread": "threads",
    "safe_get": "lookups",
    "safe_parallel_map": "thread_pool",
    "safe_thread_decorator": "thread_pool",
    "thread_local_reader": "confined",
}

__all__ = [
    "AtomicCounter",
    "CapacityError",
    "ConcurrencyError",
    "EnvironmentReport",
    "Explanation",
    "ForkedLockError",
    "FutureThread",
    "ItemError",
    "LockOrderError",
    "LockOwnerError",
    "LockStats",
    "LockStep",
    "LockTimeout",
    "LockUpgradeError",
    "LockedRecord",
    "LostByFork",
    "MapTimeout",
    "PoolClosed",
    "QueueClosed",
    "QueueEmpty",
    "QueueFull",
    "ReadWriteLock",
    "SafeCondition",
    "SafeEvent",
    "SafeLock",
    "SafeSemaphore",
    "SafeThread",
    "SafeThreadError",
    "SafeThreadPool",
    "SemaphoreReleaseError",
    "SharedArray",
    "SharedBatch",
    "SharedCounter",
    "SharedDict",
    "SharedQueue",
    "SharedReader",
    "SharedWriter",
    "ThreadLocalReader",
    "ThreadManager",
    "ThreadTimeout",
    "create_safe_shared_data",
    "deadline",
    "debug_locks",
    "enable_thread_logging",
    "environment_report",
    "explain_strategy",
    "lock_all",
    "lock_of",
    "logged",
    "recommended_workers",
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
    module = home if "." in home else f"{__name__}.{home}"
    value = globals()[name] = getattr(importlib.import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
