# SPDX-License-Identifier: MIT
"""The part of a reader that knows its filter.

C passes over most of what does not match. What it has not decoded comes here and is tested when
it is a record, and so is what took too long. Nothing is said of records that do not match; one
that cannot be read is told of in any case, since nobody knows whether it would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mrrc import _bridge
from mrrc.exceptions import MrrcException, QueryLimitError
from mrrc.record import Record
from mrrc.recovery import Recovering

if TYPE_CHECKING:
    from mrrc.query import Filter

__all__ = ["Matching"]


class Matching(Recovering):
    """The part of a reader that passes over records."""

    _where: Filter | None = None

    def _set_filter(self, where: str | Filter | None) -> _bridge.Program | None:
        """Take the argument at the beginning, and return what a source is to be told."""
        if where is None:
            return None
        from mrrc.query import filter_of

        self._where = filter_of(where)
        return self._where.program

    def _untested(
        self, source: str | None, number: int | None, offset: int | None
    ) -> MrrcException | None:
        """Note that a record took too long to be tested.

        Returns:
            The reader's exception, since None stands for the record; None where the mode has it
            passed over.
        """
        note = _bridge.Note(_bridge.QUERY_LIMIT, offset or 0, 0, 0)
        error = _bridge.exception_of(note, source=source, record_index=number)
        error = cast(MrrcException, error)
        error.byte_offset = offset
        if self._recovery_mode == "permissive":
            from bisect import insort

            insort(self._strays, error, key=lambda each: each.byte_offset or 0)
            return None
        self._current_exception = error
        if self._recovery_mode == "strict":
            raise error
        if self._recovery_mode == "lenient":
            self._seen += 1
        return error

    def _passes(self, record: Record | None) -> bool:
        """Return whether a record is to be yielded, or None with a reason in place of one."""
        if record is None:
            return self._current_exception is not None
        if self._where is None:
            return True
        try:
            return self._where.matches(record)
        except QueryLimitError:
            return self._untested(*record._place()) is not None
