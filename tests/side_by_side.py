# SPDX-License-Identifier: MIT
"""Reads the same bytes with mrrc and with pymarc and compares all that a program can see.

That is, for each call of `next`: the record in every view, the exception, the
bytes, the warnings, the log, standard error and the place in the file. pymarc
says what is expected, but for the differences that `Difference` names.
"""

import contextlib
import copy
import io
import logging
import pickle
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pymarc
import pytest
import records as make

import mrrc

# What can be seen of a record ---------------------------------------------------

ACCESSORS = (
    "title",
    "issn_title",
    "isbn",
    "issn",
    "issnl",
    "sudoc",
    "author",
    "uniformtitle",
    "series",
    "subjects",
    "addedentries",
    "location",
    "notes",
    "physicaldescription",
    "publisher",
    "pubyear",
)


def field_shape(fld: Any) -> tuple[Any, ...]:
    """A field as plain values; equal for equal fields of the two packages."""
    return (
        type(fld).__name__,
        fld.tag,
        fld.control_field,
        fld.data,
        fld.indicators and tuple(fld.indicators),
        [(type(sub).__name__, *sub) for sub in fld.subfields],
    )


def shape(record: Any) -> tuple[Any, ...]:
    """A record as plain values."""
    return (
        type(record).__name__,
        type(record.leader).__name__,
        str(record.leader),
        [field_shape(fld) for fld in record.fields],
        record.to_unicode,
        record.force_utf8,
    )


def skeleton(record: Any) -> list[Any]:
    """A record's fields without their values."""
    return [(f.tag, f.indicators, [sub.code for sub in f.subfields]) for f in record.fields]


class Raised:
    """An exception in the place of a value; compare as `ours == theirs`."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raised) and same_error(self.error, other.error)

    def __repr__(self) -> str:
        return f"Raised({self.error!r})"


def same_error(ours: BaseException | None, theirs: BaseException | None) -> bool:
    """Whether a program written for pymarc takes our error for pymarc's."""
    if ours is None or theirs is None:
        return ours is theirs
    if not type(theirs).__module__.startswith("pymarc"):
        return isinstance(ours, type(theirs)) and ours.args == theirs.args
    # pymarc's own class stands in our tree under its own name, and what we
    # raise in its place must not be a built-in one as well.
    if isinstance(theirs, pymarc.exceptions.FieldNotFound):
        return isinstance(ours, mrrc.FieldNotFound)
    kind = getattr(mrrc.exceptions, type(theirs).__name__)
    return isinstance(ours, kind) and not isinstance(ours, ValueError | IndexError)


def seen(view: Callable[[Any], Any], record: Any) -> Any:
    """What a view gives, or what it raises."""
    try:
        return view(record)
    except Exception as error:
        return Raised(error)


def plain(value: Any) -> Any:
    """A value in which fields have become plain values."""
    if isinstance(value, list):
        return [field_shape(fld) for fld in value]
    return value


def hyphenated(fld: Any) -> bool:
    """Whether subfield 6 has the hyphen without which pymarc raises and ours finds no number."""
    value = fld.get("6")
    return not value or (b"-" if isinstance(value, bytes) else "-") in value


FIELD_VIEWS: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "list": list,
    "value": lambda f: f.value(),
    "format_field": lambda f: f.format_field(),
    "is_control_field": lambda f: f.is_control_field(),
    "is_subject_field": lambda f: f.is_subject_field(),
    "linkage_occurrence_num": lambda f: hyphenated(f) and f.linkage_occurrence_num(),
    "subfields_as_dict": lambda f: f.subfields_as_dict(),
    "get_subfields": lambda f: f.get_subfields("a", "x", "6"),
    "get": lambda f: f.get("a", "none"),
    "item": lambda f: f["a"],
    "contains": lambda f: "a" in f,
    "indicators": lambda f: (f.indicator1, f.indicator2),
}


def field_views(record: Any) -> list[tuple[str, str, Any]]:
    """Everything that a field can say of itself, for each field."""
    views = FIELD_VIEWS.items()
    return [(fld.tag, name, seen(view, fld)) for fld in record.fields for name, view in views]


def accessor(name: str) -> Callable[[Any], Any]:
    return lambda record: plain(getattr(record, name))


VIEWS: dict[str, Callable[[Any], Any]] = {
    **{name: accessor(name) for name in ACCESSORS},
    "contains": lambda r: ["245" in r, "001" in r, "999" in r, "ABC" in r],
    "get_fields": lambda r: plain(r.get_fields("650", "245", "020")),
    "missing": lambda r: r["zzz"],
    "str": str,
    "as_dict": lambda r: r.as_dict(),
    "as_json": lambda r: r.as_json(sort_keys=True),
    "leader": lambda r: str(r.leader),
    "pickled": lambda r: shape(pickle.loads(pickle.dumps(r))),
    "copied": lambda r: shape(copy.copy(r)),
    "deeply copied": lambda r: shape(copy.deepcopy(r)),
    "iteration": lambda r: [field_shape(fld) for fld in r],
    "shape": shape,
    "fields": field_views,
    "linked": lambda r: all(map(hyphenated, r.fields)) and plain(r.get_linked_fields(r["245"])),
    "as_marc": lambda r: r.as_marc(),
    "leader after as_marc": lambda r: str(r.leader),
}


_STRUCTURAL = re.compile("[\x1d-\x1f]")


def writable_field(fld: Any) -> bool:
    """Whether none of what a field's bytes are made of holds a structural character.

    In a control field 0x1F separates nothing, and is written as pymarc writes it.
    """
    values = [fld.data] if fld.control_field else [sub.value for sub in fld.subfields]
    parts = [v.decode("latin-1") if isinstance(v, bytes) else v for v in values]
    if fld.control_field:
        return not any("\x1d" in part or "\x1e" in part for part in parts)
    parts += [*(fld.indicators or ()), *(sub.code for sub in fld.subfields)]
    return not any(_STRUCTURAL.search(part) for part in parts)


def field_as_marc(fld: Any) -> bytes:
    """A field's bytes, in UTF-8 where it holds text."""
    raw: bytes = fld.as_marc() if type(fld).__name__ == "RawField" else fld.as_marc("utf-8")
    return raw


def writable(record: Any) -> bool:
    """Whether ISO 2709 can say the record: nothing structural in a part, nothing too long."""
    sizes = [len(field_as_marc(fld)) for fld in record.fields]
    total = 24 + 1 + 1 + sum(12 + size for size in sizes)
    return (
        all(writable_field(fld) and not _STRUCTURAL.search(fld.tag) for fld in record.fields)
        and max(sizes) <= 9_999
        and total <= 99_999
    )


def views_of(record: Any, names: list[str]) -> dict[str, Any]:
    return {name: seen(VIEWS[name], record) for name in names}


# What can be seen of a reading --------------------------------------------------


@dataclass
class Step:
    """One call of `next`: what came of it, and what was said on the way."""

    record: Any
    error: BaseException | None
    chunk: bytes | None
    place: int
    warned: list[tuple[str, str]] = field(default_factory=list)
    logged: list[tuple[str, str]] = field(default_factory=list)
    printed: str = ""


class Memory(logging.Handler):
    """Keeps the log records it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@contextlib.contextmanager
def listening() -> Iterator[Callable[[], tuple[Any, Any, str]]]:
    """Gives a function that tells what was warned, logged and printed since it was last asked."""
    log = Memory()
    logger = logging.getLogger("pymarc")
    logger.addHandler(log)
    # Kept from pytest too, whose report of a failure would otherwise drown in lines.
    propagated, logger.propagate = logger.propagate, False
    stderr = io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stderr(stderr):
            warnings.simplefilter("always")

            def told() -> tuple[Any, Any, str]:
                said = (
                    [(w.category.__name__, str(w.message)) for w in warned],
                    [(r.levelname, r.getMessage()) for r in log.kept],
                    stderr.getvalue(),
                )
                warned.clear()
                log.kept.clear()
                stderr.seek(0)
                stderr.truncate()
                return said

            yield told
    finally:
        logger.propagate = propagated
        logger.removeHandler(log)


def steps(package: ModuleType, data: bytes, args: dict[str, Any]) -> list[Step]:
    """Reads all of the data, noting what each call of `next` does."""
    file = io.BytesIO(data)
    reader = package.MARCReader(file, **args)
    found = []
    with listening() as told:
        for record in reader:
            step = Step(record, reader.current_exception, reader.current_chunk, file.tell())
            step.warned, step.logged, step.printed = told()
            found.append(step)
        assert told() == ([], [], ""), "the end says nothing"
    return found


class Difference:
    """Where mrrc is meant to differ from pymarc."""

    # Where pymarc loses text that MARC-8 defines (see mrrc.marc8): sets designated as G1,
    # sets that its tables hold for G1 alone, finals of two bytes, an escape behind one of two
    # bytes, and in EACC whatever is not three graphic bytes, and three characters.
    of_marc8 = re.compile(
        rb"""
          \x1b \$? [)-]
        | \x1b \$? [(,] !
        | \x1b (?: \$,? | [(,] )? [4QE]
        | \x1b . \x1b
        | \x1b (?: \$,? | [(,] )? 1 (?: [\x21-\x7e]{3} )*
          (?: [\x21-\x7e]{0,2} [^\x1b\x21-\x7e] | [\x21-\x7e]{1,2} \x1b
            | \x1b (?! [(,$gbps] ) )
        | !uY | \x22\*4 | \x2239
        """,
        re.VERBOSE | re.DOTALL,
    )

    @classmethod
    def of_text(cls, chunk: bytes | None, args: dict[str, Any]) -> bool:
        """Whether MARC-8 in these bytes may mean more than pymarc reads in it."""
        if (
            chunk is None
            or chunk[9:10] == b"a"
            or args.get("force_utf8", False)
            or not args.get("to_unicode", True)
            or args.get("file_encoding", "iso8859-1") != "iso8859-1"
        ):
            return False
        with listening():
            raw = seen(lambda data: pymarc.Record(data, to_unicode=False), chunk)
        # Of a record that cannot be read some values may be, before its fault is met.
        values = (
            [chunk]
            if isinstance(raw, Raised)
            else [sub.value for fld in raw.fields for sub in fld.subfields]
        )
        return any(cls.of_marc8.search(value) for value in values)

    @staticmethod
    def short_length(data: bytes) -> int | None:
        """How many records precede one whose length is below 5, if there is one.

        pymarc takes all the rest for that record; here its length is invalid.
        """
        at = index = 0
        while at + 5 <= len(data):
            try:
                length = int(data[at : at + 5])
            except ValueError:
                return None
            if length < 5:
                return index
            if data[at + length - 1 : at + length] != make.RT:
                return None
            at += length
            index += 1
        return None


def compare(data: bytes, args: dict[str, Any], names: list[str]) -> None:
    """Reads the data with both packages and compares all there is to see."""
    theirs = steps(pymarc, data, args)
    ours = steps(mrrc, data, args)
    short = Difference.short_length(data)
    if short is not None:
        assert len(ours) == short + 1
        assert ours[short].record is None
        assert isinstance(ours[short].error, mrrc.RecordLengthInvalid)
        del theirs[short:], ours[short:]

    for mine, other in zip(ours, theirs, strict=True):
        assert mine.chunk == other.chunk
        assert mine.place == other.place
        if Difference.of_text(other.chunk, args):
            if mine.record and other.record:
                assert skeleton(mine.record) == skeleton(other.record)
            continue
        assert (mine.record is None) == (other.record is None)
        assert same_error(mine.error, other.error), (mine.error, other.error)
        assert mine.warned == other.warned
        assert mine.logged == other.logged
        assert mine.printed == other.printed
        if other.record is None:
            continue
        assert isinstance(mine.record, mrrc.Record)
        asked = names
        # Where text cannot be encoded, pymarc has no bytes either, and its error is compared.
        if seen(writable, other.record) is False:
            asked = [name for name in names if "as_marc" not in name]
            with pytest.raises(mrrc.WriterError):
                copy.deepcopy(mine.record).as_marc()
        got = views_of(mine.record, asked)
        want = views_of(other.record, asked)
        for name in asked:
            assert got[name] == want[name], name
        if "fields" in names:
            for my_field, other_field in zip(mine.record.fields, other.record.fields, strict=True):
                if writable_field(other_field):
                    assert seen(field_as_marc, my_field) == seen(field_as_marc, other_field)
                else:
                    with pytest.raises(mrrc.WriterError):
                        field_as_marc(my_field)


FORWARDS = list(VIEWS)
BACKWARDS = FORWARDS[::-1]
