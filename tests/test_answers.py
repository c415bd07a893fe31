# SPDX-License-Identifier: MIT
"""What a record answers to queries, apart from what they ask: test_field_query.py has that."""

import subprocess
import sys

import pytest

from mrrc import FieldQuery, Record, SubfieldValueQuery, TagRangeQuery


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("fields_matching", "FieldQuery"),
        ("fields_matching_range", "TagRangeQuery"),
        ("fields_matching_pattern", "SubfieldPatternQuery"),
        ("fields_matching_value", "SubfieldValueQuery"),
    ],
)
def test_each_method_has_its_kind_of_query(method: str, kind: str) -> None:
    for query in (FieldQuery(), TagRangeQuery("1", "2"), SubfieldValueQuery("1", "a", ""), None):
        if type(query).__name__ != kind:
            with pytest.raises(TypeError, match=f"the query is a {kind}, not "):
                getattr(Record(), method)(query)


def test_queries_are_imported_when_one_is_asked() -> None:
    program = (
        "import sys; from mrrc import Record; assert 'mrrc.field_query' not in sys.modules; "
        "assert 'dataclasses' not in sys.modules; Record().fields_in_range('1', '2')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
