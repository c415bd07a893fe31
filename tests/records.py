# SPDX-License-Identifier: MIT
"""Records for the tests: built, generated and damaged.

Everything here works on bytes and by the few lines of ISO 2709 that stand here,
so that neither the package under test nor the one it is compared with has a
part in making its own input.
"""

import random
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

FT = b"\x1e"
RT = b"\x1d"
SD = b"\x1f"
ESC = b"\x1b"

FieldBytes = tuple[str, bytes]
"""A tag and the field's bytes, without its terminator."""

# Building ---------------------------------------------------------------------


def data_field(tag: str, indicators: str, *subfields: tuple[str, str | bytes]) -> FieldBytes:
    """A data field; text becomes UTF-8."""
    body = indicators.encode("ascii")
    for code, value in subfields:
        body += SD + code.encode("ascii")
        body += value if isinstance(value, bytes) else value.encode("utf-8")
    return tag, body


def control_field(tag: str, data: str | bytes) -> FieldBytes:
    """A control field; text becomes UTF-8."""
    return tag, data if isinstance(data, bytes) else data.encode("utf-8")


def iso2709(
    fields: Sequence[FieldBytes], *, coding: str = "a", status: str = "n", kind: str = "am"
) -> bytes:
    """One record: leader, directory, fields in the order given, terminator.

    Raises:
        ValueError: the record or a field is too long for its length to be written.
    """
    directory = b""
    data = b""
    for tag, body in fields:
        size = len(body) + 1
        if size > 9_999 or len(data) > 99_999:
            raise ValueError("too long for ISO 2709")
        directory += f"{tag}{size:04}{len(data):05}".encode("ascii")
        data += body + FT
    base = 24 + len(directory) + 1
    total = base + len(data) + 1
    if total > 99_999:
        raise ValueError("too long for ISO 2709")
    leader = f"{total:05}{status}{kind} {coding}22{base:05} i 4500".encode("ascii")
    assert len(leader) == 24
    return leader + directory + FT + data + RT


def sample(number: int = 1) -> bytes:
    """A small, sound record that has a little of everything."""
    return iso2709(
        [
            control_field("001", f"smpl{number:08}"),
            control_field("008", "850101s1985    nyu           000 0 eng  "),
            data_field("020", "  ", ("a", "0-306-40615-2 (pbk.)"), ("c", "$12.50")),
            data_field("022", "  ", ("a", "0376-4583"), ("l", "0376-4583")),
            data_field("086", "0 ", ("a", "A 1.2:F 49"), ("z", "A 1.2:F 50")),
            data_field("100", "1 ", ("a", "Müller, Anna,"), ("d", "1950-")),
            data_field("130", "0 ", ("a", "Bible."), ("l", "English.")),
            data_field("222", " 0", ("a", "Key title"), ("b", "(Online)")),
            data_field("245", "10", ("6", "880-01"), ("a", "Main title :"), ("b", "the rest /")),
            data_field("260", "  ", ("a", "New York :"), ("b", "Plenum,"), ("c", "1985.")),
            data_field("300", "  ", ("a", "xii, 345 p. ;"), ("c", "24 cm.")),
            data_field("490", "1 ", ("a", "A series ;"), ("v", "7")),
            data_field("500", "  ", ("a", "A note with  two blanks.")),
            data_field("650", " 0", ("a", "Cataloguing"), ("x", "History"), ("z", "日本")),
            data_field("700", "1 ", ("a", "Χατζηδάκης, Γ."), ("e", "ed.")),
            data_field("852", "  ", ("a", "DLC"), ("b", "c-GenColl")),
            data_field("880", "10", ("6", "245-01/$1"), ("a", "題名"), ("b", "")),
        ]
    )


# Generating -------------------------------------------------------------------

_SCRIPTS = (
    (0x20, 0x7E),
    (0xA1, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x3FF),
    (0x400, 0x4FF),
    (0x590, 0x5FF),
    (0x600, 0x6FF),
    (0x900, 0x97F),
    (0x1E00, 0x1EFF),
    (0x2000, 0x206F),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0x1F300, 0x1F6FF),
    (0x20000, 0x2A6DF),
)


def texts(max_size: int = 30) -> st.SearchStrategy[str]:
    """Text of many scripts, with a control character now and then, none of them structural."""
    ranges = st.sampled_from(_SCRIPTS)
    character = ranges.flatmap(lambda ends: st.integers(*ends).map(chr))
    odd = st.sampled_from("\x00\t\n\r\x7f\x85\xa0\u2028\ufeff\uffff\U0010ffff")
    plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=max_size)
    mixed = st.text(st.one_of(character, character, character, odd), max_size=max_size)
    return st.one_of(plain, mixed)


def marc8_values(max_pieces: int = 8) -> st.SearchStrategy[bytes]:
    """Values in MARC-8: plain text, ANSEL with its marks, and other sets through G0.

    Only what pymarc reads as the standard has it: neither Extended Cyrillic nor
    Extended Arabic, and nothing that begins with an escape after one of two bytes.
    """
    plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12).map(
        lambda text: text.encode("ascii")
    )
    ansel = st.sampled_from([*range(0xA1, 0xAE), *range(0xB0, 0xBE), *range(0xC0, 0xC9)])
    letters = st.lists(ansel, max_size=4).map(bytes)
    mark = st.sampled_from([*range(0xE0, 0xFC), 0xFE])
    marked = st.builds(
        lambda marks, base: bytes(marks) + base.encode("ascii"),
        st.lists(mark, min_size=1, max_size=3),
        st.sampled_from("aeiouAEIOUncszy "),
    )
    graphic = st.lists(st.integers(0x21, 0x7E), max_size=6).map(bytes)
    sets = st.sampled_from([b"2", b"N", b"3", b"S"])
    other = st.builds(lambda final, codes: ESC + b"(" + final + codes + ESC + b"(B", sets, graphic)
    escapes = st.sampled_from([b"gabc", b"b0123", b"p0123"]).map(
        lambda run: ESC + run + ESC + b"s."
    )
    # Some characters of EACC that the table has, one that it has not.
    wide = st.sampled_from([b"!0!", b"!0d", b"!3W", b"!ML", b"ipw", b"iO;", b"~~~"])
    eacc = st.lists(wide, max_size=4).map(lambda run: ESC + b"$1" + b"".join(run) + ESC + b"(B")
    piece = st.one_of(plain, letters, marked, other, escapes, eacc)
    return st.lists(piece, max_size=max_pieces).map(b"".join)


_control_tags = st.integers(1, 9).map(lambda number: f"{number:03}")
_data_tags = st.one_of(
    st.sampled_from(["020", "022", "086", "100", "130", "222", "240", "245", "260", "264", "650"]),
    st.sampled_from(["300", "440", "490", "500", "700", "830", "852", "880"]),
    st.integers(10, 999).map(lambda number: f"{number:03}"),
    st.text("ABCXYZ019", min_size=3, max_size=3).filter(lambda tag: not tag.isdigit()),
)
_indicators = st.text("0123456789 #|a", min_size=2, max_size=2)
_codes = st.one_of(st.sampled_from("abcdvxyz02468"), st.integers(0x21, 0x7E).map(chr), st.just(" "))
_values = st.one_of(texts(), st.just("880-01/$1"), st.just("0-19-853453-1 (x)"))


def control_fields(
    values: st.SearchStrategy[str] | st.SearchStrategy[bytes],
) -> st.SearchStrategy[FieldBytes]:
    return st.builds(control_field, _control_tags, values)


def data_fields(
    values: st.SearchStrategy[str] | st.SearchStrategy[bytes], max_subfields: int = 5
) -> st.SearchStrategy[FieldBytes]:
    subfields = st.lists(st.tuples(_codes, values), max_size=max_subfields)
    return st.builds(
        lambda tag, ind, subs: data_field(tag, ind, *subs), _data_tags, _indicators, subfields
    )


def utf8_records(max_fields: int = 8) -> st.SearchStrategy[bytes]:
    """Sound records in UTF-8 that say so, with at least one field."""
    field = st.one_of(control_fields(_values), data_fields(_values), data_fields(_values))
    return st.builds(
        iso2709,
        st.lists(field, min_size=1, max_size=max_fields),
        status=st.sampled_from("acdnp"),
        kind=st.sampled_from(["am", "as", "cm", "em", "gm", "jm", "zz", "  "]),
    )


def marc8_records(max_fields: int = 6) -> st.SearchStrategy[bytes]:
    """Sound records in MARC-8; their control fields are ASCII."""
    ascii_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
    field = st.one_of(control_fields(ascii_text), data_fields(marc8_values()))
    return st.builds(
        lambda fields: iso2709(fields, coding=" "),
        st.lists(field, min_size=1, max_size=max_fields),
    )


def files(max_records: int = 4) -> st.SearchStrategy[bytes]:
    """Several sound records, one after another."""
    record = st.one_of(utf8_records(), utf8_records(), marc8_records())
    return st.lists(record, max_size=max_records).map(b"".join)


# Damaging ---------------------------------------------------------------------

Damager = Callable[[bytes, random.Random], bytes]
"""Takes bytes and a source of chance; returns other bytes."""


def _begins(data: bytes) -> list[int]:
    """Where records begin, going by their terminators."""
    begins = [0]
    while True:
        end = data.find(RT, begins[-1])
        if end < 0 or end + 1 >= len(data):
            return begins
        begins.append(end + 1)


def _put(data: bytes, at: int, piece: bytes) -> bytes:
    """The data with a piece written over it, cut where the data ends."""
    return (data[:at] + piece + data[at + len(piece) :])[: len(data)]


def flip(data: bytes, chance: random.Random) -> bytes:
    """One byte becomes any other."""
    at = chance.randrange(len(data))
    return _put(data, at, bytes([data[at] ^ chance.randrange(1, 256)]))


def delete(data: bytes, chance: random.Random) -> bytes:
    """A few bytes are gone."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 6) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    """A few bytes are added."""
    at = chance.randrange(len(data) + 1)
    piece = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6)))
    return data[:at] + piece + data[at:]


def duplicate(data: bytes, chance: random.Random) -> bytes:
    """A stretch of the data stands there twice."""
    at = chance.randrange(len(data))
    stop = at + chance.randrange(1, 60)
    return data[:stop] + data[at:stop] + data[stop:]


def wrong_length(data: bytes, chance: random.Random) -> bytes:
    """A record's length is off, or no number."""
    begin = chance.choice(_begins(data))
    length = data[begin : begin + 5]
    if length.isdigit():
        off = max(0, int(length) + chance.choice([-30, -1, 1, 2, 30, 1000]))
        options = [f"{off:05}".encode()[-5:]]
    else:
        options = []
    options += [b"00000", b"00004", b"00005", b"00023", b"00024", b"99999", b"abcde", b"     "]
    options += [b" 0063", b"+0063", b"-0063", b"00_63", b"0x063", b"\xef\xbc\x90\x31\x32"]
    return _put(data, begin, chance.choice(options))


def wrong_base(data: bytes, chance: random.Random) -> bytes:
    """A record's base address of data is off, or no number."""
    begin = chance.choice(_begins(data))
    base = data[begin + 12 : begin + 17]
    options = [b"00000", b"00001", b"00024", b"00025", b"00037", b"99999", b"-0001", b"     "]
    options += [b"abcde", b"+0061", b"\xff0000"]
    if base.isdigit():
        options += [f"{int(base) + off:05}".encode() for off in (-13, -12, -1, 1, 12)]
    return _put(data, begin + 12, chance.choice(options)[:5])


def wrong_leader(data: bytes, chance: random.Random) -> bytes:
    """Any one character of a leader is another."""
    begin = chance.choice(_begins(data))
    seen = chance.choice([b" ", b"a", b"0", b"2", b"|", b"\x00", b"\xe9", b"\x1e"])
    return _put(data, begin + chance.randrange(5, 24), seen)


def wrong_directory(data: bytes, chance: random.Random) -> bytes:
    """Something in a record's directory is wrong: a tag, a number, a byte too many."""
    begin = chance.choice(_begins(data))
    stop = data.find(FT, begin + 24)
    entries = (stop - begin - 24) // 12
    if entries < 1:
        return flip(data, chance)
    entry = begin + 24 + 12 * chance.randrange(entries)
    what = chance.randrange(7)
    if what == 0:
        tags = [b"   ", b"00A", b"0\xc3\xa9", b"ab\x00", b"1 2", b"\xb2\xb3\xb9", b"000", b"009"]
        return _put(data, entry, chance.choice(tags))
    if what == 1:
        sizes = [b"0000", b"0001", b"0002", b"9999", b"12a4", b"-001", b"+010", b" 10 ", b"    "]
        return _put(data, entry + 3, chance.choice(sizes))
    if what == 2:
        starts = [b"00000", b"99999", b"00001", b"1 234", b"-0005", b"1_000", b"     "]
        return _put(data, entry + 7, chance.choice(starts))
    if what == 3:
        return _put(data, stop, chance.choice([b" ", b"\x1d", b"0"]))
    if what == 4:
        return data[:stop] + b"245" + data[stop:]
    if what == 5:
        return _put(data, entry + chance.randrange(12), bytes([chance.randrange(256)]))
    other = begin + 24 + 12 * chance.randrange(entries)
    return _put(_put(data, entry, data[other : other + 12]), other, data[entry : entry + 12])


def stray_delimiter(data: bytes, chance: random.Random) -> bytes:
    """A structural character stands where it has no business; lengths stay."""
    return _put(data, chance.randrange(len(data)), chance.choice([SD, FT, RT, SD + SD, ESC]))


def lost_delimiter(data: bytes, chance: random.Random) -> bytes:
    """A structural character is another; lengths stay."""
    places = [at for at, byte in enumerate(data) if byte in (0x1D, 0x1E, 0x1F)]
    if not places:
        return flip(data, chance)
    return _put(data, chance.choice(places), chance.choice([b" ", b"a", SD, FT, RT]))


def odd_code(data: bytes, chance: random.Random) -> bytes:
    """A subfield's code is no letter: not ASCII, a control character, a delimiter."""
    places = [at for at, byte in enumerate(data) if byte == 0x1F]
    if not places:
        return flip(data, chance)
    codes = [
        b"\xc3\xa9",
        b"\xe9",
        b"\x00",
        b" ",
        b"\xe6\x97\xa5",
        b"\xff",
        SD,
        b"\xcc\x81",
        b"\xb2",
    ]
    return _put(data, chance.choice(places) + 1, chance.choice(codes))


def odd_indicator(data: bytes, chance: random.Random) -> bytes:
    """A field's indicators are not ASCII, too many, or missing."""
    places = [at for at, byte in enumerate(data) if byte == 0x1E and at + 1 < len(data)]
    if not places:
        return flip(data, chance)
    seen = [
        b"\xe9 ",
        b"\x1f\x1f",
        b"1\x1f",
        b"123\x1f",
        b"\x00\x01",
        b"abcd",
        b"\xc3\xa9",
        b"\x1fa",
    ]
    return _put(data, chance.choice(places) + 1, chance.choice(seen))


def odd_text(data: bytes, chance: random.Random) -> bytes:
    """Bytes that are not UTF-8, or an escape sequence, inside a value."""
    seen = [b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80"]
    seen += [
        b"\x1b$1",
        b"\x1b(N",
        b"\x1b",
        b"\x1bg",
        b"\x1b(Q",
        b"\x1b)N",
        b"\x1b(!E",
        b"\xe8\xe5",
        b"\xfe",
        b"\x1bz",
    ]
    return _put(data, chance.randrange(len(data)), chance.choice(seen))


def other_coding(data: bytes, chance: random.Random) -> bytes:
    """A record claims the other character coding scheme."""
    at = chance.choice(_begins(data)) + 9
    return _put(data, at, b" " if data[at : at + 1] == b"a" else b"a")


def truncate(data: bytes, chance: random.Random) -> bytes:
    """The data ends early."""
    return data[: chance.randrange(len(data))]


def junk_between(data: bytes, chance: random.Random) -> bytes:
    """Something stands between two records, or after the last one."""
    at = chance.choice([*_begins(data), len(data)])
    junk = [b"\n", b"\r\n", b"\x00", b"   ", b"\x1a", b"123", b"00000", b"junk!" * 3, RT]
    return data[:at] + chance.choice(junk) + data[at:]


DAMAGERS: tuple[Damager, ...] = (
    flip,
    delete,
    insert,
    duplicate,
    wrong_length,
    wrong_base,
    wrong_leader,
    wrong_directory,
    wrong_directory,
    stray_delimiter,
    lost_delimiter,
    odd_code,
    odd_indicator,
    odd_text,
    other_coding,
    truncate,
    junk_between,
)


def damage(data: bytes, chance: random.Random, times: int = 1) -> bytes:
    """Data with faults in it, each made by a damager that chance picks."""
    for _ in range(times):
        if data:
            data = chance.choice(DAMAGERS)(data, chance)
    return data


def damaged(sound: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """What `sound` gives, with one to three faults."""
    return st.builds(damage, sound, st.randoms(use_true_random=False), st.integers(1, 3))
