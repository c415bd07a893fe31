# SPDX-License-Identifier: MIT
"""Fields followed by their $6 in both directions."""

import pymarc
import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

from mrrc import Field, Linkage, MissingLinkedFields, Record, Subfield

DATA = make.iso2709(
    [
        make.control_field("001", "1"),
        make.data_field("100", "1 ", ("6", "880-01"), ("a", "Tolstoy")),
        make.data_field("245", "10", ("6", "880-02"), ("a", "Voĭna i mir")),
        make.data_field("246", "3 ", ("a", "no link")),
        make.data_field("500", "  ", ("6", "880-07"), ("a", "nothing there")),
        make.data_field("700", "1 ", ("6", "880-02"), ("a", "a number given twice")),
        make.data_field("700", "1 ", ("6", "880-00"), ("a", "no number")),
        make.data_field("700", "1 ", ("6", "880"), ("a", "no form")),
        make.data_field("700", "1 ", ("6", "245-02"), ("a", "not to an 880")),
        make.data_field("880", "10", ("6", "245-02/(N"), ("a", "Война и мир")),
        make.data_field("880", "1 ", ("6", "100-01/(N"), ("a", "Толстой")),
        make.data_field("880", "1 ", ("6", "700-02/(N"), ("a", "второй")),
        make.data_field("880", "  ", ("6", "500-00/(N"), ("a", "без пары")),
        make.data_field("880", "  ", ("6", "500-01/(N"), ("a", "номер занят")),
        make.data_field("880", "  ", ("a", "без")),
    ]
)


@pytest.mark.parametrize("to_unicode", [True, False])
def test_both_ends(to_unicode: bool) -> None:
    record = Record(DATA, to_unicode=to_unicode)
    fields = record.fields
    links = {1: 10, 2: 9, 5: 11, 9: 2, 10: 1, 11: 5}
    for place, field in enumerate(fields):
        other = record.get_linked_field(field)
        assert other is (fields[links[place]] if place in links else None), place
        original = record.get_original_field(field)
        assert original is (fields[links[place]] if place in links and place >= 9 else None)


def test_a_number_without_its_tag() -> None:
    record = Record(DATA)
    field = Field("710", subfields=[Subfield("6", "880-01")])
    assert record.get_linked_field(field) is record.get_fields("880")[1]


def test_pairs() -> None:
    record = Record(DATA)
    first, second, third, *_ = record.get_fields("880")
    assert record.get_field_pairs("100") == [(record["100"], second)]
    assert record.get_field_pairs("245") == [(record["245"], first)]
    assert record.get_field_pairs("246") == [(record["246"], None)]
    names = record.get_fields("700")
    assert record.get_field_pairs("700") == [
        (names[0], third),
        (names[1], None),
        (names[2], None),
        (names[3], None),
    ]
    assert [other for _, other in record.get_field_pairs("880")] == [
        record["245"],
        record["100"],
        names[0],
        None,
        None,
        None,
    ]
    assert record.get_field_pairs("999") == record.get_field_pairs("001")[1:] == []


def test_pymarc_s_own_way_stays() -> None:
    record, theirs = Record(DATA), pymarc.Record(DATA)
    for mine, other in zip(record.fields, theirs.fields, strict=True):
        try:
            expected = [theirs.fields.index(field) for field in theirs.get_linked_fields(other)]
        except (pymarc.exceptions.MissingLinkedFields, IndexError) as error:
            if isinstance(error, IndexError):  # a $6 without a hyphen
                continue
            with pytest.raises(MissingLinkedFields):
                record.get_linked_fields(mine)
        else:
            found = record.get_linked_fields(mine)
            assert [record.fields.index(field) for field in found] == expected


_sixes = st.builds(
    lambda tag, number, rest: f"{tag}-{number}{rest}",
    st.sampled_from(["880", "245", "100"]),
    st.sampled_from(["00", "01", "02", "1"]),
    st.sampled_from(["", "/$1", "/(2/r"]),
)
_fields = st.builds(
    lambda tag, six: make.data_field(tag, "  ", *([("6", six)] if six else []), ("a", "x")),
    st.sampled_from(["880", "245", "100"]),
    st.one_of(st.none(), _sixes),
)


@given(st.lists(_fields, min_size=1, max_size=8))
def test_pairs_are_links(fields: list[make.FieldBytes]) -> None:
    record = Record(make.iso2709(fields))
    for tag in ("245", "100", "880"):
        pairs = record.get_field_pairs(tag)
        assert [field for field, _ in pairs] == record.get_fields(tag)
        for field, other in pairs:
            assert other is record.get_linked_field(field)
            if other is None:
                continue
            here, there = Linkage.of(field), Linkage.of(other)
            assert here is not None and there is not None
            assert here.occurrence == there.occurrence != 0
            assert (field.tag == "880") is (other.tag != "880")
