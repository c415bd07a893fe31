# SPDX-License-Identifier: MIT
"""The constants are pymarc's: names, values and nothing more."""

import pymarc.constants
import pytest

from mrrc import constants

NAMES = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "SUBFIELD_INDICATOR",
]


@pytest.mark.parametrize("name", NAMES)
def test_value(name: str) -> None:
    ours, theirs = getattr(constants, name), getattr(pymarc.constants, name)
    assert ours == theirs
    assert type(ours) is type(theirs)


def test_nothing_else() -> None:
    assert [name for name in dir(constants) if name.isupper()] == NAMES
