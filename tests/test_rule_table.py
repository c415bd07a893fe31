# SPDX-License-Identifier: MIT
"""The compact form of rules: what is packed can be looked up, and C takes it."""

from __future__ import annotations

import pytest

from mrrc._bridge import rules as core_rules
from mrrc.automaton import compile_values, word
from mrrc.rule_table import (
    FieldRule,
    Group,
    PositionRule,
    RuleTable,
    SubfieldRule,
    ValueRule,
    Variant,
    pack_rules,
)

ONE = ValueRule(compile_values([(word("1"), 1)]), "1")


def table() -> bytes:
    return pack_rules(
        "Règles",
        [
            FieldRule(
                "245",
                "Title",
                group=1,
                indicators=(ONE, ONE),
                indicator_labels=("First", "Second"),
                subfields=[
                    SubfieldRule("a", "Title proper", value=ONE),
                    SubfieldRule("b", "Remainder", positions=[PositionRule(0, 0, "Place", ONE)]),
                ],
            ),
            FieldRule(
                "001",
                "Number",
                variants=[Variant("Short", 0, [PositionRule(0, 0, "Kind", ONE)], most=9, least=9)],
                value=ONE,
            ),
        ],
        [Group("titles", 0, 1)],
    )


def test_looked_up_by_what_is_found() -> None:
    rules = core_rules.Rules({0: table()})
    words = RuleTable(table())
    leader = b"00000nam a2200000   4500"
    packed = leader + b"\x1e0012\x1e24512\x1fa2\x1fb2\x1fz2\x1e24511\x1fa1"
    found, error = rules.check(packed, [len(packed)])
    assert error is None
    said = {}
    for each in found:
        rule = core_rules.RULES[each.rule]
        key = (rule, each.indicator, each.code.rstrip(b"\0").decode())
        ask = {
            "value": words.subfield if each.code[0] else words.field,
            "length": words.lengths,
            "indicator": words.second_indicator,
            "position": words.position,
            "group_repeated": words.group,
        }.get(rule, words.field)
        said[key] = ask(each.entry)
    assert said == {
        ("value", 0, ""): ("Number", "1"),
        ("length", 0, ""): ("Short", "9"),
        ("position", 0, ""): ("Kind", "1"),
        ("indicator", 2, ""): ("Second", "1"),
        ("value", 0, "a"): ("Title proper", "1"),
        ("position", 0, "b"): ("Place", "1"),
        ("unknown_subfield", 0, "z"): ("Title", ""),
        ("field_repeated", 0, ""): ("Title", ""),
        ("group_repeated", 0, ""): ("titles", "0 to 1"),
    }
    (entry,) = {each.entry for each in found if each.indicator}
    assert words.first_indicator(entry) == ("First", "1")
    assert words.title == "Règles"


def test_the_same_stands_there_once() -> None:
    """A thousand subfields that are alike cost little more than their entries."""
    alike = [
        FieldRule(
            f"{number:03}", "A label that all of them have", subfields=[SubfieldRule("a", "A")]
        )
        for number in range(10, 510)
    ]
    assert len(pack_rules("", alike)) < 500 * (64 + 4) + 300


def test_c_refuses_what_is_none() -> None:
    for damaged in (b"", b"MRRCRULE", table()[:-1], table() + b"\0", b"X" + table()[1:]):
        with pytest.raises(ValueError, match="no table of rules"):
            core_rules.Rules({0: damaged})


def test_ends_have_to_fit() -> None:
    rules = core_rules.Rules({0: table()})
    for ends in ([30], [24, 10], [10, 24, 12]):
        with pytest.raises(ValueError, match="do not fit"):
            rules.check(b"0" * 24, ends)
    found, error = rules.check(b"0" * 30, [24, 30])
    assert error is not None and error.record_index == 2
    assert {each.record for each in found} <= {0}
