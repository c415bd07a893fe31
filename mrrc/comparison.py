# SPDX-License-Identifier: MIT
"""Two records compared by content: what was changed, added, removed and moved, as data.

Records and fields themselves compare by identity. Two fields have the same content if tag,
indicators and subfields are the same, or the data of a control field, character by character:
nothing is normalised. The lengths in the leader are no content. However large or strange the
records are, the work grows little faster than their size; where a field has very many like it,
its counterpart is sought in its neighbourhood only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, NamedTuple

from mrrc.constants import LEADER_LEN
from mrrc.exceptions import WriterError
from mrrc.field import Field, RawField
from mrrc.packed import RawPacked
from mrrc.record import Record

__all__ = [
    "FieldAdded",
    "FieldChanged",
    "FieldMoved",
    "FieldRemoved",
    "IndicatorChanged",
    "LeaderChanged",
    "RecordDiff",
    "SubfieldChanged",
    "diff",
]

#: Record length and base address: who writes a record computes them.
_COMPUTED = frozenset((*range(5), *range(12, 17)))

#: Fields of one tag are all compared with each other up to so many pairs.
_PAIRS = 1024
#: Beyond it, each with so many to both sides of its place.
_WINDOW = 8
#: So much of a field counts when its likeness to others is measured.
_MEASURED = 400
#: Fields less alike than this are not one field changed, unless their tag is there once.
_ALIKE = 0.3
#: Subfields are aligned up to so many pairs, and only paired by code beyond it.
_ALIGNED = 10_000


class LeaderChanged(NamedTuple):
    """A position of the leader, from 0, and its characters."""

    position: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"! LDR/{self.position:02}: {self.old!r} became {self.new!r}"


class IndicatorChanged(NamedTuple):
    """An indicator, 1 or 2."""

    number: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"ind{self.number}: {self.old!r} became {self.new!r}"


class SubfieldChanged(NamedTuple):
    """A subfield with another value; without an old place it was added, without a new removed."""

    code: str
    old_position: int | None
    new_position: int | None
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old_position is None:
            return f"${self.code} {self.new!r} was added"
        if self.new_position is None:
            return f"${self.code} {self.old!r} was removed"
        return f"${self.code} {self.old!r} became {self.new!r}"


class FieldRemoved(NamedTuple):
    """A field that only the first record has, and its place there, from 0."""

    position: int
    field: Field

    def __str__(self) -> str:
        return f"- {self.field}"


class FieldAdded(NamedTuple):
    """A field that only the second record has, and its place there, from 0."""

    position: int
    field: Field

    def __str__(self) -> str:
        return f"+ {self.field}"


class FieldChanged(NamedTuple):
    """A field with other content in the second record, and what is other about it.

    Of a control field no parts are told apart: `indicators` and `subfields` are empty.
    """

    old_position: int
    new_position: int
    old: Field
    new: Field
    indicators: tuple[IndicatorChanged, ...]
    subfields: tuple[SubfieldChanged, ...]

    def __str__(self) -> str:
        parts = [f"    {part}" for part in (*self.indicators, *self.subfields)]
        return "\n".join([f"! {self.old}", f"  {self.new}", *parts])


class FieldMoved(NamedTuple):
    """A field that stands elsewhere among the others; where it was changed too, that is said."""

    old_position: int
    new_position: int
    old: Field
    new: Field

    def __str__(self) -> str:
        return f"> {self.new} (from {self.old_position} to {self.new_position})"


_Change = LeaderChanged | FieldRemoved | FieldAdded | FieldChanged | FieldMoved


@dataclass(frozen=True)
class RecordDiff:
    """What makes one record of another: empty, and false, where they have the same content.

    The fields in it are those of the records. As text it has a line or more for each change,
    in the order of the fields; iterating gives the changes in this order.
    """

    leader: tuple[LeaderChanged, ...] = ()
    """The positions of the leader that differ."""

    removed: tuple[FieldRemoved, ...] = ()
    """The fields that the first record has more."""

    added: tuple[FieldAdded, ...] = ()
    """The fields that the second record has more."""

    changed: tuple[FieldChanged, ...] = ()
    """The fields that have other content in the second record."""

    moved: tuple[FieldMoved, ...] = ()
    """The fewest fields that have to be put elsewhere for the others to be in order."""

    def __len__(self) -> int:
        return sum(map(len, (self.leader, self.removed, self.added, self.changed, self.moved)))

    def __iter__(self) -> Iterator[_Change]:
        yield from self.leader
        fields: list[FieldRemoved | FieldAdded | FieldChanged | FieldMoved] = [
            *self.removed,
            *self.changed,
            *self.moved,
            *self.added,
        ]
        # the first of each is a position; what is equal stays as it is here
        yield from sorted(fields, key=lambda change: change[0])

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def diff(
    a: Record, b: Record, *, ignore: Iterable[str] = (), ignore_order: bool = False
) -> RecordDiff:
    r"""Compare two records by content.

    Fields of the same content belong together, wherever they stand. Of the others those with the
    same tag do, the most alike first; what is too little alike is one field removed and another
    added. The same records give the same answer every time.

    >>> old = Record(fields=[Field("245", "1", "0", subfields=[Subfield("a", "Emma")])])
    >>> new = Record(fields=[Field("245", "1", "4", subfields=[Subfield("a", "Emma :")])])
    >>> print(diff(old, new))
    ! =245  10$aEmma
      =245  14$aEmma :
        ind2: '0' became '4'
        $a 'Emma' became 'Emma :'
    >>> bool(diff(old, new, ignore=["245"]))
    False

    Args:
        a: the first record, whose parts are called old.
        b: the second.
        ignore: tags that do not count; ``LDR`` is the leader. Positions count all fields.
        ignore_order: the order of the fields does not count.

    Raises:
        TypeError: `a` or `b` is no `Record`, or `ignore` is one text.
    """
    for record in (a, b):
        if not isinstance(record, Record):
            raise TypeError(f"diff() compares records, not {type(record).__name__}")
    if isinstance(ignore, str):
        raise TypeError("ignore is a list of tags, not one str")
    ignored = frozenset(ignore)
    leader = () if "LDR" in ignored else _leaders(str(a.leader), str(b.leader))
    keys = _keys_of_both(a, b)
    if keys is None:
        return RecordDiff(leader)
    old, new = (
        [(place, key) for place, (tag, key) in enumerate(each) if tag not in ignored]
        for each in keys
    )
    if [key for _, key in old] == [key for _, key in new]:
        return RecordDiff(leader)
    same, old, new = _same_content(old, new)
    alike, removed, added = _most_alike(a.fields, b.fields, old, new)
    changed = tuple(_changed(a.fields, b.fields, pair) for pair in alike)
    moved = () if ignore_order else _out_of_order(sorted([*same, *alike]))
    return RecordDiff(
        leader,
        tuple(FieldRemoved(place, a.fields[place]) for place in removed),
        tuple(FieldAdded(place, b.fields[place]) for place in added),
        changed,
        tuple(FieldMoved(*pair, a.fields[pair[0]], b.fields[pair[1]]) for pair in moved),
    )


def _leaders(old: str, new: str) -> tuple[LeaderChanged, ...]:
    if old == new:
        return ()
    return tuple(
        LeaderChanged(position, *both)
        for position, both in enumerate(zip_longest(old, new, fillvalue=""))
        if both[0] != both[1] and position not in _COMPUTED
    )


# What has the same content ----------------------------------------------------

_Keyed = list[tuple[str, Hashable]]
_Placed = list[tuple[int, Hashable]]
_Pair = tuple[int, int]


def _keys_of_both(a: Record, b: Record) -> tuple[_Keyed, _Keyed] | None:
    """Return the tag of each field and what stands for its content; None if all are the same."""
    if a is b:
        return None
    try:
        packed = a._pack(), b._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        return _keys_of_objects(a), _keys_of_objects(b)
    if packed[0].__class__ is not packed[1].__class__:
        return _keys_of_objects(a), _keys_of_objects(b)
    if packed[0][LEADER_LEN:] == packed[1][LEADER_LEN:]:
        return None
    first, second = (
        [(piece[:3].decode(), piece) for piece in each.split(b"\x1e")[1:]] for each in packed
    )
    return list(first), list(second)


def _keys_of_objects(record: Record) -> _Keyed:
    return [(field.tag, _key(field)) for field in record.fields]


def _key(field: Field) -> Hashable:
    """Return what equals that of another field if their content is the same."""
    try:
        packed = field._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        # out of the ordinary, as a value of None; its text tells it from every other
        content = (field.tag, field.control_field, field.data)
        return repr(
            content if field.control_field else (*content, field.indicators, field.subfields)
        )
    # undecoded bytes are not the text that they may stand for
    return (RawPacked, packed) if isinstance(field, RawField) else packed


def _same_content(old: _Placed, new: _Placed) -> tuple[list[_Pair], _Placed, _Placed]:
    """Pair the fields of the same content, in order; return pairs, and what is left of both."""
    places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for place, key in new:
        places[key].append(place)
    pairs = []
    left = []
    for place, key in old:
        if places[key]:
            pairs.append((place, places[key].popleft()))
        else:
            left.append((place, key))
    taken = {place for _, place in pairs}
    return pairs, left, [(place, key) for place, key in new if place not in taken]


# What was changed -------------------------------------------------------------


def _most_alike(
    a: Sequence[Field], b: Sequence[Field], old: _Placed, new: _Placed
) -> tuple[list[_Pair], list[int], list[int]]:
    """Pair the fields of the same tag, the most alike first; return pairs, removed and added."""
    tags: dict[str, tuple[list[int], list[int]]] = {}
    for side, (fields, placed) in enumerate(((a, old), (b, new))):
        for place, _ in placed:
            tags.setdefault(fields[place].tag, ([], []))[side].append(place)
    counts = Counter(field.tag for field in a), Counter(field.tag for field in b)
    pairs: list[_Pair] = []
    for tag, (of_a, of_b) in tags.items():
        if counts[0][tag] == counts[1][tag] == 1:
            pairs += zip(of_a, of_b)
        elif of_a and of_b:
            pairs += _pairs_of_tag(a, b, of_a, of_b)
    pairs.sort()
    paired = {place for place, _ in pairs}, {place for _, place in pairs}
    return (
        pairs,
        [place for place, _ in old if place not in paired[0]],
        [place for place, _ in new if place not in paired[1]],
    )


def _pairs_of_tag(
    a: Sequence[Field], b: Sequence[Field], of_a: list[int], of_b: list[int]
) -> list[_Pair]:
    measured_a = [_measured(a[place]) for place in of_a]
    measured_b = [_measured(b[place]) for place in of_b]
    everywhere = len(of_a) * len(of_b) <= _PAIRS
    candidates = []
    for i, mine in enumerate(measured_a):
        around = i * len(of_b) // len(of_a)
        begin = 0 if everywhere else max(0, around - _WINDOW)
        for j, other in enumerate(measured_b[begin : None if everywhere else around + _WINDOW + 1]):
            likeness = _likeness(mine, other)
            if likeness >= _ALIKE:
                candidates.append((-likeness, i, begin + j))
    candidates.sort()
    pairs = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in candidates:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((of_a[i], of_b[j]))
    return pairs


def _measured(field: Field) -> Counter[str]:
    """Return how often each two neighbouring characters stand in a field's beginning.

    Unlike words these tell something of every script.
    """
    if field.control_field:
        text = str(field.data)[:_MEASURED]
    else:
        parts: list[str] = []
        size = 0
        for code, value in field.subfields:
            if size >= _MEASURED:
                break
            parts.append(f"{code}{str(value)[:_MEASURED]}")
            size += len(parts[-1])
        text = "\x1f".join(parts)[:_MEASURED]
    return Counter(map("".join, zip(text, text[1:])))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return how much two fields have in common, from 0 to 1 (Dice's coefficient)."""
    total = one.total() + other.total()
    if not total:
        return 1.0
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    common = sum(min(count, more[pair]) for pair, count in fewer.items() if pair in more)
    return 2 * common / total


def _changed(a: Sequence[Field], b: Sequence[Field], pair: _Pair) -> FieldChanged:
    old, new = a[pair[0]], b[pair[1]]
    indicators: tuple[IndicatorChanged, ...] = ()
    subfields: tuple[SubfieldChanged, ...] = ()
    if not old.control_field and not new.control_field:
        both = zip_longest(old.indicators or (), new.indicators or (), fillvalue="")
        indicators = tuple(
            IndicatorChanged(number, *values)
            for number, values in enumerate(both, 1)
            if values[0] != values[1]
        )
        subfields = tuple(
            _subfields(list(map(tuple, old.subfields)), list(map(tuple, new.subfields)))
        )
    return FieldChanged(*pair, old, new, indicators, subfields)


_Subfields = Sequence[tuple[Any, ...]]


def _subfields(old: _Subfields, new: _Subfields) -> Iterator[SubfieldChanged]:
    """Yield how one list of subfields becomes the other."""
    begin = _common(old, new, lambda place: place)
    end = _common(old[begin:], new[begin:], lambda place: ~place)
    stop, other_stop = len(old) - end, len(new) - end
    if (stop - begin) * (other_stop - begin) > _ALIGNED:
        yield from _paired(old, new, range(begin, stop), range(begin, other_stop))
        return
    keys = list(map(_hashable, old[begin:stop]))
    other_keys = list(map(_hashable, new[begin:other_stop]))
    steps = SequenceMatcher(None, keys, other_keys, autojunk=False).get_opcodes()
    for step, i, i_end, j, j_end in steps:
        if step != "equal":
            yield from _paired(
                old, new, range(begin + i, begin + i_end), range(begin + j, begin + j_end)
            )


def _common(old: _Subfields, new: _Subfields, at: Callable[[int], int]) -> int:
    """Return how many are the same, counted from an end."""
    most = min(len(old), len(new))
    return next((place for place in range(most) if old[at(place)] != new[at(place)]), most)


def _hashable(subfield: tuple[Any, ...]) -> Hashable:
    try:
        hash(subfield)
    except TypeError:
        return repr(subfield)
    return subfield


def _paired(
    old: _Subfields, new: _Subfields, of_old: range, of_new: range
) -> Iterator[SubfieldChanged]:
    """Pair subfields of the same code in order; the others were removed and added."""
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for j in of_new:
        places[str(new[j][0])].append(j)
    taken = set()
    for i in of_old:
        code, value = old[i]
        waiting = places[str(code)]
        if not waiting:
            yield SubfieldChanged(code, i, None, value, None)
            continue
        j = waiting.popleft()
        taken.add(j)
        if old[i] != new[j]:
            yield SubfieldChanged(code, i, j, value, new[j][1])
    for j in of_new:
        if j not in taken:
            yield SubfieldChanged(new[j][0], None, j, None, new[j][1])


# What was moved ---------------------------------------------------------------


def _out_of_order(pairs: list[_Pair]) -> list[_Pair]:
    """Return the fewest pairs without which the others stand in one order on both sides.

    The others are a longest increasing subsequence of the new places, found by patience sorting.
    """
    tops: list[int] = []  # the least new place that ends an increasing sequence, by its length
    ends: list[int] = []  # the pair that it is of
    before: list[int] = []  # the pair before each in its sequence, or -1
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(ends[length - 1] if length else -1)
        if length == len(tops):
            tops.append(place)
            ends.append(number)
        else:
            tops[length] = place
            ends[length] = number
    stay = set()
    number = ends[-1] if ends else -1
    while number >= 0:
        stay.add(number)
        number = before[number]
    return [pair for number, pair in enumerate(pairs) if number not in stay]
