# SPDX-License-Identifier: MIT
"""The encodings of ISO 2709: said by the record, by the caller, or found out."""

import io
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import MARCReader

MODES: tuple[Any, ...] = (None, "strict", "lenient", "permissive")
RECOVERING = ("lenient", "permissive")


def title(value: bytes, coding: str) -> bytes:
    fields = [make.control_field("001", "1"), make.data_field("245", "00", ("a", value))]
    return make.iso2709(fields, coding=coding)


MARC8 = title(b"Caf\xe2e", " ")
UTF8 = title("Café".encode(), "a")
#: Each claims to be the other.
UTF8_AS_MARC8 = title("Café Ångström".encode(), " ")
MARC8_AS_UTF8 = title(b"Caf\xe2e \xb2", "a")
#: 0xFF is no character of any of them.
NEITHER = title(b"Caf\xff", " ")


def first(data: bytes, **options: Any) -> Any:
    return next(MARCReader(data, **options))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("encoding", [None, "detect"])
def test_what_the_record_says(encoding: str | None, mode: Any) -> None:
    for data in (MARC8, UTF8):
        record = first(data, encoding=encoding, recovery_mode=mode)
        assert record["245"]["a"] == "Café"
        assert record.errors == []


@pytest.mark.parametrize("mode", MODES)
def test_detecting(mode: Any) -> None:
    for data, text in ((UTF8_AS_MARC8, "Café Ångström"), (MARC8_AS_UTF8, "Café ø")):
        for source in (data, io.BytesIO(data)):
            record: Any = next(MARCReader(source, encoding="detect", recovery_mode=mode))
            assert record["245"]["a"] == text
            (error,) = record.errors
            assert isinstance(error, mrrc.EncodingError)
            assert error.record_index == 1


@pytest.mark.parametrize("mode", MODES)
def test_marc8_is_decoded_by_the_standard(mode: Any) -> None:
    """Control fields and numeric character references too."""
    data = make.iso2709(
        [
            make.control_field("001", b"n\xe2e"),
            make.data_field("245", "00", ("a", b"&#x1F600; Caf\xe2e")),
        ],
        coding="a",
    )
    record = first(data, encoding="marc-8", recovery_mode=mode)
    assert record["001"].data == "né"
    assert record["245"]["a"] == "\U0001f600 Café"


@pytest.mark.parametrize("encoding", ["detect", "marc-8"])
def test_what_is_no_character_is_told_of(encoding: str) -> None:
    for mode in (None, *RECOVERING):
        record = first(NEITHER, encoding=encoding, recovery_mode=mode)
        assert record["245"]["a"] == "Caf\ufffd"
        (error,) = record.errors
        assert isinstance(error, mrrc.EncodingError)
        assert (error.field_tag, error.found) == ("245", b"\xff")
        assert NEITHER[error.byte_offset or 0] == 0xFF
    with pytest.raises(mrrc.EncodingError):
        first(NEITHER, encoding=encoding, recovery_mode="strict")


@pytest.mark.parametrize("mode", RECOVERING)
def test_bytes_that_are_no_utf8(mode: Any) -> None:
    record = first(title(b"Caf\xc3(", "a"), recovery_mode=mode)
    assert record["245"]["a"] == "Caf\ufffd("
    assert [type(error) for error in record.errors] == [mrrc.EncodingError]
    assert record.errors[0].object[record.errors[0].start : record.errors[0].end] == b"\xc3"


@pytest.mark.parametrize("mode", MODES)
def test_all_is_utf8(mode: Any) -> None:
    record = first(UTF8_AS_MARC8, encoding="UTF8", recovery_mode=mode)
    assert record["245"]["a"] == "Café Ångström"
    assert record.errors == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("how", [{"encoding": "cp1251"}, {"file_encoding": "cp1251"}])
def test_a_codec_of_python(how: dict[str, str], mode: Any, tmp_path: Path) -> None:
    text = "Анна Каренина"
    path = tmp_path / "a.mrc"
    path.write_bytes(title(text.encode("cp1251"), " ") + UTF8)
    with open(path, "rb") as file:
        for source in (path, path.read_bytes(), file):
            reader = MARCReader(source, recovery_mode=mode, **how)  # type: ignore[arg-type]
            russian, other = list(reader)
            assert russian is not None and other is not None
            assert russian["245"]["a"] == text
            # what claims UTF-8 is UTF-8
            assert other["245"]["a"] == "Café"
            assert russian.errors == other.errors == []
            if source is path:
                reader.close()


def test_bytes_that_a_codec_has_not() -> None:
    data = title(b"a\x98b", " ") + MARC8[:9] + b"a" + MARC8[10:]  # 0x98 is none of cp1251
    for mode in RECOVERING:
        reader = MARCReader(UTF8 + data, encoding="cp1251", recovery_mode=mode)
        _, record, _ = list(reader)
        assert record is not None
        assert record["245"]["a"] == "a\ufffdb"
        (error,) = record.errors
        assert isinstance(error, mrrc.EncodingError)
        assert (error.record_index, error.field_tag, error.found) == (2, "245", b"\x98")
        assert (error.subfield_code, error.byte_offset) == (
            ord("a"),
            len(UTF8) + data.index(b"\x98"),
        )
        assert error.object == b"a\x98b"
    strict = MARCReader(data + UTF8, encoding="cp1251", recovery_mode="strict")
    for _ in "ab":
        with pytest.raises(mrrc.EncodingError):
            next(strict)
    assert next(strict) is not None
    default = MARCReader(data, encoding="cp1251")
    assert next(default) is None
    assert isinstance(default.current_exception, mrrc.EncodingError)
    capped = MARCReader(data, encoding="cp1251", recovery_mode="lenient", max_errors=1)
    assert next(capped) is not None
    with pytest.raises(mrrc.FatalReaderError):
        next(capped)
    assert list(capped) == []


@pytest.mark.parametrize("mode", MODES)
def test_undecoded(mode: Any) -> None:
    for encoding in (None, "detect", "marc-8", "cp1251"):
        record = first(MARC8, to_unicode=False, encoding=encoding, recovery_mode=mode)
        assert record["245"]["a"] == b"Caf\xe2e"
        assert isinstance(record["245"], mrrc.RawField)


def unimarc(sets: str, value: bytes) -> bytes:
    general = "20240101d2024    m  y0frey" + sets + "ba"
    fields = [
        make.control_field("001", "1"),
        make.data_field("100", "  ", ("a", general)),
        make.data_field("200", "1 ", ("a", value)),
    ]
    return make.iso2709(fields, coding=" ")


@pytest.mark.parametrize("mode", MODES)
def test_unimarc(mode: Any) -> None:
    for sets, value in (("0103", b"Caf\xc2e"), ("50  ", "Café".encode())):
        record = first(unimarc(sets, value), unimarc=True, recovery_mode=mode)
        assert record["200"]["a"] == "Café"
    reader = MARCReader(unimarc("50  ", "Café".encode()) * 2, recovery_mode=mode)
    assert next(reader) is not None
    reader.unimarc = True
    assert reader.unimarc is True
    record = next(reader)
    assert record["200"]["a"] == "Café"


def test_the_encoding_may_change() -> None:
    reader = MARCReader(UTF8_AS_MARC8 * 4)
    texts = []
    for encoding in ("detect", "utf-8", "latin-1", "marc-8"):
        reader.encoding = encoding
        assert reader.encoding == encoding
        record: Any = next(reader)
        texts.append(record["245"]["a"])
    assert texts[:3] == [
        "Café Ångström",
        "Café Ångström",
        "Café Ångström".encode().decode("latin-1"),
    ]
    assert texts[3] not in texts[:3]
