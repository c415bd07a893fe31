# SPDX-License-Identifier: MIT
"""What threads of one process share, made fit for use in a process that was forked.

The process has one thread, the one that forked. What the others held at that moment is held for
ever, unless somebody looks after it: each object here is told.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, NoReturn

_alive: weakref.WeakSet[InProcess] = weakref.WeakSet()


class InProcess:
    """Something that has locks, and so belongs to one process."""

    __slots__ = ("__weakref__",)

    def __init__(self) -> None:
        _alive.add(self)

    def _after_fork(self, me: int) -> None:
        """Be usable by the only thread that there is, whose ident is given."""
        raise NotImplementedError

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is for the threads of one process: it cannot be copied or sent"
        )


def _look_after_all(alive: Any) -> None:
    me = threading.get_ident()
    for each in list(alive):
        each._after_fork(me)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _look_after_all(_alive))
