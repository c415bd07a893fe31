# SPDX-License-Identifier: MIT
"""Filters where records are read: every reader, conversion and command, and the numbers that
records keep when others before them are passed over."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from command_line import mrrc as run

import mrrc
from mrrc import Field, Filter, FormatReader, Indicators, MARCReader, QueryLimitError, Subfield

SLOW = "245$a =~ '^(a+)+$'"


def book(number: int, title: str | None = None) -> mrrc.Record:
    record = mrrc.Record()
    record.add_field(Field("001", data=str(number)))
    title = ("yes" if number % 3 == 0 else "no") if title is None else title
    record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    return record


def damaged(record: mrrc.Record) -> bytes:
    """A delimiter with nothing behind it, which C leaves to Python's rules."""
    marc = record.as_marc()
    return marc.replace(b"\x1faoddity", b"\x1f\x1f\xc3\xa4dity")


MARC = b"".join(book(number).as_marc() for number in range(1, 41))
WANTED = [number for number in range(1, 41) if number % 3 == 0]


def readers(data: bytes, tmp_path: Path, where: Any) -> dict[str, MARCReader]:
    path = tmp_path / "records.mrc"
    path.write_bytes(data)
    return {
        "path": MARCReader(path, where=where),
        "bytes": MARCReader(data, where=where),
        "file": MARCReader(io.BytesIO(data), where=where),
    }


def numbers(reader: Any) -> list[int]:
    return [int(record["001"].data) for record in reader]


@pytest.mark.parametrize("where", ["245$a == 'yes'", Filter("245$a == 'yes'")])
def test_readers_of_iso2709(tmp_path: Path, where: str | Filter) -> None:
    for kind, reader in readers(MARC, tmp_path, where).items():
        with reader:
            records = [record for record in reader if record]
        assert numbers(records) == WANTED, kind
        assert [record._place()[1] for record in records] == WANTED
        if kind != "file":
            offset = records[1]._place()[2]
            assert offset is not None and MARC[offset:].startswith(book(6).as_marc())


def test_a_text_that_is_no_filter_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(mrrc.QueryError):
        MARCReader(tmp_path / "nothing", where="245")
    with pytest.raises(mrrc.QueryError):
        FormatReader(tmp_path / "nothing", "mrk", where="245")


def test_nothing_matches(tmp_path: Path) -> None:
    for reader in readers(MARC, tmp_path, "999$a").values():
        with reader:
            assert list(reader) == []
            assert reader.current_exception is None


def test_batches_hold_what_matches() -> None:
    batches = list(MARCReader(MARC, where="245$a == 'yes'").batches(5))
    assert [len(batch) for batch in batches] == [5, 5, 3]


def test_many_blocks() -> None:
    data = b"".join(book(number, "x" * 500).as_marc() for number in range(1, 3001))
    reader = MARCReader(data, where="001 in ['1', '1500', '2999', '3000']")
    records = [record for record in reader if record]
    assert numbers(records) == [1, 1500, 2999, 3000]
    assert [record._place()[1] for record in records] == [1, 1500, 2999, 3000]


def test_records_that_python_decodes_are_tested(tmp_path: Path) -> None:
    odd = damaged(book(2, "oddity"))
    data = book(1).as_marc() + odd + book(3).as_marc() + odd + book(6).as_marc()
    assert MARCReader(odd)._source.next(0).statuses == [2]  # type: ignore[union-attr]
    for reader in readers(data, tmp_path, "245$a == 'yes'").values():
        with reader:
            assert numbers(reader) == [3, 6]
    for reader in readers(data, tmp_path, "245$a == 'dity' && 001 == '2'").values():
        with reader:
            assert numbers(reader) == [2, 2]


def test_unreadable_records_come_through(tmp_path: Path) -> None:
    bad = bytearray(book(2).as_marc())
    bad[24:36] = b"x" * 12
    data = book(1).as_marc() + bytes(bad) + book(3).as_marc() + b"00x"
    for kind, reader in readers(data, tmp_path, "245$a == 'yes'").items():
        seen = []
        with reader:
            for record in reader:
                error = reader.current_exception
                seen.append(None if record is None else int(record["001"].data))
                if record is None:
                    assert isinstance(error, mrrc.MrrcException)
                    assert error.record_index == (2 if len(seen) == 1 else 4), kind
        assert seen == [None, 3, None]


def test_a_record_that_takes_too_long_is_none(tmp_path: Path) -> None:
    slow = book(2, "a" * 60 + "b")
    data = book(1, "aa").as_marc() + slow.as_marc() + book(3, "aaa").as_marc()
    for reader in readers(data, tmp_path, SLOW).values():
        with reader:
            assert numbers([next(reader)]) == [1]
            assert next(reader) is None
            assert isinstance(reader.current_exception, QueryLimitError)
            assert reader.current_chunk == slow.as_marc()
            assert numbers(reader) == [3]


def test_places_in_a_filtered_file() -> None:
    reader = MARCReader(MARC, where="245$a == 'yes'")
    next(reader)
    reader.hide_utf8_warnings = True
    reader.force_utf8 = True  # what was read ahead is read again
    second = next(reader)
    assert second is not None and second._place()[1] == 6
    rest = [record for record in reader if record]
    assert [record._place()[1] for record in rest] == WANTED[2:]
    assert reader.tell() == len(MARC)
    reader.seek(0)
    assert numbers(reader) == WANTED


def encoded(format: str) -> bytes:
    memory = io.BytesIO()
    mrrc.write(list(MARCReader(MARC)), memory, format)  # type: ignore[arg-type]
    return memory.getvalue()


@pytest.mark.parametrize("format", ["marcxml", "marcjson", "jsonl", "mrk", "line"])
def test_readers_of_the_other_formats(format: str) -> None:
    data = encoded(format)
    for source in (data, io.BytesIO(data)):
        with FormatReader(source, format, where="245$a == 'yes'") as reader:
            records = list(reader)
            assert reader.records_read == len(WANTED)
        assert numbers(records) == WANTED
        assert [record._place()[1] for record in records] == WANTED
    with FormatReader(data, format, where=SLOW.replace("a+", "n+")) as reader:
        assert numbers(reader) == []
        assert reader.records_read == 0


def test_faults_keep_their_numbers() -> None:
    good = encoded("mrk").replace(b"=245  10$ano", b"=245  10$ayes")
    bad = good.replace(b"=001  5\n", b"=0  5\n")
    with FormatReader(bad, "mrk", where="001 in ['3', '6']") as reader:
        assert numbers([next(reader)]) == [3]
        with pytest.raises(mrrc.MrrcException) as caught:
            next(reader)
        assert caught.value.record_index == 5
        (last,) = reader
        assert last._place()[1] == 6


def test_a_record_of_another_format_that_takes_too_long() -> None:
    memory = io.BytesIO()
    titles = ("aa", "a" * 60 + "b", "aaa")
    mrrc.write([book(i, title) for i, title in enumerate(titles, 1)], memory, "marcxml")
    with FormatReader(memory.getvalue(), "marcxml", where=SLOW) as reader:
        assert numbers([next(reader)]) == [1]
        with pytest.raises(QueryLimitError) as caught:
            next(reader)
        assert caught.value.record_index == 2
        assert numbers(reader) == [3]
        assert reader.records_read == 2


def test_the_front_door() -> None:
    assert numbers(mrrc.read(MARC, where="245$a == 'yes'")) == WANTED
    assert numbers(mrrc.read(encoded("marcxml"), where="245$a == 'yes'")) == WANTED


def converted(data: bytes, **options: Any) -> tuple[list[int], mrrc.Converted]:
    memory = io.BytesIO()
    result = mrrc.convert(data, memory, "marc", "marc", **options)
    return numbers(MARCReader(memory.getvalue())), result


def test_conversion() -> None:
    found, result = converted(MARC, where="245$a == 'yes'")
    assert (found, result.records) == (WANTED, 13)
    assert converted(MARC, where="245$a == 'yes'", skip=2, limit=3)[0] == WANTED[2:5]
    assert converted(MARC, where="245$a == 'yes'", limit=20)[0] == WANTED
    assert converted(MARC, where="245$a == 'yes'", skip=20)[0] == []
    assert converted(MARC, where="999$a")[0] == []


def test_conversion_of_odd_and_bad_records() -> None:
    odd = damaged(book(2, "oddity"))
    bad = bytearray(book(4).as_marc())
    bad[24:36] = b"x" * 12
    data = MARC + odd + bytes(bad) + book(43, "aaaa" * 15 + "b").as_marc() + book(45).as_marc()
    found, result = converted(data, where="245$a == 'yes'", on_error="skip")
    assert found == [*WANTED, 45]
    assert [getattr(error, "record_index", None) for error in result.errors] == [42]
    found, result = converted(data, where="001 == '2' || 001 == '45'", on_error="skip")
    assert found == [2, 2, 45]
    found, result = converted(data, where="001 == '2' || 001 == '45'", skip=1, on_error="skip")
    assert found == [2, 45]
    found, result = converted(data, where=SLOW, on_error="skip")
    assert found == []
    assert [getattr(error, "record_index", None) for error in result.errors] == [42, 43]
    assert isinstance(result.errors[1], QueryLimitError)


def test_repairs_keep_their_numbers() -> None:
    """What an encoder replaces is told of with the record's number in the source."""
    data = b"".join(book(i, "yes\x0b" if i % 3 == 0 else "no").as_marc() for i in range(1, 8))
    result = mrrc.convert(data, io.BytesIO(), "marc", "marcxml", where="245$a =^ 'yes'")
    assert [repair.record_index for repair in result.repairs] == [3, 6]
    result = mrrc.convert(data, io.BytesIO(), "marc", "marcxml", where="245$a =^ 'yes'", skip=1)
    assert [repair.record_index for repair in result.repairs] == [6]


def test_selectors_with_a_warning(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"245\[0-0\]") as told:
        mrrc.convert(MARC, tmp_path / "x.csv", "marc", columns=["001", "245[0]"], limit=1)
    assert "  245[0]\n  ^" in str(told[0].message)
    assert (tmp_path / "x.csv").read_bytes() == b"001,245[0]\n1,\n"


@pytest.mark.parametrize("format", ["marc", "marcxml"])
def test_commands(tmp_path: Path, format: str) -> None:
    path = tmp_path / f"records.{'mrc' if format == 'marc' else 'xml'}"
    path.write_bytes(MARC if format == "marc" else encoded(format))
    where = ("--where", "245$a == 'yes'")
    assert run("count", *where, path).text == "13\n"
    assert run("count", *where, "--limit", 5, path).text == "5\n"
    assert numbers(MARCReader(run("convert", *where, path, "--to", "marc").out)) == WANTED
    assert numbers(MARCReader(run("head", "-n", 2, *where, path, "--to", "marc").out)) == [3, 6]
    assert run("extract", *where, "001", path).lines[:3] == ["001", "3", "6"]
    assert "Record 3 of" in run("show", *where, "--limit", 1, path).text
    assert run("count", "--where", "999$a", path).status == 1


def test_commands_refuse_and_warn(tmp_path: Path) -> None:
    path = tmp_path / "records.mrc"
    path.write_bytes(MARC)
    done = run("count", "--where", "245a", path)
    assert done.status == 2
    assert "write 245$a" in done.err and "\n     ^" in done.err
    done = run("count", "--where", "245.a?", path)
    assert (done.status, done.text) == (1, "0\n")
    assert "both are blank" in done.err
    assert run("count", "--quiet", "--where", "245.a?", path).err == ""


def test_commands_test_what_python_decodes(tmp_path: Path) -> None:
    path = tmp_path / "records.mrc"
    path.write_bytes(MARC + damaged(book(2, "oddity")) + book(7, "a" * 60 + "b").as_marc())
    odd = ("--where", "245$a == 'dity'")
    assert run("count", "--recovery", "pymarc", *odd, path).text == "1\n"
    assert run("count", *odd, path).text == "0\n"  # the subfield is left out
    assert run("count", "--where", "245$a == 'yes'", path).text == "13\n"
    done = run("count", "--where", SLOW, path)
    assert done.status == 1
    assert "too long" in done.err
