# SPDX-License-Identifier: MIT
"""Records checked by rules: tables in, findings out."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple

from mrrc._bridge.core import NULL, empty_buffer, give_back
from mrrc._bridge.faults import error_of
from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException

BIBLIOGRAPHIC: int = lib.MRRC_KIND_BIBLIOGRAPHIC
AUTHORITY: int = lib.MRRC_KIND_AUTHORITY
HOLDINGS: int = lib.MRRC_KIND_HOLDINGS

#: The names of the rules, by number.
RULES: dict[int, str] = {
    getattr(lib, name): name.removeprefix("MRRC_RULE_").lower()
    for name in dir(lib)
    if name.startswith("MRRC_RULE_")
}

SEVERITIES: dict[int, str] = {
    lib.MRRC_ERROR: "error",
    lib.MRRC_WARNING: "warning",
    lib.MRRC_INFO: "info",
}

_FINDING = struct.Struct("=IHBB4sIIHHIII4sBB2x")
assert _FINDING.size == ffi.sizeof("mrrc_finding")


class Found(NamedTuple):
    """A `mrrc_finding` as it stands in memory."""

    record: int
    rule: int
    severity: int
    indicator: int
    tag: bytes
    occurrence: int
    subfield: int
    first: int
    last: int
    at: int
    size: int
    entry: int
    code: bytes
    positions: int
    kind: int


def marc21_table(kind: int) -> bytes:
    """Return MARC 21's rules for a kind of record, as a table."""
    size = ffi.new("size_t *")
    return bytes(ffi.buffer(lib.mrrc_marc21_table(kind, size), size[0]))


class Rules:
    """Rules by kind of record; any number of threads may check by them.

    Args:
        tables: a table by kind; where a kind has none, that of bibliographic records counts.

    Raises:
        ValueError: one of them is no table of rules.
    """

    __slots__ = ("_rules",)

    def __init__(self, tables: dict[int, bytes]) -> None:
        rules = lib.mrrc_rules_new()
        if rules == NULL:
            raise MemoryError
        self._rules = ffi.gc(rules, lib.mrrc_rules_free)
        error = ffi.new("mrrc_error *")
        for kind, table in tables.items():
            status = lib.mrrc_rules_take(rules, kind, table, len(table), error)
            if status == lib.MRRC_ERR_MEMORY:
                raise MemoryError
            if status < 0:
                raise ValueError(f"this is no table of rules, at byte {error.offset}")

    def check(self, block: bytes, ends: Iterable[int]) -> tuple[list[Found], MrrcException | None]:
        """Check packed records that end at `ends` of a block, in one crossing.

        Returns what was found, and why not all of the records were checked.
        """
        numbers = array("I", ends)
        if numbers and (numbers[-1] > len(block) or max(numbers) != numbers[-1]):
            raise ValueError("the ends of the records do not fit the block")
        error: Any = ffi.new("mrrc_error *")
        buffer = empty_buffer()
        status = lib.mrrc_validate(
            self._rules,
            block,
            ffi.from_buffer("uint32_t[]", numbers),
            len(numbers),
            buffer,
            error,
        )
        found = list(
            map(Found._make, _FINDING.iter_unpack(bytes(ffi.buffer(buffer.data, buffer.size))))
        )
        give_back(buffer)
        if status == lib.MRRC_ERR_PACKED_INVALID:
            return found, MrrcException("the bytes are no packed record", record_index=error.record)
        if status < 0:
            raise error_of(error) if status != lib.MRRC_ERR_MEMORY else MemoryError
        return found, None
