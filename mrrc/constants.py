# SPDX-License-Identifier: MIT
"""The characters and sizes that ISO 2709 fixes, under pymarc's names.

Nothing else stands here: limits belong to the encoder, namespaces to MARCXML.
"""

from typing import Final

LEADER_LEN: Final = 24
"""Characters in a leader."""

DIRECTORY_ENTRY_LEN: Final = 12
"""Characters in a directory entry of MARC 21: tag 3, length 4, start 5."""

SUBFIELD_INDICATOR: Final = "\x1f"
"""Opens a subfield (ISO 2709: IS1)."""

END_OF_FIELD: Final = "\x1e"
"""Ends the directory and each field (ISO 2709: IS2)."""

END_OF_RECORD: Final = "\x1d"
"""Ends a record (ISO 2709: IS3)."""
