# SPDX-License-Identifier: MIT
"""Holdings records: locations, captions, enumerations and statements."""

import pytest
import records as make

from mrrc import Field, HoldingsMARCReader, HoldingsRecord

PARTS = {
    "852": "locations",
    "853": "captions_basic",
    "854": "captions_supplements",
    "855": "captions_indexes",
    "863": "enumeration_basic",
    "864": "enumeration_supplements",
    "865": "enumeration_indexes",
    "866": "textual_holdings_basic",
    "867": "textual_holdings_supplements",
    "868": "textual_holdings_indexes",
}
DATA = make.iso2709(
    [
        make.control_field("001", "h1"),
        *(
            make.data_field(tag, "  ", ("8", "1"), ("a", f"{tag}.{n}"))
            for tag in PARTS
            for n in "12"
        ),
        make.data_field("866", "  ", ("a", "v. 1-8"), ("x", "ours"), ("z", "complete")),
        make.data_field("876", "  ", ("a", "item")),
    ],
    kind="y ",
)


@pytest.mark.parametrize(("tag", "name"), PARTS.items())
def test_fields_by_what_they_are_for(tag: str, name: str) -> None:
    record = next(HoldingsMARCReader(DATA))
    assert record is not None
    found: list[Field] = getattr(record, name)()
    assert [field["a"] for field in found][:2] == [f"{tag}.1", f"{tag}.2"]
    assert len(found) == (3 if tag == "866" else 2)
    assert all(field is one for field, one in zip(found, record.get_fields(tag), strict=True))
    assert getattr(HoldingsRecord(), name)() == []


def test_for_people() -> None:
    record = HoldingsRecord(DATA)
    assert repr(record) == "<HoldingsRecord type=y locations=2>"
    assert record.summary().splitlines() == [
        "852.1",
        "852.2",
        "Holdings: 866.1",
        "Holdings: 866.2",
        "Holdings: v. 1-8 complete",
        "Supplements: 867.1",
        "Supplements: 867.2",
        "Indexes: 868.1",
        "Indexes: 868.2",
    ]
    assert HoldingsRecord().summary() == ""
    assert [field["a"] for field in record.get_fields("876")] == ["item"]
