# SPDX-License-Identifier: MIT
"""ISO 2709 at its edges: what is repaired, what is refused, and that nothing takes for ever.

The fast way in C and the long way in Python must give one result, so each case is read as one
of several records, as a record alone, and by a subclass, which always takes the long way.
Random damage is in test_oracles.py; the cases here were made by hand.
"""

import io
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st
from side_by_side import listening, seen, shape

import mrrc
from mrrc import iso2709

FT, RT, SD = make.FT, make.RT, make.SD

Entry = tuple[bytes, int, int]
"""A directory entry: tag, length, start."""


def record(
    entries: Sequence[Entry | bytes],
    data: bytes,
    *,
    coding: bytes = b"a",
    end: bytes = FT,
    rt: bytes = RT,
) -> bytes:
    """A record with any directory over any data."""
    directory = b"".join(
        entry if isinstance(entry, bytes) else b"%3b%04d%05d" % entry for entry in entries
    )
    base = 24 + len(directory) + 1
    head = b"%05dnam %b22%05d i 4500" % (base + len(data) + len(rt), coding, base)
    return head + directory + end + data + rt


def field(*pieces: bytes) -> bytes:
    return SD.join(pieces) + FT


TITLE = field(b"10", b"aTitle", b"bmore")

CASES: dict[str, bytes] = {
    # directories
    "in order": record([(b"001", 4, 0), (b"245", len(TITLE), 4)], b"abc" + FT + TITLE),
    "out of order": record([(b"245", len(TITLE), 4), (b"001", 4, 0)], b"abc" + FT + TITLE),
    "a gap": record([(b"001", 4, 0), (b"245", len(TITLE), 9)], b"abc\x1e12345" + TITLE),
    "same bytes twice": record([(b"245", len(TITLE), 0), (b"246", len(TITLE), 0)], TITLE),
    "one inside another": record([(b"245", len(TITLE), 0), (b"001", 6, 4)], TITLE),
    "length 0": record([(b"001", 0, 0), (b"245", 0, 0)], TITLE),
    "length 1": record([(b"001", 1, 0), (b"245", 1, 0)], TITLE),
    "length 2": record([(b"001", 2, 0), (b"245", 2, 0)], TITLE),
    "over the end": record([(b"245", 9999, 0)], TITLE),
    "control over the end": record([(b"001", 9999, 0)], b"abc" + FT),
    "behind the end": record([(b"001", 5, 99999), (b"245", 5, 99999)], TITLE),
    "over the record terminator": record([(b"245", len(TITLE) + 2, 0)], TITLE),
    "without terminators": record([(b"001", 4, 0), (b"245", 4, 4)], b"abcd" + b"10\x1fa"),
    "terminator another byte": record([(b"245", len(TITLE), 0)], TITLE, end=b" "),
    "no entries": record([], b""),
    "half an entry": record([b"24500"], TITLE),
    "letters for a length": record([b"245abcd00000"], TITLE),
    "letters for a start": record([b"2450010abcde"], TITLE),
    "blank length": record([b"245 01000000"], TITLE),
    "signed length": record([b"245+01300000"], TITLE),
    "negative start": record([b"2450013-0003"], TITLE),
    "negative length": record([b"245-00300000"], TITLE),
    "underscore": record([b"2451_1300000"], TITLE),
    # tags
    "blank tag": record([(b"   ", len(TITLE), 0)], TITLE),
    "tag 000": record([(b"000", len(TITLE), 0)], TITLE),
    "tag 009": record([(b"009", len(TITLE), 0)], TITLE),
    "tag 00A": record([(b"00A", len(TITLE), 0)], TITLE),
    "tag of control characters": record([(b"\x00\x01\x7f", len(TITLE), 0)], TITLE),
    "tag of delimiters": record([(b"\x1f\x1e\x1d", len(TITLE), 0)], TITLE),
    "tag not ASCII": record([(b"2\xc3\xa9", len(TITLE), 0)], TITLE),
    "tag of superscripts": record([(b"\xb2\xb3\xb9", len(TITLE), 0)], TITLE),
    # fields
    "no indicators": record([(b"245", 4, 0)], b"\x1fax" + FT),
    "one indicator": record([(b"245", 5, 0)], b"1\x1fax" + FT),
    "three indicators": record([(b"245", 7, 0)], b"123\x1fax" + FT),
    "indicators only": record([(b"245", 3, 0)], b"12" + FT),
    "one indicator only": record([(b"245", 2, 0)], b"1" + FT),
    "nothing at all": record([(b"245", 1, 0)], FT),
    "no subfield delimiter": record([(b"245", 9, 0)], b"10aTitle " + FT),
    "indicators not ASCII": record([(b"245", 6, 0)], b"\xc3\xa9\x1fax" + FT),
    "indicators NUL": record([(b"245", 6, 0)], b"\x00\x00\x1fax" + FT),
    "two delimiters": record([(b"245", 9, 0)], b"10\x1f\x1fax\x1f\x1f" + FT),
    "empty values": record([(b"245", 9, 0)], b"10\x1fa\x1fb\x1fa" + FT),
    "code blank": record([(b"245", 6, 0)], b"10\x1f x" + FT),
    "code NUL": record([(b"245", 6, 0)], b"10\x1f\x00x" + FT),
    "code é": record([(b"245", 7, 0)], b"10\x1f\xc3\xa9x" + FT),
    "code é in Latin-1": record([(b"245", 6, 0)], b"10\x1f\xe9x" + FT),
    "code 日": record([(b"245", 8, 0)], b"10\x1f\xe6\x97\xa5x" + FT),
    "code 日 alone": record([(b"245", 7, 0)], b"10\x1f\xe6\x97\xa5" + FT),
    "code ½": record([(b"245", 7, 0)], b"10\x1f\xc2\xbdx" + FT),
    "code of half a character": record([(b"245", 6, 0)], b"10\x1f\xc3x" + FT),
    "terminator inside": record([(b"245", 9, 0)], b"10\x1fax\x1ey" + FT + FT),
    "record terminator inside": record([(b"245", 8, 0)], b"10\x1fax\x1dy" + FT),
    "delimiter in a control field": record([(b"001", 6, 0)], b"ab\x1fcd" + FT),
    "terminators in a control field": record([(b"001", 6, 0)], b"a\x1e\x1db" + FT + FT),
    # text
    "not UTF-8": record([(b"245", 7, 0)], b"10\x1fa\xff\xfe" + FT),
    "overlong UTF-8": record([(b"245", 7, 0)], b"10\x1fa\xc0\xaf" + FT),
    "a surrogate": record([(b"245", 8, 0)], b"10\x1fa\xed\xa0\x80" + FT),
    "beyond Unicode": record([(b"245", 9, 0)], b"10\x1fa\xf5\x80\x80\x80" + FT),
    "cut in a character": record([(b"245", 6, 0)], b"10\x1fa\xe6\x97\xa5" + FT),
    "control field not UTF-8": record([(b"001", 3, 0)], b"\xff\xfe" + FT),
    "control field in Latin-1": record([(b"001", 3, 0)], b"\xff\xfe" + FT, coding=b" "),
    "control field in UTF-8, of MARC-8": record([(b"001", 3, 0)], b"\xc3\xa9" + FT, coding=b" "),
    "not normalised": record([(b"245", 8, 0)], b"10\x1fae\xcc\x81" + FT),
    "MARC-8": record([(b"245", 7, 0)], b"10\x1fa\xe2e" + FT, coding=b" "),
    "MARC-8 unknown": record([(b"245", 7, 0)], b"10\x1fa\xff\x80" + FT, coding=b" "),
    "MARC-8 Greek": record([(b"245", 14, 0)], b"10\x1fa\x1b(Sabc\x1b(B" + FT, coding=b" "),
    "MARC-8 mark at the end": record([(b"245", 6, 0)], b"10\x1fa\xe2" + FT, coding=b" "),
    "MARC-8 escape at the end": record([(b"245", 6, 0)], b"10\x1fa\x1b" + FT, coding=b" "),
    "other coding": record([(b"245", 7, 0)], b"10\x1fa\xc3\xa9" + FT, coding=b"x"),
    "NUL in text": record([(b"245", 7, 0)], b"10\x1fa\x00x" + FT),
    # leaders
    "length of the leader": b"00024" + record([(b"245", 13, 0)], TITLE)[5:],
    "base 0": record([(b"245", 13, 0)], TITLE)[:12] + b"00000" + record([], b"")[17:],
    "base blank": record([], b"")[:12] + b"     " + record([(b"245", 13, 0)], TITLE)[17:],
    "base in the leader": record([], b"")[:12] + b"00010" + record([(b"245", 13, 0)], TITLE)[17:],
    "base at the end": record([(b"245", 5, 0)], b"10x" + FT)[:12]
    + b"00042"
    + b" i 4500"
    + b"x" * 18,
    "base signed": record([(b"245", 13, 0)], TITLE)[:12]
    + b"+0037"
    + record([(b"245", 13, 0)], TITLE)[17:],
    "leader not ASCII": record([(b"245", 13, 0)], TITLE).replace(b"nam", b"n\xe9m"),
    "leader of NULs": record([(b"245", 13, 0)], TITLE).replace(b"nam", bytes(3)),
    "leader of delimiters": record([(b"245", 13, 0)], TITLE).replace(b"nam", b"\x1d\x1e\x1f"),
    "counts of 0": record([(b"245", 13, 0)], TITLE).replace(b"a22", b"a00", 1),
    "entry map of its own": record([(b"245", 13, 0)], TITLE).replace(b"4500", b"5631"),
    "only a leader": b"00025nam a2200025 i 4500\x1d",
    "less than a leader": b"00020nam a22000\x1d",
}


class Long(mrrc.Record):
    """Never packed: its own `add_field` wants each field."""

    def add_field(self, *fields: mrrc.Field) -> None:
        super().add_field(*fields)


def outcome(make_record: Callable[[bytes], Any], data: bytes) -> Any:
    with listening() as told:
        result = seen(lambda data: shape(make_record(data))[1:], data)
        return result, told()


def from_reader(package: ModuleType, data: bytes) -> Any:
    """The record's shape between two others, or the error that the reader keeps."""
    whole = make.sample(1) + data + make.sample(2)
    reader = package.MARCReader(whole)
    next(reader)
    found = next(reader)
    if found is None:
        raise reader.current_exception
    return found


@pytest.mark.parametrize("args", [{}, {"to_unicode": False}, {"utf8_handling": "replace"}], ids=str)
@pytest.mark.parametrize("case", CASES)
def test_each_way_gives_what_pymarc_gives(case: str, args: dict[str, Any]) -> None:
    data = CASES[case]
    want = outcome(lambda data: pymarc.Record(data, **args), data)
    assert outcome(lambda data: mrrc.Record(data, **args), data) == want
    assert outcome(lambda data: Long(data, **args), data) == want
    if not args:
        want = outcome(lambda data: from_reader(pymarc, data), data)
        assert outcome(lambda data: from_reader(mrrc, data), data) == want


def test_the_cases_are_what_they_say() -> None:
    """A mistake in making them would hide much: most are read, and most of the rest refused."""
    with listening():
        read = {case for case in CASES if hasattr(seen(pymarc.Record, CASES[case]), "fields")}
    assert 40 <= len(read) <= len(CASES) - 20
    assert {"in order", "a gap", "one inside another", "over the end"} <= read
    assert not {"no entries", "base 0", "not UTF-8", "tag not ASCII"} & read


@given(
    entries=st.lists(
        st.tuples(
            st.sampled_from([b"001", b"245", b"500", b"ABC"]),
            st.integers(0, 60),
            st.integers(0, 60),
        ),
        min_size=1,
        max_size=8,
    ),
    data=st.lists(
        st.sampled_from([b"10", b"\x1fa", b"\x1fb", b"x", "ü日".encode(), FT, SD, b" "]),
        max_size=25,
    ).map(b"".join),
    coding=st.sampled_from([b"a", b" "]),
)
def test_any_directory_over_any_data(entries: list[Entry], data: bytes, coding: bytes) -> None:
    whole = record(entries, data, coding=coding)
    want = outcome(pymarc.Record, whole)
    assert outcome(mrrc.Record, whole) == want
    assert outcome(Long, whole) == want


@given(
    piece=st.one_of(
        st.binary(min_size=1, max_size=6), st.text(min_size=1, max_size=3).map(lambda t: t.encode())
    )
)
def test_normalize_subfield_code(piece: bytes) -> None:
    got = seen(mrrc.normalize_subfield_code, piece)
    assert got == seen(pymarc.record.normalize_subfield_code, piece)
    assert iso2709.normalize_subfield_code is mrrc.record.normalize_subfield_code


def test_normalize_subfield_code_of_what_leaves_nothing() -> None:
    with pytest.raises(IndexError) as caught:
        mrrc.normalize_subfield_code("日".encode())
    assert isinstance(caught.value, mrrc.BadSubfieldCode)


# Where an error is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "kind", "builtin"),
    [
        ("letters for a length", mrrc.DirectoryNotNumeric, ValueError),
        ("base blank", mrrc.BaseAddressNotNumeric, ValueError),
        ("half an entry", mrrc.RecordDirectoryInvalid, Exception),
        ("no entries", mrrc.NoFieldsFound, Exception),
        ("base 0", mrrc.BaseAddressNotFound, Exception),
        ("base at the end", mrrc.BaseAddressInvalid, Exception),
        ("not UTF-8", mrrc.EncodingError, UnicodeDecodeError),
        ("tag not ASCII", mrrc.EncodingError, UnicodeDecodeError),
        ("code 日 alone", mrrc.BadSubfieldCode, IndexError),
        ("less than a leader", mrrc.RecordLeaderInvalid, Exception),
    ],
)
def test_classes_of_errors(case: str, kind: type[Exception], builtin: type[Exception]) -> None:
    with listening(), pytest.raises(kind) as caught:
        mrrc.Record(CASES[case])
    assert isinstance(caught.value, mrrc.PymarcException)
    assert isinstance(caught.value, builtin)


def test_errors_of_text_name_the_field() -> None:
    with pytest.raises(mrrc.EncodingError) as caught:
        mrrc.Record(CASES["not UTF-8"])
    assert caught.value.field_tag == "245"
    assert (caught.value.object, caught.value.start) == (b"\xff\xfe", 0)


# Nothing takes for ever ----------------------------------------------------------------------


def calls_of(work: Callable[[], Any]) -> int:
    """How many calls, of Python and of C functions, the work makes: counted, not timed."""
    count = 0

    def tally(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tally)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def overlapping(entries: int, size: int) -> bytes:
    """Every field is the whole data: a small record that holds much."""
    body = field(b"10", *[b"ax"] * (size // 3))
    return record([(b"500", len(body), 0)] * entries, body)


def test_overlapping_entries_give_what_pymarc_gives() -> None:
    data = overlapping(120, 900)
    assert shape(mrrc.Record(data)) == shape(pymarc.Record(data))
    assert len(mrrc.Record(data).fields) == 120
    (got,) = mrrc.MARCReader(data)
    assert got is not None
    # what it holds no longer fits: to be refused, where pymarc writes what nobody can read
    with pytest.raises(mrrc.WriterError, match="99999"):
        got.as_marc()


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "delimiters": lambda n: record([(b"245", min(n, 9999), 0)], b"10" + SD * n + FT),
    "small subfields": lambda n: record([(b"245", 9999, 0)], b"10" + b"\x1fa" * (n // 2) + FT),
    "odd codes": lambda n: record([(b"245", 9999, 0)], b"10" + "\x1fé".encode() * (n // 3) + FT),
    "terminators": lambda n: record([(b"245", 9999, 0)], b"10" + FT * n),
    "empty fields": lambda n: record([(b"500", 3, 0)] * (n // 12), b"10" + FT),
    "fields without indicators": lambda n: record([(b"500", 1, 0)] * (n // 12), FT),
    "MARC-8 marks": lambda n: record(
        [(b"500", 9999, 0)], b"10\x1fa" + b"\xe2" * n + b"a" + FT, coding=b" "
    ),
    "MARC-8 escapes": lambda n: record(
        [(b"500", 9999, 0)], b"10\x1fa" + b"\x1b(S\x1b(B" * (n // 6) + FT, coding=b" "
    ),
    "MARC-8 unknown": lambda n: record(
        [(b"500", 9999, 0)], b"10\x1fa" + b"\xff" * n + FT, coding=b" "
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_work_grows_with_the_input(kind: str) -> None:
    def work(size: int) -> Callable[[], Any]:
        data = HOSTILE[kind](size)

        def run() -> None:
            (found,) = mrrc.MARCReader(data)
            if found is not None:
                str(found), found.title, found.get_fields("500"), copy_of(found)

        return run

    def copy_of(found: Any) -> Any:
        return seen(lambda r: r.as_marc(), found)

    with listening():
        calls_of(work(100))
        small, large = calls_of(work(2000)), calls_of(work(8000))
    # four times the input; a square would be sixteen times the calls
    assert large <= 5 * small + 500


def test_a_reader_looks_at_each_byte_once() -> None:
    """A length that promises much is no reason to ask for it again and again."""

    class Counting(io.BytesIO):
        asked = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.asked += len(data)
            return data

    for data in (b"99999" * 20_000, make.sample() * 50, (b"00005" * 999) + b"\x1d"):
        file = Counting(data)
        list(mrrc.MARCReader(file))
        assert file.asked <= len(data)


def test_many_bad_records_do_not_pile_up() -> None:
    bad = CASES["not UTF-8"]
    reader = mrrc.MARCReader(bad * 2000)
    assert sum(found is None for found in reader) == 2000
    assert calls_of(lambda: list(mrrc.MARCReader(bad * 400))) <= 5 * calls_of(
        lambda: list(mrrc.MARCReader(bad * 100))
    )


# Writing by the long way -------------------------------------------------------------------------


def test_the_long_way_writes_the_same_bytes() -> None:
    for case, data in CASES.items():
        with listening():
            found = seen(mrrc.Record, data)
            if not isinstance(found, mrrc.Record):
                continue
            found.leader.coding_scheme = "a"
            fast, slow = seen(lambda r: r.as_marc(), found), seen(iso2709.encode_fields, found)
        if isinstance(fast, bytes):
            assert slow == fast, case
        else:
            assert type(slow.error) is type(fast.error) is mrrc.WriterError, case


def test_records_of_other_encodings_are_written_in_them() -> None:
    for package in (mrrc, pymarc):
        found = package.Record(make.sample())
        found.to_unicode = False
        found.leader.coding_scheme = " "
        found.fields[:] = [package.Field("500", subfields=[package.Subfield("a", "Caf\xe9")])]
        assert b"\x1faCaf\xe9\x1e" in found.as_marc()
        found["500"]["a"] = "日"
        with pytest.raises(UnicodeEncodeError):
            found.as_marc()
