# SPDX-License-Identifier: MIT
"""Tables made of records: chosen values, how often they come, which fields there are.

>>> import mrrc
>>> next(mrrc.select("examples/sample.mrc", "008[35:38], 245$a"))
('eng', 'Keeping of lights on northern coasts :')

A query names columns in the language of the German National Library's marc21; the values are
found, joined and counted in C, and no object is made of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mrrc import _bridge
from mrrc.exceptions import MrrcException
from mrrc.files import SourceLike, TargetLike, open_source, open_target
from mrrc.query import Filter, checked_fold, error_of, filter_of, fold_flags
from mrrc.sweep import Report, Sweep

__all__ = [
    "FieldUse",
    "Query",
    "Samples",
    "describe",
    "frequency",
    "glimpse",
    "select",
    "write_table",
]

_OnError = Callable[[MrrcException], Any]

QUOTES = tuple(_bridge.TABLE_QUOTES)


class Query:
    """Columns of a table, compiled from their text.

    >>> from mrrc import Query
    >>> Query("001, 245/*{ a AS title, c }").header
    ['column_1', 'title', 'column_3']

    Args:
        text: the columns; the documentation's page on tables has the language.
        squash: join the values that a column has in one field, so that a field gives one row.
        merge: join the values that a column has in one record, so that a record gives one row.
        separator: between values that are joined.
        similarity: how like two texts are, in hundredths, for ``=*`` to hold in a condition.
        fold: what is made alike before texts are compared in a condition, as for `Filter`.

    Attributes:
        text: the columns.
        columns: how many there are.
        warnings: what hardly means what it says, as `QueryError` objects that were not raised.

    Raises:
        QueryError: the text cannot be taken. It says where and why.
        ValueError: `squash` and `merge` exclude each other.
    """

    def __init__(
        self,
        text: str,
        *,
        squash: bool = False,
        merge: bool = False,
        separator: str = "|",
        similarity: int = 80,
        fold: str = "",
    ) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a query is a text, not {type(text).__name__}")
        if squash and merge:
            raise ValueError("squash and merge exclude each other")
        if any(c in separator for c in "\x1d\x1e\x1f"):
            raise ValueError("a structural character cannot be the separator")
        if not 0 <= similarity <= 100:
            raise ValueError(f"similarity is a number from 0 to 100, not {similarity}")
        self.text = text
        self._separator = separator
        self._similarity = similarity
        self._fold = fold_flags(checked_fold(fold))
        self._flags = _bridge.TABLE_SQUASH * squash | _bridge.TABLE_MERGE * merge
        made = self.table(0)
        self.columns = made.columns
        self.warnings = tuple(error_of(text, warning) for warning in made.warnings())
        self._names = made.names

    @property
    def header(self) -> list[str]:
        """The columns' names; one without a name is called by its number."""
        return [name or f"column_{number}" for number, name in enumerate(self._names, 1)]

    def table(self, flags: int = 0) -> _bridge.Table:
        """Return what makes rows, for one thread; `flags` are those of `style`."""
        made = _bridge.Table.made(
            self.text, self._flags | flags, self._separator, self._similarity, self._fold
        )
        if isinstance(made, _bridge.QueryFault):
            raise error_of(self.text, made)
        return made

    def __repr__(self) -> str:
        return f"Query({self.text!r})"


def style(tabs: bool = False, quotes: str = "necessary", formulas: bool = False) -> int:
    """Return what C is told of how a table is written.

    Raises:
        ValueError: there is no such way of `quotes`.
    """
    if quotes not in _bridge.TABLE_QUOTES:
        raise ValueError(f"quotes is one of {', '.join(QUOTES)}, not {quotes!r}")
    flags = _bridge.TABLE_QUOTES[quotes]
    flags |= _bridge.TABLE_TABS * tabs | _bridge.TABLE_FORMULAS * formulas
    return flags


def rows_of(data: bytes) -> list[tuple[str, ...]]:
    """Return rows that C has written for programs."""
    return [tuple(row.split("\x1f")[:-1]) for row in data.decode().split("\x1e")[:-1]]


def _query(query: str | Query, options: dict[str, Any]) -> Query:
    if isinstance(query, Query):
        if options:
            raise TypeError(f"of a Query these are known already: {', '.join(options)}")
        return query
    return Query(query, **options)


class _Source:
    """A source gone through from one end to the other."""

    def __init__(
        self,
        source: SourceLike,
        format: str | None,
        encoding: str | None,
        where: str | Filter | None,
        skip: int,
        limit: int | None,
        recovery_mode: str | None,
        on_error: _OnError | None,
    ) -> None:
        if skip < 0 or (limit is not None and limit < 0):
            raise ValueError("skip and limit are not negative")
        test = None if where is None else filter_of(where)
        self._opened = open_source(source)
        try:
            self.sweep = Sweep(
                self._opened,
                format,
                encoding,
                where=test,
                recovery_mode=recovery_mode,
                report=Report(on_error),
            )
        except BaseException:
            self._opened.close()
            raise
        self.sweep.skip, self.sweep.limit = skip, limit

    def __enter__(self) -> Sweep:
        return self.sweep

    def __exit__(self, *exception: object) -> None:
        self._opened.close()


def select(
    source: SourceLike,
    query: str | Query,
    *,
    format: str | None = None,
    encoding: str | None = None,
    where: str | Filter | None = None,
    skip: int = 0,
    limit: int | None = None,
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
    **options: Any,
) -> Iterator[tuple[str, ...]]:
    """Return the rows that records give to a query.

    >>> import mrrc
    >>> rows = mrrc.select("examples/sample.mrc", "001, 245/*.a", limit=1)

    Args:
        source: a path, bytes, a binary file object, or ``-`` for standard input; compressed or not.
        query: the columns, as a text or compiled.
        format: the source's format; otherwise its suffix or its content tells.
        encoding: of the source's text.
        where: a filter that records have to pass.
        skip: how many records to pass over first.
        limit: how many records, not rows, to look at at most.
        recovery_mode: what becomes of faults, as in `MARCReader` and `FormatReader`. What was read
            in spite of a flaw gives a `RepairWarning` in any mode.
        on_error: is called with what is amiss with a record, which then gives no row, and with what
            tells of bytes that belong to none; by default the one is raised, and the other gives
            a `RepairWarning`.
        options: of `Query`: `squash`, `merge`, `separator`, `similarity`, `fold`.

    Raises:
        QueryError: the query or the filter cannot be taken.
        MrrcException: a record cannot be read, or gives too many rows.
        OSError: the source cannot be opened or read.
        ValueError: there is no such format, or nothing tells it.
    """
    made = _query(query, options).table(_bridge.TABLE_PLAIN)
    return _rows(
        _Source(source, format, encoding, where, skip, limit, recovery_mode, on_error), made
    )


def _rows(opened: _Source, made: _bridge.Table) -> Iterator[tuple[str, ...]]:
    out = _bridge.Bytes()
    with opened as sweep:
        for _ in sweep.through(lambda view, at, end: made.records(view, at, end, out)):
            yield from rows_of(out.taken())


def write_table(
    source: SourceLike,
    target: TargetLike,
    query: str | Query,
    *,
    header: Iterable[str] | bool = True,
    tabs: bool | None = None,
    quotes: str = "necessary",
    formulas: bool = False,
    atomic: bool = True,
    format: str | None = None,
    encoding: str | None = None,
    where: str | Filter | None = None,
    skip: int = 0,
    limit: int | None = None,
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
    **options: Any,
) -> int:
    """Write the rows that records give to a query to a file; return how many records there were.

    Args:
        source: as for `select`, and so are the arguments not named here.
        target: a path, a binary file object, or ``-`` for standard output.
        query: the columns.
        header: the names in the first row, instead of the query's; False for no such row.
        tabs: tabs between cells; by default where the target's name ends in ``.tsv``.
        quotes: which cells are quoted: ``necessary``, ``always``, ``non-numeric`` or ``never``.
        formulas: leave cells as they are that a spreadsheet would run; otherwise they have an
            apostrophe before them.
        atomic: leave a target's path as it was until all is written.

    Raises:
        OSError: also, the target cannot be written.
        ValueError: also, there are not as many names as columns.
    """
    compiled = _query(query, options)
    if tabs is None:
        tabs = str(getattr(target, "name", target)).endswith((".tsv", ".tab", ".tsv.gz"))
    made = compiled.table(style(tabs, quotes, formulas))
    names = names_of(compiled.header, header)
    with (
        _Source(source, format, encoding, where, skip, limit, recovery_mode, on_error) as sweep,
        open_target(target, atomic) as out,
    ):
        data = _bridge.Bytes()
        if names is not None:
            made.row(names, data)
        out.write(data.look())
        data.clear()
        for _ in sweep.through(lambda view, at, end: made.records(view, at, end, data)):
            out.write(data.look())
            data.clear()
    return sweep.given


def names_of(own: list[str], header: Iterable[str] | bool) -> list[str] | None:
    """Return the names of the columns; None where there are to be none.

    Raises:
        ValueError: there are not as many as columns.
    """
    if isinstance(header, bool):
        return own if header else None
    names = [header] if isinstance(header, str) else list(header)
    if len(names) != len(own):
        raise ValueError(f"the table has {len(own)} columns, and {len(names)} names are given")
    return names


def frequency(
    source: SourceLike,
    query: str | Query,
    *,
    once: bool = False,
    reverse: bool = False,
    least: int = 0,
    most: int | None = None,
    format: str | None = None,
    encoding: str | None = None,
    where: str | Filter | None = None,
    skip: int = 0,
    limit: int | None = None,
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
    **options: Any,
) -> list[tuple[tuple[str, ...], int]]:
    """Return how often each row comes that records give to a query.

    >>> import mrrc
    >>> mrrc.frequency("examples/sample.mrc", "LDR/6", most=1)
    [(('a',), 21)]

    Args:
        source: as for `select`, and so are the arguments not named here.
        query: the columns.
        once: count a row once a record.
        reverse: begin with the least frequent.
        least: leave out what came less often.
        most: return not more rows than that.

    Returns:
        Rows, and how often each came, the most frequent first; what came equally often in the order
        of its bytes.
    """
    if most is not None and most < 0:
        raise ValueError("most is not negative")
    made = _query(query, options).table(_bridge.TABLE_PLAIN)
    tally = _bridge.Tally()
    with _Source(source, format, encoding, where, skip, limit, recovery_mode, on_error) as sweep:
        for _ in sweep.through(lambda view, at, end: tally.records(made, once, view, at, end)):
            pass
    out = _bridge.Bytes()
    tally.rows(made, reverse, max(least, 0), most, out)
    return [(row[:-1], int(row[-1])) for row in rows_of(out.taken())]


class FieldUse(NamedTuple):
    """How often a kind of data field is used."""

    tag: str
    """Its tag."""

    ind1: str
    """Its first indicator."""

    ind2: str
    """Its second one."""

    fields: int
    """How many such fields there are."""

    codes: dict[str, int]
    """How often each subfield code stands in them."""


def uses_of(usage: _bridge.Usage) -> list[FieldUse]:
    """Return what was counted, in order."""
    uses = []
    for name, (fields, codes) in usage.kinds().items():
        ordered = dict(sorted(codes.items()))
        uses.append(FieldUse(name[:3], name[3:4], name[4:], fields, ordered))
    return sorted(uses, key=lambda use: use[:3])


def describe(
    source: SourceLike,
    *,
    format: str | None = None,
    encoding: str | None = None,
    where: str | Filter | None = None,
    skip: int = 0,
    limit: int | None = None,
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
) -> list[FieldUse]:
    """Return which data fields records have, with which indicators and subfields.

    >>> import mrrc
    >>> uses = mrrc.describe("examples/sample.mrc")
    >>> uses[0].tag
    '010'

    The arguments are those of `select`.
    """
    usage = _bridge.Usage()
    with _Source(source, format, encoding, where, skip, limit, recovery_mode, on_error) as sweep:
        for _ in sweep.through(usage.records):
            pass
    return uses_of(usage)


class Samples:
    """Values of one field, a few of each subfield.

    Args:
        path: the field, or some of its subfields.
        most: how many values of a subfield.
        similarity, fold: see `Query`.

    Attributes:
        values: of each code, the values found so far; those of a control field have no code.
        warnings: see `Query`.

    Raises:
        QueryError: the path cannot be taken.
        ValueError: it has several columns.
    """

    def __init__(self, path: str, most: int = 10, similarity: int = 80, fold: str = "") -> None:
        if most < 1:
            raise ValueError("at least one value is wanted")
        query = Query(path, similarity=similarity, fold=fold)
        self._table = query.table(_bridge.TABLE_PLAIN | _bridge.TABLE_CODES)
        # those of a field without a code are about a column that it is not here
        self.warnings = query.warnings if "." in path or "$" in path else ()
        if self._table.columns != 1:
            raise ValueError(
                f"{path!r} has {self._table.columns} columns: a path has one; several codes are "
                "written as in 650/*.[ax]"
            )
        self.values: dict[str, list[str]] = {}
        self._most = most
        self._out = _bridge.Bytes()

    def step(self, view: _bridge.View, first: int, end: int) -> tuple[int, Exception | None]:
        """Take values of the records `first` to `end` of a view; see `Sweep.through`."""
        done, error = self._table.records(view, first, end, self._out)
        values, most = self.values, self._most
        for row in self._out.taken().decode().split("\x1f\x1e")[:-1]:
            code = row[:1].strip()
            found = values.get(code)
            if found is None:
                values[code] = [row[1:]]
            elif len(found) < most:
                found.append(row[1:])
        return done, error


def glimpse(
    source: SourceLike,
    path: str,
    most: int = 10,
    *,
    format: str | None = None,
    encoding: str | None = None,
    where: str | Filter | None = None,
    skip: int = 0,
    limit: int | None = None,
    similarity: int = 80,
    fold: str = "",
    recovery_mode: str | None = None,
    on_error: _OnError | None = None,
) -> dict[str, list[str]]:
    """Return the first values of each subfield of one field.

    >>> import mrrc
    >>> mrrc.glimpse("examples/sample.mrc", "650/*", 2)["x"]
    ['Conservation and restoration', 'Conservation and restoration']

    Args:
        source: as for `select`, and so are the arguments not named here.
        path: the field, as in ``650/*`` or ``650/*{ _ | 2 == 'lcsh' }``, or subfields of it:
            ``650/*.[ax]``.
        most: how many values of a subfield.
        similarity, fold: see `Query`.

    Returns:
        The values by code, in the order of the codes; those of a control field by an empty one.
    """
    samples = Samples(path, most, similarity, fold)
    with _Source(source, format, encoding, where, skip, limit, recovery_mode, on_error) as sweep:
        for _ in sweep.through(samples.step):
            pass
    return dict(sorted(samples.values.items()))
