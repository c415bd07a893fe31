# SPDX-License-Identifier: MIT
"""The compact form of a schema's rules: made here, read by csrc/validate_table.c.

One block of bytes, all numbers little-endian: a head, then entries of fixed sizes that name each
other by their place in the block. What an entry says is given where it is packed below;
csrc/validate.h has the same places for C. Each text, automaton and class map stands there once,
however many entries share it. Where the rules come from is no affair of this module.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mrrc.automaton import Automaton

__all__ = [
    "FieldRule",
    "Group",
    "PositionRule",
    "RuleTable",
    "Severity",
    "SubfieldRule",
    "ValueRule",
    "Variant",
    "pack_rules",
]

MAGIC = b"MRRCRULE"
VERSION = 1


class Severity:
    """How much a finding matters, as numbers."""

    NONE, ERROR, WARNING, INFO = range(4)


# What a field or subfield is, bit by bit.
REPEATABLE, REQUIRED, OBSOLETE, ANY_SUBFIELD, LINKED = 1, 2, 4, 8, 16

# How a variant of positions is chosen.
ALWAYS, BY_FIRST, BY_LEADER = range(3)

# What a code is, as its automaton says it.
DEFINED, OUTDATED, LOCAL = 1, 2, 3

# The checks that have a name.
CHECKS = {"isbn": 1, "issn": 2}

# The table holds tags with a 9 as local ones.
LOCAL_NINES = 1


@dataclass
class ValueRule:
    """What a value may be, and how that is said to people."""

    automaton: Automaton | None = None
    expected: str = ""


@dataclass
class PositionRule:
    """What stands at some characters of a value, counted from 0, the last included."""

    start: int
    end: int
    label: str
    value: ValueRule
    severity: int = Severity.NONE


@dataclass
class SubfieldRule:
    """A subfield."""

    code: str
    label: str
    flags: int = 0
    check: int = 0
    value: ValueRule = field(default_factory=ValueRule)
    positions: list[PositionRule] = field(default_factory=list)


@dataclass
class Variant:
    """Positions of a field, for all of its fields or for those of one kind.

    `first` and `second` are the characters by which it is chosen: of the field's first one, or
    of leader/06 and 07. A length of 0 is no length.
    """

    label: str
    mode: int
    positions: list[PositionRule]
    first: str = ""
    second: str = ""
    least: int = 0
    most: int = 0


@dataclass
class FieldRule:
    """A field, or the leader as LDR."""

    tag: str
    label: str
    flags: int = 0
    group: int = 0
    missing: int = Severity.ERROR
    indicators: tuple[ValueRule, ValueRule] = field(
        default_factory=lambda: (ValueRule(), ValueRule())
    )
    indicator_labels: tuple[str, str] = ("", "")
    subfields: list[SubfieldRule] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    value: ValueRule = field(default_factory=ValueRule)


@dataclass
class Group:
    """Fields of which there have to be so many, taken together."""

    label: str
    least: int
    most: int
    too_few: int = Severity.ERROR
    too_many: int = Severity.ERROR


_HEAD = struct.Struct("<8s8I")
_FIELD = struct.Struct("<3s5B13I4x")
_SUBFIELD = struct.Struct("<4B2I")
_CONTENT = struct.Struct("<4I")
_VARIANT = struct.Struct("<2B2H2x16s16s3I4x")
_POSITION = struct.Struct("<2H3IB7x")
_GROUP = struct.Struct("<2H4BI4x")
_AUTOMATON = struct.Struct("<I2H")


def _bits(characters: str) -> bytes:
    return sum(1 << ord(character) for character in set(characters)).to_bytes(16, "little")


class _Writer:
    """A block being written, with what stands there only once."""

    def __init__(self) -> None:
        self.block = bytearray(_HEAD.size)
        self.places: dict[bytes, int] = {}

    def put(self, data: bytes) -> int:
        """Add bytes at a place that 4 divides, unless the same stand there; return the place."""
        place = self.places.get(data)
        if place is None:
            self.block += bytes(-len(self.block) % 4)
            place = self.places[data] = len(self.block)
            self.block += data
        return place

    def text(self, text: str) -> int:
        data = text.encode()[:0xFFFF]
        return self.put(struct.pack("<H", len(data)) + data) if text else 0

    def value(self, value: ValueRule) -> tuple[int, int]:
        automaton = value.automaton
        if automaton is None:
            return 0, 0
        width = max(automaton.classes) + 1
        classes = self.put(automaton.classes)
        steps = [target for row in automaton.steps for target in row]
        head = _AUTOMATON.pack(classes, len(automaton.steps), width)
        place = self.put(head + struct.pack(f"<{len(steps)}H", *steps) + automaton.accepts)
        return place, self.text(value.expected)

    def array(self, entries: Iterable[bytes]) -> tuple[int, int]:
        listed = list(entries)
        return (self.put(b"".join(listed)), len(listed)) if listed else (0, 0)

    def positions(self, rules: Sequence[PositionRule]) -> tuple[int, int]:
        packed = []
        for rule in rules:
            automaton, expected = self.value(rule.value)
            label = self.text(rule.label)
            packed.append(
                _POSITION.pack(rule.start, rule.end, label, expected, automaton, rule.severity)
            )
        return self.array(packed)

    def subfield(self, rule: SubfieldRule) -> bytes:
        content = (*self.value(rule.value), *self.positions(rule.positions))
        place = self.put(_CONTENT.pack(*content)) if any(content) else 0
        label = self.text(rule.label)
        return _SUBFIELD.pack(ord(rule.code), rule.flags, rule.check, 0, label, place)

    def variant(self, rule: Variant) -> bytes:
        places = self.positions(rule.positions)
        sets = _bits(rule.first), _bits(rule.second)
        label = self.text(rule.label)
        return _VARIANT.pack(rule.mode, 0, rule.least, rule.most, *sets, *places, label)

    def field(self, rule: FieldRule) -> bytes:
        indicators: list[int] = []
        for value, label in zip(rule.indicators, rule.indicator_labels):
            automaton, expected = self.value(value)
            indicators += (self.text(label), expected, automaton)
        subfields = self.array(self.subfield(each) for each in rule.subfields)
        variants = self.array(self.variant(each) for each in rule.variants)
        automaton, expected = self.value(rule.value)
        return _FIELD.pack(
            *(rule.tag.encode(), rule.flags, rule.group, rule.missing, 0, 0),
            *(self.text(rule.label), *indicators, *subfields, *variants, automaton, expected),
        )


def pack_rules(
    title: str, fields: Sequence[FieldRule], groups: Sequence[Group] = (), *, nines: bool = True
) -> bytes:
    """Pack rules; `nines` says whether undefined tags with a 9 are everybody's own."""
    writer = _Writer()
    listed = sorted(fields, key=lambda each: each.tag.encode())
    field_place = writer.array(writer.field(each) for each in listed)
    group_place = writer.array(
        _GROUP.pack(
            *(each.least, each.most, each.too_few, each.too_many, 0, 0, writer.text(each.label))
        )
        for each in groups
    )
    flags = LOCAL_NINES if nines else 0
    name = writer.text(title)
    block = writer.block
    _HEAD.pack_into(
        *(block, 0, MAGIC, VERSION, len(block), *field_place, *group_place, flags, name)
    )
    return bytes(block)


class RuleTable:
    """Reads what the findings of a table are about, from its bytes."""

    def __init__(self, table: bytes) -> None:
        self.table = table

    def _text(self, place: int) -> str:
        if place == 0:
            return ""
        (size,) = struct.unpack_from("<H", self.table, place)
        return self.table[place + 2 : place + 2 + size].decode("utf-8", "replace")

    def repeatable(self, tag: str) -> tuple[bool, dict[str, bool]] | None:
        """Return whether a field may be repeated, and of each of its subfields whether that may;
        None where there is no such field."""
        first, count = _HEAD.unpack_from(self.table)[3:5]
        for place in range(first, first + count * _FIELD.size, _FIELD.size):
            name, flags, *_, subfields, number, _, _, _, _ = _FIELD.unpack_from(self.table, place)
            if name.decode("ascii", "replace") != tag:
                continue
            each = (
                _SUBFIELD.unpack_from(self.table, subfields + i * _SUBFIELD.size)
                for i in range(number)
            )
            codes = {chr(one[0]): bool(one[1] & REPEATABLE) for one in each}
            return bool(flags & REPEATABLE), codes
        return None

    @property
    def title(self) -> str:
        """The schema's title."""
        return self._text(_HEAD.unpack_from(self.table)[-1])

    def field(self, entry: int) -> tuple[str, str]:
        """Return a field's label, and what the value of a control field has to be."""
        entries = _FIELD.unpack_from(self.table, entry)
        return self._text(entries[6]), self._text(entries[18])

    def first_indicator(self, entry: int) -> tuple[str, str]:
        """Return the label of a field's first indicator, and what it may be."""
        label, expected = _FIELD.unpack_from(self.table, entry)[7:9]
        return self._text(label), self._text(expected)

    def second_indicator(self, entry: int) -> tuple[str, str]:
        """Return the label of a field's second indicator, and what it may be."""
        label, expected = _FIELD.unpack_from(self.table, entry)[10:12]
        return self._text(label), self._text(expected)

    def subfield(self, entry: int) -> tuple[str, str]:
        """Return a subfield's label, and what it may be."""
        *_, label, content = _SUBFIELD.unpack_from(self.table, entry)
        expected = _CONTENT.unpack_from(self.table, content)[1] if content else 0
        return self._text(label), self._text(expected)

    def position(self, entry: int) -> tuple[str, str]:
        """Return the label of some positions, and what may stand there."""
        entries = _POSITION.unpack_from(self.table, entry)
        return self._text(entries[2]), self._text(entries[3])

    def lengths(self, entry: int) -> tuple[str, str]:
        """Return the label of a variant, and how long its fields are."""
        _, _, least, most, _, _, _, _, label = _VARIANT.unpack_from(self.table, entry)
        return self._text(label), f"{most}" if least == most else f"{least} to {most}"

    def group(self, entry: int) -> tuple[str, str]:
        """Return the label of a group, and how many of its fields there are to be."""
        least, most, _, _, _, _, label = _GROUP.unpack_from(self.table, entry)
        return self._text(label), f"{least} to {most}" if least != most else f"{most}"
