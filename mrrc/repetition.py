# SPDX-License-Identifier: MIT
"""Whether a selector may find several values in one record.

MARC 21 says which fields and subfields may be repeated; what it does not know, or what is
written in any other than the plain way, may be.
"""

from __future__ import annotations

import re
from functools import cache

from mrrc._bridge.rules import AUTHORITY, BIBLIOGRAPHIC, HOLDINGS, marc21_table
from mrrc.rule_table import RuleTable

__all__ = ["may_repeat"]

#: The leader, or a control field, or characters of one.
_FIXED = re.compile(
    r"(?: LDR | ldr | 000 ) .* | (00[1-9]) (?: /[0-9\#-]+ | \[ [0-9]* :? [0-9]* \] )?",
    re.VERBOSE,
)

#: A data field, one of its indicators, or one subfield. An occurrence makes it a single one.
_PLAIN = re.compile(
    r"""([0-9]{3}) (\[ (?:[0-9]+|\#) \])? (?: / (?: \* | [0-9a-z.\#]{2} ) )?
    (?: [$.] ([0-9A-Za-z]) (\[ (?:[0-9]+|\#) \])? (?: / [0-9\#-]+ )? | \^ [12] )?""",
    re.VERBOSE,
)


@cache
def _repeatable(tag: str) -> tuple[bool, dict[str, bool]] | None:
    """Return what MARC 21 says of a field: repeatable if it is so in one kind of records."""
    field = False
    codes: dict[str, bool] = {}
    known = False
    for kind in (BIBLIOGRAPHIC, AUTHORITY, HOLDINGS):
        said = RuleTable(marc21_table(kind)).repeatable(tag)
        if said is None:
            continue
        known = True
        field = field or said[0]
        for code, repeatable in said[1].items():
            codes[code] = codes.get(code, False) or repeatable
    return (field, codes) if known else None


#: Conditions, which leave some of the values out, and add none.
_CONDITIONS = re.compile(r"\{ (?: [^{}\\] | \\. )* \}", re.VERBOSE | re.DOTALL)


def may_repeat(selector: str) -> bool:
    """Return whether a selector may find several values in one record."""
    selector = _CONDITIONS.sub("", selector)
    fixed = _FIXED.fullmatch(selector)
    if fixed is not None:
        said = (False, {}) if fixed[1] is None else _repeatable(fixed[1])
        return said is None or said[0]
    plain = _PLAIN.fullmatch(selector)
    if plain is None:
        return True
    tag, occurrence, code, place = plain.groups()
    said = _repeatable(tag)
    field = occurrence is None and (said is None or said[0])
    subfield = code is not None and place is None and (said is None or said[1].get(code, True))
    return field or subfield
