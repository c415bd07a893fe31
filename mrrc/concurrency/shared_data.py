# SPDX-License-Identifier: MIT
"""Counters, dictionaries and arrays that threads of one process share.

Each step is whole: no other thread sees half of it. What takes several steps that belong together
is done by ``change``, or under a lock. The names and arguments are those of PyFerris, where it has
them; values are kept as they are. Between processes there are other means (`mrrc.parallel`).
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar, overload

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import CapacityError
from mrrc.concurrency.shared_queue import SharedQueue

__all__ = ["AtomicCounter", "SharedArray", "SharedDict", "create_safe_shared_data"]

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class AtomicCounter(InProcess):
    """A whole number that threads change, none of whose changes is lost.

    >>> from mrrc.concurrency import AtomicCounter
    >>> count = AtomicCounter()
    >>> count.increment(), count.add(10), count.decrement()
    (1, 11, 10)

    It has no limits, as numbers in Python have none.

    Args:
        initial_value: what it begins with.

    Raises:
        TypeError: that is no whole number, and so wherever one is asked for.
    """

    __slots__ = ("_lock", "_value")

    def __init__(self, initial_value: int = 0) -> None:
        self._value = operator.index(initial_value)
        self._lock = threading.Lock()
        super().__init__()

    def increment(self) -> int:
        """Add 1, and return what it is then."""
        with self._lock:
            self._value = value = self._value + 1
            return value

    def decrement(self) -> int:
        """Take 1 away, and return what it is then."""
        with self._lock:
            self._value = value = self._value - 1
            return value

    def add(self, value: int) -> int:
        """Add a number, and return what it is then."""
        value = operator.index(value)
        with self._lock:
            self._value += value
            return self._value

    def sub(self, value: int) -> int:
        """Take a number away, and return what it is then."""
        return self.add(-operator.index(value))

    def get(self) -> int:
        """What it is now."""
        return self._value

    value = property(get, doc="What it is now.")

    def set(self, value: int) -> None:
        """Make it another number."""
        value = operator.index(value)
        with self._lock:
            self._value = value

    def reset(self) -> None:
        """Make it 0."""
        self.set(0)

    def compare_and_swap(self, expected: int, new: int) -> int:
        """Make it another number, if it is the one expected; and return what it was."""
        new = operator.index(new)
        with self._lock:
            value = self._value
            if value == expected:
                self._value = new
            return value

    def __int__(self) -> int:
        return self._value

    def __index__(self) -> int:
        return self._value

    def __add__(self, other: int) -> int:
        return self._value + other

    def __sub__(self, other: int) -> int:
        return self._value - other

    def __repr__(self) -> str:
        return f"{type(self).__name__}(value={self._value})"

    def _after_fork(self, me: int) -> None:
        self._lock = threading.Lock()


class SharedDict(InProcess, Generic[K, V]):
    """A dictionary that threads share.

    >>> from mrrc.concurrency import SharedDict
    >>> tags = SharedDict()
    >>> for tag in ("245", "650", "650"):  # in as many threads as you like
    ...     tags.change(tag, lambda count: count + 1, 0)
    1
    1
    2
    >>> tags.items()
    [('245', 1), ('650', 2)]

    What goes through all of it goes through what it is at that moment.

    Args:
        initial_data: what it begins with.
    """

    __slots__ = ("_data", "_lock")

    def __init__(self, initial_data: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._data: dict[K, V] = dict(initial_data)
        self._lock = threading.RLock()  # keys may be compared by a function that comes back here
        super().__init__()

    @classmethod
    def from_dict(cls, data: Mapping[K, V]) -> SharedDict[K, V]:
        """Make one of a dictionary, which stays as it is."""
        return cls(data)

    def set(self, key: K, value: V) -> None:
        """Put a value under a key, in place of what was there."""
        with self._lock:
            self._data[key] = value

    put = set
    __setitem__ = set

    @overload
    def get(self, key: K) -> V | None: ...
    @overload
    def get(self, key: K, default: T) -> V | T: ...
    def get(self, key: K, default: Any = None) -> Any:
        """What is there under a key, or else the default."""
        with self._lock:
            return self._data.get(key, default)

    def __getitem__(self, key: K) -> V:
        with self._lock:
            return self._data[key]

    def contains(self, key: K) -> bool:
        """Whether there is something under a key."""
        with self._lock:
            return key in self._data

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._data

    def change(self, key: K, func: Callable[[V], V], default: V | None = None) -> V:
        """Put what a function makes of a value in its place, and return it.

        No other thread comes between. If the function raises, all stays as it was.

        Args:
            key: the value's key.
            func: called with the value. It may use this dictionary; it should not wait.
            default: what it is called with where there is nothing.
        """
        with self._lock:
            value = self._data[key] = func(self._data.get(key, default))  # type: ignore[arg-type]
            return value

    @overload
    def setdefault(self, key: K) -> V | None: ...
    @overload
    def setdefault(self, key: K, default: V) -> V: ...
    def setdefault(self, key: K, default: Any = None) -> Any:
        """What is there under a key; where nothing is, the default is put there."""
        with self._lock:
            return self._data.setdefault(key, default)

    def update(self, other: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        """Put all values of another, in one step."""
        data = dict(other.to_dict() if isinstance(other, SharedDict) else other)
        with self._lock:
            self._data.update(data)

    def pop(self, key: K, default: Any = None) -> Any:
        """Take away what is there under a key, and return it, or else the default."""
        with self._lock:
            return self._data.pop(key, default)

    def remove(self, key: K) -> None:
        """Take away what is there under a key, if something is."""
        with self._lock:
            self._data.pop(key, None)

    def __delitem__(self, key: K) -> None:
        with self._lock:
            del self._data[key]

    def clear(self) -> None:
        """Take all away."""
        with self._lock:
            self._data.clear()

    def keys(self) -> list[K]:
        """All keys."""
        with self._lock:
            return list(self._data)

    def values(self) -> list[V]:
        """All values."""
        with self._lock:
            return list(self._data.values())

    def items(self) -> list[tuple[K, V]]:
        """All keys with their values."""
        with self._lock:
            return list(self._data.items())

    def to_dict(self) -> dict[K, V]:
        """A dictionary of its own."""
        with self._lock:
            return dict(self._data)

    def __iter__(self) -> Iterator[K]:
        return iter(self.keys())

    def size(self) -> int:
        """How many keys there are."""
        return len(self._data)

    __len__ = size
    len = property(size, doc="How many keys there are.")

    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self._data

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_dict()!r})"

    def _after_fork(self, me: int) -> None:
        self._lock = threading.RLock()


class SharedArray(InProcess, Generic[T]):
    """A row of values that threads share, with room for so many.

    >>> from mrrc.concurrency import SharedArray
    >>> titles = SharedArray(3)
    >>> titles.extend(["first", "second"])
    >>> titles.change(0, str.upper)
    'FIRST'
    >>> titles.to_list()
    ['FIRST', 'second']

    A place below 0 counts from the end.

    Args:
        capacity: how many values there is room for; None: as many as come.
    """

    __slots__ = ("_capacity", "_data", "_lock")

    def __init__(self, capacity: int | None = None) -> None:
        if capacity is not None and operator.index(capacity) < 0:
            raise ValueError(f"an array has room for 0 values or more, not {capacity}")
        self._capacity = capacity
        self._data: list[T] = []
        self._lock = threading.RLock()
        super().__init__()

    @classmethod
    def from_data(cls, data: Iterable[T]) -> SharedArray[T]:
        """Make one of some values, with room for no more."""
        values = list(data)
        made = cls(len(values))
        made._data = values
        return made

    def append(self, value: T) -> None:
        """Add a value at the end.

        Raises:
            CapacityError: there is no room.
        """
        self.extend((value,))

    def extend(self, values: Iterable[T]) -> None:
        """Add several values at the end, in one step.

        Raises:
            CapacityError: there is no room for all; none is added.
        """
        added = list(values)
        with self._lock:
            if self._capacity is not None and len(self._data) + len(added) > self._capacity:
                raise CapacityError(
                    f"an array of {len(self._data)} values has room for {self._capacity}, "
                    f"not for {len(added)} more"
                )
            self._data += added

    def get(self, index: int) -> T:
        """The value at a place.

        Raises:
            IndexError: there is none.
        """
        with self._lock:
            return self._data[operator.index(index)]

    __getitem__ = get

    def set(self, index: int, value: T) -> None:
        """Put a value in place of another.

        Raises:
            IndexError: there is none.
        """
        with self._lock:
            self._data[operator.index(index)] = value

    __setitem__ = set

    def change(self, index: int, func: Callable[[T], T]) -> T:
        """Put what a function makes of a value in its place, and return it.

        No other thread comes between. If the function raises, all stays as it was.

        Raises:
            IndexError: there is no such value.
        """
        with self._lock:
            value = self._data[index] = func(self._data[operator.index(index)])
            return value

    def slice(self, start: int, end: int | None = None) -> list[T]:
        """The values from a place on, to the end or to another place, which is not included."""
        with self._lock:
            return self._data[start:end]

    def to_list(self) -> list[T]:
        """A list of all values."""
        with self._lock:
            return list(self._data)

    def sum(self) -> Any:
        """The sum of all values."""
        return sum(self.to_list())

    def clear(self) -> None:
        """Take all away."""
        with self._lock:
            self._data.clear()

    def len(self) -> int:
        """How many values there are."""
        return self.__len__()

    def __len__(self) -> int:
        return self._data.__len__()

    def __iter__(self) -> Iterator[T]:
        """Go through the values as they are now."""
        return iter(self.to_list())

    def capacity(self) -> int | None:
        """How many values there is room for; None: as many as come."""
        return self._capacity

    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self._data

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_list()!r})"

    def _after_fork(self, me: int) -> None:
        self._lock = threading.RLock()


@overload
def create_safe_shared_data(
    data_type: Literal["dict"] = "dict", initial_data: Any = None, *, initial_value: Any = None
) -> SharedDict[Any, Any]: ...
@overload
def create_safe_shared_data(
    data_type: Literal["array"], initial_data: Any = None, *, initial_value: Any = None
) -> SharedArray[Any]: ...
@overload
def create_safe_shared_data(
    data_type: Literal["queue"], initial_data: Any = None, *, initial_value: Any = None
) -> SharedQueue[Any]: ...
@overload
def create_safe_shared_data(
    data_type: Literal["counter"], initial_data: Any = None, *, initial_value: Any = None
) -> AtomicCounter: ...
@overload
def create_safe_shared_data(
    data_type: str, initial_data: Any = None, *, initial_value: Any = None
) -> SharedDict[Any, Any] | SharedArray[Any] | SharedQueue[Any] | AtomicCounter: ...
def create_safe_shared_data(
    data_type: str = "dict", initial_data: Any = None, *, initial_value: Any = None
) -> SharedDict[Any, Any] | SharedArray[Any] | SharedQueue[Any] | AtomicCounter:
    """Make something that threads share, by the name of its kind.

    >>> from mrrc.concurrency import create_safe_shared_data
    >>> create_safe_shared_data("counter", initial_value=5).increment()
    6
    >>> create_safe_shared_data("array", ["any", "value"]).get(1)
    'value'

    Args:
        data_type: ``"dict"``, ``"array"``, ``"queue"`` or ``"counter"``.
        initial_data: what it begins with: a dictionary, values, or a number. An array has room for
            so many and no more; one that begins with nothing, for 10.
        initial_value: another name for it.

    Raises:
        TypeError: it is given under both names, or is not of the kind.
        ValueError: there is no such kind.
    """
    if initial_value is not None:
        if initial_data is not None:
            raise TypeError("initial_data and initial_value are two names for the same")
        initial_data = initial_value
    if data_type == "dict":
        return SharedDict(() if initial_data is None else initial_data)
    if data_type == "array":
        values = [] if initial_data is None else list(initial_data)
        return SharedArray.from_data(values) if values else SharedArray(10)
    if data_type == "queue":
        return SharedQueue(initial_data=() if initial_data is None else initial_data)
    if data_type == "counter":
        return AtomicCounter(0 if initial_data is None else initial_data)
    raise ValueError(f"unknown kind of data: {data_type!r} (dict, array, queue or counter)")
