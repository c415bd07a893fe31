# SPDX-License-Identifier: MIT
"""A library's own rules: filters in a file of TOML, each of which describes records to be found.

It is the form that the German National Library's marc21 has for its command ``check``. What the
filters mean is `query`'s affair; here a file is read, every mistake in it is told with its place,
and what matches becomes findings. Nothing here knows MARC 21.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

from mrrc import _bridge
from mrrc.exceptions import QueryError, WriterError
from mrrc.findings import Finding
from mrrc.formats.odd import packed_or_repaired
from mrrc.query import Filter
from mrrc.record import Record

__all__ = ["Rule", "RuleFile", "RuleFileError", "toml_of"]

_LEVELS = ("error", "warning", "info")

#: The keys of a rule, and of what type their values are.
_KEYS: dict[str, type] = {
    "validator": str,
    "matcher": str,
    "filter": str,
    "message": str,
    "level": str,
    "invert-match": bool,
    "scope": str,
    "description": str,
    "link": str,
}
_TYPES = {str: "a text", bool: "true or false", dict: "a table"}


def _toml() -> Any:
    """Return the module that reads TOML, which Python has from 3.11 on.

    Raises:
        ModuleNotFoundError: there is none.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            raise ModuleNotFoundError(
                "a file in TOML needs the package tomli: pip install 'mrrc-cffi[rules]'",
                name="tomli",
            ) from None
    return tomllib


_PLACE = re.compile(r" ?\(at line (\d+), column (\d+)\)| ?\(at end of document\)")

#: How many records are checked in one crossing.
_TOGETHER = 500


class RuleFileError(ValueError):
    """A file of rules cannot be taken.

    Args:
        message: why.
        path: the file's name.
        line: of the file, from 1, where it is known.
        rule: the ID of the rule concerned.
        key: which of its keys.
    """

    def __init__(
        self,
        message: str,
        path: str,
        line: int | None = None,
        rule: str | None = None,
        key: str | None = None,
    ) -> None:
        place = path if line is None else f"{path}: line {line}"
        about = [each for each in (rule and f"rule {rule}", key) if each]
        super().__init__(": ".join([place, *about, message]))
        self.message = message
        self.path = path
        self.line = line
        self.rule = rule
        self.key = key


def toml_of(text: str, path: str) -> dict[str, Any]:
    """Return what a text in TOML says.

    Args:
        path: the name of the file that it is from.

    Raises:
        ModuleNotFoundError: this Python does not read TOML.
        RuleFileError: the text is no TOML.
    """
    toml = _toml()
    try:
        content: dict[str, Any] = toml.loads(text)
    except toml.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = None
        if place is not None:
            line = int(place[1]) if place[1] else text.count("\n") + 1
        column = f" (column {place[2]})" if place is not None and place[2] else ""
        said = _PLACE.sub("", str(error))
        raise RuleFileError(f"not TOML: {said}{column}", path, line) from None
    except RecursionError:
        raise RuleFileError("not TOML: too deep", path) from None
    return content


@dataclass(frozen=True)
class Rule:
    """A rule of a file.

    Attributes:
        id: what it is called.
        matcher: what the records are like that it finds.
        message: what there is to say of them.
        level: ``error``, ``warning`` or ``info``.
        invert: it finds the records that are not so.
        scope: the records that it is for; None: all.
        description: what it is good for; empty if nobody said.
        link: where more about it can be read; empty if nobody said.
    """

    id: str
    matcher: Filter
    message: str
    level: str = "error"
    invert: bool = False
    scope: Filter | None = None
    description: str = ""
    link: str = ""


class RuleFile:
    """The rules of a file, ready for any number of records and threads.

    >>> rules = RuleFile(b'''
    ... [rule.ISBN]
    ... matcher = "020$a"
    ... invert-match = true
    ... message = "there is no ISBN"
    ... ''')
    >>> [finding.message for finding in rules.check(Record())]
    ['there is no ISBN']

    Args:
        source: the path of the file, or the bytes of one.

    Attributes:
        path: the file's name.
        scope: the records that all rules are for; None: all.
        rules: the rules, in the order in which they stand.
        warnings: what in a filter hardly means what it says, with the place of it.

    Raises:
        OSError: the file cannot be read.
        RuleFileError: it is no file of rules.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes) -> None:
        if isinstance(source, bytes):
            self.path, data = "<rules>", source
        else:
            self.path = os.fsdecode(source)
            with open(source, "rb") as file:
                data = file.read()
        try:
            self._text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise RuleFileError("the text is not UTF-8", self.path, line) from None
        self.warnings: list[str] = []
        content = toml_of(self._text, self.path)
        unknown = [key for key in content if key not in ("scope", "rule")]
        if unknown:
            raise self._error(
                f"{unknown[0]!r} means nothing here; a file has scope and [rule.ID]",
                None,
                unknown[0],
            )
        self.scope = self._filter(content, None, "scope")
        tables = content.get("rule", {})
        if not isinstance(tables, dict) or not tables:
            raise RuleFileError("there is no rule; one begins with [rule.ID]", self.path)
        self.rules = tuple(self._rule(name, table) for name, table in tables.items())
        asked = (self.scope, *(each for rule in self.rules for each in (rule.scope, rule.matcher)))
        self._tests = tuple(dict.fromkeys(test for test in asked if test is not None))
        late = "the record took too long to be checked"
        self._outcomes = tuple(
            each
            for rule in self.rules
            for each in (rule, replace(rule, message=late, level="error"))
        )

    def _error(self, message: str, rule: str | None, key: str | None = None) -> RuleFileError:
        return RuleFileError(message, self.path, self._line(rule, key), rule, key)

    def _line(self, rule: str | None, key: str | None) -> int | None:
        """Return where a rule's key stands, as far as it is written in the usual way."""
        lines = self._text.split("\n")
        begin = 0
        if rule is not None:
            header = re.compile(rf"\s*\[\s*rule\s*\.\s*(['\"]?){re.escape(rule)}\1\s*\]")
            found = next((at for at, line in enumerate(lines) if header.match(line)), None)
            if found is None:
                return None
            begin = found + 1
        if key is not None:
            entry = re.compile(rf"\s*(?:(['\"]?){re.escape(key)}\1\s*[=.]|\[\s*{re.escape(key)}\b)")
            for at in range(begin, len(lines)):
                if entry.match(lines[at]):
                    return at + 1
                if rule is not None and lines[at].lstrip().startswith("["):
                    break
        return begin or None

    def _filter(self, table: Mapping[str, Any], rule: str | None, key: str) -> Filter | None:
        text = table.get(key)
        if text is None:
            return None
        if not isinstance(text, str):
            raise self._error("has to be a text", rule, key)
        try:
            made = Filter(text)
        except QueryError as error:
            raise self._error(error.detailed(), rule, key) from None
        for warning in made.warnings:
            self.warnings.append(str(self._error(warning.detailed(), rule, key)))
        return made

    def _rule(self, name: str, table: Any) -> Rule:
        if not isinstance(table, dict):
            raise self._error("a rule is a table, [rule.ID]", name)
        for key, value in table.items():
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_KEYS)}"
                raise self._error(f"means nothing here; {hint}", name, key)
            if not isinstance(value, _KEYS[key]):
                raise self._error(f"has to be {_TYPES[_KEYS[key]]}", name, key)
        if table.get("validator", "filter") != "filter":
            raise self._error("the only validator is 'filter'", name, "validator")
        if "matcher" in table and "filter" in table:
            raise self._error("means the same as matcher, which is there too", name, "filter")
        key = "filter" if "filter" in table else "matcher"
        matcher = self._filter(table, name, key)
        if matcher is None:
            raise self._error("there is no matcher", name)
        level = table.get("level", "error").lower()
        if level not in _LEVELS:
            raise self._error(f"is error, warning or info, not {table['level']!r}", name, "level")
        invert = table.get("invert-match", False)
        description = table.get("description", "")
        usual = description or f"{'does not match' if invert else 'matches'} {matcher}"
        return Rule(
            id=name,
            matcher=matcher,
            message=str(table.get("message", usual)),
            level=level,
            invert=invert,
            scope=self._filter(table, name, "scope"),
            description=description,
            link=table.get("link", ""),
        )

    # -- checking --

    def check(self, record: Record, number: int = 1) -> list[Finding]:
        """Return what the rules find in one record."""
        return list(self.check_all([record], number))

    def check_all(self, records: Iterable[Record], first: int = 1) -> Iterator[Finding]:
        """Yield what the rules find in records, of which the first has this number.

        The findings come record by record, and of each in the order of the rules. Where a filter
        takes too long with a record, that is a finding itself, an error.
        """
        run: list[bytes] = []
        number = first
        for record in records:
            run.append(_packed(record))
            if len(run) == _TOGETHER:
                yield from self._check_run(run, number)
                number += len(run)
                run = []
        yield from self._check_run(run, number)

    def _check_run(self, run: list[bytes], first: int) -> Iterator[Finding]:
        for index, rule in self.found_in(_bridge.view_of(run), 0, len(run)):
            control = _number(run[index])
            yield Finding(first + index, control, rule.id, rule.level, message=rule.message)

    def found_in(self, view: _bridge.View, first: int, end: int) -> list[tuple[int, Rule]]:
        """Return which of the records `first` to `end` of a view the rules find.

        Each pair is a record's index in the view and the rule, record by record. The filters
        run over all of them in one crossing, with the GIL released. Where one took too long, the
        rule is one of the same ID that says so.
        """
        count = end - first
        if not count:
            return []
        programs = [test.program for test in self._tests]
        found_by = _bridge.flags_of(programs, view, first, end)
        flags: dict[Filter | None, bytes] = dict(zip(self._tests, found_by))
        flags[None] = b"\1" * count
        general = flags[self.scope]
        # of each record and each rule two numbers in order: it is found, it took too long
        width = len(self._outcomes)
        places: list[int] = []
        for at, rule in enumerate(self.rules):
            found = flags[rule.matcher]
            if rule.invert:
                found = found.translate(_INVERTED)
            three = (general, flags[rule.scope], found)
            if any(_bridge.TOO_LONG in each for each in three):
                late = bytes(map(_is_late, *three))
                places += compress(range(2 * at + 1, count * width, width), late)
            sure = _all((each.translate(_CERTAIN) for each in three), count)
            places += compress(range(2 * at, count * width, width), sure)
        places.sort()
        outcomes = self._outcomes
        return [(first + place // width, outcomes[place % width]) for place in places]


#: What a flag is for a rule that finds the records its filter does not match.
_INVERTED = bytes.maketrans(b"\0\1", b"\1\0")

#: Flags without those of records that took too long.
_CERTAIN = bytes.maketrans(bytes((_bridge.TOO_LONG,)), b"\0")


def _is_late(general: int, scope: int, found: int) -> bool:
    # what a scope leaves out is no finding, whatever the matcher says of it
    return bool(general and scope) and _bridge.TOO_LONG in (general, scope, found)


def _all(flags: Iterable[bytes], count: int) -> bytes:
    """Return flags that are set where all are."""
    both = -1
    for each in flags:
        both &= int.from_bytes(each, "little")
    return both.to_bytes(count, "little")


def _packed(record: Record) -> bytes:
    packed = record._untouched()
    if packed is not None:
        return packed
    try:
        return record._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        return packed_or_repaired(record)[0]


def _number(packed: bytes) -> str | None:
    at = packed.find(b"\x1e001", 24)
    if at < 0:
        return None
    end = packed.find(b"\x1e", at + 4)
    value = packed[at + 4 : end if end > 0 else len(packed)]
    return value.decode("utf-8", "backslashreplace").strip() or None
