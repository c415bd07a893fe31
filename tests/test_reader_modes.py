# SPDX-License-Identifier: MIT
"""The four modes of a reader: each kind of fault in each mode, from each kind of source."""

import copy
import io
import pickle
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import MARCReader, Record

MODES: tuple[Any, ...] = (None, "strict", "lenient", "permissive")
RECOVERING = ("lenient", "permissive")

GOOD = [make.sample(number) for number in range(6)]


def number_of(record: Record) -> str:
    return cast(str, record["001"].data)[-1]


class Pipe:
    """A file object that can only be read."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        self._file = io.BytesIO(data)
        self._most = most

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, self._most))


def from_path(data: bytes, folder: Path) -> Any:
    path = folder / f"{random.getrandbits(64):x}.mrc"
    path.write_bytes(data)
    return path


class Kind(NamedTuple):
    """A kind of source, and what a reader is told beside it."""

    name: str
    open: Callable[[bytes, Path], Any]
    options: dict[str, Any] = {}


KINDS = [
    Kind("bytes", lambda data, folder: data),
    Kind("path", from_path),
    Kind("mmap", from_path, {"mmap": True}),
    Kind("file", lambda data, folder: io.BytesIO(data)),
    Kind("pipe", lambda data, folder: Pipe(data)),
    Kind("slow pipe", lambda data, folder: Pipe(data, 7)),
]


def outcome(reader: Any) -> list[str]:
    """What a reader yields and raises, in short: "1" for a record, "1*" for one with errors."""
    found = []
    for _ in range(1000):
        try:
            record = next(reader)
        except StopIteration:
            return found
        except mrrc.MrrcException as error:
            found.append(f"!{type(error).__name__}")
            continue
        if record is None:
            found.append(type(reader.current_exception).__name__)
            continue
        found.append(number_of(record) + "*" * bool(record.errors))
    raise AssertionError("the reader does not end")


def kinds_of(errors: Any) -> list[str]:
    return [type(error).__name__ for error in errors]


# -- the table --


def with_field(*fields: make.FieldBytes, coding: str = "a") -> bytes:
    return make.iso2709([make.control_field("001", "smpl00000001"), *fields], coding=coding)


#: A field whose indicators are three; lenient leaves it out, permissive keeps its text.
INSIDE = with_field(make.data_field("245", "101", ("a", "Title")))
#: No base address, and nothing to find it by.
HOPELESS = bytearray(GOOD[1])
HOPELESS[12:17] = b"00000"
HOPELESS[24:-1] = b"x" * (len(HOPELESS) - 25)


def with_length(record: bytes, length: int) -> bytes:
    return b"%05d" % length + record[5:]


TABLE: dict[str, tuple[bytes, dict[Any, list[str]]]] = {
    "whole": (
        b"".join(GOOD[:3]),
        {mode: ["0", "1", "2"] for mode in MODES},
    ),
    "a fault inside a record": (
        GOOD[0] + INSIDE + GOOD[2],
        {
            None: ["0", "1", "2"],
            "strict": ["0", "!InvalidIndicator", "2"],
            "lenient": ["0", "1*", "2"],
            "permissive": ["0", "1*", "2"],
        },
    ),
    "a record that cannot be saved": (
        GOOD[0] + bytes(HOPELESS) + GOOD[2],
        {
            None: ["0", "BaseAddressNotFound", "2"],
            "strict": ["0", "!BaseAddressNotFound", "2"],
            "lenient": ["0", "BaseAddressNotFound", "2"],
            "permissive": ["0", "2"],
        },
    ),
    "a length that is none": (
        GOOD[0] + b"abcde" + GOOD[1][5:] + GOOD[2],
        {
            None: ["0", "RecordLengthInvalid"],
            "strict": ["0", "!RecordLengthInvalid"],
            "lenient": ["0", "RecordLengthInvalid", "2"],
            "permissive": ["0", "1*", "2"],
        },
    ),
    "a length too large": (
        GOOD[0] + with_length(GOOD[1], len(GOOD[1]) + 40) + GOOD[2] + GOOD[3],
        {
            None: ["0", "EndOfRecordNotFound"],
            "strict": ["0", "!EndOfRecordNotFound"],
            "lenient": ["0", "EndOfRecordNotFound", "2", "3"],
            "permissive": ["0", "1*", "2", "3"],
        },
    ),
    "a length too small": (
        GOOD[0] + with_length(GOOD[1], len(GOOD[1]) - 1) + GOOD[2] + GOOD[3],
        {
            None: ["0", "EndOfRecordNotFound"],
            "strict": ["0", "!EndOfRecordNotFound"],
            "lenient": ["0", "EndOfRecordNotFound", "2", "3"],
            "permissive": ["0", "1*", "2", "3"],
        },
    ),
    "a length of zeros": (
        GOOD[0] + with_length(GOOD[1], 0) + GOOD[2],
        {
            None: ["0", "RecordLengthInvalid"],
            "strict": ["0", "!RecordLengthInvalid"],
            "lenient": ["0", "RecordLengthInvalid", "2"],
            "permissive": ["0", "1*", "2"],
        },
    ),
    "cut short": (
        GOOD[0] + GOOD[1][:-40],
        {
            None: ["0", "TruncatedRecord"],
            "strict": ["0", "!TruncatedRecord"],
            "lenient": ["0", "TruncatedRecord"],
            "permissive": ["0", "1*"],
        },
    ),
    "line ends between records": (
        GOOD[0] + b"\r\n" + GOOD[1] + b"\n" + GOOD[2],
        {
            None: ["0", "EndOfRecordNotFound"],
            "strict": ["0", "!BytesBetweenRecords", "1", "!BytesBetweenRecords", "2"],
            "lenient": ["0", "1", "2"],
            "permissive": ["0", "1", "2"],
        },
    ),
    "junk in front": (
        b"junk, and more of it" + GOOD[0] + GOOD[1],
        {
            None: ["RecordLengthInvalid"],
            "strict": ["!BytesBetweenRecords", "0", "1"],
            "lenient": ["0", "1"],
            "permissive": ["0", "1"],
        },
    ),
}

#: How many errors belong to no record.
STRAYS = {
    "a record that cannot be saved": {"permissive": 1},
    "line ends between records": {"lenient": 2, "permissive": 2},
    "junk in front": {"lenient": 1, "permissive": 1},
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", TABLE)
def test_the_table(fault: str, mode: Any, kind: Kind, tmp_path: Path) -> None:
    data, expected = TABLE[fault]
    source = kind.open(data, tmp_path)
    reader = MARCReader(source, recovery_mode=mode, **kind.options)
    assert outcome(reader) == expected[mode]
    assert len(reader.errors) == STRAYS.get(fault, {}).get(mode, 0)
    assert outcome(reader) == []
    if kind.options or kind.name == "path":
        reader.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", TABLE)
def test_every_error_knows_its_place(fault: str, mode: Any, tmp_path: Path) -> None:
    data, _ = TABLE[fault]
    path = from_path(data, tmp_path)
    with MARCReader(path, recovery_mode=mode) as reader:
        errors: list[Any] = []
        while True:
            try:
                record = next(reader)
            except StopIteration:
                break
            except mrrc.MrrcException as error:
                errors.append(error)
                continue
            errors += [reader.current_exception] if record is None else record.errors
        errors += reader.errors
    for error in errors:
        assert isinstance(error, mrrc.MrrcException)
        assert error.source == str(path)
        assert error.byte_offset is not None and 0 <= error.byte_offset <= len(data)
        if error.bytes_near is not None:
            first = error.bytes_near_offset
            assert first is not None
            assert data[first : first + len(error.bytes_near)] == error.bytes_near


@pytest.mark.parametrize("fault", TABLE)
def test_read_record(fault: str) -> None:
    """None only at the end; what the table has as raised or None raises."""
    data, expected = TABLE[fault]
    for mode in MODES:
        reader = MARCReader(data, recovery_mode=mode)
        for one in expected[mode]:
            if one[0].isdigit():
                record = reader.read_record()
                assert record is not None and number_of(record) == one[0]
            else:
                with pytest.raises(getattr(mrrc, one.lstrip("!"))):
                    reader.read_record()
        assert reader.read_record() is None


@pytest.mark.parametrize("fault", TABLE)
def test_chunks(fault: str) -> None:
    """`current_chunk` is what stands in the source for the record last yielded."""
    data, _ = TABLE[fault]
    for mode in (*RECOVERING, "strict"):
        reader = MARCReader(data, recovery_mode=mode)
        while True:
            try:
                record = next(reader)
            except StopIteration:
                break
            except mrrc.MrrcException:
                assert reader.current_chunk is not None and reader.current_chunk in data
                continue
            chunk = reader.current_chunk
            assert chunk
            end = reader.tell()
            assert data[end - len(chunk) : end] == chunk
            if record is not None and not record.errors:
                assert chunk in GOOD
        lost = mode == "strict" and isinstance(reader.current_exception, mrrc.FatalReaderError)
        assert bool(reader.current_chunk) == lost


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", TABLE)
def test_errors_of_batches(fault: str, mode: Any) -> None:
    data, expected = TABLE[fault]
    for n in (None, 1, 2):
        batches = iter(MARCReader(data, recovery_mode=mode).batches(n))
        found: list[str] = []
        for _ in range(20):
            try:
                batch = pickle.loads(pickle.dumps(next(batches)))
            except StopIteration:
                break
            except mrrc.MrrcException as error:
                found.append(f"!{type(error).__name__}")
                continue
            errors = batch.errors
            for index, record in enumerate(batch):
                if record is None:
                    assert errors[index]
                    found.append(kinds_of(errors[index])[-1])
                else:
                    assert kinds_of(record.errors) == kinds_of(errors.get(index, ()))
                    found.append(number_of(record) + "*" * (index in errors))
        assert found == expected[mode]


@pytest.mark.parametrize("fault", TABLE)
def test_iter_with_errors(fault: str) -> None:
    data, expected = TABLE[fault]
    for mode in MODES:
        pairs = MARCReader(data, recovery_mode=mode).iter_with_errors()
        found = []
        while True:
            try:
                record, errors = next(pairs)
            except StopIteration:
                break
            except mrrc.MrrcException as error:
                found.append(f"!{type(error).__name__}")
                continue
            if record is None:
                assert errors
                found.append(kinds_of(errors)[-1])
            else:
                assert kinds_of(errors) == kinds_of(record.errors)
                found.append(number_of(record) + "*" * bool(errors))
        assert found == expected[mode]


def test_an_error_of_the_system_raises_in_every_mode() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError(5, "no more")
            return data

    for mode in MODES:
        reader = MARCReader(Failing(b"".join(GOOD[:2])), recovery_mode=mode)
        assert [number_of(cast(Record, next(reader))) for _ in "ab"] == ["0", "1"]
        for _ in "ab":
            with pytest.raises(OSError, match="no more"):
                next(reader)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("mode", MODES)
def test_records_of_another_kind(mode: Any, kind: Kind, tmp_path: Path) -> None:
    """A reader of one kind takes them for records that cannot be read."""
    own = [make.iso2709([make.control_field("001", str(number))], kind="z ") for number in range(3)]
    data = own[0] + GOOD[0] * 2 + own[1] + GOOD[1] + own[2]
    expected = {
        None: ["0", "InvalidField", "InvalidField", "1", "InvalidField", "2"],
        "strict": ["0", "!InvalidField", "!InvalidField", "1", "!InvalidField", "2"],
        "lenient": ["0", "InvalidField", "InvalidField", "1", "InvalidField", "2"],
        "permissive": ["0", "1", "2"],
    }
    source = kind.open(data, tmp_path)
    reader = mrrc.AuthorityMARCReader(source, recovery_mode=mode, **kind.options)
    assert outcome(reader) == expected[mode]
    assert len(reader.errors) == (3 if mode == "permissive" else 0)
    if kind.options or kind.name == "path":
        reader.close()
    if mode in RECOVERING:
        # blanks alone make a block without records
        blank = b" " * 300_000
        capped = mrrc.AuthorityMARCReader(blank + data, recovery_mode=mode, max_errors=2)
        assert outcome(capped)[-1] == "!FatalReaderError"
        coded = mrrc.AuthorityMARCReader(data, recovery_mode=mode, encoding="cp1251")
        assert outcome(coded) == expected[mode]


# -- arguments --


@pytest.mark.parametrize("mode", ["", "Strict", "none", 1, [], b"strict"])
def test_there_is_no_other_mode(mode: Any) -> None:
    with pytest.raises(ValueError, match="recovery_mode is None, 'strict', 'lenient'"):
        MARCReader(b"", recovery_mode=mode)
    reader = MARCReader(b"")
    with pytest.raises(ValueError, match="recovery_mode"):
        reader.recovery_mode = mode


def test_arguments_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="negative"):
        MARCReader(b"", max_errors=-1)
    for cap in (1.5, "3", True):
        with pytest.raises(TypeError, match="max_errors"):
            MARCReader(b"", max_errors=cast(Any, cap))
    with pytest.raises(LookupError):
        MARCReader(b"", encoding="no-such-codec")
    with pytest.raises(LookupError):
        MARCReader(b"", encoding="hex")
    with pytest.raises(LookupError):
        MARCReader(b"").encoding = "no-such-codec"


def test_permissive_is_no_mode() -> None:
    data, expected = TABLE["line ends between records"]
    reader = MARCReader(data, permissive=True)
    assert reader.recovery_mode is None
    assert outcome(reader) == expected[None]
    reader = MARCReader(data, True, False, False, "strict", "iso8859-1", True)
    assert outcome(reader) == expected[None]


@pytest.mark.parametrize("kind", KINDS[:4], ids=lambda kind: kind.name)
def test_the_mode_may_change(kind: Kind, tmp_path: Path) -> None:
    data = INSIDE * 6 + b"\n" + GOOD[2]
    for first in MODES:
        for then in MODES:
            source = kind.open(data, tmp_path)
            reader = MARCReader(source, recovery_mode=first, **kind.options)
            expected = []
            for number in range(6):
                reader.recovery_mode = then if number % 2 else first
                strict = reader.recovery_mode == "strict"
                if strict:
                    with pytest.raises(mrrc.InvalidIndicator):
                        next(reader)
                else:
                    record = next(reader)
                    assert record is not None
                    expected.append(reader.recovery_mode)
                    assert bool(record.errors) == (reader.recovery_mode in RECOVERING)
                    assert ("245" in record) == (reader.recovery_mode != "lenient")
            reader.recovery_mode = "lenient"
            assert outcome(reader) == ["2"]
            assert len(reader.errors) == 1
            if kind.options or kind.name == "path":
                reader.close()


# -- errors of records --


def test_errors_stay_with_their_record() -> None:
    reader = MARCReader(INSIDE + GOOD[2], recovery_mode="permissive")
    record, whole = cast(list[Record], list(reader))
    assert whole.errors == []
    (error,) = record.errors
    assert isinstance(error, mrrc.InvalidIndicator)
    assert (error.record_index, error.field_tag) == (1, "245")
    assert error.record_control_number == "smpl00000001"
    for twin in (
        copy.copy(record),
        copy.deepcopy(record),
        pickle.loads(pickle.dumps(record)),
        mrrc.RecordBatch([None, record])[1],
        pickle.loads(pickle.dumps(mrrc.RecordBatch([None, record])))[1],
    ):
        assert [str(each) for each in twin.errors] == [str(error)]
        assert "errors" not in vars(type(twin).__mro__[0]) or twin.errors is not record.errors
    record.errors.clear()
    assert record.errors == [error]
    record.fields  # noqa: B018 - making the objects changes nothing
    record.add_field(mrrc.Field("500", subfields=[]))
    assert record.errors == [error]
    assert Record().errors == []
    assert pickle.loads(pickle.dumps(whole)).errors == []


def test_a_record_out_of_a_batch_has_its_own_errors() -> None:
    data = INSIDE + GOOD[0] + INSIDE + GOOD[1]
    (batch,) = MARCReader(data, recovery_mode="lenient").batches()
    assert sorted(batch.errors) == [0, 2]
    assert [bool(cast(Record, record).errors) for record in batch] == [True, False, True, False]
    assert mrrc.RecordBatch(list(batch)[1:]).errors.keys() == {1}


# -- too many --


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("mode", RECOVERING)
def test_more_errors_than_are_borne(mode: Any, kind: Kind, tmp_path: Path) -> None:
    data = GOOD[0] + INSIDE + b"\n" + GOOD[2] + INSIDE + GOOD[3]
    expected = ["0", "1*", "2", "1*", "3"]
    for cap, yielded in ((None, 5), (0, 5), (3, 5), (2, 3), (1, 2)):
        source = kind.open(data, tmp_path)
        reader = MARCReader(source, recovery_mode=mode, max_errors=cap, **kind.options)
        found = outcome(reader)
        assert found[:yielded] == expected[:yielded]
        if yielded < 5:
            assert found[yielded:] == ["!FatalReaderError"]
            error = cast(Any, reader.current_exception)
            assert (error.cap, error.errors_seen) == (cap, cast(int, cap) + 1)
            assert f"({error.errors_seen} errors, cap {cap})" in str(error)
            assert outcome(reader) == []
        else:
            assert found == expected
        if kind.options or kind.name == "path":
            reader.close()


def test_the_cap_is_nothing_to_the_other_modes() -> None:
    data, expected = TABLE["line ends between records"]
    for mode in (None, "strict"):
        assert outcome(MARCReader(data, recovery_mode=mode, max_errors=1)) == expected[mode]


def test_the_cap_at_the_end_of_a_file() -> None:
    for mode in RECOVERING:
        data = GOOD[0] + b"\n" + GOOD[1] + b"junk that is no record at all"
        reader = MARCReader(data, recovery_mode=mode, max_errors=1)
        assert outcome(reader) == ["0", "1", "!FatalReaderError"]


# -- places --


@pytest.mark.parametrize("mode", RECOVERING)
def test_a_file_object_is_left_behind_the_record(mode: Any) -> None:
    data = GOOD[0] + b"\r\n" + GOOD[1] + INSIDE + b"junk" + GOOD[2]
    file = io.BytesIO(b"head" + data)
    file.seek(4)
    reader = MARCReader(file, recovery_mode=mode)
    for end in (len(GOOD[0]), data.index(GOOD[1]) + len(GOOD[1]), data.index(b"junk"), len(data)):
        assert next(reader) is not None
        assert file.tell() == reader.tell() == 4 + end
        chunk = reader.current_chunk
        assert chunk and (b"head" + data)[: 4 + end].endswith(chunk)
    assert [error.byte_offset for error in reader.errors] == [
        4 + len(GOOD[0]),
        4 + data.index(b"junk"),
    ]


@pytest.mark.parametrize("mode", ["strict", *RECOVERING])
def test_a_pipe_is_read_no_further_than_its_records(mode: Any) -> None:
    data = b"".join(GOOD)
    file = io.BytesIO(data)

    class Unseekable:
        read = file.read

    reader = MARCReader(Unseekable(), recovery_mode=mode)  # type: ignore[arg-type]
    for number in range(6):
        assert next(reader) is not None
        assert file.tell() == len(GOOD[0]) * (number + 1)


@pytest.mark.parametrize("mode", ["strict", *RECOVERING])
def test_a_file_object_that_somebody_moves(mode: Any) -> None:
    file = io.BytesIO(b"".join(GOOD))
    reader = MARCReader(file, recovery_mode=mode)
    assert number_of(cast(Record, next(reader))) == "0"
    file.seek(len(GOOD[0]) * 4)
    assert outcome(reader) == ["4", "5"]
    file.seek(len(GOOD[0]) * 5)
    assert outcome(reader) == ["5"]


@pytest.mark.parametrize("kind", KINDS[:4], ids=lambda kind: kind.name)
@pytest.mark.parametrize("mode", MODES)
def test_seeking(mode: Any, kind: Kind, tmp_path: Path) -> None:
    data = b"".join(GOOD)
    source = kind.open(data, tmp_path)
    reader = MARCReader(source, recovery_mode=mode, **kind.options)
    assert outcome(reader) == list("012345")
    assert reader.tell() == len(data)
    reader.seek(len(GOOD[0]) * 2)
    assert reader.tell() == len(GOOD[0]) * 2
    assert outcome(reader) == list("2345")
    reader.seek(0)
    assert outcome(reader) == list("012345")
    if kind.options or kind.name == "path":
        reader.close()


@pytest.mark.parametrize("kind", KINDS[:4], ids=lambda kind: kind.name)
def test_a_fault_that_was_found_ahead_is_not_told_twice(kind: Kind, tmp_path: Path) -> None:
    data = GOOD[0] + INSIDE + GOOD[2] + INSIDE
    for change, expected in (
        (lambda reader: setattr(reader, "max_errors", 5), ["!InvalidIndicator", "2"]),
        (lambda reader: setattr(reader, "recovery_mode", "lenient"), ["1*", "2"]),
        (lambda reader: reader.seek(len(GOOD[0] + INSIDE)), ["2"]),
    ):
        reader = MARCReader(kind.open(data, tmp_path), recovery_mode="strict", **kind.options)
        assert next(reader) is not None
        change(reader)
        assert outcome(reader)[:-1] == expected
        if kind.options or kind.name == "path":
            reader.close()


@pytest.mark.parametrize("mode", RECOVERING)
def test_seeking_back_does_not_tell_twice(mode: Any) -> None:
    data = GOOD[0] + b"\n" + GOOD[1] + b"\n" + GOOD[2]
    reader = MARCReader(data, recovery_mode=mode)
    assert outcome(reader) == ["0", "1", "2"]
    reader.seek(0)
    assert reader.errors == []
    assert outcome(reader) == ["0", "1", "2"]
    assert [error.byte_offset for error in reader.errors] == [
        len(GOOD[0]),
        2 * len(GOOD[0]) + 1,
    ]


@pytest.mark.parametrize("mode", RECOVERING)
def test_errors_come_with_the_records_behind_them(mode: Any) -> None:
    reader = MARCReader(GOOD[0] + b"\n" + GOOD[1] + b"junk", recovery_mode=mode)
    seen = [(number_of(cast(Record, record)), len(reader.errors)) for record in reader]
    assert seen == [("0", 0), ("1", 1)]
    assert len(reader.errors) == 2


@pytest.mark.parametrize("mode", RECOVERING)
def test_threads_share_a_reader(mode: Any) -> None:
    data = (b"".join(GOOD) + INSIDE + b"\n") * 300
    reader = MARCReader(data, recovery_mode=mode)
    found: list[int] = []

    def work() -> None:
        number = 0
        for record in reader:
            number += bool(cast(Record, record).errors)
        found.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 300
    assert len(reader.errors) == 300


# -- what is whole comes --


def whole(data: bytes, mode: str) -> list[str]:
    reader = MARCReader(data, recovery_mode=mode)
    return [number_of(record) for record in reader if record is not None]


@pytest.mark.parametrize("mode", RECOVERING)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" ", b"\0\0", b"\x1a", b"\n\n \r\n"])
def test_records_that_something_blank_separates(end: bytes, mode: str) -> None:
    data = end + end.join(GOOD) + end
    reader = MARCReader(data, recovery_mode=mode)
    assert outcome(reader) == list("012345")
    assert len(reader.errors) == 7
    assert {type(error) for error in reader.errors} == {mrrc.BytesBetweenRecords}


@pytest.mark.parametrize("mode", RECOVERING)
@pytest.mark.parametrize("wrong", [0, 1, 23, 24, 100, 691, 693, 1384, 5000, 99_999])
def test_a_wrong_length_in_the_middle(wrong: int, mode: str) -> None:
    data = b"".join([*GOOD[:2], with_length(GOOD[2], wrong), *GOOD[3:]])
    found = whole(data, mode)
    assert [each for each in found if each != "2"] == list("01345")


@pytest.mark.parametrize("mode", RECOVERING)
@pytest.mark.parametrize("wrong", [b"00000", b"00024", b"99999", b"00230", b"     ", b"abcde"])
def test_a_wrong_base_address(wrong: bytes, mode: str) -> None:
    bad = GOOD[2][:12] + wrong + GOOD[2][17:]
    reader = MARCReader(b"".join([*GOOD[:2], bad, *GOOD[3:]]), recovery_mode=mode)
    assert outcome(reader) == ["0", "1", "2*", "3", "4", "5"]


@pytest.mark.parametrize("mode", RECOVERING)
@pytest.mark.parametrize("cut", [1, 2, 10, 100, 400, 600, 690])
def test_a_record_cut_short_at_the_end(cut: int, mode: str) -> None:
    data = b"".join(GOOD)[:-cut]
    assert whole(data, mode)[:5] == list("01234")
    reader = MARCReader(data, recovery_mode=mode)
    errors: list[Any] = []
    for _, of_record in reader.iter_with_errors():
        errors += of_record
    errors += reader.errors
    assert errors


@pytest.mark.parametrize("mode", RECOVERING)
@pytest.mark.parametrize("cut", [1, 10, 100, 400])
def test_a_record_cut_short_in_the_middle(cut: int, mode: str) -> None:
    data = b"".join([*GOOD[:2], GOOD[2][:-cut], *GOOD[3:]])
    found = whole(data, mode)
    assert found[:2] == ["0", "1"] and found[-2:] == ["4", "5"]


@pytest.mark.parametrize("mode", RECOVERING)
def test_a_record_cut_short_between_line_ends(mode: str) -> None:
    data = b"\n".join([*GOOD[:2], GOOD[2][:-40], *GOOD[3:]])
    found = whole(data, mode)
    assert found[:2] == ["0", "1"] and found[-2:] == ["4", "5"]


# -- round trips --


@given(make.files())
def test_sound_files_are_read_alike_in_every_mode(data: bytes) -> None:
    # what pymarc repairs in silence the others tell of, and what they refuse they raise
    plain = list(MARCReader(data, hide_utf8_warnings=True))
    for mode in RECOVERING:
        records = list(MARCReader(data, recovery_mode=mode))
        if any(record is None for record in plain):
            continue
        assert len(records) == len(plain)
        for record, other in zip(records, plain, strict=True):
            assert record is not None and other is not None
            if not record.errors and str(other.leader)[9] == "a":
                assert record.as_marc() == other.as_marc()


@given(make.utf8_records())
def test_what_permissive_mode_reads_is_read_again(data: bytes) -> None:
    (record,) = list(MARCReader(data, recovery_mode="permissive"))
    assert record is not None
    written = record.as_marc()
    (again,) = list(MARCReader(written, recovery_mode="strict"))
    assert again is not None
    assert again.as_marc() == written
    assert [str(field) for field in again.fields] == [str(field) for field in record.fields]


def check(data: bytes) -> None:
    """What must hold for any bytes."""
    for mode in MODES:
        reader = MARCReader(data, recovery_mode=mode, hide_utf8_warnings=True)
        for _ in range(len(data) + 10):
            try:
                record = next(reader)
            except StopIteration:
                break
            except mrrc.MrrcException:
                assert mode == "strict"
                continue
            if record is None:
                assert mode in (None, "lenient")
                assert isinstance(reader.current_exception, mrrc.MrrcException)
                continue
            if mode in RECOVERING:
                check_written(record)
        else:
            raise AssertionError("the reader does not end")


def check_written(record: Record) -> None:
    try:
        written = record.as_marc()
    except mrrc.WriterError:
        return
    again = list(MARCReader(written, recovery_mode="permissive"))
    assert len(again) == 1 and again[0] is not None
    assert again[0].as_marc() == written
    assert [str(field) for field in again[0].fields] == [str(field) for field in record.fields]


@pytest.mark.filterwarnings("ignore")
@given(make.damaged(make.files()))
def test_damaged_files(data: bytes) -> None:
    check(data)


@pytest.mark.filterwarnings("ignore")
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    check(data)


def pieces_of(files: Iterator[bytes], size: int) -> Iterator[bytes]:
    for data in files:
        records = data.split(b"\x1d")
        for start in range(0, len(records), 40):
            piece = b"\x1d".join(records[start : start + 3])
            if 0 < len(piece) < size:
                yield piece


@pytest.mark.filterwarnings("ignore")
@pytest.mark.shared
def test_mutations_of_real_records(loc_books: Path, pymarc_data: list[Path]) -> None:
    files = (path.read_bytes() for path in [loc_books, *pymarc_data] if path.suffix != ".txt")
    chance = random.Random(2709)
    for piece in pieces_of(files, 20_000):
        for times in (1, 2, 5):
            check(make.damage(piece, chance, times))


@pytest.mark.parametrize("mode", ["lenient", "permissive", None])
@pytest.mark.parametrize("at", [5, 8, 17, 19])
def test_a_byte_of_the_leader_that_is_no_ascii_has_a_place(mode: str | None, at: int) -> None:
    chunk = bytearray(make.sample())
    chunk[at] = 0xC3
    reader = mrrc.MARCReader(make.sample() + bytes(chunk), recovery_mode=mode)
    _, record = reader.__next__(), next(reader)
    errors = [reader.current_exception] if record is None else record.errors
    (error,) = errors
    assert isinstance(error, mrrc.MrrcException)
    assert (error.byte_offset, error.found) == (len(chunk) + at, b"\xc3")
