# SPDX-License-Identifier: MIT
"""Sources gone through without objects: the same records, numbers and errors as a reader's."""

import random
import warnings
from typing import Any

import pytest
from command_line import SAMPLE, sample_records, with_bad

import mrrc
from mrrc import _bridge
from mrrc.exceptions import MrrcException
from mrrc.files import open_source
from mrrc.sweep import Report, Stretch, Sweep


def swept(source: Any, **options: Any) -> tuple[list[int], list[MrrcException], Sweep]:
    """The numbers of the records, and what was amiss with others."""
    errors: list[MrrcException] = []
    skip, limit = options.pop("skip", 0), options.pop("limit", None)
    with open_source(source) as opened:
        sweep = Sweep(opened, report=Report(errors.append), **options)
        sweep.skip, sweep.limit = skip, limit
        numbers = [
            stretch.number_of(index)
            for stretch in sweep
            for index in range(stretch.first, stretch.end)
        ]
    return numbers, errors, sweep


def repairs(said: list[warnings.WarningMessage]) -> int:
    """How many of the warnings are about records; others may come of what was read before."""
    return sum(each.category is mrrc.RepairWarning for each in said)


def read(source: Any) -> tuple[list[int], list[int]]:
    """The numbers of a reader's records, and of those that it could not read."""
    good, bad = [], []
    with mrrc.read(source) as reader:
        for number, record in enumerate(reader, 1):
            (good if record is not None else bad).append(number)
    return good, bad


@pytest.mark.parametrize("packed", [True, False])
def test_records_and_errors_are_those_of_a_reader(packed: bool) -> None:
    for data in (SAMPLE.read_bytes(), with_bad(sample_records(), 3)):
        numbers, errors, sweep = swept(data, packed=packed)
        good, bad = read(data)
        assert numbers == good
        assert [error.record_index for error in errors] == bad
        assert sweep.given == len(good)


def test_a_filter_keeps_the_numbers() -> None:
    where = mrrc.Filter("650$a == 'Lighthouses'")
    with mrrc.read(SAMPLE) as reader:
        wanted = [n for n, one in enumerate(reader, 1) if one is not None and where.matches(one)]
    for packed in (True, False):
        assert swept(SAMPLE, where=where, packed=packed)[0] == wanted
        assert swept(SAMPLE, where=where, packed=packed, skip=1)[0] == wanted[1:]
        assert swept(SAMPLE, where=where, packed=packed, limit=1)[0] == wanted[:1]


class Odd:
    """Wants every second record of a view."""

    def wanted(self, view: _bridge.View, first: int, end: int) -> bytes:
        return bytes(index % 2 for index in range(first, end))


def test_a_choice() -> None:
    assert swept(SAMPLE, choice=Odd())[0][:3] == [2, 4, 6]
    assert swept(SAMPLE, choice=Odd(), skip=1, limit=2)[0] == [4, 6]


def test_records_are_copied_as_they_stand() -> None:
    out = _bridge.Bytes()
    copied = b""
    with open_source(SAMPLE) as opened:
        sweep = Sweep(opened, packed=False, written=True)
        sweep.skip, sweep.limit = 2, 100
        for stretch in sweep:
            if stretch.chunk is not None:
                copied += stretch.chunk
            else:
                stretch.view.copied(stretch.first, stretch.end, out)
                copied += out.taken()
    assert copied == b"".join(sample_records()[2:])


def test_a_failure_of_what_looks_is_told_with_the_number() -> None:
    def step(view: _bridge.View, first: int, end: int) -> tuple[int, Exception | None]:
        if first < 5 < end:
            return 5, MrrcException("no")
        return end, None

    errors: list[MrrcException] = []
    with open_source(SAMPLE) as opened:
        sweep = Sweep(opened, report=Report(errors.append))
        for _ in sweep.through(step):
            pass
    assert [(error.record_index, error.source) for error in errors] == [(6, str(SAMPLE))]
    assert sweep.given == 20
    with open_source(SAMPLE) as opened, pytest.raises(MrrcException, match="no"):
        for _ in Sweep(opened).through(step):
            pass


def test_views_without_a_source_have_no_bytes_there() -> None:
    view = _bridge.view_of([b"x" * 24])
    assert (view.count, view.met, view.marked, view.numbers()) == (1, 1, False, None)
    with pytest.raises(ValueError, match="no source"):
        view.block()
    with pytest.raises(ValueError, match="no source"):
        view.copied(0, 1, _bridge.Bytes())
    assert Stretch(view, 0, 1, 7).number_of(0) == 7


def test_repairs_are_told_of() -> None:
    text = b"=LDR  00000nam a2200000   4500\n=001  1\n=245  10$a{nosuch}\n\n"
    with warnings.catch_warnings(record=True) as said, open_source(text) as opened:
        warnings.simplefilter("always")
        assert sum(each.end - each.first for each in Sweep(opened, "mrk")) == 1
    assert repairs(said) == 1


# -- what is amiss, in each mode --


class Told(Report):
    """Keeps what is told, by the record's number."""

    def __init__(self) -> None:
        super().__init__()
        self.bad_ones: list[tuple[int | None, str]] = []
        self.flaws: list[tuple[int | None, str]] = []
        self.strays: list[int | None] = []

    def bad(self, error: MrrcException) -> None:
        self.bad_ones.append((error.record_index, error.code))

    def flaw(self, error: Exception, note: _bridge.Note | None) -> None:
        assert isinstance(error, MrrcException)
        self.flaws.append((error.record_index, error.code))

    def passed_over(self, error: MrrcException) -> None:
        self.strays.append(error.byte_offset)


def as_read(data: bytes, **options: Any) -> tuple[list[int], Told]:
    """The numbers of a reader's records, and what it tells."""
    told, numbers = Told(), []
    with mrrc.read(data, **options) as reader:
        while True:
            try:
                record = next(reader)
            except StopIteration:
                break
            except MrrcException as error:
                told.bad(error)
                continue
            if record is None:
                error = reader.current_exception
                assert isinstance(error, MrrcException)
                told.bad(error)
                continue
            numbers.append(record._place()[1] or 0)
            for each in record.errors:
                told.flaw(each, None)
        told.strays = [error.byte_offset for error in reader.errors]
    return numbers, told


def as_swept(data: bytes, where: str | None = None, **options: Any) -> tuple[list[int], Told]:
    """The same of a sweep."""
    told = Told()
    encoding = options.pop("encoding", None)
    test = None if where is None else mrrc.Filter(where)
    with open_source(data) as opened:
        sweep = Sweep(opened, encoding=encoding, where=test, report=told, **options)
        numbers = [
            stretch.number_of(index)
            for stretch in sweep
            for index in range(stretch.first, stretch.end)
        ]
    return numbers, told


def damaged(seed: int) -> bytes:
    """The sample with a few bytes replaced, left out or added."""
    chance = random.Random(seed)
    data = bytearray(SAMPLE.read_bytes())
    for _ in range(seed % 12):
        place = chance.randrange(len(data))
        piece = chance.choice([b"", b"\x1d", b"\x1e", b"\x1f", b"\xff", b"9", b" \n", b"\x1b"])
        data[place : place + chance.randrange(3)] = piece
    return bytes(data)


@pytest.mark.parametrize("where", [None, "245$a =? 'i'", "!650/*.a?"])
@pytest.mark.parametrize("encoding", [None, "detect", "marc-8", "cp1252", "utf-8"])
@pytest.mark.parametrize("mode", ["strict", "lenient", "permissive"])
def test_in_each_mode_damaged_records_are_those_of_a_reader(
    mode: str, encoding: str | None, where: str | None
) -> None:
    for seed in range(24):
        data = damaged(seed)
        if seed % 3 == 0:
            data += b" \r\n" + data[: len(data) // 3]
        numbers, told = as_read(data, recovery_mode=mode, encoding=encoding, where=where)
        found, said = as_swept(data, where, recovery_mode=mode, encoding=encoding)
        assert found == numbers, seed
        assert (said.bad_ones, said.flaws) == (told.bad_ones, told.flaws), seed
        assert said.strays == told.strays, seed
        # where they are told apart only, they are the same, and no flaw is made up
        found, said = as_swept(data, where, recovery_mode=mode, encoding=encoding, packed=False)
        assert found == numbers, seed
        assert (said.bad_ones, said.strays) == (told.bad_ones, told.strays), seed
        assert set(said.flaws) <= set(told.flaws), seed


@pytest.mark.parametrize("encoding", [None, "detect", "cp1252"])
def test_without_a_mode_damaged_records_are_those_of_a_reader(encoding: str | None) -> None:
    for seed in range(24):
        data = damaged(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            numbers, told = as_read(data, encoding=encoding)
            for packed in (True, False):
                found, said = as_swept(data, encoding=encoding, packed=packed)
                assert (found, said.bad_ones) == (numbers, told.bad_ones), seed


@pytest.mark.parametrize("mode", [None, "strict", "lenient", "permissive"])
def test_other_formats_in_each_mode(mode: str | None) -> None:
    good = "=LDR  00000nam a2200000   4500\n=001  {}\n=245  10$aOne\n\n"
    data = "".join(
        good.format(number) if number % 3 else "=LDR  00000nam a2200000   4500\n=2\n\n"
        for number in range(1, 10)
    ).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numbers, told = as_read(data, format="mrk", recovery_mode=mode)
        found, said = as_swept(data, format="mrk", recovery_mode=mode)
    assert found == numbers
    assert said.bad_ones == told.bad_ones
    assert said.strays == told.strays


def test_what_belongs_to_no_record_is_told() -> None:
    one, two, *_ = sample_records()
    data = one + b"no record at all" + two
    errors: list[MrrcException] = []
    with open_source(data) as opened:
        sweep = Sweep(opened, recovery_mode="lenient", report=Report(errors.append))
        assert sum(each.end - each.first for each in sweep) == 2
    assert [(error.code, error.byte_offset) for error in errors] == [("E007", len(one))]
    # blanks are no loss, and without a listener it is a warning
    for more in (b" \n", b"no record at all"):
        with (
            warnings.catch_warnings(record=True) as said,
            open_source(one + more + two) as opened,
        ):
            warnings.simplefilter("always")
            sweep = Sweep(opened, recovery_mode="lenient")
            assert sum(each.end - each.first for each in sweep) == 2
        assert repairs(said) == 1


def test_flaws_of_records_that_are_not_taken_are_not_told() -> None:
    one, two, *_ = sample_records()
    bad = two.replace(b"\x1fa", b"\x1f\x1e", 1)
    for options in ({"skip": 2}, {"limit": 1}, {"choice": Neither()}):
        told = Told()
        with open_source(one + bad + two) as opened:
            choice = options.get("choice")
            sweep = Sweep(opened, recovery_mode="lenient", report=told, choice=choice)
            sweep.skip, sweep.limit = options.get("skip", 0), options.get("limit")
            list(sweep)
        assert (told.flaws, told.bad_ones) == ([], []), options


class Neither:
    """Wants no record."""

    def wanted(self, view: _bridge.View, first: int, end: int) -> bytes:
        return bytes(end - first)


def test_levels_of_validation() -> None:
    with pytest.raises(ValueError, match="validation_level is 'structural' or 'strict_marc'"):
        swept(SAMPLE, validation_level="strict")
    wrong = mrrc.Record(fields=[mrrc.Field("245", ["1", "0"], [mrrc.Subfield("q", "x")])])
    data = sample_records()[0] + wrong.as_marc() + sample_records()[1]
    numbers, errors, _ = swept(data, validation_level="strict_marc", recovery_mode="strict")
    assert numbers == [1, 3]
    assert [error.record_index for error in errors] == [2]
    assert errors[0].byte_offset == len(sample_records()[0])
    with (
        mrrc.MARCReader(data, validation_level="strict_marc", recovery_mode="strict") as reader,
        pytest.raises(type(errors[0])) as found,
    ):
        list(reader)
    assert str(found.value) == str(errors[0])
