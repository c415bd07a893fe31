# SPDX-License-Identifier: MIT
"""A diagnostic or a fault of the core in Python's terms.

What it becomes, and its words where the core gives none, stand in `diagnostics`, which is
imported when the first one has to be told: most files have none.
"""

from typing import NamedTuple


class Note(NamedTuple):
    """Something amiss, as `mrrc_diagnostic` and `mrrc_error` have it."""

    code: int
    offset: int
    size: int
    found: int
    g0: int = 0
    g1: int = 0
    record: int = 0  # of a batch, from 0; or NO_RECORD
    tag: str | None = None
    written: bool = False
    indicator: int = 0  # 1 or 2
    subfield: int = 0
    field: int = 0  # from 1
    seen: bytes = b""
    reason: str = ""

    def text(self) -> str:
        """Return what it was, and what became of it, in words."""
        from mrrc._bridge.diagnostics import words_of

        return self.reason or words_of(self)
