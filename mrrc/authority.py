# SPDX-License-Identifier: MIT
"""Authority records: one name, title or subject, and what points to it (leader/06 is ``z``).

The fields are those of the MARC 21 Format for Authority Data. Whether headings of other records
agree with them is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrrc.field import Field
from mrrc.kinds import ReaderOfKind, RecordOfKind, WriterOfKind

__all__ = ["AuthorityMARCReader", "AuthorityMARCWriter", "AuthorityRecord"]

# fmt: off
_HEADINGS = (
    "100", "110", "111", "130", "147", "148", "150", "151", "155", "162", "180", "181", "182",
    "185",
)
# fmt: on

#: Fields of the block of notes that are none.
_NO_NOTES = ("650", "651", "655")


#: Subdivisions, and the subfields that say something about a field and not of its heading.
_SUBDIVISIONS = "vxyz"
_ABOUT = "w0123456789"


def _shown(field: Field) -> str:
    """Return a heading for display."""
    parts = [
        f"{' -- ' if code in _SUBDIVISIONS else ' '}{str(value).strip()}"
        for code, value in field.subfields
        if code not in _ABOUT
    ]
    return "".join(parts).removeprefix(" -- ").strip()


class AuthorityRecord(RecordOfKind):
    """An authority record: a `Record` that knows what its fields are there for.

    >>> record = AuthorityRecord()
    >>> record.add_field(Field("100", "1", " ", subfields=[Subfield("a", "Austen, Jane,")]))
    >>> record
    <AuthorityRecord type=z heading=Austen, Jane,>

    The arguments are those of `Record`. A blank leader/06 becomes ``z``. A record of another class,
    as one read from MARCXML, becomes one of this by
    ``AuthorityRecord(leader=record.leader, fields=record.fields)``, and shares its fields.

    Raises:
        InvalidField: leader/06 is not ``z``.
    """

    __slots__ = ()

    _kind = "authority"
    _types = "z"

    def heading(self) -> Field | None:
        """Return the heading, the first 1XX that MARC 21 has, or None."""
        return next(iter(self.get_fields(*_HEADINGS)), None)

    def heading_text(self) -> str | None:
        """Return $a of the heading, or None."""
        heading = self.heading()
        return heading.get("a") if heading else None

    def see_from_tracings(self) -> list[Field]:
        """Return the 4XX fields: other forms, from which one is led to the heading."""
        return self.fields_in_range("400", "499")

    def see_also_tracings(self) -> list[Field]:
        """Return the 5XX fields: other headings that this one is related to."""
        return self.fields_in_range("500", "599")

    def notes(self) -> list[Field]:  # type: ignore[override]  # 5XX are no notes here
        """Return the 6XX fields except 650, 651 and 655."""
        return [field for field in self.fields_in_range("600", "699") if field.tag not in _NO_NOTES]

    def linking_entries(self) -> list[Field]:
        """Return the 7XX fields: the heading in other systems."""
        return self.fields_in_range("700", "799")

    def summary(self) -> str:
        """Return heading and tracings for display, a line each.

        As on authority cards ``x`` stands before a form seen from, ``xx`` before a heading seen
        also.
        """
        heading = self.heading()
        lines = [_shown(heading) if heading else ""]
        lines += (f"x {_shown(field)}" for field in self.see_from_tracings())
        lines += (f"xx {_shown(field)}" for field in self.see_also_tracings())
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<AuthorityRecord type={self.record_type()} heading={self.heading_text()}>"


class AuthorityMARCReader(ReaderOfKind):
    """A `MARCReader` of authority records: it yields `AuthorityRecord` objects.

    A record of another kind is yielded as None, and `current_exception` is an `InvalidField`; the
    next record is read as ever.
    """

    _class = AuthorityRecord

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[AuthorityRecord | None]: ...

        def __next__(self) -> AuthorityRecord | None: ...

        def read_record(self) -> AuthorityRecord | None: ...

        def __enter__(self) -> AuthorityMARCReader: ...


class AuthorityMARCWriter(WriterOfKind):
    """A `MARCWriter` that takes authority records only: a `WriterError` refuses any other.

    >>> import io
    >>> writer = AuthorityMARCWriter(io.BytesIO())
    >>> writer.write(AuthorityRecord(fields=[Field("001", data="1")]))
    >>> writer.write(Record(leader="00000nam a2200000 a 4500"))
    Traceback (most recent call last):
        ...
    mrrc.exceptions.WriterError: [field LDR] expected authority record type 'z', got 'a'
    """

    _class = AuthorityRecord
