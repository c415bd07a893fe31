# SPDX-License-Identifier: MIT
"""Fields in another script, and what their $6 says."""

import pytest

from mrrc import Field, Linkage, Subfield


@pytest.mark.parametrize(
    ("text", "linkage"),
    [
        ("880-01", Linkage("880", 1)),
        ("245-12/$1", Linkage("245", 12, "$1")),
        ("100-01/(2/r", Linkage("100", 1, "(2", True)),
        ("100-01/Hebr/r", Linkage("100", 1, "Hebr", True)),
        ("100-01/r", Linkage("100", 1, None, True)),
        ("100-01//r", Linkage("100", 1, None, True)),
        ("100-01/(3/x", Linkage("100", 1, "(3", False)),
        ("245-00", Linkage("245", 0)),
        ("880-001", Linkage("880", 1)),
        (" 880-1 ", Linkage("880", 1)),
        ("880", None),
        ("880-", None),
        ("880-x1", None),
        ("88-01", None),
        ("8800-01", None),
        ("880-0001", None),
        ("880-٠١", None),
        ("880-01/(2/r/x", None),
        ("", None),
    ],
)
def test_parse(text: str, linkage: Linkage | None) -> None:
    assert Linkage.parse(text) == linkage
    assert Linkage.of(Field("880", subfields=[Subfield("6", text)])) == linkage


def test_of_fields_without() -> None:
    assert Linkage.of(Field("001", data="880-01")) is None
    assert Linkage.of(Field("245", subfields=[Subfield("a", "880-01")])) is None
