# SPDX-License-Identifier: MIT
"""The part of a reader that knows how closely it looks: at structure alone, or by MARC 21 too.

What the rules of MARC 21 find becomes errors of the record, which is read all the same; only a
strict reader refuses it. The rules themselves are `validator`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mrrc.exceptions import InvalidField, MrrcException, WriterError
from mrrc.record import Record
from mrrc.recovery import Recovering

if TYPE_CHECKING:
    from mrrc.validator import Validator

__all__ = ["STRUCTURAL", "Leveled", "checked_level"]

STRUCTURAL = "structural"
_LEVELS = (STRUCTURAL, "strict_marc")

#: Source, number and offset of a record, as far as they are known.
_Place = tuple[str | None, int | None, int | None]


def checked_level(level: str) -> str:
    """Return a level, if it is one.

    Raises:
        ValueError: it is none.
    """
    if level not in _LEVELS:
        raise ValueError(f"validation_level is 'structural' or 'strict_marc', not {level!r}")
    return level


class Leveled(Recovering):
    """The part of a reader that has `validation_level`."""

    _level = STRUCTURAL
    _validator: Validator | None = None

    def _set_level(self, level: str) -> None:
        """Take the argument at the beginning."""
        self._level = checked_level(level)

    @property
    def validation_level(self) -> str:
        """What is looked at: ``structural``, or by the rules of MARC 21 too ``strict_marc``."""
        return self._level

    @validation_level.setter
    def validation_level(self, value: str) -> None:
        self._change("_level", checked_level(value))

    def _rule_errors(
        self,
        block: bytes,
        ends: Sequence[int],
        statuses: Sequence[int] | None,
        place: Callable[[int], _Place],
    ) -> dict[int, list[MrrcException]]:
        """Return what the rules find in packed records that end at `ends` of a block.

        Args:
            statuses: of the records; those whose status is not 0 are passed over.
            place: tells a record's source, number and offset.
        """
        if self._level == STRUCTURAL or not ends:
            return {}
        if self._validator is None:
            from mrrc.validator import Validator

            self._validator = Validator()
        found = self._validator.strict_errors(block, ends, 1, statuses)
        for index, errors in found.items():
            source, number, offset = place(index)
            for error in errors:
                error.source, error.record_index, error.byte_offset = source, number, offset
        return found

    def _checked(self, record: Record | None) -> Record | None:
        """Note what the rules find in a record that C has not decoded."""
        if record is None or self._level == STRUCTURAL:
            return record
        at = record._place()
        place: dict[str, Any] = dict(zip(("source", "record_index", "byte_offset"), at))
        try:
            packed = record._pack()
        except (WriterError, TypeError, UnicodeEncodeError) as error:
            # no rule can be asked about such a record, as one with a code of two letters
            errors: list[MrrcException] = [InvalidField(message=str(error), **place)]
        else:
            errors = self._rule_errors(packed, [len(packed)], None, lambda _: at).get(0, [])
        if errors:
            known = record.errors
            of_record = {record._number: [*known, *errors]}
            record._origin = record._origin.replaced(errors=of_record)
        return record
