# SPDX-License-Identifier: MIT
"""MARCMaker text as pymarc reads it, which is what `str` of a record writes.

It knows no mnemonics and leaves a backslash what it is. The format `mrk`, which C reads, has both.
"""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Iterator
from typing import Any

from mrrc.constants import LEADER_LEN
from mrrc.exceptions import EncodingError, TextFormatError, WriterError
from mrrc.field import Field, Indicators, Subfield
from mrrc.leader import Leader
from mrrc.packed import Origin
from mrrc.reader import Reader
from mrrc.record import Record
from mrrc.recovery import OneMode
from mrrc.structure import packed_tags

__all__ = ["MARCMakerReader"]

_LINE_END = re.compile(r"\r\n?|\n")
_STRUCTURAL = re.compile("[\x1d-\x1f]")
_LEADER = str(Record().leader)


class MARCMakerReader(OneMode, Reader):
    r"""An iterator over the records of a text, which an empty line ends each.

    >>> reader = MARCMakerReader("=001  1\n=245  10$aEmma\n\n=001  2\n")
    >>> [record["001"].data for record in reader]
    ['1', '2']

    Args:
        target: a path, the text, its bytes, or a file object, which is closed.
        encoding: of a path, of bytes and of a binary file object; None means the system's.
        recovery_mode: None or ``strict``: what is no record raises; ``lenient``: it is yielded as
            None, and `current_exception` says why; ``permissive``: it is passed over, and
            `errors` says so.
        max_errors: how many errors are borne; one more raises `FatalReaderError`, and the
            iteration ends. None or 0: any number.

    Raises:
        EncodingError: the bytes are not text in this encoding.
        OSError: the file cannot be read.
    """

    def __init__(
        self,
        target: Any,
        encoding: str | None = "utf-8",
        *,
        recovery_mode: str | None = None,
        max_errors: int | None = None,
    ) -> None:
        self._set_mode(recovery_mode, max_errors)
        self.source: str | None = None
        content: Any = target
        if isinstance(target, os.PathLike) or (isinstance(target, str) and os.path.exists(target)):
            self.source = os.fsdecode(target)
            with open(target, "rb") as file:
                content = file.read()
        elif callable(getattr(target, "read", None)):
            name = getattr(target, "name", None)
            self.source = name if isinstance(name, str) else None
            content = target.read()
            target.close()
        elif not isinstance(target, str | bytes | bytearray | memoryview):
            raise TypeError(
                "MARCMakerReader reads a path, a text or a file object, "
                f"not {type(target).__name__}"
            )
        if not isinstance(content, str):
            try:
                content = str(content, encoding or locale.getpreferredencoding(False))
            except UnicodeDecodeError as error:
                raise EncodingError(
                    *error.args, source=self.source, byte_offset=error.start
                ) from None
        # what Python makes of line ends in a file that it opens as text
        content = _LINE_END.sub("\n", content)
        self.records: list[str] = content.split("\n\n")
        self.iter = iter(self.records)
        self._number = 0
        self._line = 1  # in the file, of the record's first line
        self._origin = Origin(source=self.source, first=1)

    def _parse_line(self, line: str) -> Leader | Field:
        """Return what a line holds.

        Raises:
            ValueError, IndexError: it is no line of this format.
        """
        if line[0] != "=":
            raise ValueError('Line should start with a "=".')
        if line[4:6] != "  ":
            raise ValueError("Tag should be separated from the rest of the field by two spaces.")
        tag, data = line[1:4], line[6:]
        if tag == "LDR":
            return Leader(data)
        if tag < "010":
            return Field(tag, data=data)
        # the character behind the indicators is the first "$"
        subfields = [Subfield(one[:1], one[1:]) for one in data[3:].split("$")]
        return Field(tag, Indicators(data[0], data[1]), subfields)

    def __iter__(self) -> Iterator[Record | None]:
        return self

    def __next__(self) -> Record | None:
        """Return the next record.

        Raises:
            TextFormatError: a line of it is none; the next call goes on behind the record.
        """
        while True:
            text = self._step()
            try:
                return self._parse(text)
            except TextFormatError as error:
                failure = error
            if self._fail(failure, self._number):
                return None

    def _parse(self, text: str) -> Record:
        first = self._line
        self._line += text.count("\n") + 2
        packed = _pack(text) if type(self)._parse_line is MARCMakerReader._parse_line else None
        if packed is not None:
            record = Record.__new__(Record)
            record._packed = packed
            record._leader = record._fields = None
            record._origin, record._number = self._origin, self._number - 1
            return record
        record = Record()
        for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), first):
            try:
                parsed = self._parse_line(line)
            except Exception as error:
                place: dict[str, Any] = {}
                if self.source is not None:
                    # without a place the text is pymarc's
                    place = {"record_index": self._number, "line": number, "source": self.source}
                raise TextFormatError(f'Unable to parse line "{line}"', **place) from error
            if isinstance(parsed, Leader):
                record.leader = parsed
            else:
                record.add_field(parsed)
        return record


def _pack(text: str) -> bytes | None:
    """Return a record packed, or None where it takes the way through objects.

    That is where a line is not of the common kind or not at all one of this format.
    """
    if _STRUCTURAL.search(text):
        return None
    leader = ""
    parts = [""]
    try:
        for line in text.removesuffix("\n").split("\n"):
            if line[:1] != "=" or line[4:6] != "  ":
                return None
            tag, data = line[1:4], line[6:]
            if tag == "LDR":
                if leader or len(data) != LEADER_LEN or not (data.isascii() and data.isprintable()):
                    return None
                leader = data
            elif packed_tags[tag].control:
                parts.append(f"{tag}{data}")
            else:
                values = "\x1f" + data[3:].replace("$", "\x1f")
                # a code is missing, or a subfield
                if len(data) < 4 or tag < "010" or "\x1f\x1f" in values or values[-1] == "\x1f":
                    return None
                parts.append(f"{tag}{data[:2]}{values}")
        return ((leader or _LEADER) + "\x1e".join(parts)).encode()
    except (UnicodeEncodeError, WriterError):
        return None
