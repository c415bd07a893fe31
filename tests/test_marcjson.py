# SPDX-License-Identifier: MIT
"""JSONHandler and parse_json_to_array, beside pymarc's."""

import io
import json
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given, settings
from side_by_side import shape
from test_text_readers import COMMON, ODD, ONE, TWO, data, document

import mrrc
from mrrc.marcjson import JSONHandler, parse_json_to_array


@pytest.mark.parametrize("name", [*COMMON, *ODD])
def test_what_pymarc_makes_of_it(name: str) -> None:
    content = {**COMMON, **ODD}[name]
    if name == "two codes in one object":
        return  # pymarc keeps the last: test_nothing_is_dropped
    theirs = list(map(shape, pymarc.JSONHandler().elements(json.loads(json.dumps(content)))))
    assert list(map(shape, JSONHandler().elements(content))) == theirs
    assert list(map(shape, parse_json_to_array(json.dumps(content)))) == theirs
    assert list(map(shape, pymarc.parse_json_to_array(json.dumps(content)))) == theirs


def test_nothing_is_dropped() -> None:
    """pymarc keeps the last of several fields or codes in one object, and takes them out of it."""
    content = document({"245": data({"a": "x", "b": "y"}), "500": data({"a": "z"})})
    before = json.dumps(content)
    for records in (JSONHandler().elements(content), parse_json_to_array(before)):
        (record,) = records
        assert str(record).splitlines()[1:] == ["=245  1\\$ax$by", "=500  1\\$az"]
    assert json.dumps(content) == before


@given(make.utf8_records())
@settings(max_examples=100, deadline=None)
def test_a_record_comes_back(chunk: bytes) -> None:
    record = mrrc.Record(chunk)
    text = record.as_json()
    assert text == pymarc.Record(chunk).as_json()
    (again,) = parse_json_to_array(text)
    assert shape(again) == shape(record)
    (again,) = JSONHandler().elements(record.as_dict())
    assert shape(again) == shape(record)


def test_process_record() -> None:
    class Mine(JSONHandler):
        def process_record(self, record: mrrc.Record) -> None:
            seen.append(record)

    seen: list[mrrc.Record] = []
    assert Mine().elements([ONE, TWO]) == []
    assert [record["001"].data for record in seen] == ["x1", "x2"]


def test_element_overridden() -> None:
    """Each part goes by the method that a subclass may have."""
    for package in (mrrc, pymarc):
        names: list[Any] = []

        class Mine(package.JSONHandler):  # type: ignore[name-defined,misc]
            def element(self, element_dict: Any, name: Any = None, names: Any = names) -> None:
                names.append(name)
                super().element(element_dict, name)

        Mine().elements(json.loads(json.dumps(ONE)))
        assert names == [None, "leader", "fields", "subfields"]


def test_errors_are_pymarcs() -> None:
    for content in ([ONE, {}], {"leader": 24 * " "}, [document(leader="x")], document({"245": {}})):
        with pytest.raises(Exception) as theirs:
            pymarc.JSONHandler().elements(json.loads(json.dumps(content)))
        with pytest.raises(Exception) as ours:
            JSONHandler().elements(content)
        if isinstance(theirs.value, pymarc.exceptions.PymarcException):
            assert type(ours.value) is mrrc.RecordLeaderInvalid
        else:
            assert type(ours.value) is type(theirs.value)


def test_errors_know_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ONE, {}]))
    with pytest.raises(KeyError) as caught:
        parse_json_to_array(path)
    assert isinstance(caught.value, mrrc.JsonError)
    assert (caught.value.source, caught.value.record_index) == (str(path), 2)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ONE, TWO]))
    for target in (str(path), path, path.read_text(), path.read_bytes()):
        assert len(parse_json_to_array(target)) == 2
    for file in (path.open("rb"), path.open(), io.StringIO(path.read_text())):
        assert len(parse_json_to_array(file)) == 2
        assert not file.closed
        file.close()


@pytest.mark.shared
def test_library_of_congress(loc_books: Path) -> None:
    records = list(mrrc.MARCReader(loc_books))
    theirs = [record.as_json() for record in pymarc.MARCReader(loc_books.read_bytes()) if record]
    texts = [record.as_json() for record in records if record]
    assert texts == theirs
    again = parse_json_to_array(f"[{','.join(texts)}]")
    assert list(map(shape, again)) == list(map(shape, records))
