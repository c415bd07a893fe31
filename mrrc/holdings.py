# SPDX-License-Identifier: MIT
"""Holdings records: what a library has of something, and where (leader/06 is u, v, x or y).

The fields are those of the MARC 21 Format for Holdings Data. Captions and enumerations are
handed out as they are: combining them into statements is not done here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrrc.field import Field
from mrrc.kinds import ReaderOfKind, RecordOfKind, WriterOfKind

__all__ = ["HoldingsMARCReader", "HoldingsMARCWriter", "HoldingsRecord"]


#: Notes that are not for the public, and the subfields that say how others hang together.
_NOT_SHOWN = "x0123456789"


def _shown(field: Field) -> str:
    """Return a location or a statement for display."""
    return " ".join(str(value).strip() for code, value in field.subfields if code not in _NOT_SHOWN)


class HoldingsRecord(RecordOfKind):
    """A holdings record: a `Record` that knows what its fields are there for.

    >>> record = HoldingsRecord()
    >>> record.add_field(Field("852", "0", " ", subfields=[Subfield("a", "DLC")]))
    >>> record.add_field(Field("866", " ", "0", subfields=[Subfield("a", "v. 1-8")]))
    >>> record
    <HoldingsRecord type=u locations=1>
    >>> [field["a"] for field in record.textual_holdings_basic()]
    ['v. 1-8']

    The arguments are those of `Record`. A blank leader/06 becomes ``u``, unknown; ``v`` is
    multipart, ``x`` single-part, ``y`` serial. A record of another class, as one read from MARCXML,
    becomes one of this by ``HoldingsRecord(leader=record.leader, fields=record.fields)``, and
    shares its fields.

    Raises:
        InvalidField: leader/06 is none of these.
    """

    __slots__ = ()

    _kind = "holdings"
    _types = "uvxy"

    def locations(self) -> list[Field]:
        """Return the locations and call numbers: 852."""
        return self.get_fields("852")

    def captions_basic(self) -> list[Field]:
        """Return captions and pattern of the basic unit: 853."""
        return self.get_fields("853")

    def captions_supplements(self) -> list[Field]:
        """Return captions and pattern of supplementary material: 854."""
        return self.get_fields("854")

    def captions_indexes(self) -> list[Field]:
        """Return captions and pattern of indexes: 855."""
        return self.get_fields("855")

    def enumeration_basic(self) -> list[Field]:
        """Return enumeration and chronology of the basic unit: 863."""
        return self.get_fields("863")

    def enumeration_supplements(self) -> list[Field]:
        """Return enumeration and chronology of supplementary material: 864."""
        return self.get_fields("864")

    def enumeration_indexes(self) -> list[Field]:
        """Return enumeration and chronology of indexes: 865."""
        return self.get_fields("865")

    def textual_holdings_basic(self) -> list[Field]:
        """Return the textual holdings of the basic unit: 866."""
        return self.get_fields("866")

    def textual_holdings_supplements(self) -> list[Field]:
        """Return the textual holdings of supplementary material: 867."""
        return self.get_fields("867")

    def textual_holdings_indexes(self) -> list[Field]:
        """Return the textual holdings of indexes: 868."""
        return self.get_fields("868")

    def summary(self) -> str:
        """Return locations and textual holdings for display, a line each; no nonpublic notes."""
        lines = [_shown(field) for field in self.locations()]
        for name, fields in (
            ("Holdings", self.textual_holdings_basic()),
            ("Supplements", self.textual_holdings_supplements()),
            ("Indexes", self.textual_holdings_indexes()),
        ):
            lines += (f"{name}: {_shown(field)}" for field in fields)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<HoldingsRecord type={self.record_type()} locations={len(self.locations())}>"


class HoldingsMARCReader(ReaderOfKind):
    """A `MARCReader` of holdings records: it yields `HoldingsRecord` objects.

    A record of another kind is yielded as None, and `current_exception` is an `InvalidField`; the
    next record is read as ever.
    """

    _class = HoldingsRecord

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[HoldingsRecord | None]: ...

        def __next__(self) -> HoldingsRecord | None: ...

        def read_record(self) -> HoldingsRecord | None: ...

        def __enter__(self) -> HoldingsMARCReader: ...


class HoldingsMARCWriter(WriterOfKind):
    """A `MARCWriter` that takes holdings records only: a `WriterError` refuses any other."""

    _class = HoldingsRecord
