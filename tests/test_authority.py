# SPDX-License-Identifier: MIT
"""Authority records: which fields are headings, tracings and notes."""

import pytest
import records as make

from mrrc import AuthorityMARCReader, AuthorityRecord, Field, FieldNotFound, Subfield


def authority(*tags: str) -> bytes:
    fields = [make.data_field(tag, "1 ", ("a", f"of {tag}"), ("d", "1950-")) for tag in tags]
    return make.iso2709([make.control_field("001", "n1"), *fields], kind="z ")


EVERYTHING = (
    *("040", "110", "400", "410", "45A", "499", "500", "550", "640", "650", "651", "655", "670"),
    *("688", "700", "750", "788", "880"),
)


@pytest.mark.parametrize("opened", [False, True])
def test_fields_by_what_they_are_for(opened: bool) -> None:
    record = next(AuthorityMARCReader(authority(*EVERYTHING)))
    assert record is not None
    if opened:
        assert record.fields

    def tags(fields: list[Field]) -> list[str]:
        assert all(any(field is one for one in record.fields) for field in fields)
        return [field.tag for field in fields]

    assert record.heading() is record["110"]
    assert record.heading_text() == "of 110"
    assert tags(record.see_from_tracings()) == ["400", "410", "45A", "499"]
    assert tags(record.see_also_tracings()) == ["500", "550"]
    assert tags(record.notes()) == ["640", "670", "688"]
    assert tags(record.linking_entries()) == ["700", "750", "788"]
    assert record.get_fields("999") == []
    assert record.control_field("001") == "n1"
    with pytest.raises(FieldNotFound):
        record.get_field_or_err("999")
    assert record.as_marc() == authority(*EVERYTHING)


@pytest.mark.parametrize(
    "tag",
    # MARC 21 Format for Authority Data, 1XX
    "100 110 111 130 147 148 150 151 155 162 180 181 182 185".split(),
)
def test_headings(tag: str) -> None:
    record = AuthorityRecord(authority("040", "199", tag, "400"))
    assert record.heading() is record[tag]


def test_a_record_without_a_heading() -> None:
    record = AuthorityRecord()
    assert record.heading() is None and record.heading_text() is None
    assert repr(record) == "<AuthorityRecord type=z heading=None>"
    assert record.summary() == ""
    record.add_field(Field("180", " ", " ", subfields=[Subfield("x", "History")]))
    assert record.heading_text() is None and record.summary() == "History"


def test_for_people() -> None:
    record = AuthorityRecord(authority("100", "400", "500", "670"))
    assert repr(record) == "<AuthorityRecord type=z heading=of 100>"
    assert record.summary() == "of 100 1950-\nx of 400 1950-\nxx of 500 1950-"
    assert str(record).startswith("=LDR  ")


def test_subdivisions_and_control_subfields() -> None:
    record = AuthorityRecord()
    for tag, subfields in (
        ("150", [("a", "Art"), ("x", "History"), ("y", "20th century")]),
        ("450", [("w", "nne"), ("a", "Arts "), ("8", "1")]),
        ("550", [("w", "g"), ("a", "Humanities"), ("0", "n1")]),
    ):
        record.add_field(Field(tag, subfields=[Subfield(*each) for each in subfields]))
    assert record.summary() == "Art -- History -- 20th century\nx Arts\nxx Humanities"


def test_fields_are_fields() -> None:
    record = AuthorityRecord(authority("100"))
    heading = record.heading()
    assert heading is not None
    heading["a"] = "Someone"
    assert AuthorityRecord(record.as_marc()).heading_text() == "Someone"
