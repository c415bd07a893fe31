# SPDX-License-Identifier: MIT
"""What was found in a record, in words that a cataloguer understands.

The core finds and this module tells: it knows the rules by their names and a table by what its
entries are called. It decides nothing about a record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mrrc._bridge import rules
from mrrc.rule_table import RuleTable

__all__ = ["Finding", "Teller"]


@dataclass(frozen=True)
class Finding:
    """Something in a record that the rules do not have, or no longer have.

    Attributes:
        record: the record's number, from 1.
        control_number: the record's 001, or None.
        rule: which rule it is about, such as ``"unknown_subfield"``.
        severity: ``"error"`` for what the rules do not allow, ``"warning"`` for what is most
            likely a mistake, ``"info"`` for what used to be right, or is right in some systems.
        tag: the field's tag, ``LDR`` for the leader; None where no one field is concerned.
        occurrence: which of the fields of that tag, from 1; None where there is none.
        indicator: 1 or 2, or None.
        code: the subfield's code, or None.
        code_occurrence: which of the subfields of that code in the field, from 1, or None.
        positions: the first and the last character concerned, from 0, or None.
        value: what stands there; None where nothing does.
        expected: what may stand there, in words; empty where that is not listed.
        message: all of it in a sentence.
    """

    record: int
    control_number: str | None
    rule: str
    severity: str
    tag: str | None = None
    occurrence: int | None = None
    indicator: int | None = None
    code: str | None = None
    code_occurrence: int | None = None
    positions: tuple[int, int] | None = None
    value: str | None = None
    expected: str = ""
    message: str = ""

    def __str__(self) -> str:
        number = "" if self.control_number is None else f" ({self.control_number})"
        return f"record {self.record}{number}: {self.severity}: {self.message}"

    @property
    def place(self) -> str:
        """Where it is: ``245$a``, ``008/35-37``, ``650[2] indicator 1``, or nothing."""
        if self.tag is None:
            return ""
        parts = [self.tag]
        if self.occurrence is not None and self.occurrence > 1:
            parts.append(f"[{self.occurrence}]")
        if self.code is not None:
            parts.append(f"${self.code}")
            if self.code_occurrence is not None and self.code_occurrence > 1:
                parts.append(f"[{self.code_occurrence}]")
        if self.indicator is not None:
            parts.append(f" indicator {self.indicator}")
        if self.positions is not None:
            first, last = self.positions
            parts.append(f"/{first:02}" if first == last else f"/{first:02}-{last:02}")
        return "".join(parts)


#: What a finding says, by its rule.
_MESSAGES = {
    "unknown_field": "there is no field {tag}",
    "field_repeated": "{tag}{label} may stand only once in a record",
    "field_missing": "{tag}{label} is missing",
    "field_obsolete": "{tag}{label} is obsolete",
    "group_repeated": "{place} is one too many: {name}, {expected}",
    "group_missing": "{name}: there has to be one",
    "structure": "{place} is no data field: two indicators and at least one subfield make one",
    "indicator": "{place}{label} is {value}, not {expected}",
    "unknown_subfield": "{tag}{label} has no subfield ${code}",
    "subfield_repeated": "${code}{label} may stand only once in a field {tag}",
    "subfield_missing": "{place}{label} is missing",
    "subfield_obsolete": "{place}{label} is obsolete",
    "subfield_code": "{place}: {value} is no code of a subfield",
    "length": "{place}{label} has {length} characters, not {expected}",
    "category": "{place}: no kind of this field begins with {first}",
    "position": "{place}{label} is {value}, not {expected}",
    "obsolete_code": "{place}{label} is {value}, an obsolete code",
    "local_code": "{place}{label} is {value}, a code of some systems, not of MARC 21",
    "value": "{place}{label} is {value}, not {expected}",
    "isbn": "{place}: {value} is not a valid ISBN",
    "issn": "{place}: {value} is not a valid ISSN",
    "link_form": "{place}: {value} does not link a field and its form in another script",
    "link_missing": "{place}: no field is the other half of {value}",
    "link_repeated": "{place}: {value} is also the link of another field",
    "too_many": "more was found in this record than is told",
}

_SHOWN = 60


def _shown(value: str | None) -> str:
    if value is None:
        return "nothing"
    if not value.strip(" "):
        blanks = len(value)
        return "empty" if not blanks else "blank" if blanks == 1 else f"{blanks} blanks"
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


class Teller:
    """Makes findings of what the core found by the tables of a validator."""

    def __init__(self, tables: dict[int, bytes]) -> None:
        self._tables = {kind: RuleTable(table) for kind, table in tables.items()}
        # what a table says of an entry, which is asked for again and again
        self._said: dict[tuple[int, str, int, int, bool], tuple[str, str]] = {}

    def _say(self, found: rules.Found, rule: str) -> tuple[str, str]:
        """Return the label of what has the rule, and what the rule expects."""
        key = (found.kind, rule, found.entry, found.indicator, bool(found.positions))
        if key not in self._said:
            table = self._tables[found.kind]
            ask: Callable[[int], tuple[str, str]] = table.field
            if found.indicator:
                ask = table.first_indicator if found.indicator == 1 else table.second_indicator
            elif found.positions:
                ask = table.position
            elif rule == "length":
                ask = table.lengths
            elif rule in ("group_repeated", "group_missing"):
                ask = table.group
            elif found.code[0] and rule != "unknown_subfield" and not rule.startswith("link_"):
                ask = table.subfield
            self._said[key] = ask(found.entry) if found.entry else ("", "")
        return self._said[key]

    def tell(self, found: rules.Found, block: bytes, number: int, control: str | None) -> Finding:
        """Make a finding, of the record with this number and 001."""
        rule = rules.RULES[found.rule]
        label, expected = self._say(found, rule)
        no_value = not found.size and not found.at
        seen = block[found.at : found.at + found.size].decode("utf-8", "backslashreplace")
        code = found.code.rstrip(b"\0").decode("utf-8", "backslashreplace")
        finding = Finding(
            number,
            control,
            rule,
            rules.SEVERITIES[found.severity],
            found.tag.rstrip(b"\0").decode("ascii", "backslashreplace") or None,
            found.occurrence or None,
            found.indicator or None,
            code or None,
            found.subfield or None,
            (found.first, found.last) if found.positions else None,
            None if no_value else seen.replace("\x1f", "$"),
            expected,
        )
        words = _MESSAGES[rule].format(
            place=finding.place,
            tag=finding.tag,
            code=finding.code,
            label=f" ({label})" if label else "",
            name=label,
            value=_shown(finding.value),
            first=_shown(finding.value[:1] if finding.value else None),
            length=len(seen),
            expected=expected or "what is defined",
        )
        return replace(finding, message=words)
