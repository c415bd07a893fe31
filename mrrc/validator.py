# SPDX-License-Identifier: MIT
"""Rules that records are checked by, ready for use: what a reader asks for each batch.

The checking is done in C, many records in one crossing, with the GIL released. Nothing is read
from files here; `mrrc.validation.validate` does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mrrc import _bridge
from mrrc._bridge import rules
from mrrc.avram import AvramSchema, SchemaLike
from mrrc.exceptions import (
    BadSubfieldCode,
    InvalidField,
    InvalidIndicator,
    MrrcException,
    RecordLeaderInvalid,
    WriterError,
)
from mrrc.findings import Finding, Teller

if TYPE_CHECKING:
    from mrrc.record import Record

__all__ = ["Validator"]

_KINDS = {
    "bibliographic": rules.BIBLIOGRAPHIC,
    "authority": rules.AUTHORITY,
    "holdings": rules.HOLDINGS,
}

#: How many records are checked in one crossing.
_TOGETHER = 500


class Validator:
    """The rules of MARC 21, or of a schema, for any number of records and of threads.

    >>> from mrrc import Field, Record, Subfield
    >>> record = Record(fields=[Field("245", ["1", "4"], [Subfield("q", "Emma")])])
    >>> [finding.message for finding in Validator().check(record) if finding.tag == "245"]
    ['245 (Title Statement) has no subfield $q']

    Args:
        schema: an Avram schema: a dictionary, a text of JSON, a path, or an `AvramSchema`; by
            default MARC 21.
        kind: of MARC 21 the rules of one kind of record, ``"bibliographic"``, ``"authority"`` or
            ``"holdings"``; by default a record's leader/06 tells its kind.

    Raises:
        OSError: the schema's file cannot be read.
        ValueError: it is no schema, or there is no such kind.
    """

    def __init__(
        self, schema: AvramSchema | SchemaLike | None = None, *, kind: str | None = None
    ) -> None:
        if kind is not None and kind not in _KINDS:
            raise ValueError(f"kind is one of {', '.join(_KINDS)}, not {kind!r}")
        if schema is not None:
            compiled = schema if isinstance(schema, AvramSchema) else AvramSchema(schema)
            tables = {rules.BIBLIOGRAPHIC: compiled.table}
        elif kind is not None:
            # a table for bibliographic records alone is used for all
            tables = {rules.BIBLIOGRAPHIC: rules.marc21_table(_KINDS[kind])}
        else:
            tables = {number: rules.marc21_table(number) for number in _KINDS.values()}
        self._rules = rules.Rules(tables)
        self._teller = Teller(tables)

    def check(self, record: Record, number: int = 1) -> list[Finding]:
        """Return what there is to say of one record, which has this number."""
        return list(self.check_all([record], number))

    def check_all(
        self,
        records: Iterable[Record | None],
        first: int = 1,
        why: Callable[[], object] = lambda: "no reason is known",
    ) -> Iterator[Finding]:
        """Yield what there is to say of records.

        Args:
            records: the records; None stands for one that could not be read, and gives a finding
                ``unreadable``. One that cannot be packed, as with a tag of four letters, gives
                ``unpackable``.
            first: the number of the first of them.
            why: called for each None, and says why it is no record.
        """
        waiting = iter(records)
        run: list[bytes] = []
        begin = number = first  # of the run; of the next record
        while True:
            beside = None
            try:
                record = next(waiting)
            except StopIteration:
                break
            except Exception:
                # what was read before is told of before
                yield from self._check_run(run, begin)
                raise
            if record is None:
                beside = _beside(number, "unreadable", f"the record cannot be read: {why()}")
            elif not hasattr(record, "_pack"):
                yield from self._check_run(run, begin)
                raise TypeError(f"records are checked, not {type(record).__name__}")
            else:
                try:
                    run.append(record._pack())
                except (WriterError, TypeError) as error:
                    beside = _beside(number, "unpackable", str(error))
            number += 1
            if beside is not None or len(run) == _TOGETHER:
                yield from self._check_run(run, begin)
                run = []
                begin = number
                if beside is not None:
                    yield beside
        yield from self._check_run(run, begin)

    def _check_run(self, run: list[bytes], first: int) -> list[Finding]:
        ends, end = [], 0
        for packed in run:
            end += len(packed)
            ends.append(end)
        return self.check_block(b"".join(run), ends, first)

    def check_block(self, block: bytes, ends: Sequence[int], first: int = 1) -> list[Finding]:
        """Return what there is to say of packed records that end at `ends` of a block.

        Raises:
            MrrcException: the bytes are no packed records.
        """
        if not ends:
            return []
        found, error = self._rules.check(block, ends)
        if error is not None:
            raise error
        findings: list[Finding] = []
        last, control = -1, None
        for each in found:
            if each.record != last:
                last = each.record
                control = _control_number(block[ends[last - 1] if last else 0 : ends[last]])
            findings.append(self._teller.tell(each, block, first + last, control))
        return findings

    def strict_errors(
        self,
        block: bytes,
        ends: Sequence[int],
        first: int = 1,
        statuses: Sequence[int] | None = None,
    ) -> dict[int, list[MrrcException]]:
        """Return the errors of ``validation_level="strict_marc"``, by a record's place in a block.

        Findings of the severity ``error`` become what a record's errors have: `InvalidIndicator`,
        `BadSubfieldCode`, `RecordLeaderInvalid` and `InvalidField`. A record whose status is not
        0 is not packed, and passed over.
        """
        errors: dict[int, list[MrrcException]] = {}
        for start, end in _runs(statuses, len(ends)):
            begin = ends[start - 1] if start else 0
            stops = [stop - begin for stop in ends[start:end]]
            run = block[begin : ends[end - 1]]
            for finding in self.check_block(run, stops, first + start):
                if finding.severity == "error":
                    errors.setdefault(finding.record - first, []).append(_as_error(finding))
        return errors


def _runs(statuses: Sequence[int] | None, count: int) -> Iterator[tuple[int, int]]:
    """Go through the stretches of records whose status is 0."""
    if statuses is None:
        statuses = [_bridge.OK] * count
    start = 0
    for sound, run in groupby(statuses, lambda status: status == _bridge.OK):
        end = start + len(list(run))
        if sound:
            yield start, end
        start = end


def _control_number(packed: bytes) -> str | None:
    at = packed.find(b"\x1e001")
    if at < 0:
        return None
    end = packed.find(b"\x1e", at + 1)
    value = packed[at + 4 : end if end > 0 else len(packed)]
    return value.decode("utf-8", "backslashreplace").strip() or None


def _beside(number: int, rule: str, message: str) -> Finding:
    return Finding(number, None, rule, "error", message=message)


def _as_error(finding: Finding) -> MrrcException:
    code = finding.code or ""
    place: dict[str, Any] = {
        "record_index": finding.record,
        "record_control_number": finding.control_number,
        "field_tag": finding.tag,
        "expected": finding.expected or None,
        "found": None if finding.value is None else finding.value.encode()[:32],
    }
    if finding.rule == "indicator":
        return InvalidIndicator(**place, indicator_position=(finding.indicator or 1) - 1)
    if finding.rule == "subfield_code":
        bad = (finding.value or "").encode()
        return BadSubfieldCode(**place, subfield_code=bad[0] if bad else None)
    if finding.tag == "LDR":
        return RecordLeaderInvalid(**place, message=finding.message)
    place["subfield_code"] = ord(code) if len(code) == 1 else None
    return InvalidField(**place, message=finding.message)
