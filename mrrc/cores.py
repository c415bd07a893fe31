# SPDX-License-Identifier: MIT
"""How many processors this process may use, and sources that are read by as many threads.

What the machine has is not what a process gets: an affinity mask and a control group's quota may
leave it less.
"""

from __future__ import annotations

import os

from mrrc import _bridge

__all__ = ["checked_jobs", "quota", "read_ahead", "usable_cores"]

#: Bytes of the source in a block for a thread: it, its records and what is made of them stay near
#: the processor.
BLOCK = 1 << 18

#: The same where each block becomes a chunk of a table, of which there are not to be too many.
BLOCK_OF_ROWS = 1 << 20

#: How many blocks may lie ready, so that no thread waits for a consumer that works by fits.
CAPACITY = 4

_JOBS_MAX = 256

_QUOTA = "/sys/fs/cgroup/cpu.max"
_OLD_QUOTA = ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def _number(path: str) -> float:
    with open(path, encoding="ascii") as file:
        return float(file.read())


def quota() -> float | None:
    """Return how many processors a control group allows; None where it does not say."""
    try:
        with open(_QUOTA, encoding="ascii") as file:
            allowed, period = file.read().split()
        return None if allowed == "max" else float(allowed) / float(period)
    except (OSError, ValueError):
        pass
    try:
        most, each = map(_number, _OLD_QUOTA)
    except (OSError, ValueError):
        return None
    return most / each if most > 0 and each > 0 else None


def usable_cores() -> int:
    """Return how many processors this process may use, at least 1.

    The affinity mask counts, and a control group's quota, rounded up.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    allowed = quota()
    if allowed is not None:
        cores = min(cores, max(1, -int(-allowed // 1)))
    return max(1, cores)


def checked_jobs(jobs: int) -> int:
    """Return how many threads are meant; 0 stands for as many as the process may use.

    Raises:
        TypeError, ValueError: it is no such number.
    """
    if not isinstance(jobs, int) or isinstance(jobs, bool):
        raise TypeError(f"jobs is a whole number, not {type(jobs).__name__}")
    if not 0 <= jobs <= _JOBS_MAX:
        raise ValueError(f"jobs is 0 to {_JOBS_MAX}, not {jobs}")
    return jobs or usable_cores()


def read_ahead(source: _bridge.Source, jobs: int, columns: _bridge.Columns | None = None) -> None:
    """Have a source of which nothing was read yet read by so many threads; 1: by the caller's.

    Args:
        source: what is read.
        jobs: how many threads; 0: as many as the process may use.
        columns: what the threads are to make rows by.
    """
    workers = checked_jobs(jobs)
    if workers > 1:
        block = BLOCK if columns is None else BLOCK_OF_ROWS
        source.read_ahead(workers, CAPACITY, block, columns)
