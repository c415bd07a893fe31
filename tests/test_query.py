# SPDX-License-Identifier: MIT
"""Filters: their errors and warnings, records and batches tested, and a slow second opinion.

What each construct of the language means is in tests/c/test_query_match.c.
"""

from __future__ import annotations

import copy
import pickle
import threading

import pytest
import query_oracle as oracle
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import Field, Filter, Indicators, QueryError, QueryLimitError, Record, Subfield


def book(title: str = "Emma", subjects: tuple[str, ...] = ()) -> Record:
    record = Record()
    record.add_field(Field("001", data="1"))
    record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    for subject in subjects:
        record.add_field(Field("650", Indicators(" ", "0"), [Subfield("a", subject)]))
    return record


def made(fields: list[oracle.Field]) -> Record:
    record = Record()
    for field in fields:
        if field.data is not None:
            record.add_field(Field(field.tag, data=field.data))
        else:
            subfields = [Subfield(*pair) for pair in field.subfields]
            record.add_field(Field(field.tag, Indicators(*field.indicators), subfields))
    return record


@given(oracle.expressions(), st.lists(oracle.records(), min_size=1, max_size=4))
def test_against_a_slow_evaluator(piece: oracle.Piece, sources: list[list[oracle.Field]]) -> None:
    text, holds = piece
    test = Filter(text)
    records = [made(source) for source in sources]
    wanted = [bool(holds(source)) for source in sources]
    assert [test.matches(record) for record in records] == wanted
    # one without fields is none in ISO 2709
    pairs = [(record.as_marc(), found) for record, found in zip(records, wanted) if record.fields]
    read = mrrc.MARCReader(b"".join(marc for marc, _ in pairs), where=test)
    assert [record.as_marc() for record in read if record] == [
        marc for marc, found in pairs if found
    ]


def test_a_filter_is_its_text() -> None:
    test = Filter("650$a =? 'War'", similarity=70)
    assert str(test) == "650$a =? 'War'"
    assert repr(test) == "Filter(\"650$a =? 'War'\", similarity=70)"
    assert test == Filter("650$a =? 'War'", similarity=70) != Filter("650$a =? 'War'")
    assert test != "650$a =? 'War'"
    assert hash(test) == hash(pickle.loads(pickle.dumps(test)))
    assert copy.deepcopy(test) == test
    assert test.similarity == 70
    assert test(book(subjects=("War and peace",)))
    assert not test(book())


def test_similarity() -> None:
    record = book("Pride and prejudice")
    assert Filter("245$a =* 'Pride and prejudise'").matches(record)
    assert not Filter("245$a =* 'Pride and prejudise'", similarity=99).matches(record)
    for similarity in (-1, 101):
        with pytest.raises(ValueError, match="from 0 to 100"):
            Filter("001?", similarity=similarity)


def test_only_texts_are_taken() -> None:
    with pytest.raises(TypeError, match="not of bytes"):
        Filter(b"001?")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code", "offset", "said"),
    [
        ("245a", "E501", 3, "write 245$a"),
        ("001 == '\u00e4' && 245a", "E501", 17, "write 245$a"),
        ("001 == 'x", "E502", 7, "no end"),
        ("#001 == 12345678901", "E503", 8, "too large"),
        ("001 =~ 'a(?=b)'", "E504", 7, "look-around"),
        ("(" * 300 + "001?" + ")" * 300, "E505", 257, "more than 256"),
        ("008[35-37] == 'x'", "E506", 3, "008/35-37"),
        ("\ud800", "E502", 0, "UTF-8"),
    ],
)
def test_errors_know_their_place(text: str, code: str, offset: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        Filter(text)
    error = caught.value
    assert isinstance(error, mrrc.MrrcException) and isinstance(error, ValueError)
    assert (error.code, error.offset, error.text) == (code, offset, text)
    assert said in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, str(again)) == (code, str(error))


def test_a_mark_stands_under_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        Filter("001?\n&&\t\u00e4")
    lines = caught.value.detailed().splitlines()
    assert lines[1:3] == ["  &&\t\u00e4", "    \t^"]


@pytest.mark.parametrize(
    ("text", "line", "mark"),
    [
        ("'e\u0301' \u00a7", "'e\u0301' \u00a7", 0),  # an accent has no width
        ("245$a == 'e\u0301' && \u00a7", "245$a == 'e\u0301' && \u00a7", 16),
        ("245$a == '\u65e5' && \u00a7", "245$a == '\u65e5' && \u00a7", 17),  # a sign has two
        ("001?\n&& \x1b[31m", "&& \ufffd[31m", 3),
        ("\ud800", "\ufffd", 0),
        ("(" * 9999, "\u2026" + "(" * 100 + "\u2026", 51),
        ("2" * 9999, "2" * 100 + "\u2026", 3),
        (f"245$a == '{'x' * 200}' && \u00a7", f"\u2026{'x' * 94}' && \u00a7", 100),
    ],
)
def test_what_is_shown_of_a_line(text: str, line: str, mark: int) -> None:
    """No more than a terminal takes, and nothing that it would obey."""
    with pytest.raises(QueryError) as caught:
        Filter(text)
    assert str(caught.value).split("\n")[1:3] == [f"  {line}", f"  {' ' * mark}^"]
    assert caught.value.text == text


def test_only_records_are_tested() -> None:
    with pytest.raises(TypeError, match="not NoneType"):
        Filter("001?").matches(None)  # type: ignore


def test_warnings() -> None:
    test = Filter("650/*.a != 'x' && 245.a?")
    assert [(warning.offset, warning.hint) for warning in test.warnings] == [
        (8, "that none is equal is written !(... == ...)"),
        (18, "write 245/*.a or 245$a"),
    ]
    assert "both are blank" in str(test.warnings[1])
    assert Filter("245$a").warnings == ()


def test_batches() -> None:
    odd = book("Odd")
    odd["245"].add_subfield("ab", "x")  # a code that cannot be packed
    batch = mrrc.RecordBatch([book("Emma"), None, odd, book("Persuasion"), book("Emma")])
    assert [r.title for r in batch.filter("245$a == 'Emma'") if r] == ["Emma", "Emma"]
    kept = batch.filter("245$a != 'Emma'")
    assert [r.title for r in kept if r] == ["Odd", "Persuasion"]
    assert len(pickle.loads(pickle.dumps(kept))) == 2
    assert len(batch.filter("001?")) == 4
    assert len(batch.filter("!001?")) == 0
    with pytest.raises(QueryError):
        batch.filter("001")


def test_a_record_that_takes_too_long() -> None:
    slow = book("a" * 60 + "b")
    test = Filter("245$a =~ '^(a+)+$'")
    with pytest.raises(QueryLimitError, match="too long"):
        test.matches(slow)
    with pytest.raises(QueryLimitError) as caught:
        mrrc.RecordBatch([None, book("aa"), slow]).filter(test)
    assert caught.value.record_index == 3
    assert caught.value.code == "E507"
    found = test.program.matches(slow._pack() + book("aa")._pack(), [len(slow._pack())] * 1)
    assert found == [None]


def test_undecoded_records_are_tested_as_bytes() -> None:
    marc = book("\u00c4hre").as_marc()
    (record,) = mrrc.MARCReader(marc, to_unicode=False)
    assert record is not None
    assert Filter("245$a =? 'hre'").matches(record)


def test_threads_share_a_filter() -> None:
    test = Filter("245$a =~ '(?i)EMMA' && 245$a =* 'Emmas'", similarity=50)
    yes, no = book("Emma"), book("Persuasion")
    wrong: list[int] = []

    def ask() -> None:
        for _ in range(300):
            if not test.matches(yes) or test.matches(no):
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
