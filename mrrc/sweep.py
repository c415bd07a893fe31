# SPDX-License-Identifier: MIT
"""The records of a source gone through where C has them, a stretch of a batch at a time.

No object is made of a record, but of one that is out of the ordinary, which is decoded by the
rules of `MARCReader` and packed again. What is looked for in the records is not known here, and
what is amiss with them is for a `Report` to tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mrrc import _bridge
from mrrc.exceptions import BytesBetweenRecords, MrrcException
from mrrc.files import OpenedSource
from mrrc.formats import table
from mrrc.levels import STRUCTURAL, checked_level
from mrrc.recovery import is_blank, mode_flag
from mrrc.repairs import RepairWarning

if TYPE_CHECKING:
    from mrrc.query import Filter
    from mrrc.record import Record
    from mrrc.recovery import Found

__all__ = ["Choice", "Report", "Stretch", "Sweep"]

#: What looks at the records `first` to `end` of a view: it returns how far it came, and why not
#: further.
Step = Callable[[_bridge.View, int, int], tuple[int, Exception | None]]


class Choice(Protocol):
    """What says of packed records whether they are wanted."""

    def wanted(self, view: _bridge.View, first: int, end: int) -> bytes:
        """Return a byte for each of the records `first` to `end`, 0 where it is not wanted."""


class Report:
    """What becomes of what is amiss: without a listener it is raised, or a warning.

    Args:
        on_error: is told why a record, or bytes between records, are of no use.
    """

    def __init__(self, on_error: Callable[[MrrcException], Any] | None = None) -> None:
        self._on_error = on_error

    def bad(self, error: MrrcException) -> None:
        """Tell why a record, or the rest of the source, is not there.

        Raises:
            MrrcException: that is so, and nobody is to be told.
        """
        if self._on_error is None:
            raise error
        self._on_error(error)

    def flaw(self, error: Exception, note: _bridge.Note | None) -> None:
        """Tell what was amiss in a record that is there all the same."""
        warning = RepairWarning(
            str(error) if note is None else note.text(),
            source=getattr(error, "source", None),
            record_index=getattr(error, "record_index", None),
            field_tag=getattr(error, "field_tag", None),
            byte_offset=getattr(error, "byte_offset", None),
        )
        warning.__cause__ = error
        _bridge.warn(warning)

    def passed_over(self, error: MrrcException) -> None:
        """Tell which bytes belong to no record; blanks are no loss."""
        if self._on_error is None or is_blank(error):
            warning = RepairWarning(
                getattr(error, "message", None) or str(error),
                source=error.source,
                byte_offset=error.byte_offset,
            )
            warning.__cause__ = error
            _bridge.warn(warning)
        else:
            self._on_error(error)


class Stretch(NamedTuple):
    """Records of a view, one behind the other.

    Attributes:
        view: the batch.
        first, end: which of its records.
        number: the number in the source of the view's first record.
        numbers: of each record of the view, how many it is behind that; None where they follow
            each other.
        packed: the record, where there is but one, which is out of the ordinary.
        chunk: its bytes in the source, if it is of ISO 2709.
        repairs: how it had to be changed to be packed.
        record: it as an object, where C has not decoded it.
    """

    view: _bridge.View
    first: int
    end: int
    number: int
    numbers: list[int] | None = None
    packed: bytes | None = None
    chunk: bytes | None = None
    repairs: tuple[RepairWarning, ...] = ()
    record: Record | None = None

    def number_of(self, index: int) -> int:
        """Return a record's number in its source."""
        return self.number + (index if self.numbers is None else self.numbers[index])

    def is_whole(self) -> bool:
        """Return whether all records of the view are in it, as C has them."""
        return self.first == 0 and self.end == self.view.count and self.packed is None


class Sweep:
    """The wanted records of a source.

    Args:
        opened: the source.
        format: its format's name; by default the source tells.
        encoding: of its text.
        where: what the records have to pass.
        choice: another thing that says which are wanted.
        packed: False where it is enough to tell the records apart: of ISO 2709 those that are not
            out of the ordinary are not decoded then, and have no bytes in the views. Where faults
            of text make bad records, they are decoded all the same.
        validation_level: ``structural``, or ``strict_marc``: what the rules of MARC 21 find is a
            fault, too.
        written: the records are written by who takes them, as they stand where that can be: those
            of ISO 2709 that are out of the ordinary come with their bytes, and how one is changed
            where it cannot be packed is not told.
        recovery_mode: what becomes of faults, as in `MARCReader` and `FormatReader`.
        report: is told what is amiss; see `Report`.
        jobs: how many threads decode and test records; 0: as many as the process may use.
        columns: what those threads are to make rows by.

    Attributes:
        format: the format's name.
        name: the source's.
        given: how many records were handed out.
        skip: how many are to be passed over yet.
        limit: how many may be handed out at most, or None.

    Raises:
        OSError, EOFError: while it is gone through: the source cannot be read.
    """

    def __init__(
        self,
        opened: OpenedSource,
        format: str | None = None,
        encoding: str | None = None,
        *,
        where: Filter | None = None,
        choice: Choice | None = None,
        packed: bool = True,
        written: bool = False,
        recovery_mode: str | None = None,
        validation_level: str = STRUCTURAL,
        report: Report | None = None,
        jobs: int = 1,
        columns: _bridge.Columns | None = None,
    ) -> None:
        self.format = table.reading(opened, format)
        self.given = 0
        self.skip = 0
        self.limit: int | None = None
        self._opened = opened
        self.name = opened.name
        self._where = where
        self._choice = choice
        self._report = report or Report()
        self._mode = recovery_mode
        self._written = written
        # of records that are told apart only nothing is changed
        self._tells = not written and (packed or self.format != "marc")
        # of ISO 2709 a record that was read with a flaw is raised
        self._refuses = recovery_mode == "strict" and self.format != "marc"
        self._how: dict[str, Any] = {}
        self._flags = _bridge.READ_BRIEFLY | mode_flag(recovery_mode)
        if self.format == "marc":
            # a module of its own, which the other formats do without
            from mrrc.marc_encoding import marc_encoding

            text = marc_encoding(encoding)
            self._how = text.how()
            self._flags |= text.read_flags()
        self._validator = None
        if checked_level(validation_level) != STRUCTURAL:
            # most look at structure alone
            from mrrc.validator import Validator

            self._validator = Validator()
        may_copy = not packed and choice is None and self._validator is None
        if may_copy and recovery_mode in ("lenient", "permissive"):
            self._flags |= _bridge.READ_FRAMES
        if self.format == "marc" or encoding == "detect":
            encoding = None
        self._source = opened.source(self.format, encoding)
        if where is not None:
            self._source.filter(where.program)
        if jobs != 1:
            # a module that one thread does without
            from mrrc.cores import read_ahead

            read_ahead(self._source, jobs, columns)
        self._read = 0  # records met

    def __iter__(self) -> Iterator[Stretch]:
        while not self._is_full():
            try:
                view = _bridge.look(self._source, self._flags)
            except MrrcException as error:
                self._miss(error)
                if error is self._opened.failure:  # the text ends here
                    return
                continue
            if view is None:
                return
            yield from self._of(view)
            self._read += view.met

    def _miss(self, error: MrrcException) -> None:
        """Tell why there is no batch, but a record that is none, or bytes that belong to none."""
        if isinstance(error, BytesBetweenRecords):
            error.source = error.source or self.name
            error.record_index = None
            self._report.bad(error)
            return
        self._read = error.record_index or self._read + 1
        self._fail(error, self._read)
        self.skip -= min(1, self.skip)

    def through(self, step: Step) -> Iterator[None]:
        """Have all records looked at, and yield between two calls of `step`.

        A record at which it fails is told of and passed over.
        """
        for stretch in self:
            at, end = stretch.first, stretch.end
            while at < end:
                at, error = step(stretch.view, at, end)
                if error is not None:
                    self.fail(error, stretch, at)
                    at += 1
                yield

    def fail(self, error: Exception, stretch: Stretch, index: int) -> None:
        """Tell why a record that was handed out is of no use.

        Raises:
            MrrcException: that is so, and nobody is to be told.
        """
        self.given -= 1
        self._fail(error, stretch.number_of(index))

    def _is_full(self) -> bool:
        return self.limit is not None and self.given >= self.limit

    def _fail(self, error: Exception, number: int) -> None:
        if not isinstance(error, MrrcException):
            raise error
        error.source = error.source or self.name
        error.record_index = number
        self._report.bad(error)

    def _of(self, view: _bridge.View) -> Iterator[Stretch]:
        """Yield the stretches of a batch."""
        whole = Stretch(view, 0, view.count, self._read + 1, view.numbers())
        if not view.marked and not view.noted and self._validator is None:
            yield from self._wanted(whole)
            return
        # what needs to be known where something is amiss
        from mrrc.recovery import Found

        # what looks at other views meanwhile leaves this one alone, but it is large
        block = view.block()
        found = Found(block, self.name, self._read, self._source)
        by_rules = self._by_rules(block, whole)
        odd = set(found.records).union(by_rules)
        odd.update(i for i, status in enumerate(block.statuses or ()) if status != _bridge.OK)
        strays = [(bisect_right(block.offsets, e.byte_offset or 0), e) for e in found.strays]
        told = start = 0
        for index in sorted(odd.union((place for place, _ in strays), (view.count,))):
            yield from self._wanted(whole._replace(first=start, end=index))
            if self._is_full():
                return
            start = index
            while told < len(strays) and strays[told][0] <= index:
                self._report.passed_over(strays[told][1])
                told += 1
            if index in odd:
                yield from self._odd(block, found, index, whole, by_rules.get(index, []))
                if self._is_full():
                    return
                start = index + 1

    def _odd(
        self,
        block: _bridge.Block,
        found: Found,
        index: int,
        whole: Stretch,
        by_rules: list[MrrcException],
    ) -> Iterator[Stretch]:
        """Yield a record that has a flaw, or that C has not decoded, if it is wanted.

        Args:
            by_rules: what the rules found in it, if C has decoded it.
        """
        number = whole.number_of(index)
        status = _bridge.OK if block.statuses is None else block.statuses[index]
        flaws: list[tuple[Exception, _bridge.Note | None]]
        flaws = list(zip(found.records.get(index, ()), found.notes.get(index, ())))
        said: list[RepairWarning] = []
        record: Record | None = None
        try:
            if status == _bridge.QUERY_LIMIT:
                from mrrc.exceptions import QueryLimitError

                raise QueryLimitError(byte_offset=block.offsets[index])
            if (status < 0 and self._mode is not None) or (flaws and self._refuses):
                raise found.reason(index, status)
            if status == _bridge.OK:
                packed = block.chunk(index)
            else:
                if status == _bridge.RAW:
                    packed, errors = self._decoded(block, index, number)
                    flaws += [(error, None) for error in errors]
                else:
                    # a module that records as they ought to be do without
                    from mrrc.formats.odd import packed_or_repaired

                    record = self._made(block, index, number)
                    packed, said = packed_or_repaired(record)
                    flaws += [(error, None) for error in record.errors]
                if self._where is not None and not self._where.matches_packed(packed):
                    return
                by_rules = self._rule_errors(packed, [len(packed)], None).get(0, [])
                self._locate(by_rules, number, block.offsets[index])
            if by_rules and self._mode == "strict":
                raise by_rules[0]
            flaws += [(error, None) for error in by_rules]
        except MrrcException as error:
            self._fail(error, number)
            self.skip -= min(1, self.skip)
            return
        chunk = None
        if self._written and self.format == "marc":
            chunk = self._source.bytes_at(block.offsets[index], block.lengths[index])
        if status == _bridge.OK:
            stretch = whole._replace(first=index, end=index + 1, packed=packed, chunk=chunk)
        else:
            view = _bridge.view_of([packed])
            told = tuple(said)
            stretch = Stretch(view, 0, 1, number, None, packed, chunk, told, record)
        for one in self._wanted(stretch):
            for flaw, note in flaws:
                self._tell(flaw, note, number)
            for warning in said if self._tells else ():
                warning.source, warning.record_index = self.name, number
                _bridge.warn(warning)
            yield one

    def _by_rules(self, block: _bridge.Block, whole: Stretch) -> dict[int, list[MrrcException]]:
        """Return what the rules find in the records that C has decoded."""
        found = self._rule_errors(block.block, block.ends, block.statuses)
        for index, errors in found.items():
            self._locate(errors, whole.number_of(index), block.offsets[index])
        return found

    def _rule_errors(
        self, block: bytes, ends: list[int], statuses: list[int] | None
    ) -> dict[int, list[MrrcException]]:
        if self._validator is None or not ends:
            return {}
        return self._validator.strict_errors(block, ends, 1, statuses)

    def _locate(self, errors: list[MrrcException], number: int, offset: int) -> None:
        for error in errors:
            error.source, error.record_index, error.byte_offset = self.name, number, offset

    def _decoded(
        self, block: _bridge.Block, index: int, number: int
    ) -> tuple[bytes, list[Exception]]:
        """Return a record whose text C has left as it stands, and what of it was no text."""
        from mrrc.raw_text import decode_raw, located

        packed, errors = decode_raw(block.chunk(index), self._how["file_encoding"])
        located(errors, block.offsets[index], self._source.bytes_at)
        for error in errors:
            error.source, error.record_index = self.name, number
            if self._mode == "strict":
                raise error
        return packed, list(errors)

    def _made(self, block: _bridge.Block, index: int, number: int) -> Record:
        """Return a record that C has left undecoded."""
        # a module that records as they ought to be do without
        from mrrc.batch import decode_marked

        near = self._source.near
        return decode_marked(block, index, self.name, number, around=near, **self._how)

    def _tell(self, error: Exception, note: _bridge.Note | None, number: int) -> None:
        """Tell of a flaw: without a mode as readers do it, who warn."""
        if self._mode is None and note is not None:
            _bridge.warn_of(note, self.name, number)
        else:
            self._report.flaw(error, note)

    def _wanted(self, stretch: Stretch) -> Iterator[Stretch]:
        """Yield what is wanted of records that passed the filter."""
        if self._choice is None:
            yield from self._taken(stretch)
            return
        flags = self._choice.wanted(stretch.view, stretch.first, stretch.end)
        first = stretch.first
        begin = flags.find(1)
        while begin >= 0:
            end = flags.find(0, begin)
            end = len(flags) if end < 0 else end
            yield from self._taken(stretch._replace(first=first + begin, end=first + end))
            begin = flags.find(1, end)

    def _taken(self, stretch: Stretch) -> Iterator[Stretch]:
        """Yield what is left of records that are wanted."""
        passed = min(stretch.end - stretch.first, self.skip)
        self.skip -= passed
        first, end = stretch.first + passed, stretch.end
        if self.limit is not None:
            end = min(end, first + self.limit - self.given)
        if first < end:
            self.given += end - first
            yield stretch._replace(first=first, end=end)
