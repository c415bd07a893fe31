# SPDX-License-Identifier: MIT
"""Fields in two scripts: an 880 and the field that it belongs to, tied by $6.

The form of $6 is that of MARC 21, Appendix A, "Control Subfields". What stands in the values,
and whether a script code suits its script, is not looked at here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mrrc.exceptions import MissingLinkedFields
from mrrc.field import Field

__all__ = ["Linkage", "LinkedFields"]

_ALTERNATE = "880"

#: Linking tag, occurrence number, then a script code and an orientation where they are given.
_FORM = r"([0-9A-Za-z]{3})-([0-9]{1,3})(?:/([^/]*))?(?:/([^/]*))?"

#: How the one orientation that MARC 21 has a code for is said.
_RIGHT_TO_LEFT = "r"


class Linkage(NamedTuple):
    """What a subfield $6 says.

    >>> Linkage.parse("880-01/$1")
    Linkage(tag='880', occurrence=1, script='$1', right_to_left=False)
    """

    tag: str
    """The tag of the field at the other end."""

    occurrence: int
    """The number that both ends share. It is 0 in an 880 that belongs to no field."""

    script: str | None = None
    """The code of the script that comes first in the field, such as ``$1`` or ``Cyrl``."""

    right_to_left: bool = False
    """Whether the field is written from right to left."""

    @classmethod
    def parse(cls, text: str) -> Linkage | None:
        """Return what the value of a $6 says, or None where it has not the form of one.

        The script code may be missing before the orientation, as in ``880-01/r``.
        """
        match = re.fullmatch(_FORM, text.strip(), re.ASCII)
        if match is None:
            return None
        tag, occurrence, script, orientation = match.groups()
        if script == _RIGHT_TO_LEFT and orientation is None:
            script, orientation = None, script
        return cls(tag, int(occurrence), script or None, orientation == _RIGHT_TO_LEFT)

    @classmethod
    def of(cls, field: Field) -> Linkage | None:
        """Return what the first $6 of a field says, or None."""
        if field.control_field:
            return None
        text: str | bytes | None = field.get("6")
        if isinstance(text, bytes):  # of a record that nobody has decoded
            text = text.decode("ascii", "replace")
        return None if text is None else cls.parse(text)


class _Linked:
    """The 880 fields of a record by their occurrence number, and those by their linking tag."""

    def __init__(self, alternates: list[Field]) -> None:
        self._by_number: dict[int, Field] = {}
        self._by_tag: dict[tuple[int, str], Field] = {}
        for field in alternates:
            linkage = Linkage.of(field)
            if linkage is not None and linkage.occurrence:
                self._by_number.setdefault(linkage.occurrence, field)
                self._by_tag.setdefault((linkage.occurrence, linkage.tag), field)

    def alternate(self, field: Field) -> Field | None:
        linkage = Linkage.of(field)
        if linkage is None or linkage.tag != _ALTERNATE:
            return None
        number = linkage.occurrence
        return self._by_tag.get((number, field.tag)) or self._by_number.get(number)


class LinkedFields:
    """The part of `Record` that follows $6 from a field to its like in another script."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get_fields(self, *tags: str) -> list[Field]: ...

    def get_linked_fields(self, field: Field) -> list[Field]:
        """Return the 880 fields with the occurrence number of a field's $6.

        Only the number is compared, so an 880 is linked with itself, and all those numbered
        00 with each other; `get_linked_field` looks closer.

        Raises:
            MissingLinkedFields: the field has such a number, and there is none.
        """
        number = field.linkage_occurrence_num()
        linked = [
            one for one in self.get_fields(_ALTERNATE) if one.linkage_occurrence_num() == number
        ]
        if number is not None and not linked:
            raise MissingLinkedFields(field)
        return linked

    def get_linked_field(self, field: Field) -> Field | None:
        """Return the field at the other end of a field's $6, or None.

        Of an 880 it is the original. Of another field it is the 880 that has its number and
        its tag; where none has both, the first with its number. A number of 00 leads nowhere.
        """
        if field.tag == _ALTERNATE:
            return self.get_original_field(field)
        return _Linked(self.get_fields(_ALTERNATE)).alternate(field)

    def get_original_field(self, field_880: Field) -> Field | None:
        """Return the field that an 880 gives in another script, or None.

        It is the first that has the tag which the $6 of the 880 names, and its number.
        """
        linkage = Linkage.of(field_880)
        if field_880.tag != _ALTERNATE or linkage is None:
            return None
        if linkage.tag == _ALTERNATE or not linkage.occurrence:
            return None
        for field in self.get_fields(linkage.tag):
            other = Linkage.of(field)
            if other is not None and other[:2] == (_ALTERNATE, linkage.occurrence):
                return field
        return None

    def get_field_pairs(self, tag: str) -> list[tuple[Field, Field | None]]:
        """Return each field of a tag with the 880 that it is linked with, or None."""
        if tag == _ALTERNATE:
            return [(field, self.get_original_field(field)) for field in self.get_fields(tag)]
        linked = _Linked(self.get_fields(_ALTERNATE))
        return [(field, linked.alternate(field)) for field in self.get_fields(tag)]
