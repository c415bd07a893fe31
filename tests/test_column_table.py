# SPDX-License-Identifier: MIT
"""Records as columns: values against those of Record, shapes, chunks, faults, sources."""

import gc
import io
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, sample_records, with_bad
from hypothesis import given
from hypothesis import strategies as st

import mrrc

SELECTORS = {
    "id": "001",
    "lang": "008/35-37",
    "title": "245$a",
    "subject": "650$a",
    "kind": "LDR/6",
}


def sample() -> list[mrrc.Record]:
    with mrrc.MARCReader(SAMPLE) as reader:
        return [record for record in reader if record is not None]


def values(record: mrrc.Record, tag: str, code: str) -> list[str]:
    return [one for field in record.get_fields(tag) for one in field.get_subfields(code)]


def expected() -> list[dict[str, Any]]:
    return [
        {
            "id": record["001"].data,
            "lang": record["008"].data[35:38],
            "title": values(record, "245", "a")[0],
            "subject": values(record, "650", "a"),
            "kind": str(record.leader)[6],
        }
        for record in sample()
    ]


def test_values_are_those_of_the_records() -> None:
    table = mrrc.columns(SAMPLE, SELECTORS)
    assert table.names == list(SELECTORS)
    assert table.to_pylist() == expected()
    assert table.to_pydict() == {name: [row[name] for row in expected()] for name in SELECTORS}
    assert (table.errors, table.left_out, table.warnings) == ([], {}, ())


def test_selectors_name_themselves() -> None:
    assert mrrc.columns(SAMPLE, ["001"], limit=1).to_pylist() == [{"001": expected()[0]["id"]}]


@pytest.mark.parametrize("rows", [1, 4, 21, 100])
def test_chunks(rows: int) -> None:
    chunks = list(mrrc.columns(SAMPLE, SELECTORS, batch_rows=rows))
    assert [len(chunk) for chunk in chunks[:-1]] == [rows] * (len(chunks) - 1)
    assert sum(map(len, chunks)) == 21
    assert [row for chunk in chunks for row in chunk.to_pylist()] == expected()
    assert chunks[0].names == list(SELECTORS)


def test_where_skip_and_limit() -> None:
    rows = [row for row in expected() if row["lang"] == "eng"]
    table = mrrc.columns(SAMPLE, SELECTORS, "008/35-37 == 'eng'", skip=2, limit=3)
    assert table.to_pylist() == rows[2:5]
    assert mrrc.columns(SAMPLE, SELECTORS, mrrc.Filter("001 == 'none'")).to_pylist() == []


def test_lists_may_be_chosen() -> None:
    def kinds(lists: Any) -> list[bool]:
        (row,) = mrrc.columns(SAMPLE, SELECTORS, lists=lists, limit=1).to_pylist()
        return [isinstance(value, list) for value in row.values()]

    assert kinds(None) == [False, False, False, True, False]
    assert kinds(True) == [True] * 5
    assert kinds(False) == [False] * 5
    assert kinds(["id", "title"]) == [True, False, True, False, False]
    table = mrrc.columns(SAMPLE, SELECTORS, lists=False)
    rows = table.to_pylist()
    assert [row["subject"] for row in rows] == [
        row["subject"][0] if row["subject"] else None for row in expected()
    ]
    left = sum(max(len(row["subject"]) - 1, 0) for row in expected())
    assert table.left_out == {"subject": left}


def test_a_rule_that_is_broken_is_told_of() -> None:
    fields = [make.data_field("245", "00", ("a", "one"), ("a", "two"))]
    table = mrrc.columns(make.iso2709(fields), {"title": "245$a"})
    with pytest.warns(mrrc.RepairWarning, match="'title' is without 1 values"):
        assert table.to_pylist() == [{"title": "one"}]
    assert table.left_out == {"title": 1}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mrrc.columns(make.iso2709(fields), {"t": "245$a"}, lists=False).to_pylist()


def test_the_long_shape_has_everything() -> None:
    rows = []
    for number, record in enumerate(sample(), 1):
        seen: dict[str, int] = {}
        rows.append((number, "LDR", 1, None, None, None, str(record.leader)))
        for field in record.fields:
            seen[field.tag] = seen.get(field.tag, 0) + 1
            place = (number, field.tag, seen[field.tag])
            if field.control_field:
                rows.append((*place, None, None, None, field.data))
            else:
                rows += [
                    (*place, *field.indicators, code, value) for code, value in field.subfields
                ]
    table = mrrc.columns(SAMPLE, shape="long", batch_rows=100)
    # leader/00-04 and 12-16 are as they were read
    found = [tuple(row.values()) for row in table.to_pylist()]
    assert found == rows
    assert table.names == ["record", "tag", "occurrence", "ind1", "ind2", "code", "value"]


def test_the_long_shape_of_selectors() -> None:
    table = mrrc.columns(SAMPLE, {"s": "650$a", "id": "001"}, "650[1]$a", shape="long")
    rows = table.to_pylist()
    assert [row["value"] for row in rows if row["column"] == "s"] == [
        value for row in expected() if len(row["subject"]) > 1 for value in row["subject"]
    ]
    numbers = [n for n, record in enumerate(sample(), 1) if len(record.get_fields("650")) > 1]
    assert [row["record"] for row in rows if row["column"] == "id"] == numbers
    assert {row["occurrence"] for row in rows if row["column"] == "s"} > {1, 2}


@pytest.mark.parametrize("format", ["marcxml", "json", "marcjson", "jsonl", "mrk", "line"])
def test_every_format_gives_the_same(format: str, tmp_path: Path) -> None:
    target = tmp_path / f"x.{format}"
    mrrc.convert(SAMPLE, target, target_format=format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = mrrc.columns(target, SELECTORS, format=format).to_pylist()
    assert [row["title"] for row in found] == [row["title"] for row in expected()]
    assert [row["subject"] for row in found] == [row["subject"] for row in expected()]


def test_sources(tmp_path: Path) -> None:
    data = SAMPLE.read_bytes()
    again = mrrc.columns(data, SELECTORS)
    assert again.to_pylist() == again.to_pylist() == expected()
    once = mrrc.columns(io.BytesIO(data), SELECTORS)
    assert once.to_pylist() == expected()
    with pytest.raises(ValueError, match="cannot be read again"):
        once.to_pylist()
    missing = mrrc.columns(tmp_path / "none.mrc", SELECTORS)
    with pytest.raises(FileNotFoundError):
        missing.to_pylist()


def test_records_out_of_the_ordinary_are_in_their_places() -> None:
    """C leaves a record with a bad directory to Python, which reads it as pymarc does."""
    good = make.iso2709(
        [make.control_field("001", "good"), make.data_field("245", "00", ("a", "x"))]
    )
    odd = make.iso2709([make.control_field("001", "odd"), make.data_field("245", "0", ("a", "y"))])
    table = mrrc.columns(good + odd + good, {"id": "001", "t": "245$a"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [row["id"] for row in table.to_pylist()] == ["good", "odd", "good"]
        assert [
            row["record"]
            for row in mrrc.columns(good + odd + good, ["001"], shape="long").to_pylist()
        ] == [1, 2, 3]


def test_what_is_before_a_fault_comes_first() -> None:
    data = with_bad(sample_records(), 10)
    table = mrrc.columns(data, SELECTORS)
    found = []
    with pytest.raises(mrrc.MrrcException):
        for chunk in table:
            found += chunk.to_pylist()
    assert found == expected()[:9]
    with pytest.raises(mrrc.MrrcException):
        table.to_pydict()
    with pytest.raises(mrrc.MrrcException):
        table.__arrow_c_stream__()


@pytest.mark.parametrize("mode", ["lenient", "permissive"])
def test_modes_keep_errors(mode: str) -> None:
    data = with_bad(sample_records(), 10)
    table = mrrc.columns(data, SELECTORS, recovery_mode=mode)
    rows = table.to_pylist()
    assert [row["id"] for row in rows if row["id"] in {one["id"] for one in expected()}] == [
        row["id"] for row in rows
    ]
    assert table.errors
    assert all(isinstance(error, mrrc.MrrcException) for error in table.errors)
    told: list[mrrc.MrrcException] = []
    again = mrrc.columns(data, SELECTORS, recovery_mode=mode, on_error=told.append)
    assert again.to_pylist() == rows
    assert set(map(str, told)) <= set(map(str, again.errors))


def test_errors_are_told_to_who_asks() -> None:
    data = with_bad(sample_records(), 10)
    told: list[mrrc.MrrcException] = []
    table = mrrc.columns(data, ["001"], on_error=told.append)
    assert len(table.to_pylist()) > 0
    assert told and table.errors[: len(told)] == told


def test_a_batch() -> None:
    with mrrc.MARCReader(SAMPLE) as reader:
        batch = mrrc.RecordBatch(reader)
    table = batch.columns(SELECTORS)
    assert table.to_pylist() == table.to_pylist() == expected()
    assert pickle.loads(pickle.dumps(batch)).columns(SELECTORS).to_pylist() == expected()
    rows = batch.columns(SELECTORS, "650[1]$a").to_pylist()
    assert rows == [row for row in expected() if len(row["subject"]) > 1]
    long = batch.columns(["001"], shape="long").to_pylist()
    assert [row["record"] for row in long] == list(range(1, 22))
    assert mrrc.RecordBatch(()).columns(SELECTORS).to_pylist() == []


def test_a_batch_of_odd_records() -> None:
    odd = mrrc.Record(fields=[mrrc.Field("500", subfields=[mrrc.Subfield("ab", "x")])])
    batch = mrrc.RecordBatch([sample()[0], odd, sample()[1]])
    with pytest.warns(mrrc.RepairWarning):
        rows = batch.columns({"id": "001"}).to_pylist()
    assert [row["id"] for row in rows] == [expected()[0]["id"], None, expected()[1]["id"]]
    with pytest.raises(mrrc.WriteNeedsRecord):
        mrrc.RecordBatch([sample()[0], None]).columns(["001"]).to_pylist()
    with mrrc.MARCReader(SAMPLE, to_unicode=False) as reader:
        raw = mrrc.RecordBatch(reader)
    with pytest.raises(mrrc.WriterError, match="not decoded"):
        raw.columns(["001"]).to_pylist()


def test_what_is_no_text_is_not_handed_on() -> None:
    batch = mrrc.RecordBatch(sample()[:1])
    state = batch.__reduce_ex__(4)
    bad = state[1][0].replace(b"Keeping", b"K\xff\xfeping")
    forged = state[0](bad, *state[1][1:])
    with pytest.raises(UnicodeDecodeError):
        forged.columns(["245$a"]).to_pylist()


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((["245ab"],), mrrc.QueryError, "245ab"),
        ((["001", "650$a", "245ab"],), mrrc.QueryError, "  245ab\n     "),
        ((["001\n002"],), mrrc.QueryError, "one line"),
        (("245$a",), TypeError, "one text"),
        ((None,), ValueError, "shape has to be long"),
        (([],), ValueError, "no selectors"),
        (({"a": 1},), TypeError, "texts"),
        ((["001", "001"],), ValueError, "same name"),
        (({"a\0b": "001"},), ValueError, "NUL"),
        ((["001"], "245$a =="), mrrc.QueryError, ""),
    ],
)
def test_what_cannot_be_taken(arguments: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        mrrc.columns(SAMPLE, *arguments)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"shape": "tall"}, "wide, long"),
        ({"lists": ["x"]}, "no column 'x'"),
        ({"skip": -1}, "negative"),
        ({"limit": -1}, "negative"),
        ({"batch_rows": 0}, "at least one row"),
    ],
)
def test_options_that_cannot_be_taken(options: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        mrrc.columns(SAMPLE, ["001"], **options)


def test_warnings_of_selectors() -> None:
    (warning,) = mrrc.columns(SAMPLE, ["001", "245.a"]).warnings
    assert "245.a" in str(warning)


def test_capsules_that_nobody_takes() -> None:
    """They free what they hold, and so does a chunk that was not handed over."""
    table = mrrc.columns(SAMPLE, SELECTORS, batch_rows=5)
    for _ in range(3):
        table.__arrow_c_stream__()
        table.__arrow_c_schema__()
        for chunk in table:
            capsules = chunk.__arrow_c_array__()
            assert [type(each).__name__ for each in capsules] == ["PyCapsule"] * 2
            with pytest.raises(ValueError, match="handed over"):
                chunk.__arrow_c_array__()
            with pytest.raises(ValueError, match="handed over"):
                chunk.to_pydict()
        gc.collect()


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), max_size=40
)


@given(st.lists(st.lists(texts, max_size=4), max_size=6), st.integers(1, 4))
def test_any_text(found: list[list[str]], rows: int) -> None:
    data = b"".join(
        make.iso2709([make.data_field("500", "  ", *(("a", value) for value in each))])
        for each in found
    )
    table = mrrc.columns(data, {"x": "500$a"}, format="marc", batch_rows=rows)
    assert table.to_pydict() == {"x": found}
    first = mrrc.columns(data, {"x": "500$a"}, format="marc", lists=False)
    assert first.to_pydict() == {"x": [each[0] if each else None for each in found]}


# -- conditions in braces --

#: What stands before conditions, and conditions.
CHOSEN = ("020$a", "650$a", "650$a$x", "6XX$*", "245", "650[1]$a", "650$a[0]", "650^2")
CHOSEN += ("245/10$a", "650[#]$x/0")
HOLDING = (r"{$x}", r"{!$x}", r"{$a~\s}", r"{$a=\c|$x=\a}", r"{^2=\0}", r"{$x!=\a}")
HOLDING += (r"{$x}{$a!~\s}",)
FIXED = ("001", "008/35-37", "LDR/6")
ANYWHERE = (r"{LDR/6=\a}", r"{008/35-37=\eng}", r"{001~\1}", r"{650$x=\a}", r"{!650$a}", "{245^1}")
WITH_CONDITIONS = [
    chosen + holding
    for some, others in ((CHOSEN, HOLDING + ANYWHERE), (FIXED, ANYWHERE))
    for chosen in some
    for holding in others
]

texts = st.sampled_from(["a", "b c", "c", ""])
found_fields = st.lists(
    st.tuples(
        st.sampled_from(["020", "245", "650", "650", "651"]),
        st.sampled_from(["  ", " 0", "10"]),
        st.lists(st.tuples(st.sampled_from("axq"), texts), max_size=4),
    ),
    max_size=6,
)


def chosen_from(fields: Any) -> bytes:
    fixed = [make.control_field("001", "id1"), make.control_field("008", 35 * "x" + "eng d")]
    return make.iso2709([*fixed, *(make.data_field(tag, ind, *subs) for tag, ind, subs in fields)])


def in_table_queries(data: bytes, selector: str) -> list[str]:
    return [row[0] for row in mrrc.select(data, selector) if row[0]]


@given(found_fields, st.sampled_from(WITH_CONDITIONS))
def test_conditions_hold_where_they_do_in_table_queries(fields: Any, selector: str) -> None:
    data = chosen_from(fields)
    wide = mrrc.columns(data, [selector], lists=True).to_pydict()[selector][0]
    assert [value for value in wide if value] == in_table_queries(data, selector)
    long = mrrc.columns(data, [selector], shape="long").to_pydict()["value"]
    assert long == wide
    (first,) = mrrc.columns(data, [selector], lists=False).to_pydict()[selector]
    assert first == (wide[0] if wide else None)
    out = io.BytesIO()
    with mrrc.MARCReader(data) as reader:
        mrrc.write((record for record in reader if record), out, "csv", columns=[selector])
    assert out.getvalue().decode().splitlines()[1].strip('"') == "|".join(wide)


def test_conditions_in_threads() -> None:
    """Each thread asks with memory of its own."""
    data = SAMPLE.read_bytes() * 200
    selectors = [r"650$a{$x~\restoration}", "001", r"650{!$x}", r"245$a{LDR/6=\a}"]
    wanted = mrrc.columns(SAMPLE, selectors).to_pylist() * 200
    assert any(row[selectors[0]] for row in wanted) and not all(row[selectors[0]] for row in wanted)
    for jobs in (1, 2):
        assert mrrc.columns(data, selectors, jobs=jobs).to_pylist() == wanted
    tables = [io.BytesIO(), io.BytesIO()]
    for number, table in enumerate(tables):
        mrrc.convert(data, table, "marc", "csv", columns=selectors, jobs=number + 1)
    assert tables[0].getvalue() == tables[1].getvalue()


def test_what_conditions_choose_may_not_repeat_more_often() -> None:
    table = mrrc.columns(SAMPLE, [r"245$a{$b}", r"650$a{$x}", r"001{650}"], limit=1)
    assert [type(value) for value in table.to_pylist()[0].values()][1] is list
    assert not any(isinstance(value, list) for value in list(table.to_pylist()[0].values())[::2])
    with pytest.raises(mrrc.QueryError, match="condition should end") as caught:
        mrrc.columns(SAMPLE, ["001", r"650$a{$x"])
    assert caught.value.offset == 8
