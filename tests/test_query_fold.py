# SPDX-License-Identifier: MIT
"""csrc/query_fold.c: filters that make texts alike, against Python's forms and case folding."""

import pickle
import unicodedata
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import Filter, Query
from mrrc.query import checked_fold

FORMS = ("NFC", "NFD", "NFKC", "NFKD")

#: Marks of these are put elsewhere by a fold of case than Python does, which folds what is whole.
YPOGEGRAMMENI = "\u0345"


def record_of(*values: str) -> mrrc.Record:
    fields = [mrrc.Field("500", [" ", " "], [mrrc.Subfield("a", value)]) for value in values]
    return mrrc.Record(fields=fields)


def alike(text: str, form: str | None, case: bool) -> str:
    """A text as it is compared, by Python."""
    if form is not None and case:
        # what a form takes apart may have capitals, and what is folded may be no form any more
        text = normalize("NFKD" if "K" in form else "NFD", text).casefold()
        text = normalize("NFKD" if "K" in form else "NFD", text).casefold()
    elif case:
        text = text.casefold()
    return text if form is None else normalize(form, text)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def known(character: str) -> bool:
    """Whether Unicode had a character before any of the versions that may meet here."""
    return unicodedata.ucd_3_2_0.category(character) not in ("Cn", "Cs")


def test_all_of_unicode() -> None:
    """Each character is alike with what Python makes of it, in every form and case."""
    letters = [chr(code) for code in range(0x20, 0x30000) if known(chr(code))]
    letters = [letter for letter in letters if letter != YPOGEGRAMMENI]
    for form in (None, *FORMS):
        for case in (False, True):
            fold = ",".join(filter(None, [form, "case" if case else None]))
            if not fold:
                continue
            wanted = [alike(letter, form, case) for letter in letters]
            different = [pair for pair in zip(letters, wanted, strict=True) if pair[0] != pair[1]]
            assert len(different) > 500
            for at in range(0, len(different), 500):
                some = different[at : at + 500]
                record = record_of(*(f"<{letter}>" for letter, _ in some))
                listed = ", ".join(quoted(f"<{other}>") for _, other in some)
                test = Filter(f"ALL 500$a in [{listed}]", fold=fold)
                if test.matches(record):
                    continue
                bad = [pair for pair in some if not test.matches(record_of(f"<{pair[0]}>"))]
                assert not bad, (fold, bad[:10])


TEXTS = st.text(
    st.sampled_from("aAeEsS\u00df\u1e9e\u0130\u0131\u03a3\u03c2\u03c3\u0301\u0323\u00c9\u00e9")
    | st.sampled_from("\ufb01\uff21\u2126\u00b5\u1100\u1161\u11a8\uac01\u0308 '\\\u0644")
    | st.characters(codec="utf-8", max_codepoint=0x2FFF, exclude_characters="\x1d\x1e\x1f").filter(
        lambda letter: known(letter) and letter != YPOGEGRAMMENI
    ),
    max_size=12,
)


@given(TEXTS, TEXTS, st.sampled_from((None, *FORMS)), st.booleans())
def test_operators(value: str, text: str, form: str | None, case: bool) -> None:
    fold = ",".join(filter(None, [form, "case" if case else None]))
    one, other = alike(value, form, case), alike(text, form, case)
    first, second = one.encode(), other.encode()
    record = record_of(value)
    wanted = {
        "==": one == other,
        "<": first < second,
        ">=": first >= second,
        "=?": other in one,
        "=^": one.startswith(other),
        "=$": one.endswith(other),
    }
    for operator, holds in wanted.items():
        test = Filter(f"500$a {operator} {quoted(text)}", fold=fold)
        assert test.matches(record) == holds, (operator, fold)


def test_what_a_filter_says_of_itself() -> None:
    test = Filter("245$a == 'x'", fold=" NFC , case,")
    assert test.fold == "case,nfc"
    assert repr(test) == "Filter(\"245$a == 'x'\", fold='case,nfc')"
    again = pickle.loads(pickle.dumps(test))
    assert again == test and hash(again) == hash(test) and again.fold == "case,nfc"
    assert test != Filter("245$a == 'x'") and Filter("245$a == 'x'").fold == ""
    assert Filter("245$a == 'x'", fold="case").matches(make_title("X"))


def make_title(title: str) -> mrrc.Record:
    field = mrrc.Field("245", ["0", "0"], [mrrc.Subfield("a", title)])
    return mrrc.Record(fields=[field])


@pytest.mark.parametrize("wrong", ["capitals", "nfc,nfd", "nfc case", "nf"])
def test_what_cannot_be_made_alike(wrong: str) -> None:
    with pytest.raises(ValueError, match="fold|form"):
        Filter("245$a == 'x'", fold=wrong)
    with pytest.raises(ValueError, match="fold|form"):
        Query("245$a", fold=wrong)
    assert checked_fold("") == ""


def test_readers_and_batches() -> None:
    """The raw bytes of a record are tested before it is made, too."""
    titles = ["Stra\u00dfe", "STRASSE", "strasse", "Stra\u00dfen", "Cafe\u0301", "CAF\u00c9", "x"]
    data = b"".join(make_title(title).as_marc() for title in titles)
    for fold, text, count in (
        ("case", "strasse", 3),
        ("case", "STRA\u1e9eE", 3),
        ("", "strasse", 1),
        ("case,nfd", "caf\u00e9", 2),
        ("nfd", "CAFE\u0301", 1),
    ):
        where = Filter(f"245$a == '{text}'", fold=fold)
        assert sum(1 for _ in mrrc.MARCReader(data, where=where)) == count
        batch = mrrc.RecordBatch(mrrc.MARCReader(data))
        assert len(batch.filter(where)) == count
        assert sum(where.matches(record) for record in mrrc.MARCReader(data)) == count


def test_conditions_of_queries() -> None:
    field = mrrc.Field("650", [" ", "0"], [mrrc.Subfield("a", "Ships"), mrrc.Subfield("2", "LCSH")])
    record = mrrc.Record(fields=[field]).as_marc()
    for text in ("650/*{ a | 2 == 'lcsh' }", "650/*{ a | 2 =~ '^lcsh$' }", "650$a{$2=\\lcsh}"):
        assert list(mrrc.select(record, text)) == []
        assert list(mrrc.select(record, text, fold="case")) == [("Ships",)]
    assert mrrc.glimpse(record, "650/*{ a | 2 == 'lcsh' }", fold="case") == {"a": ["Ships"]}


def test_many_marks_are_sorted_quickly() -> None:
    """One after the other they would take the square of their number."""
    value = "\u0323\u0301" * 200_000
    record = mrrc.Record(fields=[mrrc.Field("500", [" ", " "], [mrrc.Subfield("a", value)])])
    wanted = "\u0323" * 200_000 + "\u0301" * 200_000
    assert Filter(f"500$a == '{wanted}'", fold="nfd").matches(record)
