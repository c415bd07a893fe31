# SPDX-License-Identifier: MIT
"""ISO 2709 under the name that the Rust package mrrc has for it: ``mrrc.formats.marc``."""

from __future__ import annotations

from collections.abc import Iterable

from mrrc.files import SourceLike, TargetLike, open_source
from mrrc.formats.writer import FormatWriter, write_all
from mrrc.reader import MARCReader
from mrrc.record import Record
from mrrc.writer import MARCWriter

__all__ = ["MARCReader", "MARCWriter", "read", "write"]


def read(source: SourceLike) -> MARCReader:
    """Return a reader of ISO 2709, whatever the source's name is."""
    return MARCReader(open_source(source).marc_target())


def write(records: Iterable[Record], dest: TargetLike) -> int:
    """Write records as ISO 2709, and return how many there were; see `mrrc.write`."""
    return write_all(records, FormatWriter(dest, "marc"))
