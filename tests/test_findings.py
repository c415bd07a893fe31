# SPDX-License-Identifier: MIT
"""Findings in words: each rule has a sentence, and each place a name."""

from __future__ import annotations

import pickle

import pytest

from mrrc import Field, Finding, Record, Subfield, Validator
from mrrc._bridge import rules as core_rules
from mrrc.findings import _MESSAGES


def test_each_rule_has_its_words() -> None:
    assert set(_MESSAGES) == set(core_rules.RULES.values())
    assert set(core_rules.SEVERITIES.values()) == {"error", "warning", "info"}


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (Finding(1, None, "x", "error"), ""),
        (Finding(1, None, "x", "error", "245", 1), "245"),
        (Finding(1, None, "x", "error", "650", 3, indicator=2), "650[3] indicator 2"),
        (Finding(1, None, "x", "error", "650", 1, None, "x", 1), "650$x"),
        (Finding(1, None, "x", "error", "650", 2, None, "x", 3), "650[2]$x[3]"),
        (Finding(1, None, "x", "error", "LDR", positions=(6, 6)), "LDR/06"),
        (Finding(1, None, "x", "error", "008", 1, positions=(35, 37)), "008/35-37"),
        (Finding(1, None, "x", "error", "500", 1, None, "w", 1, (0, 0)), "500$w/00"),
    ],
)
def test_place(finding: Finding, place: str) -> None:
    assert finding.place == place


def test_a_finding_is_data() -> None:
    record = Record(fields=[Field("001", data=" id "), Field("245", ["1", "x"], [])])
    record.add_field(Field("500", ["é", " "], [Subfield("a", "A")]))
    found = Validator().check(record, 7)
    indicator = next(finding for finding in found if finding.tag == "500")
    assert indicator == Finding(
        7,
        "id",
        "indicator",
        "error",
        "500",
        1,
        1,
        value="é",
        expected="blank",
        message="500 indicator 1 (Undefined) is 'é', not blank",
    )
    assert str(indicator) == f"record 7 (id): error: {indicator.message}"
    assert str(Finding(1, None, "x", "info", message="m")) == "record 1: info: m"
    assert pickle.loads(pickle.dumps(indicator)) == indicator
    assert len({indicator, indicator}) == 1


def test_values_in_words() -> None:
    """What a cataloguer cannot see on the screen has a name, and what is long is cut."""

    def said(data: str) -> str:
        found = Validator().check(Record(fields=[Field("005", data=data)]))
        return next(finding.message for finding in found if finding.tag == "005")

    start = "005 (Date and Time of Latest Transaction) is"
    end = "not date and time as yyyymmddhhmmss.f"
    assert said("") == f"{start} empty, {end}"
    assert said(" ") == f"{start} blank, {end}"
    assert said("   ") == f"{start} 3 blanks, {end}"
    assert said("x" * 100) == f"{start} '{'x' * 60}...', {end}"
    assert said("a\tb") == f"{start} 'a\\tb', {end}"
