# SPDX-License-Identifier: MIT
"""The part of a reader that knows what is amiss in the block it has read.

What the core found becomes the errors of records, or of the reader; here it is seen when they
are more than are borne. Blocks are read, and records made of them, in `reader`.
"""

from __future__ import annotations

from typing import NoReturn

from mrrc import _bridge
from mrrc.exceptions import BytesBetweenRecords, FatalReaderError, MrrcException
from mrrc.one_by_one import OneByOne
from mrrc.recovery import Found

__all__ = ["BROKEN", "BlockErrors"]

#: The status of a record of a block that the rules of MARC 21 refuse. C has none for that.
BROKEN = 1 << 17


class BlockErrors(OneByOne):
    """The part of `MARCReader` that keeps the errors of a block."""

    _found: Found | None  # what is amiss in the block
    _stop: tuple[int, int] | None  # where it is too much, and how much it is
    _block: _bridge.Block | None
    _before: int | None  # records before the block; None after a seek
    _made: int  # records of the block handed out
    _begin: int  # where the block begins
    _next_offset: int  # behind the block
    _over: bool
    _broken: dict[int, list[MrrcException]]  # of the block's records, where the mode is strict

    def _offset_of(self, index: int) -> int:
        """Return the offset behind so many records of the block."""
        raise NotImplementedError

    def _keep_chunk(self) -> None:
        """Keep the bytes of the record last yielded, which the source may lose."""
        raise NotImplementedError

    def _leave_block(self, index: int, offset: int) -> None:
        """Forget the block, of which so many records were yielded; go on at an offset."""
        raise NotImplementedError

    def _take_notes(self, source: _bridge.Source, block: _bridge.Block) -> None:
        """Note what is amiss in a block."""
        self._found = found = Found(block, self._path, self._before, source)
        self._find_limit()
        self._strays += found.strays

    def _find_limit(self) -> None:
        if self._cap and self._found is not None:
            before = self._strays_before(self._begin)
            self._stop = self._found.limit(self._seen + before, self._cap)

    def _check_block(self, block: _bridge.Block) -> _bridge.Block:
        """Note what the rules of MARC 21 find in a block, and return the block with its statuses.

        A strict reader comes upon what is broken when the record is to be made.
        """
        before = self._before

        def place(index: int) -> tuple[str | None, int | None, int | None]:
            number = None if before is None else before + block.place(index) + 1
            return self._path, number, block.offsets[index]

        errors = self._rule_errors(block.block, block.ends, block.statuses, place)
        if not errors:
            return block
        if self._recovery_mode == "strict":
            self._broken = errors
            statuses = block.statuses or [_bridge.OK] * len(block.ends)
            return block._replace(
                statuses=[BROKEN if i in errors else status for i, status in enumerate(statuses)]
            )
        self._found = self._found or Found(block, self._path, before)
        self._found.add(errors)
        self._find_limit()
        return block

    def _raise_broken(self, index: int) -> NoReturn:
        """Raise what the rules have found in a record, since the mode is strict."""
        self._chunk = None
        self._current_exception = error = self._broken[index][0]
        raise error

    def _note_fault(self, source: _bridge.Source, error: MrrcException) -> None:
        """Take note of a record that is not there, since the mode is strict."""
        offset, size = source.failed
        self._block = None
        error.record_index = None
        if not isinstance(error, BytesBetweenRecords) and self._before is not None:
            self._before += 1
            error.record_index = self._before
        self._next_offset = (
            offset + size if size else max(self._next_offset, error.byte_offset or 0)
        )
        try:
            self._chunk = source.bytes_at(offset, size)
        except ValueError:
            self._chunk = b""
        self._current_exception = error

    def _too_many(self, seen: int) -> FatalReaderError:
        """Make the error that ends the reading, after so many others."""
        number = None if self._before is None else self._before + 1
        if number is not None and self._block is not None:
            number += self._block.place(self._made)
        self._current_exception = error = self._give_up(seen, number, self._path)
        self._keep_chunk()
        self._leave_block(self._made, self._offset_of(self._made))
        self._over = True
        return error

    def _errors_of_none(self) -> list[Exception]:
        of_block = None if self._found is None else self._found.records.get(self._made - 1)
        return list(of_block) if of_block else super()._errors_of_none()
