# SPDX-License-Identifier: MIT
"""Tables, tallies, descriptions and samples, beside the same made of record objects."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from command_line import SAMPLE, sample_records, with_bad

import mrrc
from mrrc import Field, QueryError, Record, Subfield
from mrrc.exceptions import MrrcException
from mrrc.tables import Query, Samples, names_of, style


def records() -> list[Record]:
    with mrrc.read(SAMPLE) as reader:
        return [record for record in reader if record is not None]


def values(record: Record, tag: str, code: str) -> list[str]:
    return [
        value for field in record.get_fields(tag) for value in field.get_subfields(code) if value
    ]


def test_rows_are_those_of_the_records() -> None:
    wanted = [
        (record["001"].data, value)
        for record in records()
        for value in values(record, "650", "a") or [""]
    ]
    assert list(mrrc.select(SAMPLE, "001, 650$a")) == wanted


def test_fields_of_a_row_belong_together() -> None:
    wanted = []
    for record in records():
        for field in record.get_fields("650"):
            for first in field.get_subfields("a") or [""]:
                for second in field.get_subfields("x") or [""]:
                    wanted.append((first, second))
    assert list(mrrc.select(SAMPLE, "650/*{ a, x }")) == wanted


def test_where_skip_and_limit() -> None:
    matching = [one["001"].data for one in records() if "Lighthouses" in values(one, "650", "a")]
    where = "650$a == 'Lighthouses'"
    assert [row[0] for row in mrrc.select(SAMPLE, "001", where=where)] == matching
    every = [one["001"].data for one in records()]
    assert [row[0] for row in mrrc.select(SAMPLE, "001", skip=3, limit=2)] == every[3:5]
    assert list(mrrc.select(SAMPLE, "001", limit=0)) == []
    with pytest.raises(ValueError, match="not negative"):
        mrrc.select(SAMPLE, "001", skip=-1)


def test_a_limit_is_one_of_records_and_not_of_rows() -> None:
    found = {row[0] for row in mrrc.select(SAMPLE, "001, 650$a", limit=2)}
    assert len(found) == 2


def test_every_format_gives_the_same(tmp_path: Path) -> None:
    query = "001, 245/*{ a, b, c }, 650$x"
    wanted = list(mrrc.select(SAMPLE, query))
    for name in ("x.xml", "x.json", "x.jsonl", "x.mrk", "x.mrc.gz"):
        mrrc.convert(SAMPLE, tmp_path / name)
        assert list(mrrc.select(tmp_path / name, query)) == wanted, name
    assert list(mrrc.select(SAMPLE.read_bytes(), query)) == wanted
    assert list(mrrc.select(io.BytesIO(SAMPLE.read_bytes()), query)) == wanted


def test_bad_records_are_told_of(tmp_path: Path) -> None:
    data = with_bad(sample_records(), 3)
    with pytest.raises(MrrcException):
        list(mrrc.select(data, "001"))
    errors: list[MrrcException] = []
    rows = list(mrrc.select(data, "001", on_error=errors.append))
    assert rows and errors
    assert all(error.record_index is not None for error in errors)


def test_too_many_rows_are_refused_with_the_record() -> None:
    field = Field("650", subfields=[Subfield("a", "x")] * 250)
    record = Record(fields=[Field("001", data="many"), field])
    data = SAMPLE.read_bytes() + record.as_marc()
    errors: list[MrrcException] = []
    rows = mrrc.select(data, "650$a, 650$a, 650$a", on_error=errors.append)
    assert sum(1 for _ in rows) > 0
    assert [error.record_index for error in errors] == [22]
    with pytest.raises(MrrcException, match="more rows"):
        list(mrrc.select(data, "650$a, 650$a, 650$a"))


def test_a_query_says_what_is_wrong_with_it() -> None:
    with pytest.raises(QueryError) as caught:
        Query("001, 245ab")
    assert caught.value.offset == 8
    assert "245ab" in str(caught.value)
    with pytest.raises(ValueError, match="exclude"):
        Query("001", squash=True, merge=True)
    with pytest.raises(ValueError, match="structural"):
        Query("001", separator="\x1f")
    with pytest.raises(ValueError, match="similarity"):
        Query("001", similarity=101)
    with pytest.raises(TypeError):
        Query(b"001")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="known already"):
        mrrc.select(SAMPLE, Query("001"), merge=True)


def test_a_query_warns_of_blank_indicators() -> None:
    (warning,) = Query("001, 245.a").warnings
    assert warning.offset == 5 and warning.hint is not None and "245/*.a" in warning.hint
    assert Query("001, 245$a").warnings == ()
    assert repr(Query("001")) == "Query('001')"


CONDITIONS = (
    r"650$a{$x~\restoration}",
    r"650$a{!$x}",
    r"650$a{$x=\History|$x~\ation}{!$z}",
    r"6XX$a{LDR/6=\a}{008/35-37!=\eng}",
    r"245$a{^1=\1}{100$a}",
    r"650[0]$a{$x}",
    r"650{$x}{ a | x? }",
    r"008/35-37{LDR/7=\m}",
    r"001{245^2!=\0}",
)


@pytest.mark.parametrize("query", CONDITIONS)
def test_conditions_hold_where_they_do_in_a_filter(query: str) -> None:
    with mrrc.MARCReader(SAMPLE, where=query.replace("{ a | x? }", "{ a? && x? }")) as reader:
        wanted = [record["001"].data for record in reader if record is not None]
    found = mrrc.select(SAMPLE, f"001, {query}")
    assert list(dict.fromkeys(row[0] for row in found if row[1])) == wanted


@pytest.mark.parametrize(
    "marcspec, marc21",
    [
        (r"001, 650$a{$x~\restoration}", "001, 650/*{ a | x =? 'restoration' && a? }"),
        (r"001, 650{!$x}{ a, z }", "001, 650/*{ a, z | !x? }"),
        (r"650$a{$x}, 245$c{$b}", "650/*{ a | a? && x? }, 245/*{ c | b? && c? }"),
    ],
)
def test_conditions_do_what_those_of_columns_do(marcspec: str, marc21: str) -> None:
    rows = list(mrrc.select(SAMPLE, marcspec))
    assert rows and rows == list(mrrc.select(SAMPLE, marc21))
    assert mrrc.frequency(SAMPLE, marcspec) == mrrc.frequency(SAMPLE, marc21)


def test_conditions_of_a_sample() -> None:
    assert mrrc.glimpse(SAMPLE, r"650$a{$x~\restoration}") == mrrc.glimpse(
        SAMPLE, "650/*{ a | x =? 'restoration' }"
    )
    assert mrrc.glimpse(SAMPLE, "650{$x}") == mrrc.glimpse(SAMPLE, "650/*{ _ | x? }")


def test_header_of_a_query() -> None:
    query = Query("001, 245/*{ a AS title, 'k', _ }, 'x' AS `a b`")
    assert query.header == ["column_1", "title", "column_3", "a b"]
    assert query.columns == 4
    assert names_of(["a", "b"], True) == ["a", "b"]
    assert names_of(["a", "b"], False) is None
    assert names_of(["a", "b"], ["x", "y"]) == ["x", "y"]
    with pytest.raises(ValueError, match="2 columns"):
        names_of(["a", "b"], ["x"])
    with pytest.raises(ValueError, match="necessary, always"):
        style(quotes="sometimes")


def test_a_table_in_a_file(tmp_path: Path) -> None:
    target = tmp_path / "titles.csv"
    count = mrrc.write_table(SAMPLE, target, "001 AS id, 245/*{ a, c }")
    rows = list(csv.reader(target.open(newline="", encoding="utf-8")))
    assert count == 21
    assert rows[0] == ["id", "column_2", "column_3"]
    assert [tuple(row) for row in rows[1:]] == list(mrrc.select(SAMPLE, "001, 245/*{ a, c }"))
    mrrc.write_table(SAMPLE, tmp_path / "t.tsv", "001, 'k'", header=False, limit=1)
    assert (tmp_path / "t.tsv").read_text().rstrip("\n").endswith("\tk")


def test_a_table_that_fails_leaves_its_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("before")
    with pytest.raises(MrrcException):
        mrrc.write_table(with_bad(sample_records(), 3), target, "001")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_formulas_are_harmless_unless_wanted() -> None:
    data = Record(fields=[Field("001", data="=1+1")]).as_marc()
    for formulas, cell in ((False, b"'=1+1\n"), (True, b"=1+1\n")):
        out = io.BytesIO()
        mrrc.write_table(data, out, "001", header=False, formulas=formulas)
        assert out.getvalue() == cell


def test_frequency_is_that_of_a_counter() -> None:
    wanted = Counter(value for record in records() for value in values(record, "650", "a"))
    found = mrrc.frequency(SAMPLE, "650$a")
    assert {row[0]: count for row, count in found} == wanted
    assert [(-count, row) for row, count in found] == sorted((-n, row) for row, n in found)
    once = Counter(value for record in records() for value in set(values(record, "650", "a")))
    assert {row[0]: n for row, n in mrrc.frequency(SAMPLE, "650$a", once=True)} == once
    assert mrrc.frequency(SAMPLE, "650$a", most=2) == found[:2]
    assert mrrc.frequency(SAMPLE, "650$a", least=3) == [one for one in found if one[1] >= 3]
    with pytest.raises(ValueError, match="not negative"):
        mrrc.frequency(SAMPLE, "001", most=-1)


def test_the_least_frequent_first_with_a_threshold() -> None:
    found = mrrc.frequency(SAMPLE, "650$a", reverse=True, least=2)
    assert found and all(count >= 2 for _, count in found)
    assert [(count, row) for row, count in found] == sorted((n, row) for row, n in found)


def test_description_is_that_of_the_fields() -> None:
    fields: Counter[tuple[str, str, str]] = Counter()
    codes: Counter[tuple[str, str, str, str]] = Counter()
    for record in records():
        for field in record.fields:
            if field.control_field:
                continue
            key = (field.tag, str(field.indicators[0]), str(field.indicators[1]))
            fields[key] += 1
            for code, _ in field.subfields:
                codes[(*key, code)] += 1
    uses = mrrc.describe(SAMPLE)
    assert {use[:3]: use.fields for use in uses} == fields
    assert {(*use[:3], code): n for use in uses for code, n in use.codes.items()} == codes
    assert [use[:3] for use in uses] == sorted(use[:3] for use in uses)


def test_description_of_what_is_not_ascii(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(
        '{"leader":"00000nam a2200000   4500","fields":'
        '[{"245":{"ind1":"é","ind2":"0","subfields":[{"ü":"x"},{"a":"y"}]}}]}\n'
    )
    assert mrrc.describe(path) == [("245", "é", "0", 1, {"a": 1, "ü": 1})]


def test_glimpse_shows_the_first_values() -> None:
    every: dict[str, list[str]] = {}
    for record in records():
        for field in record.get_fields("650"):
            for code, value in field.subfields:
                every.setdefault(code, []).append(value)
    assert mrrc.glimpse(SAMPLE, "650", 3) == {c: every[c][:3] for c in sorted(every)}
    assert mrrc.glimpse(SAMPLE, "650/*.[ax]", 2) == {c: every[c][:2] for c in "ax"}
    assert mrrc.glimpse(SAMPLE, "001", 1) == {"": [records()[0]["001"].data]}


def test_glimpse_goes_on_where_records_lack_the_field() -> None:
    # the first records have none of it
    data = Record(fields=[Field("001", data="1")]).as_marc() * 3 + SAMPLE.read_bytes()
    assert mrrc.glimpse(data, "650") == mrrc.glimpse(SAMPLE, "650")


def test_glimpse_minds_its_condition() -> None:
    found = mrrc.glimpse(SAMPLE, "650/*{ _ | x? }", 1000)
    assert len(found["a"]) < len(mrrc.glimpse(SAMPLE, "650", 1000)["a"])
    with pytest.raises(ValueError, match="a path has one"):
        Samples("650/*{ a, x }")
    with pytest.raises(ValueError, match="at least one"):
        Samples("650", 0)
