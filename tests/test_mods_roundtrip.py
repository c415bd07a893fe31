# SPDX-License-Identifier: MIT
"""What of real records comes back from MODS.

MODS has no place for ISBD's punctuation, for most codes of MARC 21, and for the subfields of
what it takes as one text, so that fields are compared by their words.  What is lost by
design stands in the documentation of the formats; these numbers hold the rest."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrrc

pytestmark = pytest.mark.shared

#: Subfields that say nothing of the resource: who holds or links it, and codes of terms.
LEFT_OUT = {"336": "b", "337": "b", "338": "b", "583": "5"}


def words_of(field: mrrc.Field) -> tuple[str, ...]:
    if field.control_field:
        return tuple((field.data or "").split())
    left_out = "56" + LEFT_OUT.get(field.tag, "")
    text = " ".join(value for code, value in field.subfields if code not in left_out)
    return tuple(sorted(re.findall(r"[^\W_]+", text)))


def words_by_tag(record: mrrc.Record) -> dict[str, Counter[tuple[str, ...]]]:
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for field in record.fields:
        found.setdefault(field.tag, Counter())[words_of(field)] += 1
    return found


@pytest.fixture(scope="module")
def pairs(loc_books: Path) -> list[tuple[mrrc.Record, mrrc.Record]]:
    document, again = io.BytesIO(), io.BytesIO()
    mrrc.convert(loc_books.read_bytes(), document, "marc", "mods")
    mrrc.convert(document.getvalue(), again, "mods", "marc")

    def records(data: bytes) -> Iterator[mrrc.Record]:
        for record in mrrc.MARCReader(data):
            assert record is not None
            yield record

    return list(zip(records(loc_books.read_bytes()), records(again.getvalue()), strict=True))


#: By tag: in how many of the records that have it all its fields come back with the same words.
KEPT = {
    "001": 2000,
    "003": 2000,
    "005": 2000,
    "010": 2000,
    "020": 194,
    "035": 1542,
    "043": 213,
    "045": 4,
    "050": 1799,
    "060": 29,
    "082": 246,
    "100": 1865,
    "110": 32,
    "111": 3,
    "130": 12,
    "240": 48,
    "245": 2000,
    "246": 47,
    "250": 207,
    "260": 1959,
    "264": 27,
    "300": 1999,
    "336": 27,
    "337": 27,
    "338": 27,
    "500": 589,
    "504": 224,
    "505": 173,
    "510": 66,
    "520": 53,
    "530": 451,
    "533": 4,
    "538": 3,
    "561": 21,
    "583": 12,
    "600": 235,
    "610": 87,
    "611": 5,
    "630": 42,
    "650": 1146,
    "651": 384,
    "655": 71,
    "700": 482,
    "710": 173,
    "711": 2,
    "730": 7,
    "773": 1,
    "800": 15,
    "810": 3,
    "830": 24,
    "856": 505,
}

#: Places of leader and 008, and in how many records they come back.
PLACES = {
    "leader/06-09": 2000,
    "008/00-05": 2000,
    "008/06-14": 1900,
    "008/15-17": 2000,
    "008/23": 2000,
    "008/35-37": 2000,
}


def test_words_come_back(pairs: list[tuple[mrrc.Record, mrrc.Record]]) -> None:
    kept: Counter[str] = Counter()
    for before, after in pairs:
        found = words_by_tag(after)
        kept.update(tag for tag, words in words_by_tag(before).items() if found.get(tag) == words)
    assert {tag: kept[tag] for tag, least in KEPT.items() if kept[tag] < least} == {}


def test_codes_come_back(pairs: list[tuple[mrrc.Record, mrrc.Record]]) -> None:
    kept: Counter[str] = Counter()
    for before, after in pairs:
        for name in PLACES:
            control, _, places = name.partition("/")
            first, _, last = places.partition("-")
            span = slice(int(first), int(last or first) + 1)
            one, other = (
                str(record.leader) if control == "leader" else record[control].data or ""
                for record in (before, after)
            )
            kept[name] += one[span] == other[span]
    assert {name: kept[name] for name, least in PLACES.items() if kept[name] < least} == {}


def test_main_entry_stays(pairs: list[tuple[mrrc.Record, mrrc.Record]]) -> None:
    """A main entry stays one, whatever roles it has, and none is made of another."""
    main = ("100", "110", "111", "130")
    for before, after in pairs:
        assert [f.tag for f in before.get_fields(*main)] == [f.tag for f in after.get_fields(*main)]


def test_second_time_loses_nothing(pairs: list[tuple[mrrc.Record, mrrc.Record]]) -> None:
    """What came back once comes back the same again."""
    for _, once in pairs:
        document, again = io.BytesIO(), io.BytesIO()
        mrrc.convert(once.as_marc(), document, "marc", "mods")
        mrrc.convert(document.getvalue(), again, "mods", "marc")
        assert again.getvalue() == once.as_marc()
