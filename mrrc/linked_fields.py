# SPDX-License-Identifier: MIT
"""The part of `Record` that follows $6: an 880 and the field that it belongs to.

What a $6 says is read in `linkage`, which is imported when a field is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrrc.exceptions import MissingLinkedFields

if TYPE_CHECKING:
    from mrrc.field import Field
    from mrrc.linkage import Linkage

__all__ = ["LinkedFields"]

_ALTERNATE = "880"


def _of(field: Field) -> Linkage | None:
    from mrrc.linkage import Linkage

    return Linkage.of(field)


class _Linked:
    """The 880 fields of a record by their occurrence number, and those by their linking tag."""

    def __init__(self, alternates: list[Field]) -> None:
        self._by_number: dict[int, Field] = {}
        self._by_tag: dict[tuple[int, str], Field] = {}
        for field in alternates:
            linkage = _of(field)
            if linkage is not None and linkage.occurrence:
                self._by_number.setdefault(linkage.occurrence, field)
                self._by_tag.setdefault((linkage.occurrence, linkage.tag), field)

    def alternate(self, field: Field) -> Field | None:
        linkage = _of(field)
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
        linkage = _of(field_880)
        if field_880.tag != _ALTERNATE or linkage is None:
            return None
        if linkage.tag == _ALTERNATE or not linkage.occurrence:
            return None
        for field in self.get_fields(linkage.tag):
            other = _of(field)
            if other is not None and other[:2] == (_ALTERNATE, linkage.occurrence):
                return field
        return None

    def get_field_pairs(self, tag: str) -> list[tuple[Field, Field | None]]:
        """Return each field of a tag with the 880 that it is linked with, or None."""
        if tag == _ALTERNATE:
            return [(field, self.get_original_field(field)) for field in self.get_fields(tag)]
        linked = _Linked(self.get_fields(_ALTERNATE))
        return [(field, linked.alternate(field)) for field in self.get_fields(tag)]
