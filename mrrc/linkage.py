# SPDX-License-Identifier: MIT
"""What a subfield $6 says: which field is the same in another script.

The form of $6 is that of MARC 21, Appendix A, "Control Subfields". What stands in the values,
and whether a script code suits its script, is not looked at here.
"""

import re
from typing import NamedTuple

from mrrc.field import Field

__all__ = ["Linkage"]

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
    def parse(cls, text: str) -> "Linkage | None":
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
    def of(cls, field: Field) -> "Linkage | None":
        """Return what the first $6 of a field says, or None."""
        if field.control_field:
            return None
        text: str | bytes | None = field.get("6")
        if isinstance(text, bytes):  # of a record that nobody has decoded
            text = text.decode("ascii", "replace")
        return None if text is None else cls.parse(text)
