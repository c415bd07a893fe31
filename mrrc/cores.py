# SPDX-License-Identifier: MIT
"""How many processors this process may use, and sources that are read by as many threads.

What the machine has is not what a process gets: an affinity mask and a control group's quota may
leave it less.
"""

from __future__ import annotations

import os

from mrrc import _bridge

__all__ = ["checked_jobs", "group_folders", "quota", "read_ahead", "usable_cores"]

#: Bytes of the source in a block for a thread: it, its records and what is made of them stay near
#: the processor.
BLOCK = 1 << 18

#: The same where each block becomes a chunk of a table, of which there are not to be too many.
BLOCK_OF_ROWS = 1 << 20

#: How many blocks may lie ready, so that no thread waits for a consumer that works by fits.
CAPACITY = 4

_JOBS_MAX = 256

#: Where the system keeps control groups, and where it says which of them is this process's.
_GROUPS = "/sys/fs/cgroup"
_OWN = "/proc/self/cgroup"


def group_folders(controller: str) -> list[str]:
    """Return the folders of this process's control group and of those that it is in.

    Each of them may set a limit. The folders of both kinds of groups are told, and those that are
    not visible from within a container are among them.

    Args:
        controller: of the older kind, what is limited: ``cpu``, ``memory``.
    """
    found = [_GROUPS, os.path.join(_GROUPS, controller)]
    try:
        with open(_OWN, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return found
    for line in lines:
        _, names, path = [*line.split(":", 2), "", ""][:3]
        if names and controller not in names.split(","):
            continue
        folder = found[1] if names else found[0]
        for part in path.strip("/").split("/"):
            if part in ("", ".."):  # it is in none, or in one outside of the container
                break
            folder = os.path.join(folder, part)
            found.append(folder)
    return found


def _numbers(*parts: str) -> list[float] | None:
    """Return the numbers in a file; "max", of which there is no end, is one. None without them."""
    try:
        with open(os.path.join(*parts), encoding="ascii") as file:
            return [float("inf") if each == "max" else float(each) for each in file.read().split()]
    except (OSError, ValueError):
        return None


def quota() -> float | None:
    """Return how many processors control groups allow; None where none says."""
    allowed = []
    for folder in group_folders("cpu"):
        both = _numbers(folder, "cpu.max") or [
            *(_numbers(folder, "cpu.cfs_quota_us") or []),
            *(_numbers(folder, "cpu.cfs_period_us") or []),
        ]
        if len(both) == 2 and min(both) > 0 and both[0] != float("inf"):
            allowed.append(both[0] / both[1])
    return min(allowed, default=None)


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
