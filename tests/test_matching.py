# SPDX-License-Identifier: MIT
"""What becomes of records that do not match, in each mode of each reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc import Field, FormatReader, Indicators, MARCReader, QueryLimitError, Subfield

SLOW = "245$a =~ '^(a+)+$'"
MODES: list[str | None] = [None, "strict", "lenient", "permissive"]
RECOVERING = ["lenient", "permissive"]


def book(number: int, title: str, coding: str = "a") -> bytes:
    record = mrrc.Record()
    record.add_field(Field("001", data=str(number)))
    record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    record.add_field(Field("500", Indicators(" ", " "), [Subfield("a", "note")]))
    data = record.as_marc()
    return data[:9] + coding.encode() + data[10:]


def sources(data: bytes, tmp_path: Path, **options: Any) -> Iterator[MARCReader]:
    """A reader of each kind of source."""
    path = tmp_path / "records.mrc"
    path.write_bytes(data)
    yield MARCReader(data, **options)
    yield MARCReader(path, **options)
    yield MARCReader(path, mmap=True, **options)
    yield MARCReader(io.BytesIO(data), **options)


def places(records: Any) -> list[tuple[str, int | None]]:
    return [(record["001"].data, record._place()[1]) for record in records]


def flawed(number: int, title: str) -> bytes:
    """A record with a fault that can be mended: an indicator that is missing."""
    data = book(number, title)
    return data.replace(b"  \x1fanote", b" \x1fa\x1fnote")


#: Which match: 3, 6 and so on; 4 and 9 are flawed, and one of them matches.
TITLES = {number: "yes" if number % 3 == 0 else "no" for number in range(1, 40)}
FLAWED = b"".join(
    flawed(number, title) if number in (4, 9) else book(number, title)
    for number, title in TITLES.items()
)
WANTED = [(str(number), number) for number, title in TITLES.items() if title == "yes"]


@pytest.mark.parametrize("mode", RECOVERING)
def test_flaws_of_what_does_not_match_are_not_told(mode: str, tmp_path: Path) -> None:
    for reader in sources(FLAWED, tmp_path, recovery_mode=mode, where="245$a == 'yes'"):
        with reader:
            records = [record for record in reader if record is not None]
            assert places(records) == WANTED
            told = {record["001"].data for record in records if record.errors}
            assert told == {"9"}
            errors: list[Any] = [error for record in records for error in record.errors]
            assert {error.record_index for error in errors} == {9}
            assert reader.errors == []


def test_strict_mode_looks_at_all_records(tmp_path: Path) -> None:
    for reader in sources(FLAWED, tmp_path, recovery_mode="strict", where="245$a == 'yes'"):
        with reader:
            assert places([next(reader)]) == WANTED[:1]
            with pytest.raises(mrrc.MrrcException) as caught:
                next(reader)
            assert caught.value.record_index == 4
            assert places([next(reader)]) == WANTED[1:2]
            with pytest.raises(mrrc.MrrcException) as caught:
                next(reader)
            assert caught.value.record_index == 9
            assert places(reader) == WANTED[3:]


def unreadable(number: int) -> bytes:
    data = bytearray(book(number, "no"))
    at = data.index(b"\x1e")
    data[24:at] = b"x" * (at - 24)
    return bytes(data)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    data = book(1, "no") + unreadable(2) + b"junk" + book(3, "yes") + book(4, "no") + b"\n\n"
    where = "245$a == 'yes'"
    for reader in sources(data, tmp_path, recovery_mode="lenient", where=where):
        with reader:
            assert next(reader) is None
            assert isinstance(reader.current_exception, mrrc.MrrcException)
            assert reader.current_exception.record_index == 2
            assert places(reader) == [("3", 3)]
            assert [type(error).__name__ for error in reader.errors] == ["BytesBetweenRecords"] * 2
    for reader in sources(data, tmp_path, recovery_mode="permissive", where=where):
        with reader:
            assert [record["001"].data for record in reader if record] == ["3"]
            assert len(reader.errors) == 3


@pytest.mark.parametrize("mode", MODES)
def test_a_record_that_takes_too_long(mode: str | None, tmp_path: Path) -> None:
    slow = book(2, "a" * 60 + "b")
    data = book(1, "aa") + slow + book(3, "aaa")
    for reader in sources(data, tmp_path, recovery_mode=mode, where=SLOW):
        with reader:
            assert places([next(reader)]) == [("1", 1)]
            if mode == "strict":
                with pytest.raises(QueryLimitError, match="too long") as caught:
                    next(reader)
                error: Any = caught.value
            elif mode == "permissive":
                assert places([next(reader)]) == [("3", 3)]
                (error,) = reader.errors
            else:
                assert next(reader) is None
                error = reader.current_exception
                assert reader.current_chunk == slow
            assert (error.record_index, error.byte_offset) == (2, len(book(1, "aa")))
            assert mode == "permissive" or places(reader) == [("3", 3)]


@pytest.mark.parametrize("mode", MODES)
def test_the_same_in_another_format(mode: str | None) -> None:
    memory = io.BytesIO()
    data = book(1, "aa") + book(2, "a" * 60 + "b") + book(3, "a")
    mrrc.write([record for record in MARCReader(data) if record], memory, "mrk")
    with FormatReader(memory.getvalue(), "mrk", recovery_mode=mode, where=SLOW) as reader:
        assert places([next(reader)]) == [("1", 1)]
        if mode in (None, "strict"):
            with pytest.raises(QueryLimitError):
                next(reader)
        elif mode == "lenient":
            assert next(reader) is None
            assert isinstance(reader.current_exception, QueryLimitError)
        assert places(reader) == [("3", 3)]
        assert len(reader.errors) == (mode == "permissive")
        assert reader.records_read == 2


@pytest.mark.parametrize("mode", MODES)
def test_text_that_only_python_decodes(mode: str | None, tmp_path: Path) -> None:
    """Records in another codec come raw from C, and are tested when they are decoded."""
    one, two = (
        book(number, title, " ").replace("ä".encode(), b"\xe4 ")
        for number, title in ((1, "fräulein"), (2, "other"))
    )
    options = {"recovery_mode": mode, "encoding": "cp1252"}
    for reader in sources(one + two + one, tmp_path, where="245$a =? 'fr\u00e4'", **options):
        with reader:
            assert [record._place()[1] for record in reader if record] == [1, 3]


@pytest.mark.parametrize("mode", RECOVERING)
def test_errors_of_text_that_does_not_match(mode: str, tmp_path: Path) -> None:
    odd = book(1, "no", " ").replace(b"note", b"n\x81te")  # which cp1252 does not have
    good = book(2, "yes", " ").replace(b"note", b"n\x81te")
    options = {"recovery_mode": mode, "encoding": "cp1252", "where": "245$a == 'yes'"}
    for reader in sources(odd * 5 + good, tmp_path, max_errors=1, **options):
        with reader:
            (record,) = reader
            assert record is not None
            errors: list[Any] = record.errors
            assert [error.record_index for error in errors] == [6]


@pytest.mark.parametrize("mode", [None, "lenient", "permissive"])
def test_what_is_evidently_in_another_encoding(mode: str | None, tmp_path: Path) -> None:
    """What is in doubt is not decided by the fields alone that a filter asks for."""
    marc8 = book(1, "\u00e4rger").replace("\u00e4".encode(), b"\xe8a")
    # the title is UTF-8 by chance, but the note shows that the record is not
    trap = book(2, "\u00e9").replace(b"note", b"n\xe8ate")
    utf8 = book(3, "\u00e4rger", " ")
    options: dict[str, Any] = {"recovery_mode": mode, "encoding": "detect"}
    plain = [
        None if record is None else record.title
        for record in MARCReader(marc8 + trap + utf8, **options)
    ]
    for title in ("\u00e4rger", "\u00e9"):
        wanted = [i for i, found in enumerate(plain, 1) if found is None or found == title]
        for reader in sources(
            marc8 + trap + utf8, tmp_path, where=f"245$a == '{title}'", **options
        ):
            with reader:
                found = [
                    reader.current_exception.record_index  # type: ignore[union-attr]
                    if record is None
                    else record._place()[1]
                    for record in reader
                ]
                assert found == wanted


def test_changes_and_seeks_keep_numbers() -> None:
    reader = MARCReader(FLAWED, recovery_mode="lenient", where="245$a == 'yes'")
    assert places([next(reader)]) == WANTED[:1]
    reader.recovery_mode = "permissive"  # what was read ahead is read again
    assert places(reader) == WANTED[1:]
    reader.seek(0)
    assert [record["001"].data for record in reader if record] == [one for one, _ in WANTED]


def test_errors_of_what_does_not_match_are_not_counted() -> None:
    data = b"".join(flawed(number, "no") for number in range(1, 30)) + book(30, "yes")
    reader = MARCReader(data, recovery_mode="lenient", max_errors=2, where="245$a == 'yes'")
    assert places(reader) == [("30", 30)]


@pytest.mark.parametrize("mode", ["lenient", "permissive"])
def test_conversion_and_commands(mode: str, tmp_path: Path) -> None:
    target = io.BytesIO()
    done = mrrc.convert(
        FLAWED, target, "marc", "marc", recovery_mode=mode, where="245$a == 'yes'", on_error="skip"
    )
    assert done.records == len(WANTED)
    assert [repair.record_index for repair in done.repairs] == [9] * len(done.repairs)
    assert done.repairs
    assert [record["001"].data for record in MARCReader(target.getvalue()) if record] == [
        one for one, _ in WANTED
    ]
