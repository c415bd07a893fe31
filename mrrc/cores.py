# SPDX-License-Identifier: MIT
"""How many processors this process may use.

What the machine has is not what a process gets: an affinity mask and a control group's quota may
leave it less.
"""

from __future__ import annotations

import os

__all__ = ["usable_cores"]

_QUOTA = "/sys/fs/cgroup/cpu.max"
_OLD_QUOTA = ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def _number(path: str) -> float:
    with open(path, encoding="ascii") as file:
        return float(file.read())


def _quota() -> float | None:
    """Return how many processors a control group allows; None where it does not say."""
    try:
        with open(_QUOTA, encoding="ascii") as file:
            quota, period = file.read().split()
        return None if quota == "max" else float(quota) / float(period)
    except (OSError, ValueError):
        pass
    try:
        allowed, each = map(_number, _OLD_QUOTA)
    except (OSError, ValueError):
        return None
    return allowed / each if allowed > 0 and each > 0 else None


def usable_cores() -> int:
    """Return how many processors this process may use, at least 1.

    The affinity mask counts, and a control group's quota, rounded up.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    quota = _quota()
    if quota is not None:
        cores = min(cores, max(1, -int(-quota // 1)))
    return max(1, cores)
