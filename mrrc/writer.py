# SPDX-License-Identifier: MIT
"""Writers of records.

A record is encoded whole before its first byte is written, so one that cannot be written leaves
the file at the end of the record before it.
"""

from __future__ import annotations

import errno
import io
import os
from typing import Any, BinaryIO, TextIO

from mrrc import _bridge
from mrrc._bridge import record_encode
from mrrc.exceptions import NoActiveFile, WriteNeedsRecord
from mrrc.packed import RawPacked
from mrrc.record import MARCJSON, Record, packed_text

# Programs import from pymarc.writer what pymarc.writer itself imports.
__all__ = [
    "JSONWriter",
    "MARCWriter",
    "Record",
    "TextWriter",
    "WriteNeedsRecord",
    "Writer",
    "XMLWriter",
    "record_to_xml_node",  # noqa: F822
]

_BUFFER = 1 << 20

_MARCXML: int = _bridge.find_format("marcxml")
_MARCMAKER = _bridge.find_format("mrk")


def __getattr__(name: str) -> Any:
    # Programs import it from pymarc.writer, too; few need it, and XML takes time to import.
    if name != "record_to_xml_node":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mrrc.marcxml import record_to_xml_node

    return record_to_xml_node


class Writer:
    """The base class of all writers.

    Args:
        file_handle: an open file object, or a path, which is opened for writing at once.
    """

    #: Whether the format is written as text and not as bytes.
    _text = False

    def __init__(self, file_handle: BinaryIO | TextIO | str | os.PathLike[str]) -> None:
        self.file_handle: Any = file_handle
        self._name: str | None
        if isinstance(file_handle, str | os.PathLike):
            self._name = os.fsdecode(file_handle)
            mode: dict[str, Any] = {"mode": "wb"}
            if self._text:
                mode = {"mode": "w", "encoding": "utf-8", "newline": "\n"}
            self.file_handle = open(file_handle, buffering=_BUFFER, **mode)  # noqa: SIM115
        else:
            name = getattr(file_handle, "name", None)
            self._name = name if isinstance(name, str) else None

    def write(self, record: Record) -> None:
        """Check that a record is one.

        Raises:
            WriteNeedsRecord: it is not.
            NoActiveFile: the writer is closed.
        """
        if not isinstance(record, Record):
            raise WriteNeedsRecord
        if self.file_handle is None:
            raise NoActiveFile

    def _named(self, error: OSError) -> OSError:
        """Add the file's name to a system's error that lacks one."""
        if error.filename is None and self._name is not None:
            error.filename = self._name
        return error

    def _put(self, data: bytes | str) -> None:
        """Write all of the data; a raw file object may take it in parts."""
        try:
            if isinstance(data, str) or not isinstance(self.file_handle, io.RawIOBase):
                self.file_handle.write(data)
                return
            while data:
                written = self.file_handle.write(data)
                if not written:
                    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
                data = data[written:]
        except OSError as error:
            raise self._named(error) from None

    def close(self, close_fh: bool = True) -> None:
        """Close the writer, and the file object unless told not to.

        Raises:
            OSError: what was written last did not reach the file.
        """
        file_handle, self.file_handle = self.file_handle, None
        if close_fh and file_handle:
            try:
                file_handle.close()
            except OSError as error:
                raise self._named(error) from None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.file_handle is not None:
            self.close()


class MARCWriter(Writer):
    """A writer of ISO 2709.

    >>> import io
    >>> from mrrc import Field, Record
    >>> memory = io.BytesIO()
    >>> writer = MARCWriter(memory)
    >>> writer.write(Record(fields=[Field("001", data="1")]))
    >>> memory.getvalue()
    b'00040    a2200037   4500001000200000\\x1e1\\x1e\\x1d'
    >>> writer.close()

    Args:
        file_handle: an open binary file object, or a path, which is opened for writing at once.
        encoding: ``utf-8``, or ``marc-8``: what is written then has a blank leader/09, and 066
            names the character sets used.
        unmapped: what becomes of a character that MARC-8 lacks: ``ncr``, a numeric character
            reference (MARC 21's lossless form); ``replace``, a question mark; ``raise``, an error.

    Raises:
        OSError: the path cannot be opened.
        ValueError: an unknown encoding or way of `unmapped`.
    """

    def __init__(
        self,
        file_handle: BinaryIO | str | os.PathLike[str],
        *,
        encoding: str = "utf-8",
        unmapped: str = "ncr",
    ) -> None:
        if encoding not in ("utf-8", "marc-8"):
            raise ValueError(f"encoding is 'utf-8' or 'marc-8', not {encoding!r}")
        if unmapped not in _bridge.UNMAPPED:
            raise ValueError(f"unmapped is 'ncr', 'replace' or 'raise', not {unmapped!r}")
        self._flags = (
            _bridge.WRITE_MARC8 | _bridge.UNMAPPED[unmapped] if encoding == "marc-8" else 0
        )
        super().__init__(file_handle)

    def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            WriterError: ISO 2709 cannot hold the record; the field is named.
            NoActiveFile: the writer is closed.
            OSError: the file cannot take it.
        """
        super().write(record)
        if not self._flags:
            self._put(record.as_marc())
            return
        packed = record._pack_for_marc8()
        flags = 0 if packed.__class__ is RawPacked else self._flags
        self._put(record_encode(packed, flags))

    write_record = write


class _Enclosed(Writer):
    """A writer of a format that begins and ends with something of its own."""

    _before: Any
    _behind: Any

    def __init__(self, file_handle: Any) -> None:
        super().__init__(file_handle)
        if self.file_handle is not None:
            self._put(self._before)

    def close(self, close_fh: bool = True) -> None:
        """End the document and close the writer, and the file object unless told not to.

        Raises:
            OSError: what was written last did not reach the file.
        """
        try:
            if self.file_handle is not None:
                self._put(self._behind)
        finally:
            super().close(close_fh)


class JSONWriter(_Enclosed):
    """A writer of an array of MARC-in-JSON, in ASCII. It is whole when the writer is closed.

    >>> import io
    >>> from mrrc import Field, Record
    >>> text = io.StringIO()
    >>> writer = JSONWriter(text)
    >>> writer.write(Record(fields=[Field("001", data="1")]))
    >>> writer.close(close_fh=False)
    >>> text.getvalue()
    '[{"leader":"          22        4500","fields":[{"001":"1"}]}]'

    Args:
        file_handle: an open text file object, or a path, which is opened for writing at once.

    Raises:
        OSError: the path cannot be opened.
    """

    _text = True
    _before = "["
    _behind = "]"

    def __init__(self, file_handle: TextIO | str | os.PathLike[str]) -> None:
        super().__init__(file_handle)
        self.write_count = 0

    def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            NoActiveFile: the writer is closed.
            TypeError: a value is none that JSON has, as undecoded text.
            OSError: the file cannot take it.
        """
        super().write(record)
        packed = packed_text(record)
        if packed is None or record.__class__.as_dict is not Record.as_dict:
            import json

            text = json.dumps(record.as_dict(), separators=(",", ":"))
        else:
            text = record_encode(packed, _bridge.WRITE_ASCII, MARCJSON).decode("ascii")
        self._put(f",{text}" if self.write_count else text)
        self.write_count += 1


class TextWriter(Writer):
    """A writer of MARCMaker text, as `str` gives it of a record, with empty lines between.

    Args:
        file_handle: an open text file object, or a path, which is opened for writing at once, and
            written as UTF-8.

    Raises:
        OSError: the path cannot be opened.
    """

    _text = True

    def __init__(self, file_handle: TextIO | str | os.PathLike[str]) -> None:
        super().__init__(file_handle)
        self.write_count = 0

    def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            NoActiveFile: the writer is closed.
            OSError: the file cannot take it.
        """
        super().write(record)
        # what has objects is its own text sooner than packed again
        packed = packed_text(record) if record._packed else None
        if packed is None or record.__class__.__str__ is not Record.__str__:
            text = str(record)
        else:
            text = record_encode(packed, _bridge.WRITE_PYMARC, _MARCMAKER).decode()
        self._put(f"\n{text}" if self.write_count else text)
        self.write_count += 1


class XMLWriter(_Enclosed):
    """A writer of a MARCXML collection, in UTF-8. It is whole when the writer is closed.

    A character that XML has no place for becomes U+FFFD, with a `RepairWarning`.

    Args:
        file_handle: an open binary file object, or a path, which is opened for writing at once.

    Raises:
        OSError: the path cannot be opened.
    """

    _before = (
        b'<?xml version="1.0" encoding="UTF-8"?><collection xmlns="http://www.loc.gov/MARC21/slim">'
    )
    _behind = b"</collection>"

    def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            NoActiveFile: the writer is closed.
            OSError: the file cannot take it.
        """
        super().write(record)
        packed = packed_text(record)
        if packed is None:
            from mrrc.marcxml import record_to_xml_node, serialize

            self._put(serialize(record_to_xml_node(record)).encode())
        else:
            self._put(record_encode(packed, _bridge.WRITE_PYMARC, _MARCXML))
