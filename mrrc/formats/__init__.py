# SPDX-License-Identifier: MIT
"""Every format but pymarc's own classes: what there is, readers, writers, single records."""

from mrrc.formats.table import FORMATS, Format

__all__ = ["FORMATS", "Format"]
