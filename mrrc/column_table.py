# SPDX-License-Identifier: MIT
"""Records as columns, in Arrow's layout: for data frames, SQL and Parquet, or as plain lists.

>>> import mrrc
>>> table = mrrc.columns("examples/sample.mrc", {"title": "245$a", "isbn": "020$a"}, limit=1)
>>> table.to_pylist()
[{'title': 'Keeping of lights on northern coasts :', 'isbn': ['9999001017']}]

Values are found and laid out in C, and no object is made of a record. What selectors mean is
said by C, and how a source is gone through by `Sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from mrrc import _bridge
from mrrc.exceptions import MrrcException, QueryError, RepairWarning
from mrrc.files import SourceLike, open_source
from mrrc.query import Filter, error_of, filter_of
from mrrc.repetition import may_repeat
from mrrc.sweep import Report, Stretch, Sweep

if TYPE_CHECKING:
    from mrrc.batch import RecordBatch

__all__ = ["ColumnChunk", "Columns", "columns"]

_OnError = Callable[[MrrcException], Any]
Selectors = Mapping[str, str] | Iterable[str]

SHAPES = ("wide", "long")

#: The columns of the long shape; the second only where there are selectors.
_LONG = ("record", "column", "tag", "occurrence", "ind1", "ind2", "code", "value")

#: As many rows as a chunk has at most, unless it is said otherwise.
BATCH_ROWS = 65536


class ColumnPlan:
    """What was asked for, compiled; threads may share it.

    Args:
        selectors, shape, lists: as `columns` takes them.

    Attributes:
        names: the columns' names.
        selectors: the selectors.
        compiled: what C runs.
        warnings: what hardly means what it says.
    """

    def __init__(
        self, selectors: Selectors | None, shape: str, lists: bool | Iterable[str] | None
    ) -> None:
        if shape not in SHAPES:
            raise ValueError(f"shape is one of {', '.join(SHAPES)}, not {shape!r}")
        in_long = shape == "long"
        if isinstance(selectors, str):
            raise TypeError("selectors are a mapping of names, or a list, and not one text")
        if selectors is None:
            if not in_long:
                raise ValueError("which columns? Without selectors the shape has to be long")
            named: list[tuple[str, str]] = []
        elif isinstance(selectors, Mapping):
            named = list(selectors.items())
        else:
            named = [(selector, selector) for selector in selectors]
        if selectors is not None and not named:
            raise ValueError("there are no selectors")
        for each in (one for pair in named for one in pair):
            if not isinstance(each, str):
                raise TypeError(f"names and selectors are texts, not {type(each).__name__}")
        own = [name for name, _ in named]
        if len(set(own)) < len(own):
            raise ValueError("two columns have the same name")
        if any("\0" in name for name in own):
            raise ValueError("a column's name holds a NUL")
        self.selectors = [selector for _, selector in named]
        self.chosen = lists is None and not in_long  # by rule, and not by the caller
        wanted = self._wanted(lists, own) if not in_long else bytes(len(own))
        self.compiled = self._compile(own, wanted, in_long)
        self.names: list[str] = own
        if in_long:
            self.names = [name for name in _LONG if named or name != "column"]
        self.warnings = self._faults(self.compiled.warnings())

    def _wanted(self, lists: bool | Iterable[str] | None, own: list[str]) -> bytes:
        """Return a byte for each column, 1 where all of a record's values are wanted."""
        if lists is None:
            return bytes(may_repeat(selector.strip()) for selector in self.selectors)
        if isinstance(lists, bool):
            return bytes([lists]) * len(own)
        if isinstance(lists, str):
            raise TypeError("lists is a list of names, or a truth value")
        names = set(lists)
        if not names <= set(own):
            raise ValueError(f"there is no column {sorted(names - set(own))[0]!r}")
        return bytes(name in names for name in own)

    def _compile(self, own: list[str], wanted: bytes, in_long: bool) -> _bridge.Columns:
        for selector in self.selectors:
            if "\n" in selector:
                fault = _bridge.QueryFault(
                    0, selector.index("\n"), "a selector is one line", "", ""
                )
                raise error_of(selector, fault)
        made = _bridge.Columns.made(self.selectors, own, wanted, in_long)
        if isinstance(made, _bridge.QueryFault):
            raise self._faults([made])[0]
        return made

    def _faults(self, faults: list[_bridge.QueryFault]) -> tuple[QueryError, ...]:
        """Return faults as errors, each of the selector in which it stands."""
        found = []
        for fault in faults:
            offset, text = fault.offset, ""
            for text in self.selectors:
                size = len(text.encode("utf-8", "surrogatepass"))
                if offset <= size:
                    break
                offset -= size + 1
            found.append(error_of(text, fault._replace(offset=offset)))
        return tuple(found)

    def warn_of(self, dropped: list[int]) -> dict[str, int]:
        """Return how many values were left out, by column; warn where a rule did not hold."""
        left_out = {}
        for name, selector, count in zip(self.names, self.selectors, dropped):
            if not count:
                continue
            left_out[name] = count
            if self.chosen:
                _bridge.warn(
                    RepairWarning(
                        f"column {name!r} is without {count} values that {selector} finds "
                        "behind the first of their record; lists=True keeps them all"
                    )
                )
        return left_out

    def __arrow_c_schema__(self) -> object:
        """Return the schema as a capsule of Arrow's; nothing is read for it."""
        from mrrc.arrow import schema_capsule

        return schema_capsule(self.compiled)


class ColumnChunk:
    """Some rows of a table, one after the other.

    Arrow's consumers take it by ``__arrow_c_array__``, but once: they get its memory.

    Attributes:
        names: the columns' names.
    """

    def __init__(self, plan: ColumnPlan, chunk: _bridge.Chunk) -> None:
        self.names = list(plan.names)
        self._plan = plan
        self._chunk = chunk

    def __len__(self) -> int:
        return self._chunk.rows

    def to_pydict(self) -> dict[str, list[Any]]:
        """Return a list for each column.

        Raises:
            ValueError: the rows were handed over.
        """
        return {name: self._chunk.column(index) for index, name in enumerate(self.names)}

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return a dictionary for each row.

        Raises:
            ValueError: the rows were handed over.
        """
        names = self.names
        return [dict(zip(names, row)) for row in zip(*self.to_pydict().values())]

    def __arrow_c_schema__(self) -> object:
        """Return the schema as a capsule of Arrow's."""
        return self._plan.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Return schema and rows as capsules of Arrow's, and hand the rows over.

        Args:
            requested_schema: is passed over, as the interface allows; the types are those of
                ``__arrow_c_schema__``.

        Raises:
            ValueError: they were handed over before.
        """
        from mrrc.arrow import array_capsule

        return self.__arrow_c_schema__(), array_capsule(self._chunk)


class _Pass(Protocol):
    """One way through a source: stretches of records, and what becomes of one that fails."""

    def __iter__(self) -> Iterator[Stretch]: ...

    def fail(self, error: Exception, stretch: Stretch, index: int) -> None: ...


class Columns:
    """Records as a table of columns, which is made as it is asked for; `mrrc.columns` returns it.

    It can be gone through as often as its source can: a path or bytes again and again, a file
    object once. Going through it gives `ColumnChunk` objects, with no more than one at a time
    in memory. ``to_pydict``, ``to_pylist`` and ``__arrow_c_stream__``, by which pyarrow, polars,
    duckdb and pandas read it, hold all of it at once.

    Attributes:
        names: the columns' names.
        warnings: what of the selectors hardly means what it says, as `QueryError` objects that
            were not raised.
        errors: what the last reading met and did not raise: why records are missing, what was
            amiss in others, which bytes belong to none.
        left_out: of each column that takes the first value of a record, how many others there were.
    """

    def __init__(
        self, plan: ColumnPlan, passes: Callable[[list[Exception]], Iterator[_Pass]], most: int
    ) -> None:
        if most < 1:
            raise ValueError(f"a chunk has at least one row, not {most}")
        self.names = list(plan.names)
        self.warnings = plan.warnings
        self.errors: list[Exception] = []
        self.left_out: dict[str, int] = {}
        self._plan = plan
        self._passes = passes
        self._most = most

    def __iter__(self) -> Iterator[ColumnChunk]:
        return (ColumnChunk(self._plan, chunk) for chunk in self._chunks())

    def _chunks(self) -> Iterator[_bridge.Chunk]:
        rows = _bridge.Rows(self._plan.compiled, self._most)
        made = _bridge.Rows(self._plan.compiled, self._most)
        errors: list[Exception] = []
        self.errors = errors
        self.left_out = {}
        for source in self._passes(errors):
            try:
                yield from self._filled(rows, made, source)
            except Exception:
                # what stands before the fault is not lost with it
                if len(rows):
                    yield rows.take()
                raise
        if len(rows):
            yield rows.take()
        self.left_out = self._plan.warn_of(list(map(sum, zip(rows.dropped(), made.dropped()))))

    def _filled(
        self, rows: _bridge.Rows, made: _bridge.Rows, source: _Pass
    ) -> Iterator[_bridge.Chunk]:
        """Take records up, and yield what is enough for a chunk, or what threads have made."""
        for stretch in source:
            at = stretch.first
            if stretch.is_whole() and made.made(stretch.view):
                if len(rows):
                    yield rows.take()
                yield made.take()
                continue
            while at < stretch.end:
                at, error, full = rows.records(stretch.view, at, stretch.end, stretch.number)
                if error is not None:
                    source.fail(error, stretch, at)
                    at += 1
                elif full:
                    yield rows.take()

    def to_pydict(self) -> dict[str, list[Any]]:
        """Return a list for each column."""
        found: dict[str, list[Any]] = {name: [] for name in self.names}
        for chunk in self:
            for name, values in chunk.to_pydict().items():
                found[name] += values
        return found

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return a dictionary for each row."""
        return [row for chunk in self for row in chunk.to_pylist()]

    def __arrow_c_schema__(self) -> object:
        """Return the schema as a capsule of Arrow's; nothing is read for it."""
        return self._plan.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return all rows as a capsule of Arrow's; the source is read before it returns.

        A consumer asks a stream for more from any thread, with or without the interpreter's lock,
        and gets no more than a number and a text where that fails. Reading on is Python's affair:
        errors are objects, warnings are raised in the caller's thread, and a source may be a file
        object. To have it done while a consumer waits in C would end in a deadlock where one keeps
        the lock. Who wants no more than one chunk in memory goes through the table itself.

        Args:
            requested_schema: is passed over, as the interface allows; the types are those of
                ``__arrow_c_schema__``.
        """
        from mrrc.arrow import stream_capsule

        return stream_capsule(self._plan.compiled, list(self._chunks()))

    def __repr__(self) -> str:
        return f"<Columns {', '.join(self.names)}>"


class _Kept(Report):
    """What is amiss, kept where it is not raised."""

    def __init__(
        self, errors: list[Exception], mode: str | None, on_error: _OnError | None
    ) -> None:
        super().__init__(on_error)
        self._errors = errors
        self._bears = mode in ("lenient", "permissive")

    def bad(self, error: MrrcException) -> None:
        if self._on_error is not None or not self._bears:
            super().bad(error)
        self._errors.append(error)

    def flaw(self, error: Exception, note: _bridge.Note | None) -> None:
        if self._bears:
            self._errors.append(error)
        else:
            super().flaw(error, note)

    def passed_over(self, error: MrrcException) -> None:
        if self._bears:
            self._errors.append(error)
            if self._on_error is not None:
                self._on_error(error)
        else:
            super().passed_over(error)


def columns(
    source: SourceLike,
    selectors: Selectors | None = None,
    where: str | Filter | None = None,
    *,
    shape: str = "wide",
    lists: bool | Iterable[str] | None = None,
    format: str | None = None,
    encoding: str | None = None,
    skip: int = 0,
    limit: int | None = None,
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
    batch_rows: int = BATCH_ROWS,
    jobs: int = 1,
) -> Columns:
    """Return the values that selectors find in records, as a table of columns.

    >>> import mrrc
    >>> table = mrrc.columns("examples/sample.mrc", {"id": "001", "isbn": "020$a"}, limit=2)
    >>> table.to_pydict()["isbn"]
    [['9999001017'], []]

    Args:
        source: a path, bytes, a binary file object, or ``-`` for standard input; compressed or not.
        selectors: columns' names and their selectors, or selectors that are their own names. None:
            everything, which needs the long shape.
        where: a filter that records have to pass.
        shape: ``wide``, a row for each record; or ``long``, a row for each value, with the record's
            number, the column's name, tag and occurrence of the field, indicators and code. A
            record's rows stand column by column.
        lists: which columns have a list of all values of a record, and not the first of them or
            None: all or none, or their names. By default those whose selectors may find several,
            by the rules of MARC 21; where such a rule is broken, what is left out gives a
            `RepairWarning`.
        format: the source's format; otherwise its suffix or its content tells.
        encoding: of the source's text.
        skip: how many records to pass over first.
        limit: how many records to take at most.
        recovery_mode: what becomes of faults, as in `MARCReader` and `FormatReader`. With
            ``lenient`` and ``permissive`` they are kept in `Columns.errors`.
        on_error: is called with what is amiss with a record, which then has no row; by default
            that is raised, unless the mode keeps it.
        batch_rows: how many rows a chunk has at most, unless a record has more.
        jobs: how many threads decode records and make rows; 0: as many as the process may use. The
            rows are the same; chunks are smaller.

    Raises:
        QueryError: a selector or the filter cannot be taken.
        ValueError: there are no selectors, two of one name, or no such shape.

    While it is gone through:
        MrrcException: a record cannot be read; what stands before it is given first.
        OSError: the source cannot be opened or read.
        ValueError: there is no such format, or nothing tells it; or a file object was read before.
    """
    if skip < 0 or (limit is not None and limit < 0):
        raise ValueError("skip and limit are not negative")
    plan = ColumnPlan(selectors, shape, lists)
    test = None if where is None else filter_of(where)
    once = source == "-" or hasattr(source, "read")
    read = False

    def passes(errors: list[Exception]) -> Iterator[_Pass]:
        nonlocal read
        if once and read:
            raise ValueError("the source was read, and cannot be read again")
        read = True
        opened = open_source(source)
        try:
            sweep = Sweep(
                opened,
                format,
                encoding,
                where=test,
                recovery_mode=recovery_mode,
                report=_Kept(errors, recovery_mode, on_error),
                jobs=jobs,
                columns=plan.compiled,
            )
            sweep.skip, sweep.limit = skip, limit
            yield sweep
        finally:
            opened.close()

    return Columns(plan, passes, batch_rows)


class _BatchPass:
    """The records of a batch, those that cannot be packed as they are in their places."""

    def __init__(self, batch: RecordBatch) -> None:
        self._batch = batch

    def __iter__(self) -> Iterator[Stretch]:
        for number, records in self._batch._packed_runs():
            view = _bridge.view_of(records)
            yield Stretch(view, 0, len(records), number)

    def fail(self, error: Exception, stretch: Stretch, index: int) -> None:
        if isinstance(error, MrrcException):
            error.record_index = stretch.number_of(index)
        raise error


def columns_of_batch(
    batch: RecordBatch,
    selectors: Selectors | None,
    where: str | Filter | None,
    shape: str,
    lists: bool | Iterable[str] | None,
) -> Columns:
    """Return the columns of a batch; see `RecordBatch.columns`."""
    plan = ColumnPlan(selectors, shape, lists)
    chosen = batch if where is None else batch.filter(where)
    return Columns(plan, lambda errors: iter((_BatchPass(chosen),)), BATCH_ROWS)
