# SPDX-License-Identifier: MIT
"""Records that cannot be packed, in formats that can hold them all the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrrc import Field, Indicators, RawField, Record, Subfield, WriterError
from mrrc.formats.odd import Encoded, fit, odd_as_json, packed_of, packed_or_repaired
from mrrc.formats.writer import write_flags
from mrrc.packed import RawPacked


def data_field(
    tag: str, *subfields: tuple[Any, Any], indicators: tuple[Any, Any] = (" ", " ")
) -> Field:
    return Field(tag, Indicators(*indicators), [Subfield(*each) for each in subfields])


def test_a_record_that_can_be_packed_is() -> None:
    record = Record(fields=[Field("001", data="1"), data_field("245", ("a", "x"))])
    packed, said = packed_or_repaired(record)
    assert packed == packed_of(record) == record._pack()
    assert said == []


def test_undecoded_text_is_refused() -> None:
    raw = Record(fields=[RawField("245", Indicators("0", "0"), [Subfield("a", b"x")])])  # type: ignore[arg-type]
    odd = Record(fields=[*raw.fields, data_field("24", ("a", "x"))])
    for record in (raw, odd):
        with pytest.raises(WriterError, match="not decoded"):
            packed_or_repaired(record)


def test_what_an_encoder_takes() -> None:
    plain = Record(fields=[Field("001", data="1")])
    odd = Record(fields=[data_field("500", ("xy", "odd"))])
    leader = str(odd.leader)
    for format in ("marc", "marcjson", "jsonl", "marcxml"):
        assert fit(plain, format, write_flags(format)) == (plain._pack(), [])
    for format, end in (("marcjson", ""), ("jsonl", "\n")):
        fitting, said = fit(odd, format, 0)
        assert (type(fitting), said) == (Encoded, [])
        assert fitting.decode() == odd_as_json(odd) + end
    fitting, said = fit(odd, "marcxml", 0)
    assert (type(fitting), len(said)) == (bytes, 1)
    fitting, said = fit(odd, "marc", write_flags("marc"))
    assert (type(fitting), said) == (Encoded, [])
    assert str(odd.leader) == leader
    assert fitting == odd.as_marc()
    with pytest.raises(WriterError, match="'xy' is not one character"):
        fit(odd, "marc", write_flags("marc", "marc-8"))


@pytest.mark.parametrize(("coding", "left"), [(" ", True), ("a", False)])
def test_undecoded_text_is_in_marc_8_unless_its_leader_says_otherwise(
    coding: str, left: bool
) -> None:
    raw = Record(fields=[RawField("001", data=b"1")], to_unicode=False)  # type: ignore[arg-type]
    raw.leader = raw.leader[:9] + coding + raw.leader[10:]
    fitting, _ = fit(raw, "marc", write_flags("marc", "marc-8"))
    assert isinstance(fitting, RawPacked) == left
    fitting, _ = fit(raw, "marc", write_flags("marc"))
    assert isinstance(fitting, RawPacked)


@pytest.mark.parametrize(
    ("field", "body", "said"),
    [
        (Field("001", data="a\x1fb"), "001a\ufffdb", ["the data holds"]),
        (data_field("245", ("a", "x\x1ey\x1dz")), "245  \x1fax\ufffdy\ufffdz", ["$a holds"]),
        (data_field("245", ("ab", "x")), "245  \x1fax", ["a subfield code is not"]),
        (data_field("245", ("", "x")), "245  \x1f x", ["a subfield code is not"]),
        (data_field("245", ("a", None)), "245  \x1fa", ["$a holds"]),
        (data_field("245", ("a", "\ud800")), "245  \x1fa?", ["$a holds"]),
        (data_field("245", ("a", "x"), indicators=("12", "")), "2451 \x1fax", ["an ind", "an ind"]),
        (data_field("2456", ("a", "x")), "245  \x1fax", ["the tag '2456' became '245'"]),
        (data_field("2\x00é", ("a", "x")), "2??  \x1fax", ["the tag"]),
    ],
)
def test_what_cannot_be_packed_is_replaced_and_said(
    field: Field, body: str, said: list[str]
) -> None:
    record = Record(fields=[field, data_field("500", ("a", "kept"))])
    packed, repairs = packed_or_repaired(record)
    assert packed.decode() == f"{record.leader}\x1e{body}\x1e500  \x1fakept"
    assert [text for text, start in zip(map(str, repairs), said) if start not in text] == []
    assert len(repairs) == len(said)


def test_a_leader_of_another_length() -> None:
    record = Record(fields=[data_field("245", ("a", "x"))])
    record.leader = "00000nam\u00e9"  # type: ignore[assignment]
    packed, repairs = packed_or_repaired(record)
    assert packed[:24] == b"00000nam|" + b" " * 15
    assert repairs[0].field_tag == "LDR"


#: `Field` takes digits for a number, as pymarc does, and raises where they are none, as in \u00b2.
TAGS = st.text(max_size=5).filter(lambda tag: tag.isdecimal() or not tag.isdigit())


@given(st.text(), st.text(), TAGS, st.text(max_size=2))
def test_whatever_it_is_it_packs(value: str, data: str, tag: str, code: str) -> None:
    record = Record(fields=[Field("001", data=data), data_field(tag, (code, value))])
    packed, _ = packed_or_repaired(record)
    assert packed.count(b"\x1e") == 2
    assert json.loads(odd_as_json(record)) == record.as_dict()
    odd_as_json(record).encode()
