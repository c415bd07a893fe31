# SPDX-License-Identifier: MIT
"""Packed records in an encoding that only Python knows."""

import io

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import _bridge
from mrrc.exceptions import FaultsUntold
from mrrc.raw_text import decode_raw


def packed(*values: bytes) -> bytes:
    fields = [make.control_field("001", values[0])]
    fields += [make.data_field("245", "10", ("a", value), ("b", value)) for value in values[1:]]
    raw = _bridge.record_decode(make.iso2709(fields, coding=" "), _bridge.READ_RAW)
    assert raw is not None
    return raw


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Анна"),
        ("latin-1", "Ünïcode"),
        ("koi8-r", "Анна"),
        ("gb18030", "红楼梦"),
        ("euc-jp", "源氏物語"),
        ("shift_jis", "源氏物語"),
        ("iso2022_kr", "안녕"),
    ],
)
def test_codecs(codec: str, text: str) -> None:
    value = text.encode(codec)
    got, errors = decode_raw(packed(b"1", value, value), codec)
    assert got.decode().count("\x1fa" + text) == 2
    assert got.decode().count("\x1fb" + text) == 2
    assert errors == []


def test_ascii_stays_what_it_is() -> None:
    record = packed(b"1", b"plain")
    assert decode_raw(record, "cp1251") == (record, [])
    assert decode_raw(record, "gb18030") == (record, [])


@pytest.mark.parametrize("codec", ["cp1251", "gb18030"])
def test_what_is_no_text(codec: str) -> None:
    bad = {"cp1251": b"a\x98b", "gb18030": b"a\xffb"}[codec]
    got, errors = decode_raw(packed(bad, b"fine", bad), codec)
    assert got.decode().count("a\ufffdb") == 3
    assert [(error.field_tag, error.subfield_code) for error in errors] == [
        ("001", None),
        ("245", ord("a")),
        ("245", ord("b")),
    ]
    assert all(error.object == bad and error.found == bad[1:2] for error in errors)
    assert all("became U+FFFD" in str(error) for error in errors)
    number = bad.decode(codec, "replace")
    assert {error.record_control_number for error in errors} == {number}


def test_text_that_would_separate_fields() -> None:
    """A codec may make a structural character of another byte."""
    got, errors = decode_raw(packed(b"1", b"a+AB4-b"), "utf-7")
    assert got.count(b"\x1e") == 2
    assert len(errors) == 2
    assert all("what no value can" in str(error) for error in errors)


def test_an_escape_that_a_value_ends_in() -> None:
    got, errors = decode_raw(packed(b"ax\x1b", b"~"), "iso2022_jp")
    assert "ax\ufffd" in got.decode()
    assert [error.found for error in errors] == [b"\x1b"]


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=5))
def test_any_bytes(values: list[bytes]) -> None:
    clean = [value.translate(None, b"\x1d\x1e\x1f") for value in values]
    record = packed(*clean)
    for codec in ("cp1251", "cp037", "utf-8", "utf-16", "utf-7", "shift_jis", "iso2022_jp"):
        got, errors = decode_raw(record, codec)
        text = got.decode()
        assert text.count("\x1e") == record.count(b"\x1e")
        assert text.count("\x1f") == record.count(b"\x1f")
        assert bool(errors) == any(
            value.decode(codec, "replace") != value.decode(codec, "ignore")
            or any(character in value.decode(codec, "replace") for character in "\x1d\x1e\x1f")
            for value in (clean[0], *(value for value in clean[1:] for _ in "ab"))
        )


def test_each_stretch_is_told_with_its_place() -> None:
    """Offsets are those of the bytes in the source, however often a value comes."""
    value = b"a\xe9\xe8b\xe7"
    fields = [make.control_field("001", b"1\xe9"), make.control_field("005", b"x")]
    fields += [make.data_field("245", "10", ("a", value), ("b", b"fine"), ("c", value))]
    fields += [make.data_field("245", "10", ("a", value))]
    one = make.iso2709(fields, coding=" ")
    data = make.sample() + one + one
    behind = range(len(make.sample()), len(data))
    places = [at for at in behind if data[at] >= 0x80 and data[at - 1] < 0x80]
    assert len(places) == 14
    for source in (data, io.BytesIO(data)):
        with mrrc.MARCReader(source, encoding="ascii", recovery_mode="lenient") as reader:
            errors = [error for record in reader if record is not None for error in record.errors]
        assert [error.byte_offset for error in errors] == places
        assert {error.found for error in errors} == {b"\xe9", b"\xe9\xe8", b"\xe7"}
        assert [error.record_index for error in errors] == [2] * 7 + [3] * 7


def test_fields_in_another_order_than_their_entries() -> None:
    """Then an offset is the record's, for nothing says where else the bytes stand."""
    good = make.iso2709(
        [
            make.data_field("500", "  ", ("a", b"x\xe9")),
            make.data_field("501", "  ", ("a", b"yyyyyy")),
        ],
        coding=" ",
    )
    base = int(good[12:17])
    first, second = good[24:36], good[36:48]
    turned = good[:24] + second + first + good[48:]
    assert len(turned) == len(good) and base
    with mrrc.MARCReader(
        make.sample() + turned, encoding="ascii", recovery_mode="lenient"
    ) as reader:
        next(reader)
        record = next(reader)
    assert record is not None
    assert [error.byte_offset for error in record.errors] == [len(make.sample())]


def test_there_is_an_end_to_what_is_told() -> None:
    value = b"a\xe9" * 2000
    got, errors = decode_raw(packed(b"1", value), "ascii")
    assert got.decode().count("\ufffd") == 4000
    assert len(errors) == 501
    assert isinstance(errors[-1], FaultsUntold)
    assert not any(isinstance(error, FaultsUntold) for error in errors[:-1])
