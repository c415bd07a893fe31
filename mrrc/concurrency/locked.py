# SPDX-License-Identifier: MIT
"""Locks of records, for threads that change the same one.

A record has no lock until somebody asks for it, and the lock goes with the record: so those
that are never shared cost nothing. Records that are only read need none.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mrrc.record import Record

    Lock = threading.RLock

__all__ = ["LockedRecord", "lock_of"]

#: By the record's id: the record itself may be equal to others, or have no hash. A step is one
#: operation of a dictionary, so there is no lock that a fork could leave taken.
_locks: dict[int, tuple[weakref.ref[Any], Lock]] = {}


def lock_of(record: Record) -> Lock:
    """Return the lock of a record, the same for all who ask; a thread may take it repeatedly.

    It keeps out only those who take it too.
    """
    key = id(record)
    known = _locks.get(key)
    if known is None:
        # called before the id can be another's
        gone = weakref.ref(record, lambda _, forget=_locks.pop: forget(key, None))  # type: ignore[misc]
        known = _locks.setdefault(key, (gone, threading.RLock()))
    return known[1]


class LockedRecord:
    """A record that several threads change: each step is made under the record's lock.

    >>> from mrrc import Field, Record
    >>> from mrrc.concurrency import LockedRecord
    >>> locked = LockedRecord(Record())
    >>> locked.add_field(Field("001", data="1"))
    >>> with locked as record:  # several steps that belong together
    ...     if "003" not in record:
    ...         record.add_field(Field("003", data="XX"))
    >>> len(locked.fields)
    2

    It has the record's attributes and methods. The fields that it hands out are the record's own:
    what changes them, too, belongs into a ``with``. All that are made of the same record
    share its lock, which is also ``record.lock()``.
    """

    __slots__ = ("_lock", "_record")

    _lock: Lock
    _record: Record

    def __init__(self, record: Record | LockedRecord) -> None:
        if isinstance(record, LockedRecord):
            record = record._record
        object.__setattr__(self, "_record", record)
        object.__setattr__(self, "_lock", lock_of(record))

    def __enter__(self) -> Record:
        self._lock.acquire()
        return self._record

    def __exit__(self, *exception: object) -> None:
        self._lock.release()

    def __getattr__(self, name: str) -> Any:
        if name in LockedRecord.__slots__:  # not there yet, as while a copy is made
            raise AttributeError(name)
        with self._lock:
            value = getattr(self._record, name)
            if name == "fields":  # a list that others change is none to go through
                return list(value)
        return self._locking(value) if callable(value) else value

    def _locking(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                return method(*args, **kwargs)

        return step

    def __setattr__(self, name: str, value: Any) -> None:
        with self._lock:
            setattr(self._record, name, value)

    def __getitem__(self, tag: str) -> Any:
        with self._lock:
            return self._record[tag]

    def __contains__(self, tag: str) -> bool:
        with self._lock:
            return tag in self._record

    def __iter__(self) -> Iterator[Any]:
        """Go through the fields as they are now."""
        with self._lock:
            return iter(list(self._record))

    def __str__(self) -> str:
        with self._lock:
            return str(self._record)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._record!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        import copy

        with self._lock:  # what travels is not changed meanwhile
            return type(self), (copy.deepcopy(self._record),)
