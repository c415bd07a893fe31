# SPDX-License-Identifier: MIT
"""Errors of XML and JSON answer to what programs ask those of the standard library."""

import copy
import json
import pickle
from typing import Any
from xml.sax import SAXParseException

import pytest

from mrrc import JsonError, XmlError
from mrrc.parse_errors import JsonPlaced, SaxPlaced

PLACE: dict[str, Any] = {"source": "x.xml", "line": 3, "column": 7, "byte_offset": 40}


def test_an_xml_error_is_that_of_sax() -> None:
    with pytest.raises(SAXParseException) as caught:
        raise XmlError(message="not well-formed", **PLACE)
    error = caught.value
    assert isinstance(error, SaxPlaced)
    assert error.getMessage() == "not well-formed"
    assert (error.getSystemId(), error.getPublicId()) == ("x.xml", None)
    assert (error.getLineNumber(), error.getColumnNumber()) == (3, 6)
    assert error.getException() is None


def test_a_json_error_is_that_of_json() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        raise JsonError(message="no value", **PLACE)
    error = caught.value
    assert isinstance(error, JsonPlaced)
    assert (error.msg, error.doc) == ("no value", "")
    assert (error.lineno, error.colno, error.pos) == (3, 7, 40)


def test_without_a_place() -> None:
    xml, parse = XmlError(), JsonError()
    assert (xml.getMessage(), xml.getLineNumber(), xml.getColumnNumber()) == (
        "XML parse error",
        None,
        None,
    )
    assert (parse.msg, parse.lineno, parse.colno, parse.pos) == ("JSON parse error", 1, 1, 0)
    assert XmlError("own words").getMessage() == JsonError("own words").msg == "own words"


@pytest.mark.parametrize("kind", [XmlError, JsonError])
def test_copies_and_pickles_keep_everything(kind: type[XmlError] | type[JsonError]) -> None:
    error = kind("own words", message="not well-formed", **PLACE)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(again), again.args) == (kind, ("own words",))
        assert str(again) == str(error)
        assert (again.line, again.column, again.message) == (3, 7, "not well-formed")
