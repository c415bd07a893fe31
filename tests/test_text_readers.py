# SPDX-License-Identifier: MIT
"""JSONReader beside pymarc's: the same records, and the same kinds of error in the same order."""

import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import Raised, shape

import mrrc
from mrrc.text_readers import JSONReader

LEADER = "00000nam a2200000   4500"


def document(*fields: Any, leader: Any = LEADER) -> dict[str, Any]:
    return {"leader": leader, "fields": list(fields)}


def data(*subfields: Any, **changes: Any) -> dict[str, Any]:
    return {"ind1": "1", "ind2": " ", "subfields": list(subfields), **changes}


ONE = document({"001": "x1"}, {"245": data({"a": "Título"}, {"c": "日本"}, {"a": "𝄞"})})
TWO = document({"001": "x2"}, {"500": data()}, {"CAT": data({"a": "1"})})


def outcome(package: Any, target: Any) -> list[Any]:
    """The records of a reader up to its end or its first error, and that error."""
    found: list[Any] = []
    try:
        found.extend(shape(record) for record in package.JSONReader(target))
    except Exception as error:
        found.append(Raised(error))
    return found


def same(text: str) -> list[Any]:
    ours = outcome(mrrc, text)
    theirs = outcome(pymarc, text)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        if not isinstance(other, Raised):
            assert mine == other
        elif not isinstance(mine, Raised):
            raise AssertionError(f"pymarc raises {other}, ours gives {mine}")
        elif type(other.error).__module__.startswith("pymarc"):
            assert isinstance(mine.error, getattr(mrrc, type(other.error).__name__))
        else:
            assert isinstance(mine.error, type(other.error))
    return ours


# What pymarc reads ---------------------------------------------------------------

COMMON = {
    "a list": [ONE, TWO],
    "one record": ONE,
    "no record": [],
    "no field": document(),
}

# C leaves these to pymarc's rules.
ODD = {
    "a number in a subfield": [ONE, document({"245": data({"a": 5})})],
    "a list in a control field": [document({"001": ["a"]})],
    "a structural character": [document({"001": "a\x1eb"}, {"245": data({"a": "\x1f\x1d"})})],
    "a code of two letters": [document({"245": data({"ab": "x"})}), TWO],
    "an empty code": [document({"245": data({"": "x"})})],
    "two codes in one object": [document({"245": data({"a": "x", "b": "y"})})],
    "an indicator of two letters": [document({"245": data({"a": "x"}, ind1="12")})],
    "an indicator that is a number": [document({"245": data({"a": "x"}, ind1=1)})],
    "a tag of two digits": [document({"42": data({"a": "x"})}, {"1": "x"})],
    "a tag of four letters": [document({"2455": data({"a": "x"})})],
    "a tag of another script": [document({"é45": data({"a": "x"})})],
    "a surrogate": [document({"245": data({"a": "\ud800"})})],
    "a leader of another script": [document(leader="é" * 24)],
    "other keys": [{**ONE, "more": 1}, document({"245": data({"a": "x"}, ind3="1")})],
    "subfields that are an object": [document({"245": data({"a": "x"}, subfields={})})],
}

NO_RECORDS = {
    "null in a control field": [ONE, document({"001": None})],
    "a number in a control field": [document({"001": 5})],
    "a number in a data field": [document({"245": 5})],
    "a number": 5,
    "text": "abc",
    "null": None,
    "a list of numbers": [ONE, 5],
    "a short leader behind a record": [ONE, document(leader="short"), TWO],
    "no leader": [ONE, {"fields": []}],
    "no fields": [ONE, {"leader": LEADER}],
    "fields that are null": [{"leader": LEADER, "fields": None}],
    "a field that is text": [document("001")],
    "subfields that are null": [document({"245": data(subfields=None)})],
    "a subfield that is text": [document({"245": data("a")})],
    "a leader that is a number": [document(leader=5)],
}


@pytest.mark.parametrize("name", [*COMMON, *ODD, *NO_RECORDS])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_what_pymarc_makes_of_it(name: str, ascii_only: bool) -> None:
    content = {**COMMON, **ODD, **NO_RECORDS}[name]
    same(json.dumps(content, ensure_ascii=ascii_only))


@pytest.mark.parametrize(
    "text", ["", " ", "[", "{", '{"leader"', "[1,]", "nothing.json", "{} x", '["\\x"]', "[NaN]"]
)
def test_what_is_no_json(text: str) -> None:
    same(text)


def test_raw_control_characters_in_text() -> None:
    same(json.dumps([ONE]).replace("x1", "x\t\n1"))


@given(st.lists(make.utf8_records(), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_generated_records(chunks: list[bytes]) -> None:
    records = [pymarc.Record(chunk).as_dict() for chunk in chunks]
    for indent in (None, 2):
        assert same(json.dumps(records, indent=indent, ensure_ascii=False))
    # C has no place for U+0000
    by_c = mrrc.JSONReader(json.dumps(records)).read_all() is not None
    assert by_c != any(b"\0" in chunk for chunk in chunks)


@given(st.integers(0, 400), st.sampled_from(['"', "{", "}", "[", "]", ",", ":", "\\", "x", ""]))
@settings(max_examples=200, deadline=None)
def test_damaged_documents(place: int, put: str) -> None:
    text = json.dumps([ONE, TWO])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mrrc.exceptions.RepairWarning)
        damaged = text[:place] + put + text[place + 1 :]
        theirs = outcome(pymarc, damaged)
        ours = outcome(mrrc, damaged)
    # what pymarc refuses may be read, and what it reads has to be
    readable = [one for one in theirs if not isinstance(one, Raised)]
    assert len(ours) >= len(readable)


# What pymarc loses or refuses ----------------------------------------------------


def test_two_fields_in_one_object() -> None:
    """pymarc takes the first and drops the others."""
    for more in ({}, {"another": 1}):
        text = json.dumps(
            [{**document({"245": data({"a": "x"}), "500": data({"a": "y"})}), **more}]
        )
        (record,) = mrrc.JSONReader(text)
        assert [field.tag for field in record.fields] == ["245", "500"]


@pytest.mark.parametrize("more", [{}, {"another": 1}])
def test_indicators_that_are_missing_or_empty(more: dict[str, Any]) -> None:
    field = {"ind2": "", "subfields": [{"a": "x"}]}
    (record,) = mrrc.JSONReader(json.dumps([{**document({"245": field}), **more}]))
    assert record["245"].indicators == (" ", " ")


def test_a_field_whose_tag_does_not_suit_it() -> None:
    """pymarc makes empty fields of them."""
    text = json.dumps([document({"245": "Title"}, {"001": data({"a": "x"}, {"b": "y"})})])
    with pytest.warns(mrrc.exceptions.RepairWarning) as caught:
        (record,) = mrrc.JSONReader(text)
    assert [str(warning.message)[:11] for warning in caught] == ["[field 245]", "[field 001]"]
    assert record["245"].subfields == [("a", "Title")]
    assert record["001"].data == "x y"
    with pytest.warns(mrrc.exceptions.RepairWarning):
        (record,) = mrrc.JSONReader(json.dumps([document({"245": []})]))
    assert record["245"].subfields == []


def test_a_key_that_stands_twice() -> None:
    """The last value counts, as with pymarc, but not in silence."""
    text = json.dumps([ONE]).replace('"ind1": "1"', '"ind1": "1", "ind1": "2"')
    with pytest.warns(mrrc.exceptions.RepairWarning, match="'ind1' stands twice"):
        (record,) = mrrc.JSONReader(text)
    assert record["245"].indicator1 == "2"


def test_lines_of_records() -> None:
    text = "\n".join(map(json.dumps, [ONE, TWO, ONE])) + "\n"
    assert [record["001"].data for record in mrrc.JSONReader(text) if "001" in record] == [
        "x1",
        "x2",
        "x1",
    ]


# Errors know their place ----------------------------------------------------------


def test_the_place_of_what_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{\n "é": x}', encoding="utf-8")
    with pytest.raises(mrrc.JsonError) as caught:
        JSONReader(path)
    error = caught.value
    assert isinstance(error, json.JSONDecodeError)
    assert (error.source, error.line, error.column, error.byte_offset) == (str(path), 2, 8, 9)


def test_the_place_of_what_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ONE, {"fields": []}]))
    with JSONReader(path) as reader:
        assert next(reader)["001"].data == "x1"
        with pytest.raises(KeyError) as caught:
            next(reader)
    assert isinstance(caught.value, mrrc.JsonError)
    assert (caught.value.source, caught.value.record_index) == (str(path), 2)


def test_nested_too_deeply() -> None:
    with pytest.raises(mrrc.JsonError, match="deep"):
        JSONReader("[" * 100_000)


# Targets ------------------------------------------------------------------------------


class Readable:
    """The least that can be read."""

    def read(self) -> str:
        return json.dumps([ONE, TWO])


TARGETS: list[Callable[[Path], Any]] = [
    str,
    lambda path: path,
    lambda path: path.open("rb"),
    lambda path: path.open(encoding="utf-8"),
    lambda path: path.read_text(encoding="utf-8"),
    lambda path: path.read_bytes(),
    lambda path: bytearray(path.read_bytes()),
    lambda path: io.BytesIO(path.read_bytes()),
    lambda path: io.StringIO(path.read_text(encoding="utf-8")),
    lambda path: io.BytesIO(path.read_bytes().decode().encode("utf-8-sig")),
    lambda path: io.BytesIO(path.read_bytes().decode().encode("utf-16")),
    lambda path: Readable(),
]


@pytest.mark.parametrize("number", range(len(TARGETS)))
def test_targets(number: int, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ONE, TWO], ensure_ascii=False), encoding="utf-8")
    target = TARGETS[number](path)
    reader = JSONReader(target)
    assert [record["001"].data for record in reader] == ["x1", "x2"]
    if hasattr(target, "close"):
        assert not target.closed
        assert reader.file_handle is target
    if hasattr(reader.file_handle, "close"):
        reader.close()
        assert reader.file_handle.closed


def test_other_targets(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        JSONReader(5)
    with pytest.raises(FileNotFoundError):
        JSONReader(tmp_path / "none.json")
    with pytest.raises(IsADirectoryError):
        JSONReader(tmp_path)


def test_other_encodings() -> None:
    latin = json.dumps([ONE], ensure_ascii=False).replace("日本", "").replace("𝄞", "")
    with pytest.raises(UnicodeDecodeError) as caught:
        JSONReader(latin.encode("latin-1"))
    assert isinstance(caught.value, mrrc.EncodingError)
    assert caught.value.byte_offset == latin.index("í")
    (record,) = JSONReader(latin.encode("latin-1"), encoding="latin-1")
    assert record["245"]["a"] == "Título"


def test_stream_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for package in (mrrc, pymarc):
        assert len(list(package.JSONReader(json.dumps([ONE]), stream=True))) == 1
        said.append(capsys.readouterr().err)
    assert said[0] == said[1] != ""


# The reader itself --------------------------------------------------------------------


def test_every_walk_begins_at_the_first_record() -> None:
    for package in (mrrc, pymarc):
        reader = package.JSONReader(json.dumps([ONE, TWO]))
        first = list(reader)
        again = list(reader)
        assert list(map(shape, first)) == list(map(shape, again))
        assert first[0] is not again[0]
        assert len(first) == 2


def test_next_without_a_loop() -> None:
    reader = JSONReader(json.dumps([ONE, TWO]))
    assert [next(reader)["001"].data, next(reader)["001"].data] == ["x1", "x2"]
    with pytest.raises(StopIteration):
        next(reader)


def test_records_are_the_documents_objects() -> None:
    for package in (mrrc, pymarc):
        reader = package.JSONReader(json.dumps([ONE, TWO]))
        assert reader.records == [ONE, TWO]
        del reader.records[0]
        assert [record["001"].data for record in reader] == ["x2"]
        reader.records = ONE
        assert [record["001"].data for record in reader] == ["x1"]
        assert reader.encoding == "utf-8"


def test_it_is_a_reader() -> None:
    assert isinstance(JSONReader("[]"), mrrc.Reader)
    assert mrrc.reader.JSONReader is JSONReader is mrrc.JSONReader


def test_records_of_c_know_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    text = json.dumps([ONE, TWO])
    path.write_text(text)
    with JSONReader(path) as reader:
        places = [record._place() for record in reader]
    assert places == [(str(path), 1, 1), (str(path), 2, text.rindex('{"leader"'))]
