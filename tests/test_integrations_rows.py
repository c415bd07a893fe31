# SPDX-License-Identifier: MIT
"""Records as rows."""

from typing import Any

import pytest
import records as make

import mrrc
from mrrc.integrations.rows import NAMES, arrow_batches, arrow_schema, records_of, row_of

GOOD = [make.sample(number) for number in range(2_500)]
FILE = b"".join(GOOD)
#: No base address.
BAD = GOOD[1][:12] + b"00000" + b"x" * (len(GOOD[1]) - 18) + b"\x1d"


def test_a_row() -> None:
    record = mrrc.Record(GOOD[3])
    row = row_of(record)
    assert tuple(row) == NAMES
    assert row["raw"] == GOOD[3]
    assert row["leader"] == str(mrrc.Record(GOOD[3]).leader)
    assert row["control_number"] == "smpl00000003"
    assert len(row["fields"]) == len(record.fields)
    assert row["fields"][0] == {
        "tag": "001",
        "ind1": None,
        "ind2": None,
        "data": "smpl00000003",
        "subfields": None,
    }
    (title,) = (each for each in row["fields"] if each["tag"] == "245")
    assert (title["ind1"], title["ind2"], title["data"]) == ("1", "0", None)
    assert title["subfields"][1] == {"code": "a", "value": "Main title :"}
    assert row_of(mrrc.Record())["control_number"] is None


@pytest.mark.parametrize("mode", [None, "strict", "lenient"])
def test_what_cannot_be_read(mode: Any) -> None:
    (one,) = mrrc.split(GOOD[0] + BAD + GOOD[2], parts=1)
    with pytest.raises(mrrc.BaseAddressNotFound):
        list(records_of(one, recovery_mode=mode))
    found = [record["001"].data for record in records_of(one, "skip", recovery_mode=mode)]
    assert found == ["smpl00000000", "smpl00000002"]
    with pytest.raises(ValueError, match="on_error"):
        list(records_of(one, "shout"))


def test_arrow() -> None:
    pytest.importorskip("pyarrow")
    (one,) = mrrc.split(FILE, parts=1)
    batches = list(arrow_batches(one))
    assert [batch.num_rows for batch in batches] == [1000, 1000, 500]
    assert all(batch.schema == arrow_schema() for batch in batches)
    assert b"".join(row["raw"] for batch in batches for row in batch.to_pylist()) == FILE
    assert batches[0].to_pylist()[3] == row_of(mrrc.Record(GOOD[3]))
