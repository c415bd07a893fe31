# SPDX-License-Identifier: MIT
"""Text in XML that Python writes: what reads back, and what is replaced and said."""

import sys
import warnings
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrrc import RepairWarning
from mrrc.xml_text import CARRIAGE_RETURN, escaped, replaced


@given(st.text())
def test_whatever_it_is_it_is_well_formed(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RepairWarning)
        xml, fit = f"<a>{escaped(text)}</a>", replaced(text)
    assert (ElementTree.fromstring(xml).text or "") == fit
    assert len(fit) == len(text)


def test_exactly_what_xml_has_no_place_for_is_replaced() -> None:
    """XML 1.0, production 2."""
    possible = [
        *(0x9, 0xA, 0xD),
        *range(0x20, 0xD800),
        *range(0xE000, 0xFFFE),
        *range(0x10000, sys.maxunicode + 1),
    ]
    whole = "".join(map(chr, possible))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replaced(whole) == whole
    for number in set(range(sys.maxunicode + 1)).difference(possible):
        with pytest.warns(RepairWarning, match=f"U\\+{number:04X}: it was replaced"):
            assert replaced(f"a{chr(number)}b") == "a\ufffdb"


def test_each_is_said_to_who_called_the_package() -> None:
    with pytest.warns(RepairWarning) as caught:
        assert escaped("\a<\b") == "\ufffd&lt;\ufffd"
    assert [str(each.message).partition(":")[0][-6:] for each in caught] == ["U+0007", "U+0008"]
    assert {each.filename for each in caught} == {__file__}


def test_a_carriage_return_stays_one() -> None:
    assert escaped("a\r\n") == f"a{CARRIAGE_RETURN}\n"
    assert replaced("a\r\n") == "a\r\n"
