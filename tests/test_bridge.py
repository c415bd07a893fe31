# SPDX-License-Identifier: MIT
"""The one door to C: what goes through, what comes back, and how a fault becomes an exception.

The door is private; these tests hold what the other modules rely on, and what no caller of
theirs could do from outside: bytes that are no packed record, calls that fail half way, and
buffers that are used again. What the bytes mean is tested where they are made.
"""

import errno
import gc
import io
import os
import re
import threading
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import _bridge
from mrrc._bridge import diagnostics
from mrrc._bridge import rules as core_rules
from mrrc._native import ffi, lib

DATA = make.sample()
MARC8 = make.iso2709(
    [make.control_field("001", "x"), make.data_field("245", "10", ("a", b"Caf\xe2e"))], coding=" "
)
LEADER = b"00000nam a2200000 i 4500"


def packed(*fields: bytes) -> bytes:
    return b"\x1e".join([LEADER, *fields])


# One record ---------------------------------------------------------------------------


def test_a_record_is_packed() -> None:
    data = make.iso2709(
        [make.control_field("001", "a"), make.data_field("245", "10", ("a", "ü"), ("b", ""))]
    )
    want = data[:24] + "\x1e001a\x1e24510\x1faü\x1fb".encode()
    assert _bridge.record_decode(data, 0) == want
    assert _bridge.record_encode(want) == data


def test_flags_of_reading() -> None:
    assert b"Caf\xe2e" in (_bridge.record_decode(MARC8, _bridge.READ_RAW) or b"")
    assert "Café".encode() in (_bridge.record_decode(MARC8, 0) or b"")
    assert _bridge.record_decode(MARC8, _bridge.READ_FORCE_UTF8) is None
    assert _bridge.record_decode(MARC8, _bridge.READ_FOREIGN) is None
    assert _bridge.record_decode(DATA, _bridge.READ_FOREIGN) is not None


@given(data=st.one_of(st.binary(max_size=120), make.damaged(make.utf8_records())))
def test_no_bytes_do_harm(data: bytes) -> None:
    for flags in (0, _bridge.READ_RAW, _bridge.READ_FORCE_UTF8, _bridge.READ_FOREIGN):
        found = _bridge.record_decode(data, flags)
        assert found is None or found[:24] == data[:24]


@given(data=st.binary(max_size=80))
def test_no_packed_bytes_do_harm(data: bytes) -> None:
    """Whatever is given is encoded, laid out, or refused."""
    for some in (data, LEADER + data, packed(data), packed(b"245" + data)):
        for work in (_bridge.record_encode, _bridge.explode, _bridge.values):
            try:
                work(some)
            except (mrrc.MrrcException, UnicodeDecodeError):
                pass


@pytest.mark.parametrize(
    "data", [b"", b"\x1e", LEADER[:23], LEADER + b"x", packed(b"24"), packed(b"")]
)
def test_what_is_no_packed_record(data: bytes) -> None:
    with pytest.raises(mrrc.MrrcException):
        _bridge.record_encode(data)
    with pytest.raises(mrrc.MrrcException):
        _bridge.explode(data)
    with pytest.raises(mrrc.MrrcException):
        _bridge.values(data)


def test_a_leader_alone_is_a_record() -> None:
    assert _bridge.record_encode(LEADER)[24:] == b"\x1e\x1d"
    assert _bridge.explode(LEADER) == (b"", [""])


@pytest.mark.parametrize(
    ("fields", "tag", "text"),
    [
        ([b"001x", b"50012\x1fa" + b"y" * 9_995], "500", "10000"),
        (["é1x".encode()], None, "tag"),
        ([b"00\xffx"], None, "tag"),
        ([b"500  \x1fa" + b"y" * 9_990] * 11, None, "99999"),
    ],
)
def test_faults_of_encoding(fields: list[bytes], tag: str | None, text: str) -> None:
    with pytest.raises(mrrc.WriterError, match=text) as caught:
        _bridge.record_encode(packed(*fields))
    if tag is not None:
        assert caught.value.field_tag == tag


def test_encoding_in_marc8() -> None:
    record = packed("500  \x1fa日 é 😀".encode())
    ncr = _bridge.record_encode(record, _bridge.WRITE_MARC8 | _bridge.UNMAPPED["ncr"])
    assert b"&#x1F600;" in ncr
    assert ncr[9:10] == b" "
    assert b"066" in ncr[24:60]
    with pytest.raises(mrrc.WriterError, match="U\\+1F600") as caught:
        _bridge.record_encode(record, _bridge.WRITE_MARC8 | _bridge.UNMAPPED["raise"])
    assert caught.value.field_tag == "500"
    with pytest.raises(mrrc.WriterError):
        _bridge.record_encode(packed(b"500  \x1fa\xff"), _bridge.WRITE_MARC8)


# Layouts ----------------------------------------------------------------------------------


def test_explode() -> None:
    counts, texts = _bridge.explode(packed(b"001abc", "24510\x1faü\x1fb".encode(), b"500  ")) or (
        b"",
        [],
    )
    assert list(counts) == [255, 2, 0]
    assert texts == ["001", "abc", "245", "10", "500", "  ", "a", "ü", "b", "", ""]


def test_values() -> None:
    counts, texts = _bridge.values(
        packed(b"001 abc ", "24510\x1fa \u2003ü\x1c\x1fb x ".encode(), b"500  ")
    ) or (b"", [])
    assert list(counts) == [255, 0, 0]
    assert texts == ["001", " abc ", "245", "ü x", "500", "", ""]


@given(value=make.texts())
def test_values_are_stripped_as_python_strips(value: str) -> None:
    record = packed(f"500  \x1fa{value}\x1fb\u00a0{value}\t".encode())
    counts, texts = _bridge.values(record) or (b"", [])
    assert texts[1] == f"{value.strip()} {f' {value}'.strip()}"


def test_a_field_of_very_many_subfields() -> None:
    for count in (254, 255, 1000):
        fields = [
            make.data_field("500", "  ", *[("a", "x")] * count),
            make.control_field("001", ""),
        ]
        data = make.iso2709(fields)
        (record,) = mrrc.MARCReader(data)
        assert record is not None
        assert len(record.fields[0].subfields) == count
        assert record.as_marc() == data


def test_many_fields() -> None:
    data = make.iso2709([make.data_field("500", "  ", ("a", ""))] * 5000)
    (record,) = mrrc.MARCReader(data)
    assert record is not None
    assert len(record.fields) == 5000
    assert record.as_marc() == data


# Many records -------------------------------------------------------------------------------


def ends(*sizes: int) -> list[int]:
    total, found = 0, []
    for size in sizes:
        total += size
        found.append(total)
    return found


def test_records_are_encoded_together() -> None:
    one = _bridge.record_decode(DATA, 0) or b""
    encoder = _bridge.Encoder(_bridge.MARC)
    assert encoder.records(one * 3, ends(len(one), len(one), len(one))) == (DATA * 3, 3, None)
    assert encoder.begin() == encoder.end() == b""
    assert encoder.notes() == []


def test_one_of_many_that_fails_is_named() -> None:
    one = _bridge.record_decode(DATA, 0) or b""
    bad = packed(b"777  \x1fa" + b"y" * 9_995)
    encoder = _bridge.Encoder(_bridge.MARC)
    encoded, done, error = encoder.records(one + bad + one, ends(len(one), len(bad), len(one)))
    assert (encoded, done) == (DATA, 1)
    assert isinstance(error, mrrc.WriterError) and "10000" in str(error)
    assert error.field_tag == "777" and error.record_index == 2


def test_no_records_are_no_bytes() -> None:
    assert _bridge.Encoder(_bridge.MARC).records(b"", []) == (b"", 0, None)


def test_formats() -> None:
    assert _bridge.find_format("marc") == _bridge.MARC
    for name in ("", "no such", "MARC\0", "é"):
        with pytest.raises(ValueError):
            _bridge.find_format(name)


# MARC-8 -----------------------------------------------------------------------------------------


def test_marc8_keeps_its_sets_between_values() -> None:
    greek = _bridge.marc8_decode(b"\x1b(Sa", _bridge.MARC8_PYMARC, 0x42, 0x45)
    assert (greek.status, greek.g0, greek.g1, greek.notes) == (0, 0x53, 0x45, [])
    again = _bridge.marc8_decode(b"a", _bridge.MARC8_PYMARC, greek.g0, greek.g1)
    assert again.text == greek.text != "a"
    assert _bridge.marc8_decode(b"", 0, 0x42, 0x45).text == ""


def test_marc8_notes() -> None:
    decoded = _bridge.marc8_decode(b"ab\xff", 0, 0x42, 0x45)
    (note,) = decoded.notes
    assert decoded.text == "ab\ufffd"
    assert (note.code, note.offset, note.size) == (_bridge.CHARACTER_UNMAPPED, 2, 1)


@given(text=make.texts())
def test_marc8_there_and_back(text: str) -> None:
    encoded, failed = _bridge.marc8_encode(text.encode(), _bridge.MARC8_UNMAPPED["ncr"])
    assert failed is None
    decoded = _bridge.marc8_decode(encoded, _bridge.MARC8_NCR, 0x42, 0x45)
    again, failed = _bridge.marc8_encode(decoded.text.encode(), _bridge.MARC8_UNMAPPED["ncr"])
    assert failed is None
    assert _bridge.marc8_decode(again, _bridge.MARC8_NCR, 0x42, 0x45).text == decoded.text


def test_marc8_of_what_cannot_be_encoded() -> None:
    assert _bridge.marc8_encode("ab😀".encode(), 0) == (b"", (2, 0x1F600))
    with pytest.raises(mrrc.WriterError, match="UTF-8"):
        _bridge.marc8_encode(b"\xff", 0)


# Faults ------------------------------------------------------------------------------------------


class Error:
    """What C fills in, as far as it is looked at."""

    def __init__(
        self, code: int, system: int = 0, tag: bytes = b"", found: int = 0, detail: bytes = b""
    ) -> None:
        self.code, self.system, self.found = code, system, found
        self.tag = ffi.new("uint8_t[4]", tag + bytes(4 - len(tag)))
        self.detail = ffi.new("char[8]", detail)
        self.record = self.offset = self.line = self.column = self.seen_size = 0
        self.record_offset = self.record_size = self.indicator = self.subfield = self.field = 0
        self.seen = bytes(32)


def test_each_fault_has_its_exception() -> None:
    with pytest.raises(MemoryError):
        _bridge.raise_for(Error(lib.MRRC_ERR_MEMORY))
    with pytest.raises(FileNotFoundError) as missing:
        _bridge.raise_for(Error(lib.MRRC_ERR_IO, errno.ENOENT), "some/path")
    assert (missing.value.errno, missing.value.filename) == (errno.ENOENT, "some/path")
    with pytest.raises(mrrc.WriterError, match="12345") as caught:
        _bridge.raise_for(Error(lib.MRRC_ERR_FIELD_TOO_LONG, tag=b"245", found=12345))
    assert caught.value.field_tag == "245"
    with pytest.raises(mrrc.XmlError, match="odd") as xml:
        error = Error(lib.MRRC_ERR_XML_RECORD, detail=b"odd")
        error.line, error.column, error.offset, error.record = 3, 7, 99, 2
        raise _bridge.error_of(error, "a.xml", reading=True)
    assert (xml.value.line, xml.value.column, xml.value.byte_offset) == (3, 7, 99)
    assert (xml.value.source, xml.value.record_index) == ("a.xml", 2)
    assert (xml.value.getLineNumber(), xml.value.getColumnNumber()) == (3, 6)
    # a fault that has no words yet is raised all the same
    with pytest.raises(mrrc.MrrcException):
        _bridge.raise_for(Error(-999))


# Buffers -----------------------------------------------------------------------------------------


def test_buffers_are_used_again_after_a_fault() -> None:
    """Neither lost nor handed to two at once."""
    large = packed(b"500  \x1fa" + b"y" * 9_995)
    one = _bridge.record_decode(DATA, 0) or b""
    _bridge.record_encode(one)
    before = len(_bridge.buffers)
    for _ in range(50):
        with pytest.raises(mrrc.WriterError):
            _bridge.record_encode(large)
        with pytest.raises(mrrc.MrrcException):
            _bridge.explode(b"")
        with pytest.raises(mrrc.WriterError):
            _bridge.marc8_encode(b"\xff", 0)
        assert _bridge.record_decode(b"junk", 0) is None
        assert _bridge.record_encode(one) == DATA
    assert len(_bridge.buffers) <= before + 2
    assert len({id(buffer) for buffer in _bridge.buffers}) == len(_bridge.buffers)


def test_a_large_buffer_is_given_back() -> None:
    # a small record in the source that holds five megabytes
    body = b"10" + b"\x1fax" * 3300 + b"\x1e"
    directory = b"500%04d00000" % len(body) * 500
    base = 24 + len(directory) + 1
    head = b"%05dnam a22%05d i 4500" % (base + len(body) + 1, base)
    hostile = head + directory + b"\x1e" + body + b"\x1d"
    found = _bridge.record_decode(hostile, 0)
    assert found is not None and len(found) > 4_000_000
    assert _bridge.values(found) is not None or _bridge.explode(found) is None
    assert all(buffer.capacity <= 1 << 20 for buffer in _bridge.buffers)


def test_threads_do_not_share_a_buffer() -> None:
    datas = [make.sample(number) for number in range(8)]
    barrier = threading.Barrier(8)

    def work(data: bytes) -> bool:
        barrier.wait()
        for _ in range(200):
            one = _bridge.record_decode(data, 0)
            assert one is not None
            if _bridge.record_encode(one) != data:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, datas))


# Sources -----------------------------------------------------------------------------------------


def test_a_source_gives_blocks_and_then_none(tmp_path: Path) -> None:
    data = b"".join(make.sample(number) for number in range(200)) + b"junk!"
    path = tmp_path / "x.mrc"
    path.write_bytes(data)
    for source in (_bridge.Source(str(path)), _bridge.Source(None, data)):
        blocks = []
        while (block := source.next(0)) is not None:
            blocks.append(block)
            first, last = block.offsets[0], block.offsets[-1] + block.lengths[-1]
            assert source.bytes_at(first, last - first) == data[first:last]
        assert source.next(0) is None
        assert sum(len(block.ends) for block in blocks) == 201
        offsets = [offset for block in blocks for offset in block.offsets]
        lengths = [length for block in blocks for length in block.lengths]
        assert offsets == [sum(lengths[:number]) for number in range(201)]
        assert all(block.statuses is None for block in blocks[:-1])
        assert blocks[-1].statuses is not None
        assert blocks[-1].statuses[-1] == _bridge.LENGTH_INVALID
        last_one = len(blocks[-1].ends) - 1
        assert blocks[-1].framing(last_one) is mrrc.RecordLengthInvalid
        assert blocks[-1].chunk(last_one) == data[offsets[-1] :]
        assert [blocks[-1].framing(index) for index in range(last_one)] == [None] * last_one
        assert blocks[0].framing(0) is None
        chunks = [block.chunk(index) for block in blocks for index in range(len(block.ends))]
        assert b"".join(chunks) == b"".join(block.block for block in blocks)
        source.seek(offsets[150])
        again = source.next(0)
        assert again is not None and again.offsets[0] == offsets[150]
        source.close()
        source.close()


def test_bytes_that_are_not_at_hand() -> None:
    source = _bridge.Source(None, DATA)
    for offset, size in ((0, len(DATA) + 1), (len(DATA) + 1, 0), (2**63, 1), (1, 2**20)):
        with pytest.raises((ValueError, MemoryError)):
            source.bytes_at(offset, size)
    assert source.bytes_at(5, 3) == DATA[5:8]


def test_a_source_keeps_what_it_reads_from() -> None:
    source = _bridge.Source(None, bytes(bytearray(DATA)))
    gc.collect()
    filler: list[Any] = [bytes(len(DATA)) for _ in range(100)]
    block = source.next(0)
    assert block is not None and block.lengths[0] == len(DATA)
    del filler


def test_a_source_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _bridge.Source(str(tmp_path / "missing"))
    with pytest.raises(IsADirectoryError):
        _bridge.Source(os.fsencode(tmp_path))
    with pytest.raises(ValueError):
        _bridge.Source("a\0b")


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"00000nam a2200000   450",
        b"00000nam a2200000   4500" + (b"\x1e" * 4 + b"x" * 12) * 1900,
        b"00000nam a2200000   4500\x1e24\x1f10\x1fax",
        b"00000nam a2200000   4500245",
        b"00000nam a22\x1e0000   4500",
    ],
)
def test_bytes_that_are_no_packed_record(packed: bytes) -> None:
    """As a pickle may hold them."""
    with pytest.raises(mrrc.MrrcException):
        _bridge.record_encode(packed)
    for lay_out in (_bridge.explode, _bridge.values):
        if packed[12:13] != b"\x1e":
            with pytest.raises(mrrc.MrrcException):
                lay_out(packed)


# Faults and notes, in words --------------------------------------------------------------------

TEXT_LEADER = "00000nam a2200000 a 4500"


@pytest.mark.parametrize(
    "format, text, words",
    [
        ("mrk", "=245  10$aEmma\n", "no leader"),
        ("line", "245 10 $a Emma\n", "no leader"),
        ("aleph", "000000001 24510 L $$aEmma\n", "no leader"),
        (
            "mrk",
            f"=LDR  {TEXT_LEADER}\n=245  10$aEmm{{foo}}\n",
            "mnemonic that is not in the table",
        ),
        ("mrk", f"=LDR  {TEXT_LEADER}\n=245  10$aEmm{{esc}}$1a{{esc}}(B\n", "cut off"),
        (
            "marcxml",
            f"<record><leader>{TEXT_LEADER}</leader><leader>{TEXT_LEADER}</leader></record>",
            "the last counts",
        ),
        (
            "marcxml",
            f"<record><leader>{TEXT_LEADER}</leader>Emma</record>",
            "not all of it was kept",
        ),
        ("marcjson", f'{{"leader":"{TEXT_LEADER}","x":1,"fields":[]}}', "left out"),
        (
            "marcjson",
            f'{{"leader":"{TEXT_LEADER}","fields":[{{"001":"a\tb"}}]}}',
            "not escaped were kept",
        ),
    ],
)
def test_what_became_of_what_was_amiss_is_said(format: str, text: str, words: str) -> None:
    with pytest.warns(mrrc.RepairWarning, match=words):
        list(mrrc.read(text.encode(), format))


@pytest.mark.parametrize(
    "format, fields, leader, words",
    [
        ("line", [mrrc.Field("500", subfields=[mrrc.Subfield("a", "x $b y")])], TEXT_LEADER, r"\$"),
        ("line", [], "$" * 24, "such a leader"),
        ("aleph", [], TEXT_LEADER.replace(" ", "^"), r"escape \^: the leader"),
        (
            "aleph",
            [
                mrrc.Field("001", data="1"),
                mrrc.Field("FMT", subfields=[mrrc.Subfield("a", "BK")]),
            ],
            TEXT_LEADER,
            "put first",
        ),
        ("mods", [mrrc.Field("001", data="\x01")], TEXT_LEADER, r"U\+0001"),
    ],
)
def test_what_was_written_otherwise_is_said(
    format: str, fields: list[mrrc.Field], leader: str, words: str
) -> None:
    record = mrrc.Record(fields=fields)
    record.leader = mrrc.Leader(leader)
    with pytest.warns(mrrc.RepairWarning, match=words) as caught:
        mrrc.write([record], io.BytesIO(), format)
    # the place in a packed record is none in a file
    assert [one.message.byte_offset for one in caught] == [None]  # type: ignore[union-attr]


def test_each_note_and_fault_has_words() -> None:
    """The core notes nothing, and raises nothing, of which Python can say no more than a number."""
    core = Path(__file__).parents[1] / "csrc"
    if not core.is_dir():
        pytest.skip("the sources are not here")
    noted = set()
    for file in (*core.glob("*.c"), *core.glob("formats/*.c")):
        calls = re.findall(r"(?:note|remark|note_once)\([^;]*?MRRC_(ERR_\w+)", file.read_text())
        noted |= set(calls)
    assert "ERR_LEADER_INVALID" in noted and "ERR_FIELD_INVALID" in noted
    words = (
        diagnostics.READ_NOTES.keys()
        | diagnostics.WRITTEN_NOTES.keys()
        | diagnostics.READING.keys()
    )
    assert {name for name in noted if getattr(lib, f"MRRC_{name}") not in words} == set()


def test_a_line_that_is_too_long() -> None:
    text = f"=LDR  {TEXT_LEADER}\n=245  10$a{'x' * (17 << 20)}\n\n=LDR  {TEXT_LEADER}\n".encode()
    reader = mrrc.read(text, "mrk")
    with pytest.raises(mrrc.RecordTooLong, match="16 MiB"):
        next(reader)
    assert str(next(reader).leader) == TEXT_LEADER  # type: ignore[union-attr]


# Rules --------------------------------------------------------------------------------


def test_rules_find_what_is_where() -> None:
    rules = core_rules.Rules(
        {core_rules.BIBLIOGRAPHIC: core_rules.marc21_table(core_rules.BIBLIOGRAPHIC)}
    )
    block = packed(b"50012\x1faA")
    found, error = rules.check(block, [len(block)])
    assert error is None
    first = found[0]
    assert (core_rules.RULES[first.rule], core_rules.SEVERITIES[first.severity]) == (
        "indicator",
        "error",
    )
    assert (first.tag, first.occurrence, first.indicator) == (b"500\0", 1, 1)
    assert block[first.at : first.at + first.size] == b"1"
    assert rules.check(b"", []) == ([], None)


def test_rules_stop_at_what_is_no_record() -> None:
    rules = core_rules.Rules(
        {core_rules.BIBLIOGRAPHIC: core_rules.marc21_table(core_rules.BIBLIOGRAPHIC)}
    )
    block = packed(b"50012\x1faA") + b"no record"
    found, error = rules.check(block, [len(block) - 9, len(block)])
    assert {each.record for each in found} == {0}
    assert error is not None and error.record_index == 2
    with pytest.raises(ValueError, match="no table of rules"):
        core_rules.Rules({core_rules.HOLDINGS: b"none"})
    with pytest.raises(ValueError, match="do not fit"):
        rules.check(block, [len(block) + 1])


def test_records_that_came_before_are_known() -> None:
    view = _bridge.view_of([PACKED_ONE, PACKED_ONE, PACKED_OTHER, PACKED_ONE[:24]])
    known = _bridge.Known()
    again, nameless = _bridge.KNOWN_AGAIN, _bridge.KNOWN_NAMELESS
    assert known.numbers(view, 0, 4) == bytes([1, again, 1, nameless])
    assert known.contents(view, 0, 4) == bytes([1, again, 1, 1])
    assert known.bytes_alone(b"x") == b"\1" and known.bytes_alone(b"x") == bytes([again])
    assert len(known) == 6
    with pytest.raises(ValueError, match="not packed"):
        known.numbers(_bridge.view_of([b"short"]), 0, 1)
    assert view.control_numbers(0, 4) == [b"1", b"1", b"2", b""]


def test_records_are_picked() -> None:
    view = _bridge.view_of([PACKED_ONE, PACKED_OTHER])
    data, ends = view.chosen(array("I", (1, 0)))
    assert data == PACKED_OTHER + PACKED_ONE and list(ends) == [len(PACKED_OTHER), len(data)]
    with pytest.raises(ValueError, match="not at hand"):
        view.chosen(array("I", (2,)))
    with pytest.raises(ValueError, match="of no source"):
        view.picked(array("I", (0,)), _bridge.Bytes())


def test_rows_are_numbered() -> None:
    table = _bridge.Table.made("001", _bridge.TABLE_PLAIN, "|", 80, 0)
    assert isinstance(table, _bridge.Table)
    tally = _bridge.Tally()
    view = _bridge.view_of([PACKED_ONE, PACKED_OTHER, PACKED_ONE, b"short"])
    pairs, done, error = tally.numbers(table, view, 0, 4)
    assert (pairs.tolist(), done) == ([0, 0, 1, 1, 2, 0], 3) and error is not None
    assert [tally.row(number) for number in range(len(tally))] == [["1"], ["2"]]
    out = _bridge.Bytes()
    table.rows(b"a\x1fb\x1f\x1ec\x1f\x1e", out)
    assert out.taken() == b"a\x1fb\x1f\x1ec\x1f\x1e"


PACKED_ONE = b"00000nam a2200000   4500\x1e0011\x1e245  \x1fax"
PACKED_OTHER = b"00000nam a2200000   4500\x1e0012"


def test_a_source_in_a_cycle_goes_last() -> None:
    """Whatever order the collector takes: a reader that is finalized looks into its source."""
    data = b"".join(make.sample(number) for number in range(3))
    found: list[bytes | None] = []

    def reading(reader: Any) -> Iterator[Any]:
        try:
            yield from reader
        finally:
            found.append(reader.current_chunk)

    for _ in range(20):
        reader = mrrc.MARCReader(data)
        generator = reading(reader)
        next(generator)
        cycle: list[Any] = [generator, reader]
        cycle.append(cycle)
        del reader, generator, cycle
    gc.collect()
    assert found == [make.sample(0)] * 20
