# SPDX-License-Identifier: MIT
"""MARC-8 both ways, ISO 5426 and the tables, beside pymarc, yaz-marcdump and unicodedata."""

from __future__ import annotations

import contextlib
import importlib
import io
import random
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CI, ROOT, SHARED
from hypothesis import given
from hypothesis import strategies as st

from mrrc import marc8, marc8_mapping

if CI:
    import pymarc.marc8 as oracle
    import pymarc.marc8_mapping as oracle_mapping
else:
    oracle = pytest.importorskip("pymarc.marc8")
    oracle_mapping = pytest.importorskip("pymarc.marc8_mapping")

ASCII, ANSEL, EACC = 0x42, 0x45, 0x31

# What designates each set as G0.
ESCAPES = {
    0x4E: b"\x1b(N",
    0x51: b"\x1b(Q",
    0x33: b"\x1b(3",
    0x34: b"\x1b(4",
    0x32: b"\x1b(2",
    0x53: b"\x1b(S",
    0x62: b"\x1bb",
    0x70: b"\x1bp",
    0x67: b"\x1bg",
    EACC: b"\x1b$1",
    ASCII: b"",
    ANSEL: b"\x1b(!E",
}

# In the Library of Congress's table these are characters outside the basic plane; pymarc has a
# substitute for them, U+3013, from which the text cannot be told.
OUTSIDE_THE_PLANE = {0x217559: 0x212C4, 0x222A34: 0x2251B, 0x223339: 0x22C4D}

# In the Library's table these have an assigned character; pymarc has a private one. The first
# kind of decoding gives the Library's, the second pymarc's.
PRIVATE = {0x6F7625: 0x318D, 0x6F773C: 0xC717}

# Double marks are two halves in MARC-8, and one character between their bases in Unicode.
HALVES = {0xFE20: "\u0361", 0xFE21: "\ufe21", 0xFE22: "\u0360", 0xFE23: "\ufe23"}


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def seen(function: Callable[..., str], *args: Any, **named: Any) -> tuple[object, str]:
    """What a call returns or raises, and the lines it prints on standard error."""
    lines = io.StringIO()
    with contextlib.redirect_stderr(lines):
        try:
            outcome: object = function(*args, **named)
        except (UnicodeDecodeError, TypeError) as error:
            outcome = type(error), str(error)
    return outcome, lines.getvalue()


# -- tables --


def test_codesets_are_pymarcs_but_for_three_codes() -> None:
    assert list(marc8_mapping.CODESETS) == list(oracle_mapping.CODESETS)
    for final, theirs in oracle_mapping.CODESETS.items():
        ours = marc8_mapping.CODESETS[final]
        assert ours.keys() == theirs.keys()
        other = {code: ours[code][0] for code in ours if ours[code] != theirs[code]}
        assert other == (OUTSIDE_THE_PLANE if final == EACC else {})
        assert ours is getattr(marc8_mapping, f"CHARSET_{final:X}")
        assert all(theirs[code] == (0x3013, 0) for code in other)


def test_odd_map() -> None:
    assert marc8_mapping.ODD_MAP == oracle_mapping.ODD_MAP
    for code, character in marc8_mapping.ODD_MAP.items():
        value = b"\x1b$1" + code.to_bytes(3, "big")
        assert marc8.marc8_to_unicode(value) == chr(character)


def test_the_mapping_can_be_imported_by_star() -> None:
    names: dict[str, object] = {}
    exec("from mrrc.marc8_mapping import *", names)
    assert {name for name in vars(oracle_mapping) if name.isupper()} <= names.keys()
    assert "CODESETS" in dir(marc8_mapping)
    with pytest.raises(AttributeError, match="CHARSET_99"):
        marc8_mapping.CHARSET_99  # noqa: B018


def test_tables_are_made_when_asked_for() -> None:
    script = (
        "import mrrc.marc8_mapping as m; assert 'CODESETS' not in vars(m); m.CHARSET_67;"
        "assert 'CHARSET_67' in vars(m) and 'CHARSET_31' not in vars(m)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.shared
def test_the_tables_are_what_the_maker_makes() -> None:
    maker = ROOT / "tools" / "make_marc8_tables.py"
    subprocess.run([sys.executable, str(maker), "--check"], check=True)


# -- pymarc's manners --


def test_pymarcs_own_lines(pymarc_sdist: Path) -> None:
    coded = (pymarc_sdist / "test" / "test_marc8.txt").read_bytes().split(b"\n")
    plain = (pymarc_sdist / "test" / "test_utf8.txt").read_bytes().split(b"\n")
    pairs = [pair for pair in zip(coded, plain, strict=True) if all(pair)]
    assert len(pairs) == 1515
    for value, text in pairs:
        assert marc8.marc8_to_unicode(value).encode() == text


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """pymarc with each set for both halves of the code table, as ours are."""
    for final, codes in oracle_mapping.CODESETS.items():
        wider = dict(codes)
        for code, entry in codes.items():
            if final == EACC and code in OUTSIDE_THE_PLANE:
                wider[code] = (OUTSIDE_THE_PLANE[code], 0)
            elif final != EACC and code & 0x7F > 0x20 and not 0x7F < code < 0xA0:
                wider[code & 0x7F] = wider[code | 0x80] = entry
        monkeypatch.setitem(oracle_mapping.CODESETS, final, wider)
    yield


def plain_bytes(most: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=1, max_size=most).map(lambda b: b.replace(b"\x1b", b"e"))


def values() -> st.SearchStrategy[bytes]:
    """Values with escapes, marks, characters of EACC, and rubbish."""
    # fmt: off
    designations = st.sampled_from([
        b"\x1b(B", b"\x1b(N", b"\x1b)N", b"\x1b,3", b"\x1b-3", b"\x1b(4", b"\x1b)4", b"\x1b(Q",
        b"\x1b)Q", b"\x1b(S", b"\x1b(2", b"\x1b)E", b"\x1b(E", b"\x1b(Z", b"\x1b)Z", b"\x1b$,B",
        b"\x1b]", b"\x1b\x07", b"\x1b\xe2",
    ])
    # fmt: on
    small = st.tuples(
        st.sampled_from([b"\x1bb", b"\x1bp", b"\x1bg", b"\x1bs", b"\x1bN"]), plain_bytes(3)
    )
    threes = st.one_of(
        st.tuples(st.integers(0x21, 0x7F), st.integers(0, 255), st.integers(0, 255)).map(bytes),
        st.sampled_from([*marc8_mapping.CHARSET_31, *marc8_mapping.ODD_MAP]).map(
            lambda code: code.to_bytes(3, "big")
        ),
    )
    eacc = st.tuples(
        st.sampled_from([b"\x1b$1", b"\x1b$,1", b"\x1b(1", b"\x1b1"]),
        st.lists(threes, min_size=1, max_size=4).map(b"".join),
        st.sampled_from([b"\x1b(B", b"\x1bs.", b"\x1b(N"]),
    )
    marked = st.tuples(
        st.lists(st.integers(0xE0, 0xFE), max_size=3).map(bytes), st.sampled_from([b"u", b"T "])
    )
    piece = st.one_of(
        plain_bytes(4),
        designations,
        *[parts.map(b"".join) for parts in (small, eacc, marked)],
        st.just(b"A longer run of plain text."),
    )
    # fmt: off
    end = st.sampled_from([
        b"", b"\x1b", b"\x1b(", b"\x1b$", b"\x1b)", b"\x1bb", b"\x1bs", b"\x1b1", b"\x1b$,",
        b"\x1b$1!", b"\x1b$1!0!!0", b"\xe2",
    ])
    # fmt: on
    value = st.tuples(st.lists(piece, max_size=10).map(b"".join), end).map(b"".join)
    return value.filter(lambda b: not MISREAD.search(b))


# Where pymarc misreads an escape sequence; see test_where_pymarc_loses_text.
MISREAD = re.compile(rb"\x1b[bpgsN]\x1b|\x1b[(),-]!E|\x1b\$[)-]", re.DOTALL)


@pytest.mark.usefixtures("complete")
class TestBesidePymarc:
    @given(values(), st.booleans())
    def test_bytes(self, value: bytes, quiet: bool) -> None:
        theirs = seen(oracle.marc8_to_unicode, value, quiet)
        assert seen(marc8.marc8_to_unicode, value, quiet) == theirs

    @given(st.one_of(values().map(lambda b: b.decode("latin-1")), st.text()))
    def test_str(self, value: str) -> None:
        assert seen(marc8.marc8_to_unicode, value) == seen(oracle.marc8_to_unicode, value)

    @given(st.lists(values(), max_size=4), st.sampled_from([*ESCAPES, 0x21]), st.booleans())
    def test_a_converter_that_is_kept(self, several: list[bytes], g0: int, quiet: bool) -> None:
        theirs = oracle.MARC8ToUnicode(G0=g0, quiet=quiet)
        ours = marc8.MARC8ToUnicode(G0=g0, quiet=quiet)
        assert vars(ours) == vars(theirs)
        for value in several:
            # With EACC designated from before, other bytes stand for themselves than in pymarc.
            if theirs.g0 == EACC and re.search(rb"[\x00-\x20\x80-\xff]", value):
                break
            assert seen(ours.translate, value) == seen(theirs.translate, value)
            assert (ours.g0, ours.g1) == (theirs.g0, theirs.g1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"\x1b)N\xd8", "ь"),
        (b"\x1b-N\xd8", "ь"),
        (b"\x1b(4!", "\u06fd"),
        (b"\x1b(Q@", "ґ"),
        (b"\x1b(!E2\x1b,!E2", "øø"),
        (b"\x1b)4\x1b)!E\xb2\x1b-!E\xb2", "øø"),
        (b"\x1b$)1\xa1\xb0\xa1\xa1\xb0\xa4.", "一三."),
        (b"\x1b$-1\xa1\xb0\xa1.", "一."),
        (b"x\x1bp2\x1bs\x1b(NH\x1b(B", "x²х"),
        (b"x\x1bp2\x1bs\x1b(B", "x²"),
        (b"\x1b$1!0! !0!\x1b(B", "一 一"),
        (b"\x1b$1!0!\x88!0!\t!0!\x1b(B", "一一一"),
        (b"\x1b$1!0!\xe2!0!\x1b(B", "一一\u0301"),
        (b"\x1b$1\x21\x75\x59", "\U000212c4"),
    ],
)
def test_where_pymarc_loses_text(value: bytes, text: str) -> None:
    """Every difference that the module's documentation lists."""
    assert seen(oracle.marc8_to_unicode, value)[0] != text
    assert seen(marc8.marc8_to_unicode, value) == (text, "")


@pytest.mark.parametrize("nothing", [b"", "", None, [], 0])
def test_nothing_is_no_text(nothing: object) -> None:
    assert marc8.marc8_to_unicode(nothing) == oracle.marc8_to_unicode(nothing) == ""


def test_other_objects() -> None:
    assert marc8.marc8_to_unicode(bytearray(b"\x1b(NH")) == "х"
    assert marc8.marc8_to_unicode(memoryview(b"\xe2e")) == "é"
    for wrong in (5, [b"e"], object()):
        with pytest.raises(TypeError):
            oracle.marc8_to_unicode(wrong)
        with pytest.raises(TypeError):
            marc8.marc8_to_unicode(wrong)


def test_the_error_of_a_cut_escape() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        marc8.marc8_to_unicode(b"x\x1b")
    with pytest.raises(UnicodeDecodeError) as theirs:
        oracle.marc8_to_unicode(b"x\x1b")
    assert caught.value.args == theirs.value.args
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_converters_class() -> None:
    converter = marc8.MARC8ToUnicode()
    assert (converter.basic_latin, converter.ansel, converter.quiet) == (ASCII, ANSEL, False)
    assert converter.translate(b"\x1b(NH") == "х"
    assert converter.translate(b"H") == "х"
    with pytest.raises(TypeError):
        converter.translate(b"\x1b(S\x1b)")
    assert converter.g0 == 0x53


# -- the standard's --


def coded(final: int, code: int) -> bytes:
    if final == EACC:
        return ESCAPES[final] + code.to_bytes(3, "big")
    if 0x80 <= code < 0xA0:
        return bytes([code])
    return ESCAPES[final] + bytes([code & 0x7F])


@pytest.mark.parametrize("final", ESCAPES)
def test_every_code_both_ways(final: int) -> None:
    for code, (character, mark) in marc8_mapping.CODESETS[final].items():
        if code < 0x20:
            continue
        value, text = coded(final, code), chr(character)
        if mark:
            value += b"\x1b(Ba"
            text = "a" + HALVES.get(character, text)
        if final == EACC and code in PRIVATE:
            text = chr(PRIVATE[code])
        decoded, amiss = marc8.decode_marc8(value)
        assert decoded == nfc(text)
        assert [one.kind for one in amiss] == (["stray mark"] if "\ufe21" in text else []) or (
            "\ufe23" in text
        )
        for form in (decoded, unicodedata.normalize("NFD", decoded)):
            again = marc8.unicode_to_marc8(form, "raise")
            assert marc8.decode_marc8(again)[0] == decoded
            assert again.decode("latin-1").count("\x1b") % 2 == 0


def test_every_character_is_kept() -> None:
    """Also what MARC-8 lacks, as references; and utf8proc agrees with unicodedata."""
    for start in range(0, 0x110000, 64):
        characters = [
            chr(i)
            for i in range(start, start + 64)
            if unicodedata.category(chr(i)) not in ("Cn", "Cs", "Cc", "Co")
            and not 0xFE20 <= i <= 0xFE23
        ]
        text = "".join(f"a{character}b " for character in characters)
        decoded, amiss = marc8.decode_marc8(marc8.unicode_to_marc8(text))
        assert (decoded, amiss) == (nfc(text), [])


def repertoire() -> list[str]:
    rest = [*range(0x300, 0x370), 0x3099, 0x1100, 0x1161, 0x11A7, 0x11A8, 0xAC00, 0xAC01, 0x1E69]
    rest += [0x1D160, 0xFB2A, 0x2126, 0x30AC, 0xF951, 0x9CB, 0x9BE, 0x98, 0x200D, 0x34F, 0x1F600]
    small = [
        character
        for final, codes in marc8_mapping.CODESETS.items()
        for character, _ in codes.values()
        if final != EACC and character >= 0x20 and character not in HALVES
    ]
    return [chr(character) for character in [*small, *rest]]


CHARACTERS = repertoire()


@given(st.lists(st.sampled_from(CHARACTERS), max_size=12).map("".join))
def test_any_text_is_kept(text: str) -> None:
    decoded, amiss = marc8.decode_marc8(marc8.unicode_to_marc8(text))
    assert (decoded, amiss) == (nfc(text), [])


@given(st.binary(max_size=60) | values())
def test_any_bytes_decode(value: bytes) -> None:
    text, amiss = marc8.decode_marc8(value, ncr=False)
    assert text == nfc(text)
    unknown = [one for one in amiss if one.kind != "stray mark"]
    designations = [one for one in unknown if one.data[:1] == b"\x1b" and len(one.data) > 1]
    assert text.count("\ufffd") == len(unknown) - len(designations)
    assert all(one.data == value[one.offset : one.offset + len(one.data)] for one in amiss)


def test_what_is_amiss_is_said() -> None:
    text, amiss = marc8.decode_marc8(b"a\x81\x1b$1!!!!0\x1b(Bz\xe2")
    assert text == "a\ufffd\ufffd\ufffdz \u0301"
    assert amiss == [
        marc8.Undecoded("unmapped", 1, b"\x81"),
        marc8.Undecoded("unmapped", 5, b"!!!"),
        marc8.Undecoded("cut", 8, b"!0"),
        marc8.Undecoded("stray mark", 14, b"\xe2"),
    ]


@given(
    st.lists(st.sampled_from(["&", "#", "x", "&#x", "4E00", "0301", "1F600", "D800", ";"])).map(
        "".join
    )
)
def test_references(text: str) -> None:
    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        fit = number >= 0x20 and number <= 0x10FFFF and not 0xD800 <= number < 0xE000
        return chr(number) if fit and number != 0x7F else found[0]

    expected = re.sub("&#x([0-9A-Fa-f]{4,6});", character, text)
    assert marc8.decode_marc8(text.encode()) == (nfc(expected), [])
    assert marc8.decode_marc8(text.encode(), ncr=False) == (text, [])


@pytest.mark.parametrize("count", [3_000, 300_000])
def test_long_runs_of_marks(count: int) -> None:
    """Their order is unicodedata's, which takes quadratic time for it; ours may not."""
    marks = random.Random(8).choices("\u0301\u0323\u0345\u0307\u031b", k=count)
    # No character is q with a mark, so putting the marks in order is all there is to do.
    ordered = "q" + "".join(sorted(marks, key=unicodedata.combining))
    text = "q" + "".join(marks)
    if count < 10_000:
        assert nfc(text) == ordered
    assert marc8.decode_marc8(marc8.unicode_to_marc8(text)) == (ordered, [])
    value = b"\xe2\xf2" * (count // 2) + b"q"
    half = count // 2
    assert marc8.marc8_to_unicode(value) == "q" + "\u0323" * half + "\u0301" * half


# -- encoding --


def test_unmapped() -> None:
    assert marc8.unicode_to_marc8("a😀") == b"a&#x1F600;"
    assert marc8.unicode_to_marc8("a😀", "replace") == b"a?"
    with pytest.raises(UnicodeEncodeError) as caught:
        marc8.unicode_to_marc8("é х😀z", unmapped="raise")
    assert (caught.value.encoding, caught.value.start, caught.value.end) == ("marc-8", 3, 4)
    assert caught.value.object[3] == "😀"
    with pytest.raises(ValueError, match="unmapped"):
        marc8.unicode_to_marc8("a", "other")  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        marc8.unicode_to_marc8("\ud800")


# Characters that pymarc and yaz know, in the sets that they read from G0.
KNOWN = [
    chr(character)
    for final in (ANSEL, 0x4E, 0x33, 0x32, 0x53, 0x62, 0x70, EACC)
    for character, mark in marc8_mapping.CODESETS[final].values()
    if not mark and not 0x80 <= character < 0xA0 and not 0x2000 <= character < 0x2010
] + ["Q", "w", "é", "ǖ", "Ớ", "ợ", "ά", "q\u0323\u0301"]


@given(st.lists(st.sampled_from(KNOWN), max_size=12).map("".join))
def test_pymarc_reads_what_is_encoded(text: str) -> None:
    value = marc8.unicode_to_marc8(text, "raise")
    expected = nfc(text)
    for code in (*OUTSIDE_THE_PLANE, *PRIVATE):
        character = (OUTSIDE_THE_PLANE | PRIVATE)[code]
        theirs = oracle_mapping.CHARSET_31[code][0]
        expected = expected.replace(chr(character), chr(theirs))
    assert seen(oracle.marc8_to_unicode, value) == (expected, "")


# -- yaz-marcdump --


def yaz_decode(yaz: str, several: list[bytes]) -> list[str]:
    """What yaz makes of MARC-8 values, by way of a record with a field for each."""
    directory, area = b"", b""
    for value in several:
        field = b"  \x1fa" + value + b"\x1e"
        directory += b"500%04d%05d" % (len(field), len(area))
        area += field
    base = 24 + len(directory) + 1
    record = b"%05dnam  22%05d   4500" % (base + len(area) + 1, base)
    record += directory + b"\x1e" + area + b"\x1d"
    command = [yaz, "-f", "marc-8", "-t", "utf-8", "-i", "marc", "-o", "marc", "/dev/stdin"]
    done = subprocess.run(command, input=record, capture_output=True, check=True)
    fields = done.stdout.partition(b"\x1d")[0].split(b"\x1e")[1:-1]
    return [field.partition(b"\x1fa")[2].decode() for field in fields]


def test_beside_yaz(yaz: str) -> None:
    """yaz leaves text decomposed and reads all sets from G0, so it is an oracle for whole
    values of valid MARC-8; what it makes of the private codes of EACC is its table's."""
    chance = random.Random(5426)
    characters = [c for c in KNOWN if c not in map(chr, PRIVATE.values())] + [" ", ".", "t\u0361s"]
    texts = [
        "x" + "".join(chance.choices(characters, k=chance.randrange(1, 12))) for _ in range(300)
    ]
    several = [marc8.unicode_to_marc8(text) for text in texts]
    decoded = yaz_decode(yaz, several)
    assert [nfc(text) for text in decoded] == [nfc(text) for text in texts]
    assert [marc8.decode_marc8(value)[0] for value in several] == [nfc(text) for text in texts]


# -- ISO 5426 --


@pytest.mark.shared
def test_every_code_of_iso5426() -> None:
    table = ElementTree.parse(SHARED / "data" / "codetables-iso5426.xml")
    count = 0
    for element in table.iter("code"):
        code = int(element.findtext("marc", ""), 16)
        ucs = element.findtext("ucs")
        if not ucs:  # the second halves of double marks, whose first halves have the character
            continue
        value, text = bytes([code]), chr(int(ucs, 16))
        if element.findtext("isCombining") == "true":
            value, text = value + b"o", "o" + text
        assert marc8.decode_iso5426(value) == (nfc(text), [])
        count += 1
    assert count > 160


def test_iso5426() -> None:
    assert marc8.iso5426_to_unicode(b"\x88Le \x89\xc2et\xc2e") == "\x98Le \x9cété"
    assert marc8.decode_iso5426(b"\xb3x\xc2") == (
        "\ufffdx \u0301",
        [marc8.Undecoded("unmapped", 0, b"\xb3"), marc8.Undecoded("stray mark", 2, b"\xc2")],
    )
    with pytest.raises(TypeError):
        marc8.iso5426_to_unicode("text")  # type: ignore[arg-type]


def test_the_module_can_be_reloaded() -> None:
    """What is made on demand comes again."""
    again = importlib.reload(marc8_mapping)
    assert again.CHARSET_67[0x61] == (0x3B1, 0)
