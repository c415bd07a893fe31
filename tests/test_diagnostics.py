# SPDX-License-Identifier: MIT
"""What the core found amiss as exceptions: their class, place, bytes and words."""

import pickle
from typing import Any

import pytest

import mrrc
from mrrc import _bridge
from mrrc._bridge import diagnostics
from mrrc._native import lib

Note = _bridge.Note

WHERE: dict[str, Any] = {
    "source": "a.mrc",
    "record_index": 3,
    "record_offset": 100,
    "record_size": 40,
    "control_number": "ocm1",
}


def note(code: int = lib.MRRC_ERR_FIELD_INVALID, **more: Any) -> Any:
    return Note(**{"code": code, "offset": 112, "size": 2, "found": 0, **more})


@pytest.mark.parametrize("code", diagnostics.READING)
@pytest.mark.parametrize("reason", ["", "as the core says"])
@pytest.mark.parametrize("seen", [b"", b"\xff\x1f"])
def test_every_status_of_reading(code: int, reason: str, seen: bytes) -> None:
    kind = diagnostics.READING[code]
    more = {"tag": "245", "indicator": 2, "subfield": 0x61, "seen": seen, "reason": reason}
    error: Any = _bridge.exception_of(note(code, **more), **WHERE)
    assert type(error) is kind.error
    assert (error.source, error.record_index, error.record_control_number) == ("a.mrc", 3, "ocm1")
    assert (error.field_tag, error.indicator_position, error.subfield_code) == ("245", 1, 0x61)
    assert (error.byte_offset, error.record_byte_offset) == (112, 12)
    if code not in diagnostics._FRAMING:
        assert error.found == (seen or None)
    assert error.expected == kind.expected
    assert (error.bytes_near, error.bytes_near_offset) == ((seen, 112) if seen else (None, None))
    text = str(error)
    assert text.startswith("[record 3 · 001 'ocm1' · field 245 · ind1] ")
    assert text.endswith("  (byte 0x70 / 112)")
    if reason and code != lib.MRRC_ERR_TRUNCATED:
        assert reason in text
    assert str(pickle.loads(pickle.dumps(error))) == text


def test_a_note_of_no_field_and_no_record() -> None:
    error: Any = _bridge.exception_of(
        note(lib.MRRC_ERR_BETWEEN_RECORDS, record=_bridge.NO_RECORD, seen=b"\r\n")
    )
    assert type(error) is mrrc.BytesBetweenRecords
    for name in ("record_index", "field_tag", "indicator_position", "subfield_code", "source"):
        assert getattr(error, name) is None
    assert error.record_byte_offset is None
    assert (error.found, error.byte_offset) == (b"\r\n", 112)


def test_a_place_before_its_record_is_none_in_it() -> None:
    error: Any = _bridge.exception_of(note(), record_offset=113)
    assert (error.byte_offset, error.record_byte_offset) == (112, None)


def test_lengths_of_a_record_cut_short() -> None:
    cut = note(lib.MRRC_ERR_TRUNCATED, found=67, seen=b"00067")
    error: Any = _bridge.exception_of(cut, **WHERE)
    assert (error.expected_length, error.actual_length) == (67, 40)
    assert "expected 67 bytes, found 40" in str(error)
    error = _bridge.exception_of(cut._replace(record=_bridge.NO_RECORD, size=30))
    assert (error.expected_length, error.actual_length) == (67, 30)
    error = _bridge.exception_of(cut)
    assert (error.expected_length, error.actual_length) == (67, None)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (lib.MRRC_ERR_LENGTH_INVALID, b"00061"),
        (lib.MRRC_ERR_TRUNCATED, None),
        (lib.MRRC_ERR_TERMINATOR_MISSING, None),
    ],
)
def test_a_record_as_a_whole_has_its_number_in_its_bytes(code: int, found: bytes | None) -> None:
    whole = b"00061nam a2200037 i 4500001000500000\x1eocm1\x1e"
    given = note(code, seen=whole, record=_bridge.NO_RECORD)
    error: Any = _bridge.exception_of(given)
    assert (error.record_control_number, error.found) == ("ocm1", found)
    error = _bridge.exception_of(given._replace(record=0), record_offset=112)
    assert (error.record_control_number, error.found) == ("ocm1", found)
    error = _bridge.exception_of(given._replace(record=0), record_offset=99)
    assert (error.record_control_number, error.found) == (None, whole[:32])


def test_bytes_near_come_from_the_source_where_it_can_be_asked() -> None:
    error: Any = _bridge.exception_of(note(seen=b"xy"), near=lambda at: (b"0123xy", at - 4))
    assert (error.bytes_near, error.bytes_near_offset) == (b"0123xy", 108)
    error = _bridge.exception_of(note(seen=b"x" * 99), near=lambda at: None)
    assert (error.bytes_near, error.bytes_near_offset) == (b"x" * 16, 112)


@pytest.mark.parametrize(
    ("code", "codec"),
    [(lib.MRRC_ERR_TEXT_INVALID, "utf-8"), (lib.MRRC_ERR_CHARACTER_UNMAPPED, "marc-8")],
)
def test_no_byte_is_lost_that_became_another_character(code: int, codec: str) -> None:
    seen = bytes(range(128, 256)) * 3
    error = _bridge.exception_of(note(code, size=len(seen), seen=seen, found=0x80))
    assert isinstance(error, mrrc.EncodingError)
    assert (error.found, error.object, error.start, error.end) == (seen[:32], seen, 0, len(seen))
    assert error.encoding == codec
    assert "U+FFFD" in error.reason
    again = pickle.loads(pickle.dumps(error))
    assert (again.object, str(again)) == (seen, str(error))


def test_the_code_of_a_subfield_is_the_byte_seen() -> None:
    error: Any = _bridge.exception_of(note(lib.MRRC_ERR_CODE_INVALID, seen=b"\xe9ab"))
    assert error.subfield_code == 0xE9
    error = _bridge.exception_of(note(lib.MRRC_ERR_CODE_INVALID))
    assert error.subfield_code is None


def test_what_was_written_otherwise_is_a_warning_without_an_offset() -> None:
    error: Any = _bridge.exception_of(
        note(lib.MRRC_ERR_CHARACTER_REFUSED, found=7, written=True, tag="500"), record_index=2
    )
    assert type(error) is mrrc.RepairWarning
    assert (error.record_index, error.field_tag, error.byte_offset) == (2, "500", None)
    assert "U+0007" in str(error)


def test_a_status_without_words_is_told_all_the_same() -> None:
    error = _bridge.exception_of(note(-999))
    assert type(error) is mrrc.MrrcException
    assert "-999" in str(error)
    assert "-999" in str(_bridge.exception_of(note(-999, written=True)))
    assert "-999" in str(diagnostics.writer_error_of(note(-999)))


@pytest.mark.parametrize("code", diagnostics.WRITING)
def test_why_a_record_cannot_be_written(code: int) -> None:
    error = diagnostics.writer_error_of(note(code, tag="245", found=0x1D), 4)
    assert (error.record_index, error.field_tag, error.byte_offset) == (4, "245", None)
    assert str(error).startswith("[record 4 · field 245] ")
    assert "{" not in str(error)


@pytest.mark.parametrize("size", [0, 1, 7, 15, 16, 17, 31, 32, 33, 100])
def test_bytes_near_of_a_source(size: int) -> None:
    """Of what C has at hand; an offset behind it has the bytes before."""
    data = bytes(range(size))
    source = _bridge.Source(None, data)
    for offset in range(size + 20):
        first = max(offset - 16, 0)
        wanted = data[first : offset + 16] if offset <= size else b""
        found = source.near(offset)
        assert found == ((wanted, first) if wanted else None), offset
