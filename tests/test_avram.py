# SPDX-License-Identifier: MIT
"""Avram schemas as they are met, and what becomes of what is not understood."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mrrc import AvramSchema, Field, Record, Subfield, Validator
from mrrc.leader import Leader

ANY = {"label": "anything"}


def messages(schema: dict[str, Any], *fields: Field, leader: str | None = None) -> list[str]:
    """What a schema says of a record with these fields."""
    record = Record(fields=list(fields))
    if leader is not None:
        record.leader = Leader(leader)
    compiled = AvramSchema(schema)
    assert compiled.notes == ()
    return [finding.message for finding in Validator(compiled).check(record)]


def data(tag: str, indicators: str = "  ", /, **subfields: str) -> Field:
    made = [Subfield(code.strip("_"), value) for code, value in subfields.items()]
    return Field(tag, list(indicators), made)


def test_ways_to_give_it(tmp_path: Path) -> None:
    schema = {"title": "Mine", "fields": {"245": {"subfields": {"a": {}}}}}
    text = json.dumps(schema)
    path = tmp_path / "schema.json"
    path.write_text(text)
    given = [schema, text, text.encode(), path, str(path), " \n" + text]
    tables = {AvramSchema(each).table for each in given}  # type: ignore[arg-type]
    assert len(tables) == 1
    assert repr(AvramSchema(schema)) == "<AvramSchema: Mine>"
    assert repr(AvramSchema({"fields": {}})) == "<AvramSchema: without a title>"


@pytest.mark.parametrize("source", ["{", '{"a": 1}', b"[]", {"fields": []}, {}])
def test_no_schema(source: Any) -> None:
    with pytest.raises(ValueError):
        AvramSchema(source)
    with pytest.raises(FileNotFoundError):
        AvramSchema("no such file.json")


def test_fields_and_subfields() -> None:
    schema = {
        "fields": {
            "100": {"repeatable": False, "required": True, "label": "Author"},
            "245": {
                "subfields": {
                    "a": {"required": True, "label": "Title"},
                    "n": {"repeatable": True},
                    "x": {"pattern": "^[0-9]+$"},
                    "y": {"codes": {"abc": "One", "de": {"label": "Two"}}},
                    "z": {"deprecated": True},
                },
                "deprecated-subfields": {"q": {"label": "Old"}},
            },
        },
        "deprecated-fields": {"300": {"label": "Size", "indicator1": ANY, "indicator2": ANY}},
    }
    assert messages(
        schema,
        data("245", n="1", n_="2", x="12a", y="xy", z="z"),
        data("245", a="A", a_="B", b="C", y="de", q="Q", x="5"),
        Field("300", ["1", "2"], [Subfield("!", "x")]),
        data("400", a="D"),
    ) == [
        "245$x is '12a', not what matches ^[0-9]+$",
        "245$y is 'xy', not abc, de",
        "245$z is obsolete",
        "245$a (Title) is missing",
        "245 may stand only once in a record",
        "$a (Title) may stand only once in a field 245",
        "245 has no subfield $b",
        "245[2]$q (Old) is obsolete",
        "300 (Size) is obsolete",
        "there is no field 400",
        "100 (Author) is missing",
    ]


def test_indicators() -> None:
    schema = {
        "fields": {
            "245": {
                "indicator1": {"label": "One", "codes": {"0-3": "Numbers", " ": "None"}},
                "indicator2": {"label": "Two", "codes": ["a", {"code": "b"}]},
            },
            "246": {"indicator1": ANY},
        }
    }
    assert messages(schema, data("245", "2b", a="A"), data("246", "x ", a="A")) == []
    assert messages(schema, data("245", "49", a="A"), data("246", "x2", a="A")) == [
        "245 indicator 1 (One) is '4', not blank, 0-3",
        # 9 is everybody's own
        "246 indicator 2 is '2', not blank",
    ]
    assert messages({**schema, "local": False}, data("245", "29", a="A"), data("900", a="A")) == [
        "245 indicator 2 (Two) is '9', not a, b",
        "there is no field 900",
    ]


LEADER = "00000nam a2200000   4500"


def test_positions_and_types() -> None:
    """As Avram's specification has them."""
    schema = {
        "codelists": {"yes": {"codes": {"y": "Yes", "n": "No"}}},
        "fields": {
            "008": {
                "types": {
                    "All Materials": {"positions": {"00-01": {"pattern": "^[0-9]{2}$"}}},
                    "Books": {"positions": {"02": {"codes": "yes", "label": "Illustrated"}}},
                    "Maps": {"positions": {"02": {"codes": {"m": ""}}}},
                }
            },
            "007": {
                "types": {
                    "Map": {
                        "positions": {"00": {"codes": {"a": ""}}, "01-02": {"flags": {"x": ""}}}
                    },
                    "Text": {"positions": {"00": {"codes": {"t": ""}}}},
                }
            },
        },
    }
    fields = [
        Field("007", data="axx"),
        Field("008", data="12y"),
    ]
    assert messages(schema, *fields, leader=LEADER) == []
    assert messages(
        schema,
        Field("008", data="1ym"),
        Field("007", data="axy"),
        leader=LEADER.replace("am", "em"),
    ) == ["008/00-01 is '1y', not what matches ^[0-9]{2}$", "007/01-02 is 'xy', not x"]
    assert messages(schema, Field("008", data="12"), Field("007", data="b"), leader=LEADER) == [
        "008 (Books) has 2 characters, not 3",
        "007: no kind of this field begins with 'b'",
    ]


def test_the_ways_of_the_scraped_schemas() -> None:
    codes = {"0-0": {"start": 0, "end": 0, "codes": {"a": "Map"}}}
    schema = {
        "fields": {
            "007a": {"label": "Map", "positions": codes},
            "006": {
                "positions": {
                    "008b": [
                        {"label": "Form", "start": 0, "end": 0},
                        {"label": "Audience", "start": 5, "end": 5},
                        {"label": "Rest", "start": 6, "end": 17},
                    ]
                },
                "repeatable": True,
            },
            "008b": {"positions": {"22-22": {"start": 22, "end": 22, "codes": {"j": ""}}}},
            "880": {
                "indicator1": {"codes": {}},
                "indicator2": {"codes": {}},
                "subfields": {"a-z": {"label": ""}, "0-$5": {"label": ""}},
            },
            "500": {
                "subfields": {
                    "a": {"positions": {"0-2": {"codes": {"001-120": "", "##x": "", "[aa#]": ""}}}},
                    "7": {
                        "codes": {
                            "0": {"code": "0", "label": "Place"},
                            "1-2": {"code": "1-2", "label": "Places"},
                        }
                    },
                },
                "repeatable": True,
            },
        }
    }
    fields = [
        Field("007", data="a"),
        Field("006", data="a    j            "),
        data("880", "5x", q="Q", _4="4"),
        *(data("500", a=value, _7="xyz") for value in ("007", "120", "  x", "ab ")),
    ]
    assert messages(schema, *fields) == []
    assert messages(
        schema,
        Field("007", data="b"),
        Field("006", data="t    k            "),
        data("880", _8="1"),
        *(data("500", a=value) for value in ("121", "000", "abc")),
    ) == [
        "007: no kind of this field begins with 'b'",
        "006/05 (Audience) is 'k', not j",
        "880 has no subfield $8",
        "500$a/00-02 is '121', not 001-120,   x, [aa ]",
        "500[2]$a/00-02 is '000', not 001-120,   x, [aa ]",
        "500[3]$a/00-02 is 'abc', not 001-120,   x, [aa ]",
    ]


def test_beyond_the_language() -> None:
    schema = {
        "fields": {
            "001": {
                "positions": {
                    "00": {
                        "codes": {"a": ""},
                        "deprecated-codes": {"b": ""},
                        "local-codes": {"c": ""},
                    },
                    "01-02": {
                        "codes": {"x": ""},
                        "deprecated-codes": {"y": ""},
                        "severity": "info",
                    },
                    "03": {"pattern": "[0-9]", "expected": "a digit"},
                }
            },
            "020": {"subfields": {"a": {"checks": "isbn"}}},
            "022": {"subfields": {"a": {"checks": ["issn"]}}},
            "880": {"linked": True, "repeatable": True},
            "100": {"subfields": {"a": {}, "6": {}}},
        },
        "groups": [{"label": "heads", "tags": ["100"], "least": 1, "severity": "warning"}],
    }
    record = Record(
        fields=[
            Field("001", data="bxy?"),
            data("020", a="1"),
            data("022", a="1"),
            data("880", "  ", _6="100-00", b="B"),
        ]
    )
    found = Validator(AvramSchema(schema)).check(record)
    assert [(finding.severity, finding.message) for finding in found] == [
        ("info", "001/00 is 'b', an obsolete code"),
        ("info", "001/01-02 is 'xy', an obsolete code"),
        ("error", "001/03 is '?', not a digit"),
        ("warning", "020$a: '1' is not a valid ISBN"),
        ("warning", "022$a: '1' is not a valid ISSN"),
        ("error", "880 has no subfield $b"),
        ("warning", "heads: there has to be one"),
    ]
    record = Record(fields=[Field("001", data="cxz1"), data("100", a="A")])
    found = Validator(AvramSchema(schema)).check(record)
    assert [(finding.severity, finding.rule) for finding in found] == [
        ("info", "local_code"),
        ("info", "position"),
    ]


def test_what_is_not_understood_is_listed() -> None:
    schema = {
        "fields": {
            "24": {},
            "245": "Title",
            "246": {
                "indicator1": 5,
                "indicator2": {"codes": "languages"},
                "subfields": {
                    "ab": {},
                    "a": {"pattern": "(?=a)"},
                    "b": {"checks": ["doi"]},
                    "c": {"codes": {"é": ""}},
                    "d": {"positions": {"x": {}, "3-1": {}, "00": {"codes": {"ab": ""}}}},
                    "e": {"positions": []},
                },
            },
            "007": {"types": {"Wax": {"positions": {}}}},
            "006": {"positions": {"008q": []}},
            "300": {"subfields": []},
        }
    }
    notes = AvramSchema(schema).notes
    assert [note.partition(": ")[0] for note in notes] == [
        "24",
        "245",
        "246/1",
        "246/2",
        "246$ab",
        "246$a",
        "246$b",
        "246$c",
        "246$d",
        "246$d",
        "246$d/00",
        "246$e",
        "007",
        "006",
        "subfields",
    ]
    # the rest of it holds
    assert Validator(AvramSchema(schema)).check(Record(fields=[data("246", "5x", a="A")])) == []


def test_what_is_not_understood_is_not_applied() -> None:
    """A field whose definition is none is known, and may be anything."""
    book = Record(fields=[Field("245", ["1", "x"], [Subfield("a", "Emma")])] * 2)
    assert Validator({"fields": {"245": 5}}).check(book) == []
    schema = {"fields": {"245": {"repeatable": True, "subfields": []}}}
    assert {finding.rule for finding in Validator(schema).check(book)} == {"indicator"}
    with pytest.raises(ValueError, match="an object with fields"):
        AvramSchema("[]")


WHOLE: dict[str, Any] = {
    "title": "Whole",
    "codelists": {"l": {"codes": {"a": "x"}}},
    "groups": [{"label": "g", "tags": ["100"], "least": 1, "most": 1, "severity": "info"}],
    "deprecated-fields": {"300": {"label": "x"}},
    "fields": {
        "LDR": {"positions": {"05": {"codes": {"a": ""}, "local-codes": {"c": ""}}}},
        "001": {"required": True, "pattern": "^a"},
        "006": {"positions": {"008b": [{"label": "A", "start": 5, "end": 5}]}},
        "007": {
            "types": {
                "Map": {
                    "positions": {"00": {"codes": {"a": ""}}, "01-02": {"flags": {"x": ""}}},
                    "least-length": 1,
                }
            }
        },
        "008b": {
            "positions": {
                "22-22": {"start": 22, "end": 22, "codes": {"j": "", "[aa]": "", "001-009": ""}}
            }
        },
        "100": {
            "repeatable": True,
            "indicator1": {"label": "l", "codes": {"0-3": ""}},
            "indicator2": {"codes": ["a", {"code": "b"}]},
            "subfields": {
                "a": {"label": "A", "required": True, "codes": "l"},
                "b": {"pattern": "x{2}", "checks": ["isbn"]},
                "7": {"codes": {"0": {"code": "0", "label": "P"}}},
                "w": {"positions": {"0": {"codes": {"a": "x"}, "severity": "info"}}},
            },
            "deprecated-subfields": {"q": {"label": "x"}},
        },
        "880": {"linked": True, "severity": "warning"},
    },
}
JUNK = (None, True, -1, 0, 65535, 10**9, 1.5, "", "x", "é", "z-a", "0-99999", "00-65535", "[", "(")
MORE_JUNK: tuple[Any, ...] = ([], [None], {}, {"a": None}, {"start": "x"}, {"label": 5}, [[]], [{}])


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inside:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def test_whatever_a_schema_holds() -> None:
    """A schema with nonsense in it is refused or used as far as it goes, and C takes what is
    made of it."""
    chance = random.Random(5)
    everywhere = list(places(WHOLE))
    packed = (
        b"00000cam a2200000   4500\x1e001b\x1e006a    k\x1e007axy\x1e1004c\x1fab\x1fbx\x1fwb\x1f70"
    )
    kinds = set()
    for _ in range(1000):
        schema = copy.deepcopy(WHOLE)
        *path, last = chance.choice(everywhere)
        node = schema
        for key in path:
            node = node[key]
        if isinstance(node, dict) and chance.random() < 0.3:
            node[str(chance.choice(JUNK))] = node.pop(last)
        else:
            node[last] = copy.deepcopy(chance.choice(JUNK + MORE_JUNK))
        try:
            compiled = AvramSchema(schema)
        except ValueError as error:
            kinds.add(str(error))
            continue
        kinds.add("noted" if compiled.notes else "taken")
        Validator(compiled).check_block(packed, [len(packed)])
    assert kinds == {"noted", "taken", "an Avram schema is an object with fields"}
