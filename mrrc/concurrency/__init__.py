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
    from mrrc.concurrency.errors import ConcurrencyError
    from mrrc.concurrency.limits import deadline
    from mrrc.concurrency.locked import LockedRecord, lock_of
    from mrrc.concurrency.sharing import SharedReader, SharedWriter
    from mrrc.concurrency.thread_logging import enable_thread_logging

_HOME = {
    "ConcurrencyError": "errors",
    "LockedRecord": "locked",
    "SharedReader": "sharing",
    "SharedWriter": "sharing",
    "ThreadLocalReader": "confined",
    "deadline": "limits",
    "enable_thread_logging": "thread_logging",
    "lock_of": "locked",
    "thread_local_reader": "confined",
}

__all__ = [
    "ConcurrencyError",
    "LockedRecord",
    "SharedReader",
    "SharedWriter",
    "ThreadLocalReader",
    "deadline",
    "enable_thread_logging",
    "lock_of",
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
