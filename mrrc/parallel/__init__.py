# SPDX-License-Identifier: MIT
"""A function called with every record of a source: in threads, in processes, or in turn.

`map_records` gives the results in order, `map_reduce` joins them, `map_files` goes by files, and
a `RecordPool` keeps its workers. Which strategy is taken, and why, says `choose_strategy`. The
function of this name at the top of the package is pymarc's, and another one. A module is imported
when something of it is asked for: worker processes need few of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mrrc.parallel.awaited import AsyncResultStream, amap_records
    from mrrc.parallel.calls import RecordPool, map_files, map_records, map_reduce
    from mrrc.parallel.errors import NotPicklableError, RecordTaskError, WorkerLost
    from mrrc.parallel.strategy import Decision, choose_strategy, recommended_workers
    from mrrc.parallel.stream import ResultStream, Stats
    from mrrc.parallel.tasks import Failure

_HOME = {
    "AsyncResultStream": "awaited",
    "Decision": "strategy",
    "Failure": "tasks",
    "NotPicklableError": "errors",
    "RecordPool": "calls",
    "RecordTaskError": "errors",
    "ResultStream": "stream",
    "Stats": "stream",
    "WorkerLost": "errors",
    "amap_records": "awaited",
    "choose_strategy": "strategy",
    "map_files": "calls",
    "map_records": "calls",
    "map_reduce": "calls",
    "recommended_workers": "strategy",
}

__all__ = [
    "AsyncResultStream",
    "Decision",
    "Failure",
    "NotPicklableError",
    "RecordPool",
    "RecordTaskError",
    "ResultStream",
    "Stats",
    "WorkerLost",
    "amap_records",
    "choose_strategy",
    "map_files",
    "map_records",
    "map_reduce",
    "recommended_workers",
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
