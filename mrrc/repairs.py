# SPDX-License-Identifier: MIT
"""The warnings: what was not as it should be, and was read or written all the same.

They are named in `exceptions`, where pymarc has its own; giving them is the affair of who met
the thing.
"""

from __future__ import annotations

from typing import Any, ClassVar

from mrrc import reports
from mrrc.reports import Reported

__all__ = ["BadSubfieldCodeWarning", "RepairWarning"]

#: The module that programs import them from, and pickles name.
_HOME = "mrrc.exceptions"


class RepairWarning(Reported, Warning):
    """Something in a record was not as its format wants it, and was read or written all the same.

    Args:
        text: what, and what was made of it.
        place: as `MrrcException` takes it.
    """

    __module__ = _HOME

    code = "W002"
    slug = "repair_warning"
    severity = "warning"

    def __init__(self, text: str, **place: Any) -> None:
        super().__init__(text, **place)
        self.text = text

    def __str__(self) -> str:
        parts = []
        if self.record_index is not None:
            parts.append(f"record {self.record_index}")
        if self.field_tag is not None:
            parts.append(f"field {self.field_tag}")
        return "[" + " \u00b7 ".join(parts) + f"] {self.text}" if parts else self.text


class BadSubfieldCodeWarning(Warning):
    """A subfield code was not ASCII and was reduced to it.

    Args:
        subf: the subfield's bytes, code and value.
    """

    __module__ = _HOME

    code: ClassVar[str] = "W001"
    slug: ClassVar[str] = "bad_subfield_code_warning"
    severity: ClassVar[str] = "warning"

    def __init__(self, subf: bytes) -> None:
        super().__init__(subf)
        self.subf = subf

    def __str__(self) -> str:
        return f"The subfield contained a non-ASCII subfield code: {self.subf!r}"

    @classmethod
    def help_url(cls) -> str:
        """Return where the documentation describes this warning, as `MrrcException` does."""
        return reports.help_url(cls.code)
