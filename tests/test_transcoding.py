# SPDX-License-Identifier: MIT
"""Text in any codec on its way to UTF-8: pieces of any size, and bytes that are no text."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrrc.exceptions import EncodingError
from mrrc.transcoding import Transcoded, without_encoding

CODECS = {
    "latin-1": "Käse \u00ff",
    "cp1252": "Käse \u20ac",
    "utf-8": "Käse \U0001f600",
    "utf-8-sig": "Käse",
    "utf-16": "Käse \U0001f600",
    "utf-16-le": "Käse \U0001f600",
    "utf-32": "Käse",
    "gb18030": "汉字 \u20ac",
    "shift_jis": "漢字かな",
    "iso2022_jp": "ab漢字cd",
    "big5": "漢字",
    "koi8-r": "Привет",
}


def drained(source: Transcoded, size: int) -> tuple[bytes, EncodingError | None]:
    got = b""
    try:
        while piece := source.read(size):
            got += piece
    except EncodingError as error:
        return got, error
    return got, None


@pytest.mark.parametrize("codec", sorted(CODECS))
@given(size=st.integers(1, 40), times=st.integers(0, 5))
def test_any_codec_in_pieces_of_any_size(codec: str, size: int, times: int) -> None:
    text = CODECS[codec] * times
    source = Transcoded(io.BytesIO(text.encode(codec)).read, codec)
    assert drained(source, size) == (text.encode(), None)
    assert source.read(size) == b""
    assert source.failure is None


def test_all_at_once() -> None:
    assert Transcoded(io.BytesIO(b"a\xe4").read, "latin-1").read() == "aä".encode()


BAD = {
    "utf-8": (b"good\xff more", 4),
    "utf-16-le": ("good".encode("utf-16-le") + b"\x00\xdc" + b"a\0", 8),
    "ascii": (b"good\xe4", 4),
    "shift_jis": ("漢字".encode("shift_jis") + b"\xff\xff", 4),
    "gb18030": ("汉".encode("gb18030") + b"\xff\xff", 2),
    "iso2022_jp": ("漢字".encode("iso2022_jp") + b"\x80", 10),
}


@pytest.mark.parametrize("codec", sorted(BAD))
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_bytes_that_are_no_text(codec: str, size: int) -> None:
    data, place = BAD[codec]
    source = Transcoded(io.BytesIO(data).read, codec, "books.mrk")
    got, error = drained(source, size)
    assert got == data[:place].decode(codec).encode()
    assert error is not None
    assert error.source == "books.mrk"
    assert error.byte_offset == place
    assert error.found
    assert source.failure is error
    with pytest.raises(EncodingError):
        source.read(size)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_character_cut_off(size: int) -> None:
    source = Transcoded(io.BytesIO(b"ab\0\0a\0\xd8"[:0] + "ab".encode("utf-16-le") + b"c").read,
                        "utf-16-le")  # fmt: skip
    got, error = drained(source, size)
    assert got == b"ab"
    assert error is not None
    assert error.byte_offset == 4


def test_half_a_surrogate_pair_is_no_text() -> None:
    # UTF-7 is a codec that lets one through
    source = Transcoded(io.BytesIO(b"ab+2AA-").read, "utf-7", "x")
    got, error = drained(source, 100)
    assert got == b"ab"
    assert "surrogate" in str(error)


@pytest.mark.parametrize("answer", ["text", None])
def test_a_source_that_gives_no_bytes(answer: object) -> None:
    with pytest.raises((TypeError, BlockingIOError)):
        Transcoded(lambda size: answer, "latin-1").read(5)  # type: ignore[arg-type,return-value]


XML = '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?><r>ä</r>'


@pytest.mark.parametrize("size", [1, 7, 30, 1000])
def test_an_xml_declaration_loses_its_encoding(size: int) -> None:
    source = Transcoded(io.BytesIO(XML.encode("latin-1")).read, "latin-1", xml=True)
    got, error = drained(source, size)
    assert error is None
    assert got == XML.replace(' encoding="ISO-8859-1"', " " * 22).encode()


def test_xml_without_a_declaration() -> None:
    for text in ("<r>ä</r>", "", "no xml " * 1000, "<?xml version='1.0'?><r encoding='x'/>"):
        source = Transcoded(io.BytesIO(text.encode("latin-1")).read, "latin-1", xml=True)
        assert drained(source, 100) == (text.encode(), None)


def test_without_encoding_keeps_places() -> None:
    for text in (XML, "\ufeff" + XML, XML.replace('"', "'")):
        without = without_encoding(text)
        assert len(without) == len(text)
        assert "8859" not in without
    assert without_encoding("<r/>") == "<r/>"
