#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes csrc/marc8_tables.c from the Library of Congress's code tables.

``codetables.xml`` holds the MARC-8 sets, ``codetables-iso5426.xml`` ISO 5426.  The output
is constant data and nothing else; csrc/marc8_tables.h says how it is laid out.  The same
input always gives the same bytes, so ``--check`` can compare what is committed with what
the sources say.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUTPUT = ROOT / "csrc" / "marc8_tables.c"

ASCII, ANSEL, EACC = 0x42, 0x45, 0x31

# The order in which a character in several sets is looked for when encoding, after the set
# in use and ASCII: ANSEL costs no escape; of the others each letter is in one, and only
# punctuation in more.  The Greek symbols come last, because Greek (S) has their letters.
ORDER = [ANSEL, 0x53, 0x4E, 0x51, 0x33, 0x34, 0x32, 0x62, 0x70, 0x67]

# The two sets whose codes pymarc's tables give as bytes of G1.
HIGH = {0x34, 0x51}

# Codes for which pymarc's table has another character than the Library's: compatibility
# ideographs, which normalisation turns into the Library's characters, and two private ones.
# The three codes that pymarc makes U+3013, a substitute, are left out: those are characters
# outside the basic plane, and the substitute would lose them.
PYMARC = {
    0x214339: 0xFA12,
    0x215061: 0xFA1D,
    0x215C32: 0xFA25,
    0x215F71: 0xFA1C,
    0x4B333E: 0xF92E,
    0x4B4B3E: 0xF9AD,
    0x4B5F58: 0xF9B2,
    0x4B7421: 0xF9A9,
    0x6F7625: 0xE8B1,
    0x6F773C: 0xE8CB,
}
PRIVATE = range(0xE000, 0xF900)

# Words in a code's name that say another code is the usual one for its character.
SECONDARY = ("variant", "duplicate", "unified", "extension)", "some implementations")

MARK, UNSTABLE, OTHER = 1 << 31, 1 << 30, 1 << 29


@dataclass(frozen=True)
class Code:
    """One line of a code table."""

    code: int
    character: int
    mark: bool
    name: str

    def cell(self) -> int:
        """The character with the flags that the decoder asks for."""
        text = chr(self.character)
        if self.mark:
            assert unicodedata.combining(text), self
            return self.character | MARK
        unstable = unicodedata.combining(text) or unicodedata.normalize("NFC", text) != text
        other = UNSTABLE if unstable else 0
        return self.character | other | (OTHER if self.code in PYMARC else 0)


def read(path: Path) -> dict[int, list[Code]]:
    """Reads the sets of a file: final byte -> its codes, sorted."""
    sets: dict[int, list[Code]] = {}
    for element in ElementTree.parse(path).iter("characterSet"):
        codes = [
            Code(
                int(code.findtext("marc", ""), 16),
                # The second halves of the double marks have no character of their own but
                # the half mark, which for their first halves stands as the alternative.
                int(half(code) or code.findtext("ucs", ""), 16),
                code.findtext("isCombining") == "true",
                " ".join((code.findtext("name") or "").split()),
            )
            for code in element.iter("code")
        ]
        sets[int(element.attrib["ISOcode"], 16)] = sorted(codes, key=lambda code: code.code)
    return sets


def half(code: ElementTree.Element) -> str:
    """The half mark of a code that is half of a double mark, or nothing."""
    text = code.findtext("alt") or ""
    return text if text.startswith("FE2") else ""


def rows(values: Iterable[str], width: int = 8) -> Iterator[str]:
    """The values in lines of so many."""
    line: list[str] = []
    for value in values:
        line.append(value)
        if len(line) == width:
            yield "    " + ", ".join(line) + ","
            line = []
    if line:
        yield "    " + ", ".join(line) + ","


def cells(codes: list[Code]) -> str:
    """A set of single bytes as an array of 128 cells, by the code without its highest bit."""
    table = [0] * 128
    for code in codes:
        assert table[code.code & 0x7F] == 0, code
        table[code.code & 0x7F] = code.cell()
    return "\n".join(rows(f"0x{cell:08X}" for cell in table))


def singles(sets: dict[int, list[Code]]) -> list[str]:
    """Character -> final byte and code, for the sets of single bytes but ASCII."""
    found = []
    for rank, final in enumerate(ORDER):
        for code in sets[final]:
            byte = code.code | 0x80 if final == ANSEL else code.code & 0x7F
            found.append((code.character, rank, final, byte, code.mark))
    return [f"{{0x{c:04X}, 0x{f:02X}, 0x{b:02X}, {m:d}}}" for c, _, f, b, m in sorted(found)]


def eacc_reverse(codes: list[Code]) -> list[str]:
    """Character -> EACC code; of several codes the one whose name claims no other."""
    best: dict[int, tuple[bool, int]] = {}
    for code in codes:
        key = (any(word in code.name for word in SECONDARY), code.code)
        best[code.character] = min(best.get(code.character, key), key)
    for number, character in PYMARC.items():
        if character in PRIVATE:
            best[character] = (False, number)
    return [f"{{0x{c:04X}, 0x{best[c][1]:06X}}}" for c in sorted(best)]


def pairs(sets: dict[int, list[Code]]) -> list[str]:
    """Base and mark -> a character of the sets that normalisation takes apart."""
    found = set()
    for code in (code for codes in sets.values() for code in codes):
        parts = unicodedata.normalize("NFD", chr(code.character))
        if len(parts) > 1 and not unicodedata.name(parts[0]).startswith("HANGUL"):
            base, mark = map(ord, parts)
            found.add((base, mark, code.character))
    return [f"{{0x{base:04X}, 0x{mark:04X}, 0x{c:04X}}}" for base, mark, c in sorted(found)]


def lead_index(codes: list[Code]) -> list[int]:
    """For each pair of first bytes, from 2121 on and 94 a row, where its codes begin; and
    behind the last pair, where all end."""
    leads = [(code.code >> 16, code.code >> 8 & 0xFF) for code in codes]
    index, at = [], 0
    for first in range(0x21, leads[-1][0] + 1):
        for second in range(0x21, 0x7F):
            index.append(at)
            while at < len(leads) and leads[at] == (first, second):
                at += 1
    assert at == len(codes)
    return [*index, at]


HEAD = """/* SPDX-License-Identifier: MIT
 *
 * marc8_tables.c: the character sets of MARC-8 and ISO 5426 as constant data.
 * Generated by tools/make_marc8_tables.py from the Library of Congress's code
 * tables (codetables.xml, codetables-iso5426.xml): change those, or the maker.
 */
#include "marc8_tables.h"
"""


def array(head: str, values: Iterable[str], width: int) -> str:
    """A constant array."""
    return "\n".join([f"const {head} = {{", *rows(values, width), "};", ""])


def make(codetables: Path, iso5426: Path) -> str:
    """Returns the text of csrc/marc8_tables.c."""
    sets = read(codetables)
    eacc = sets.pop(EACC)
    latin = read(iso5426)
    parts = [HEAD]
    parts.append(f"const mrrci_marc8_set mrrci_marc8_sets[{len(sets)}] = {{")
    for final in sorted(sets):
        high = 0x80 if final == ANSEL or final in HIGH else 0
        parts.append(f"{{0x{final:02X}, 0x{high:02X}, {{\n{cells(sets[final])}\n}}}},")
    parts.append("};\n")
    parts.append(f"const uint32_t mrrci_iso5426[128] = {{\n{cells(latin[ANSEL])}\n}};\n")
    index = lead_index(eacc)
    characters = (f"0x{code.cell():X}" for code in eacc)
    last = (f"0x{code.code & 0xFF:02X}" for code in eacc)
    other = (f"{{0x{character:04X}, 0x{code:06X}}}" for code, character in sorted(PYMARC.items()))
    single, reverse = singles(sets), eacc_reverse(eacc)
    pair = pairs(sets | {EACC: eacc})
    name = "mrrci_eacc"
    parts += [
        array(f"uint16_t {name}_first[{len(index)}]", map(str, index), 14),
        array(f"uint8_t {name}_last[{len(eacc)}]", last, 16),
        array(f"uint32_t {name}_characters[{len(eacc)}]", characters, 12),
        array(f"mrrci_eacc_code {name}_pymarc[{len(PYMARC)}]", other, 4),
        array(f"mrrci_eacc_code {name}_codes[{len(reverse)}]", reverse, 4),
        f"const size_t {name}_codes_count = {len(reverse)};\n",
        array(f"mrrci_marc8_code mrrci_marc8_codes[{len(single)}]", single, 4),
        f"const size_t mrrci_marc8_codes_count = {len(single)};\n",
        array(f"mrrci_marc8_pair mrrci_marc8_pairs[{len(pair)}]", pair, 4),
        f"const size_t mrrci_marc8_pairs_count = {len(pair)};",
    ]
    return "\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--codetables", type=Path, default=DATA / "codetables.xml")
    parser.add_argument("--iso5426", type=Path, default=DATA / "codetables-iso5426.xml")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if it would differ")
    arguments = parser.parse_args()
    text = make(arguments.codetables, arguments.iso5426)
    if not arguments.check:
        OUTPUT.write_text(text, encoding="ascii")
        return 0
    if OUTPUT.is_file() and OUTPUT.read_text(encoding="ascii") == text:
        return 0
    print(f"{OUTPUT} is not what {Path(__file__).name} makes: run it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
