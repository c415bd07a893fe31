# SPDX-License-Identifier: MIT
"""What the name of an encoding means where records of ISO 2709 are read."""

import codecs
from typing import Any, NamedTuple

from mrrc import _bridge

__all__ = ["MarcEncoding", "check_encoding", "marc_encoding", "read_flags"]


def read_flags(to_unicode: bool, force_utf8: bool, encoding: str) -> int:
    """Return what C is told of a reader's arguments."""
    if not to_unicode:
        return _bridge.READ_RAW
    flags = _bridge.READ_FORCE_UTF8 if force_utf8 else 0
    return flags if encoding == "iso8859-1" else flags | _bridge.READ_FOREIGN


class MarcEncoding(NamedTuple):
    """What an encoding of ISO 2709 means."""

    file_encoding: str
    """The codec of records that do not claim UTF-8, as `MARCReader` takes it."""

    force_utf8: bool
    """Whether all are UTF-8, whatever they say."""

    flags: int
    """What the core is told beside that."""

    def read_flags(self) -> int:
        """Return all that the core is told."""
        return read_flags(True, self.force_utf8, self.file_encoding) | self.flags

    def how(self) -> dict[str, Any]:
        """Return what `decode_chunk` takes, for a record that the core has not decoded."""
        how = {"force_utf8": self.force_utf8, "file_encoding": self.file_encoding}
        return {**how, "coding": self.flags} if self.flags else how


def marc_encoding(encoding: str | None) -> MarcEncoding:
    """Return what an encoding of ISO 2709 means.

    Args:
        encoding: None: each record's leader says whether it is UTF-8 or MARC-8, and the latter
            is decoded as pymarc does it; ``detect``: the same by the standard, and a record that
            is evidently in the other one is taken for that; ``marc-8``: all records are MARC-8;
            ``utf-8``: all are UTF-8; another codec: that of records that do not claim UTF-8.

    Raises:
        TypeError: it is no name.
        LookupError: there is no such codec.
    """
    if encoding is None:
        return MarcEncoding("iso8859-1", False, 0)
    if not isinstance(encoding, str):
        raise TypeError(f"encoding is a name or None, not {type(encoding).__name__}")
    name = encoding.lower().replace("_", "-")
    if name == "detect":
        return MarcEncoding("iso8859-1", False, _bridge.READ_DETECT)
    if name in ("marc-8", "marc8"):
        return MarcEncoding("iso8859-1", False, _bridge.READ_MARC8)
    found = codecs.lookup(encoding)
    if not found._is_text_encoding:
        raise LookupError(f"{encoding!r} is not a text encoding")
    if found.name == "utf-8":
        return MarcEncoding("iso8859-1", True, 0)
    # by the one name pymarc means MARC-8
    return MarcEncoding("latin-1" if found.name == "iso8859-1" else found.name, False, 0)


def check_encoding(encoding: str | None, unimarc: bool) -> None:
    """Make sure that an encoding of ISO 2709 can be read, and no two are asked for.

    Args:
        encoding: as `marc_encoding` takes it.
        unimarc: field 100 says how text is encoded.

    Raises:
        TypeError: it is no name.
        LookupError: there is no such codec.
        ValueError: each of the two says how text is encoded.
    """
    found = marc_encoding(encoding)
    if unimarc and encoding is not None and not found.flags & _bridge.READ_DETECT:
        raise ValueError(
            f"unimarc=True takes the encoding from field 100, and encoding={encoding!r} does not; "
            "only 'detect' goes with it"
        )
