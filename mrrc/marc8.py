# SPDX-License-Identifier: MIT
"""MARC-8 and Unicode, each way (MARC 21 Specifications, Character Sets, Part 2), and ISO 5426.

`marc8_to_unicode` and `MARC8ToUnicode` are pymarc's, and give what pymarc gives: control
functions (80 to 9F) and control characters are dropped, marks at the end of a value are
dropped, the halves of a double mark stay two characters, numeric character references stay as
they are, what has no character is a blank and a line on standard error, and the line about a
cut character of EACC comes even with `quiet`. Where that would lose text that the standard
defines, they follow the standard:

- A set is found from G0 and from G1 alike. In pymarc ``ESC ) N``, ``ESC - F``, ``ESC ( 4`` and
  ``ESC ( Q`` give blanks, because its tables hold a set for one half only.
- ``ESC ( ! E``, ``ESC ) ! E`` and the same with ``,`` and ``-`` designate ANSEL. pymarc takes
  ``!`` for the name of the set and ``E`` for text.
- ``ESC $ ) 1`` and ``ESC $ - 1`` designate EACC as G1, and it is decoded there. pymarc takes
  ``)`` and ``-`` for the name of a set and loses the rest of the value.
- An escape sequence right behind one of two bytes (``ESC s ESC ( N``) counts. pymarc drops its
  first byte and takes the others for text.
- While EACC is G0, a space, a control character, a control function that MARC 21 defines (88,
  89, 8D, 8E) and a character of G1 stand for themselves. pymarc takes each for the first of
  three bytes, and is out of step from there on.
- Three codes of EACC (217559, 222A34, 223339) are the characters outside the basic plane that
  the Library of Congress gives. pymarc has a substitute, U+3013.

`decode_marc8` and `unicode_to_marc8` follow the standard throughout.
"""

import sys
from typing import Any, Literal, NamedTuple

from mrrc import _bridge

__all__ = [
    "MARC8ToUnicode",
    "Undecoded",
    "decode_iso5426",
    "decode_marc8",
    "iso5426_to_unicode",
    "marc8_to_unicode",
    "unicode_to_marc8",
]

_ASCII, _ANSEL = 0x42, 0x45

# A str given for bytes: an escape does nothing, as a control character does; what is no byte has
# no character, as FF has none.
_NO_ESCAPE = {0x1B: 1}


class MARC8ToUnicode:
    """A converter as pymarc's: the designated sets stay as a value leaves them.

    Args:
        G0: the final byte of the set for 21 to 7E.
        G1: the final byte of the set for A1 to FE.
        quiet: print no line for what has no character.
    """

    basic_latin = _ASCII
    ansel = _ANSEL

    def __init__(self, G0: int = _ASCII, G1: int = _ANSEL, quiet: bool = False) -> None:
        self.g0 = G0
        self.g0_set = {b"(", b",", b"$"}
        self.g1 = G1
        self.g1_set = {b")", b"-", b"$"}
        self.quiet = quiet

    def translate(self, marc8_string: Any) -> str:
        """Return MARC-8 as text in normalisation form C.

        Args:
            marc8_string: bytes; or, as pymarc takes it, a `str` whose characters are bytes and
                which has no escape sequences; or anything false for no text.

        Raises:
            TypeError: where an escape sequence is cut off so that no set is named.
        """
        if not marc8_string:
            return ""
        characters = None
        if isinstance(marc8_string, bytes):
            data = marc8_string
            if self.g0 == _ASCII and data.isascii():
                text = data.decode("ascii")
                if text.isprintable():
                    return text
        elif isinstance(marc8_string, str):
            characters = marc8_string
            data = bytes(min(ord(c), 0xFF) for c in characters.translate(_NO_ESCAPE))
        else:
            data = bytes(memoryview(marc8_string))
        done = _bridge.marc8_decode(data, _bridge.MARC8_PYMARC, self.g0, self.g1)
        self.g0, self.g1 = done.g0, done.g1
        if done.notes:
            self._complain(done.notes, characters)
        if done.status < 0:
            raise TypeError("ord() expected a character, but string of length 0 found")
        return done.text

    def _complain(self, notes: "list[_bridge.Note]", characters: str | None) -> None:
        """Print pymarc's lines."""
        cut = -1
        for note in notes:
            found = note.found
            if note.code == _bridge.CHARACTER_CUT:
                cut = note.offset
                sys.stderr.write(
                    f"Multi-byte position {cut + 3} exceeds length of marc8 string {found}\n"
                )
                continue
            if characters is not None and note.offset != cut:
                found = 0
                for character in characters[note.offset : note.offset + note.size]:
                    found = found * 256 + ord(character)
            if not self.quiet:
                sys.stderr.write(
                    f"Unable to parse character 0x{found:x} in g0={note.g0} g1={note.g1}\n"
                )


def marc8_to_unicode(marc8: Any, hide_utf8_warnings: bool = False) -> str:
    """Return one MARC-8 value as text in normalisation form C, by pymarc's rules.

    Args:
        marc8: what `MARC8ToUnicode.translate` takes.
        hide_utf8_warnings: print no line for what has no character.

    Raises:
        UnicodeDecodeError: where an escape sequence is cut off so that no set is named.
    """
    try:
        return MARC8ToUnicode(quiet=hide_utf8_warnings).translate(marc8)
    except TypeError as error:
        # Of something that is no text, the next line says what it should have been.
        reason = "invalid multibyte character encoding"
        raise UnicodeDecodeError("marc8_to_unicode", marc8, 0, len(marc8), reason) from error


class Undecoded(NamedTuple):
    """Bytes of a value that stand for nothing, or not for what they should."""

    kind: Literal["unmapped", "cut", "stray mark"]
    """No character has the code; the value or the character ends too early; a mark has no base
    character, or the second half of a double mark no first one."""
    offset: int
    """Where the bytes begin, from 0."""
    data: bytes
    """The bytes."""


_KINDS: dict[int, Literal["unmapped", "cut", "stray mark"]] = {
    _bridge.CHARACTER_UNMAPPED: "unmapped",
    _bridge.CHARACTER_CUT: "cut",
    _bridge.MARK_STRAY: "stray mark",
}


def _undecoded(data: bytes, notes: "list[_bridge.Note]") -> list[Undecoded]:
    return [
        Undecoded(_KINDS[note.code], note.offset, data[note.offset : note.offset + note.size])
        for note in notes
    ]


def decode_marc8(data: bytes, *, ncr: bool = True) -> tuple[str, list[Undecoded]]:
    """Return one MARC-8 value as text in normalisation form C, by the standard.

    What stands for nothing becomes U+FFFD. Marks at the end stand on a space, which MARC-8 can
    write again. The halves of a double mark become U+0361 or U+0360 between the two base
    characters, and the control functions 88, 89, 8D, 8E become U+0098, U+009C, U+200D, U+200C.

    Args:
        data: the value; it begins with ASCII and ANSEL designated.
        ncr: decode numeric character references (``&#x1F600;``, four to six digits), which stand
            where the character stands in Unicode.

    Returns:
        The text, and what was amiss.
    """
    flags = _bridge.MARC8_NCR if ncr else 0
    done = _bridge.marc8_decode(data, flags, _ASCII, _ANSEL)
    return done.text, _undecoded(data, done.notes)


def decode_iso5426(data: bytes) -> tuple[str, list[Undecoded]]:
    """Return one ISO 5426 value (UNIMARC's extended Latin) as text in normalisation form C.

    Returns:
        The text, in which U+FFFD stands for what is not in the set, and what was amiss.
    """
    done = _bridge.iso5426_decode(data)
    return done.text, _undecoded(data, done.notes)


def iso5426_to_unicode(data: bytes) -> str:
    """Return the text of `decode_iso5426` alone."""
    return _bridge.iso5426_decode(data).text


def unicode_to_marc8(text: str, unmapped: Literal["ncr", "replace", "raise"] = "ncr") -> bytes:
    """Return text as MARC-8; it begins and ends with ASCII and ANSEL designated.

    Any form of the text will do: marks are taken off where MARC-8 has them separate, and put
    before their base characters.

    Args:
        text: without the structural characters 1D, 1E, 1F, if it is to go into a record.
        unmapped: what becomes of a character that MARC-8 lacks: a numeric character reference
            (``&#x1F600;``), a question mark, or an error.

    Raises:
        ValueError: for another value of `unmapped`.
        UnicodeEncodeError: for a character that MARC-8 lacks, with ``"raise"``; for a surrogate.
    """
    if unmapped not in _bridge.MARC8_UNMAPPED:
        raise ValueError(f"unmapped is 'ncr', 'replace' or 'raise', not {unmapped!r}")
    utf8 = text.encode()
    encoded, lacking = _bridge.marc8_encode(utf8, _bridge.MARC8_UNMAPPED[unmapped])
    if lacking is not None:
        offset, character = lacking
        at = len(utf8[:offset].decode())
        reason = f"MARC-8 has no code for U+{character:04X}"
        raise UnicodeEncodeError("marc-8", text, at, at + 1, reason)
    return encoded
