# SPDX-License-Identifier: MIT
"""Avram schemas, compiled into rules that records are checked by.

An Avram schema says of a MARC format which fields there are, their indicators, subfields,
positions and codes. Understood are the language's own words, and the ways of writing it that
schemas of MARC 21 are met in: fields of one kind under a tag with a letter (``007a``, ``008b``),
positions of 006 that refer to those of 008, ranges (``1-9``, ``001-999``), ``[aaa]`` for any
letters and ``#`` for a blank within a code. What is not understood is not applied, and listed in
`AvramSchema.notes`.

Beyond the language a schema may say ``local-codes`` (codes of one system, as those of OCLC),
``expected`` (in words, what a pattern means), ``severity`` of a position or of a missing field,
``least-length`` of a type, ``checks`` with ``isbn`` or ``issn``, and ``groups``: fields that are
counted together.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mrrc import rule_table
from mrrc.automaton import Node, PatternError, compile_values, each_of, pattern, sets, word
from mrrc.rule_table import (
    FieldRule,
    Group,
    PositionRule,
    Severity,
    SubfieldRule,
    ValueRule,
    Variant,
    pack_rules,
)

__all__ = ["AvramSchema", "SchemaLike"]

#: A schema as it may be given: parsed, as a text of JSON, or as a file's path.
SchemaLike = Mapping[str, Any] | str | bytes | os.PathLike[str]

#: Kinds of material: the letter of tags like 008b, leader/06 and, where it matters, leader/07.
_MATERIALS = {
    "books": ("b", "at", "acdm"),
    "computer files": ("c", "m", ""),
    "maps": ("p", "ef", ""),
    "music": ("m", "cdij", ""),
    "continuing resources": ("s", "a", "bis"),
    "visual materials": ("v", "gkor", ""),
    "mixed materials": ("x", "p", ""),
}
_MATERIAL_OF = {letter: name for name, (letter, _, _) in _MATERIALS.items()}

#: How 006/00 names a kind of material: as leader/06, with s for continuing resources.
_FORMS = {"books": "at", "continuing resources": "s"}

_SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}

#: Stands for the definition of a field that has none that is understood.
_ANYTHING: Mapping[str, Any] = {"repeatable": True, "indicator1": {}, "indicator2": {}}

_NUMBERS_MAX = 10_000


class AvramSchema:
    """A schema, compiled once and used for any number of records, by any number of threads.

    >>> schema = AvramSchema({"fields": {"245": {"subfields": {"a": {"label": "Title"}}}}})
    >>> schema.notes
    ()

    Args:
        source: the schema as a dictionary, as JSON text (``str`` or ``bytes``), or the path of
            a file of it.

    Attributes:
        title: what the schema calls itself.
        table: the compiled rules.
        notes: what in it is not understood, and therefore not applied.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not JSON, or no Avram schema: one without fields.
    """

    def __init__(self, source: SchemaLike) -> None:
        schema = _load(source)
        compiler = _Compiler(schema)
        self.title = str(schema.get("title", ""))
        self.table = compiler.compile(self.title)
        self.notes = tuple(compiler.notes)

    def __repr__(self) -> str:
        return f"<AvramSchema: {self.title or 'without a title'}>"


def _load(source: SchemaLike) -> Mapping[str, Any]:
    if isinstance(source, str) and source.lstrip().startswith(("{", "[")):
        schema = json.loads(source)
    elif isinstance(source, bytes):
        schema = json.loads(source)
    elif isinstance(source, str | os.PathLike):
        schema = json.loads(Path(source).read_bytes())
    else:
        schema = source
    if not isinstance(schema, Mapping) or not isinstance(schema.get("fields"), Mapping):
        raise ValueError("an Avram schema is an object with fields")
    return schema


def _severity(rule: Mapping[str, Any], usual: int) -> int:
    return _SEVERITIES.get(str(rule.get("severity", "")), usual)


def _label(rule: object) -> str:
    return str(rule.get("label") or "") if isinstance(rule, Mapping) else str(rule or "")


def _is_deprecated(rule: object) -> bool:
    return isinstance(rule, Mapping) and bool(rule.get("deprecated"))


class _Compiler:
    """Makes the rules of one schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.fields: Mapping[str, Any] = schema["fields"]
        self.codelists = schema.get("codelists")
        self.notes: list[str] = []
        self.groups: list[Group] = []

    def note(self, where: str, what: str) -> None:
        self.notes.append(f"{where}: {what}")

    def compile(self, title: str) -> bytes:
        rules: dict[str, FieldRule] = {}
        kinds: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for tag, definition, deprecated in self.definitions(self.schema, "fields"):
            if not isinstance(definition, Mapping):
                self.note(tag, "a definition is an object")
                definition = _ANYTHING
            if re.fullmatch("00[0-9][a-z]", tag):
                kinds.setdefault(tag[:3], []).append((tag[3], definition))
            elif len(tag) == 3 and tag.isascii() and tag.isprintable():
                rules[tag] = self.field(tag, definition, deprecated)
            else:
                self.note(tag, "a tag has three characters")
        for tag, parts in kinds.items():
            rules[tag] = self.field_of_kinds(tag, parts)
        self.compile_groups(rules)
        nines = self.schema.get("local", True) is not False
        return pack_rules(title, list(rules.values()), self.groups, nines=nines)

    def definitions(self, owner: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any, bool]]:
        """Go through what is defined under a name, and what is deprecated there."""
        for prefix in ("", "deprecated-"):
            found = owner.get(prefix + name)
            if isinstance(found, Mapping):
                for key, definition in found.items():
                    yield str(key), definition, bool(prefix) or _is_deprecated(definition)
            elif found is not None:
                self.note(prefix + name, "definitions are an object")

    # -- fields --

    def field(self, tag: str, definition: Mapping[str, Any], deprecated: bool) -> FieldRule:
        rule = FieldRule(tag, _label(definition), self.flags(definition, deprecated))
        rule.missing = _severity(definition, Severity.ERROR)
        rule.variants = self.variants(tag, definition)
        if tag == "LDR" or tag.startswith("00"):
            rule.value = self.pattern_rule(tag, definition)
            return rule
        if definition.get("linked"):
            rule.flags |= rule_table.LINKED
        first, second = (definition.get(f"indicator{which}") for which in "12")
        rule.indicators = (self.indicator(f"{tag}/1", first), self.indicator(f"{tag}/2", second))
        rule.indicator_labels = (_label(first), _label(second))
        if not isinstance(definition.get("subfields"), Mapping):
            rule.flags |= rule_table.ANY_SUBFIELD
        for code, subfield, is_old in self.definitions(definition, "subfields"):
            rule.subfields += self.subfield(tag, code, subfield, is_old)
        return rule

    def flags(self, definition: object, deprecated: bool) -> int:
        given = definition if isinstance(definition, Mapping) else {}
        return (
            (rule_table.REPEATABLE if given.get("repeatable") else 0)
            | (rule_table.REQUIRED if given.get("required") else 0)
            | (rule_table.OBSOLETE if deprecated else 0)
        )

    def indicator(self, where: str, definition: object) -> ValueRule:
        """Return the rule of an indicator: without a definition it is blank, as Avram has it;
        with one that has no codes it may be anything."""
        if definition is None:
            definition = {"codes": {" ": "Undefined"}}
        if not isinstance(definition, Mapping):
            self.note(where, "a definition is an object")
            return ValueRule()
        return self.value_rule(where, definition, 1)

    def subfield(
        self, tag: str, codes: str, definition: object, deprecated: bool
    ) -> list[SubfieldRule]:
        """Return the rules of a subfield, or of several that are defined as a range (``a-z``)."""
        where = f"{tag}${codes}"
        plain = codes.replace("$", "")
        ranged = re.fullmatch("([0-9a-z])-([0-9a-z])", plain)
        if ranged:
            first, last = (ord(code) for code in ranged.groups())
            listed = [chr(code) for code in range(first, last + 1) if chr(code).isalnum()]
        else:
            listed = [codes]
        given = definition if isinstance(definition, Mapping) else {"label": definition}
        value, positions = self.subfield_value(where, given)
        check = self.check(where, given)
        rules = []
        for code in listed:
            if len(code) != 1 or not "!" <= code <= "~":
                self.note(where, "a subfield code is one ASCII character")
                continue
            flags = self.flags(given, deprecated)
            rules.append(SubfieldRule(code, _label(given), flags, check, value, positions))
        return rules

    def subfield_value(
        self, where: str, given: Mapping[str, Any]
    ) -> tuple[ValueRule, list[PositionRule]]:
        codes = given.get("codes")
        if isinstance(codes, Mapping) and _are_places(codes):
            # places of the value that have labels, but no codes
            return ValueRule(), self.positions(where, codes)
        return self.value_rule(where, given, 0), self.positions(where, given.get("positions"))

    def check(self, where: str, given: Mapping[str, Any]) -> int:
        for name in _listed(given.get("checks")):
            if str(name) in rule_table.CHECKS:
                return rule_table.CHECKS[str(name)]
            self.note(where, f"there is no check {name!r}")
        return 0

    def number(self, where: str, value: object, usual: int) -> int:
        """Return a number of a schema; the usual one where it has none, or not one of its size."""
        if value is None:
            return usual
        if re.fullmatch("[0-9]{1,5}", str(value)) and int(str(value)) <= 0xFFFF:
            return int(str(value))
        self.note(where, f"{value!r} is no number, or too large")
        return usual

    # -- positions --

    def variants(self, tag: str, definition: Mapping[str, Any]) -> list[Variant]:
        """Return the positions of a field, by its kinds."""
        given = definition.get("positions")
        types = definition.get("types")
        if isinstance(given, Mapping) and any(isinstance(each, list) for each in given.values()):
            return self.borrowed(tag, given)
        found: list[Variant] = []
        always = self.positions(tag, given)
        kinds: list[tuple[str, Mapping[str, Any]]] = []
        if isinstance(types, Mapping):
            kinds = [(str(name), kind) for name, kind in types.items() if isinstance(kind, Mapping)]
        for name, kind in kinds:
            if name.lower() == "all materials":
                always += self.positions(f"{tag} {name}", kind.get("positions"))
        for name, kind in kinds:
            positions = self.positions(f"{tag} {name}", kind.get("positions"))
            chosen = self.choice(tag, name, positions, kind)
            if chosen is not None:
                most = max((each.end + 1 for each in [*always, *positions]), default=0)
                least = self.number(f"{tag} {name}", kind.get("least-length"), most)
                found.append(Variant(name, *chosen, least=least, most=most))
            elif name.lower() != "all materials":
                self.note(tag, f"which fields are of the type {name!r} is not known")
        if always:
            most = 0 if found or tag == "LDR" else max(each.end + 1 for each in always)
            least = self.number(tag, definition.get("least-length"), most) if most else 0
            found.insert(
                0, Variant(_label(definition), rule_table.ALWAYS, always, "", "", least, most)
            )
        return found

    def choice(
        self, tag: str, name: str, positions: list[PositionRule], kind: Mapping[str, Any]
    ) -> tuple[int, list[PositionRule], str, str] | None:
        """Return how fields of a type are known: the mode, and the characters that count."""
        material = _MATERIALS.get(name.lower())
        if material is not None and tag == "008":
            return rule_table.BY_LEADER, positions, material[1], material[2] or _LEVELS
        if material is not None and tag == "006":
            forms = _FORMS.get(name.lower(), material[1])
            return rule_table.BY_FIRST, positions, forms, ""
        first = _codes_of_first(kind.get("positions"))
        return (rule_table.BY_FIRST, positions, first, "") if first else None

    def field_of_kinds(self, tag: str, parts: list[tuple[str, Mapping[str, Any]]]) -> FieldRule:
        """Return the rule of a field whose kinds are defined as 007a, 007c and so on."""
        types: dict[str, Any] = {}
        for letter, definition in parts:
            name = _label(definition)
            if tag == "008":
                name = "All Materials" if letter == "a" else _MATERIAL_OF.get(letter, name)
            types[name] = definition
        whole: dict[str, Any] = {"label": _label(self.fields.get(tag)) or _NAMES.get(tag, "")}
        whole["repeatable"] = any(part.get("repeatable") for _, part in parts)
        whole["required"] = any(part.get("required") for _, part in parts)
        rule = FieldRule(tag, whole["label"], self.flags(whole, False))
        rule.variants = self.variants(tag, {**whole, "types": types})
        return rule

    def borrowed(self, tag: str, given: Mapping[str, Any]) -> list[Variant]:
        """Return the positions of 006, whose codes stand at those of 008."""
        found = []
        for key, places in given.items():
            source = self.fields.get(key)
            name = _MATERIAL_OF.get(key[-1:])
            if not isinstance(source, Mapping) or not isinstance(places, list) or name is None:
                self.note(tag, f"the positions of {key!r} are not known")
                continue
            own = {
                (start - 17, end - 17): rule
                for start, end, rule in self.spans(key, source.get("positions"))
            }
            positions = {}
            for place in places:
                given_place = place if isinstance(place, Mapping) else {}
                span = f"{given_place.get('start')}-{given_place.get('end')}"
                for start, end, rule in self.spans(tag, {span: given_place}):
                    positions[span] = {**own.get((start, end), {}), **rule}
            forms = _FORMS.get(name, _MATERIALS[name][1])
            first = self.positions(tag, positions)
            most = max((each.end + 1 for each in first), default=0)
            found.append(Variant(name, rule_table.BY_FIRST, first, forms, "", most, most))
        return found

    def spans(self, where: str, given: object) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        """Go through positions that are an object by place (``"00-04"``): first, last, rule."""
        if given is None:
            return
        if not isinstance(given, Mapping):
            self.note(where, "positions are an object")
            return
        for key, definition in given.items():
            place = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", str(key), re.ASCII)
            rule = definition if isinstance(definition, Mapping) else {"label": definition}
            if place is None:
                self.note(where, f"{key!r} is no position")
                continue
            start = self.number(where, rule.get("start"), int(place[1]))
            end = self.number(where, rule.get("end"), int(place[2] or place[1]))
            if start <= end < 0xFFFF:
                yield start, end, rule
            else:
                self.note(where, f"{key!r} goes backwards, or too far")

    def positions(self, where: str, given: object) -> list[PositionRule]:
        """Return rules of positions."""
        labels = isinstance(given, Mapping) and where[3:4] == "$" and _are_places(given)
        found = []
        for start, end, rule in self.spans(where, given):
            place = f"{where}/{start:02}" if start == end else f"{where}/{start:02}-{end:02}"
            value = ValueRule() if labels else self.value_rule(place, rule, end - start + 1)
            severity = _severity(rule, Severity.NONE)
            found.append(PositionRule(start, end, _label(rule), value, severity))
        return sorted(found, key=lambda each: (each.start, each.end))

    # -- values --

    def pattern_rule(self, where: str, given: Mapping[str, Any]) -> ValueRule:
        return self.value_rule(where, given, 0)

    def code_list(self, where: str, codes: object) -> Mapping[str, Any]:
        """Return codes by code, also where they are a list or stand elsewhere by name."""
        if isinstance(codes, str):
            lists = self.codelists if isinstance(self.codelists, Mapping) else {}
            named = lists.get(codes)
            if not isinstance(named, Mapping):
                self.note(where, f"the code list {codes!r} is not part of the schema")
                return {}
            return self.code_list(where, named.get("codes", named))
        if isinstance(codes, list):
            return {
                str(each.get("code", "") if isinstance(each, Mapping) else each): each
                for each in codes
            }
        return codes if isinstance(codes, Mapping) else {}

    def value_rule(self, where: str, given: Mapping[str, Any], width: int) -> ValueRule:
        """Return what a value of so many characters may be; a width of 0 is any width."""
        alternatives: list[tuple[Node, int]] = []
        shown: list[str] = []
        wide: dict[int, str] = {}
        for name, usual in (
            ("codes", rule_table.DEFINED),
            ("flags", rule_table.DEFINED),
            ("deprecated-codes", rule_table.OUTDATED),
            ("local-codes", rule_table.LOCAL),
        ):
            for code, about in self.code_list(where, given.get(name)).items():
                meaning = rule_table.OUTDATED if _is_deprecated(about) else usual
                try:
                    node = self.code(where, str(code), width, wide, meaning)
                except PatternError as error:
                    self.note(where, str(error))
                    continue
                if meaning == rule_table.DEFINED:
                    shown.append(str(code))
                if node is not None:
                    alternatives.append((node, meaning))
        for meaning, characters in _by_meaning(wide).items():
            alternatives.append((each_of(characters), meaning))
        asked = given.get("pattern")
        expected = str(given.get("expected", ""))
        if asked is not None:
            try:
                alternatives.append((pattern(str(asked)), rule_table.DEFINED))
                shown.append(f"what matches {asked}")
            except PatternError as error:
                self.note(where, str(error))
                return ValueRule()
        if not alternatives:
            return ValueRule()
        try:
            return ValueRule(compile_values(alternatives), expected or _in_words(shown))
        except PatternError as error:
            self.note(where, str(error))
            return ValueRule()

    def code(
        self, where: str, code: str, width: int, wide: dict[int, str], meaning: int
    ) -> Node | None:
        """Return what matches a code; one of a single character may fill several positions."""
        ranged = re.fullmatch(r"(\w+)-(\w+)", code)
        if ranged and len(code) != width:
            first, last = ranged.groups()
            if len(first) == len(last) == 1 and first <= last:
                return self.fill(
                    [chr(each) for each in range(ord(first), ord(last) + 1)], width, wide, meaning
                )
            if first.isdigit() and last.isdigit() and len(first) == len(last):
                numbers = range(int(first), int(last) + 1)
                if len(numbers) <= _NUMBERS_MAX:
                    words = [word(f"{number:0{len(first)}}") for number in numbers]
                    return ("any", words) if words else None
        free = re.fullmatch(r"\[([a-z#]+)\]", code)
        if free and len(code) != width:
            if free[1] == "number":
                return pattern(r"^\d*$")
            letters = "abcdefghijklmnopqrstuvwxyz"
            return sets([" " if each == "#" else letters for each in free[1]])
        if len(code) == 1 and width > 1:
            return self.fill([code], width, wide, meaning)
        if width and len(code) != width:
            raise PatternError(f"the code {code!r} does not have {width} characters")
        return word(code.replace("#", " ") if len(code) > 1 else code)

    def fill(self, codes: list[str], width: int, wide: dict[int, str], meaning: int) -> Node | None:
        if width <= 1:
            return ("any", [word(code) for code in codes])
        wide[meaning] = wide.get(meaning, "") + "".join(codes)
        return None

    # -- groups --

    def compile_groups(self, rules: dict[str, FieldRule]) -> None:
        for given in _listed(self.schema.get("groups")):
            if not isinstance(given, Mapping) or len(self.groups) == _GROUPS_MAX:
                self.note("groups", "a group is an object, and there are not too many")
                continue
            least = self.number("groups", given.get("least"), 0)
            most = self.number("groups", given.get("most"), 0xFFFF)
            severity = _severity(given, Severity.ERROR)
            self.groups.append(Group(_label(given), least, most, severity, severity))
            for tag in _listed(given.get("tags")):
                if str(tag) in rules:
                    rules[str(tag)].group = len(self.groups)


_GROUPS_MAX = 255

_LEVELS = "".join(chr(each) for each in range(128))

_NAMES = {
    "006": "Additional Material Characteristics",
    "007": "Physical Description Fixed Field",
    "008": "Fixed-Length Data Elements",
}


def _listed(given: object) -> list[Any]:
    """Return what is a list, or stands alone where it might be one."""
    return given if isinstance(given, list) else [] if given is None else [given]


def _are_places(codes: Mapping[str, Any]) -> bool:
    """Whether what is called codes are places of a value: numbers and ranges, each with itself
    as its code."""
    return bool(codes) and all(
        isinstance(about, Mapping)
        and about.get("code") == code
        and re.fullmatch(r"\d+(-\d+)?", str(code))
        for code, about in codes.items()
    )


def _codes_of_first(positions: object) -> str:
    """Return the single characters that position 00 may be."""
    if not isinstance(positions, Mapping):
        return ""
    for key in ("0-0", "00", "0", "00-00"):
        rule = positions.get(key)
        codes = rule.get("codes") if isinstance(rule, Mapping) else None
        if isinstance(codes, Mapping):
            return "".join(
                str(code) for code in codes if len(str(code)) == 1 and str(code) < "\x80"
            )
    return ""


def _by_meaning(wide: dict[int, str]) -> dict[int, str]:
    """Let codes of lower standing stand beside those of higher: ab with b obsolete is obsolete."""
    found: dict[int, str] = {}
    before = ""
    for meaning in sorted(wide):
        before += wide[meaning]
        found[meaning] = before
    return found


def _in_words(codes: list[str]) -> str:
    """Say which codes there are: "blank, 0-3, a", the first of them where they are many."""
    singles = sorted({code for code in codes if len(code) == 1})
    parts: list[str] = []
    at = 0
    while at < len(singles):
        end = at
        while end + 1 < len(singles) and _follows(singles[end], singles[end + 1]):
            end += 1
        if end - at >= 2:
            parts.append(f"{singles[at]}-{singles[end]}")
        else:
            parts += singles[at : end + 1]
        at = end + 1
    parts = ["blank" if part == " " else part for part in parts]
    parts += [code.replace("#", " ") for code in codes if len(code) != 1]
    return ", ".join(parts) if len(parts) <= 40 else ", ".join(parts[:40]) + " and others"


def _follows(one: str, other: str) -> bool:
    return one.isalnum() and ord(other) == ord(one) + 1
