# SPDX-License-Identifier: MIT
"""The modes of the readers of other formats, of conversion, and the counting of errors."""

import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import FormatReader, JSONReader, MARCMakerReader, _bridge, convert
from mrrc.recovery import Found, checked_cap, is_blank, mode_flag

MODES: tuple[Any, ...] = (None, "strict", "lenient", "permissive")
RECOVERING = ("lenient", "permissive")

LEADER = "00000nam a2200000 a 4500"

#: Of each format three records, of which the second cannot be read, and what says so.
BAD_SECOND: dict[str, tuple[bytes, type[mrrc.MrrcException]]] = {
    "mrk": (
        f"=LDR  {LEADER}\n=001  1\n\n=LDR  x\n\n=LDR  {LEADER}\n=001  3\n".encode(),
        mrrc.RecordLeaderInvalid,
    ),
    "jsonl": (
        b'{"leader": "%b", "fields": [{"001": "1"}]}\n{"fields": 5}\n'
        b'{"leader": "%b", "fields": [{"001": "3"}]}\n' % (LEADER.encode(), LEADER.encode()),
        mrrc.JsonError,
    ),
}

#: Two records, of which the first has a flaw.
FLAWED = (
    f'<collection><record><leader>{LEADER}</leader><controlfield tag="001">1</controlfield>'
    '<datafield tag="245" ind1="10" ind2="0"><subfield code="a">T</subfield></datafield></record>'
    f'<record><leader>{LEADER}</leader><controlfield tag="001">2</controlfield></record>'
    "</collection>"
).encode()


def outcome(reader: Any) -> list[str]:
    found = []
    for _ in range(100):
        try:
            record = next(reader)
        except StopIteration:
            return found
        except mrrc.MrrcException as error:
            found.append(f"!{type(error).__name__}")
            continue
        if record is None:
            found.append(type(reader.current_exception).__name__)
        else:
            found.append(record["001"].data + "*" * bool(record.errors))
    raise AssertionError("the reader does not end")


def expected(kind: str, mode: Any) -> list[str]:
    return {
        None: ["1", f"!{kind}", "3"],
        "strict": ["1", f"!{kind}", "3"],
        "lenient": ["1", kind, "3"],
        "permissive": ["1", "3"],
    }[mode]


# -- formats --


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("format", BAD_SECOND)
def test_a_record_that_cannot_be_read(format: str, mode: Any) -> None:
    data, kind = BAD_SECOND[format]
    for source in (data, io.BytesIO(data)):
        reader = FormatReader(source, format, recovery_mode=mode)
        assert outcome(reader) == expected(kind.__name__, mode)
        assert [type(error) for error in reader.errors] == [kind] * (mode == "permissive")
        assert outcome(reader) == []


@pytest.mark.parametrize("mode", MODES)
def test_a_flaw(mode: Any, recwarn: pytest.WarningsRecorder) -> None:
    reader = mrrc.read(FLAWED, "marcxml", recovery_mode=mode)
    flaw = ["!InvalidIndicator"] if mode == "strict" else ["1*"]
    assert outcome(reader) == [*flaw, "2"]
    assert [type(each.message) for each in recwarn] == [mrrc.RepairWarning] * (mode is None)


@pytest.mark.parametrize("mode", MODES)
def test_a_document_that_breaks_off(mode: Any) -> None:
    data = FLAWED[: FLAWED.index(b"</collection>")]
    reader = FormatReader(data.replace(b'"10"', b'"1"'), "marcxml", recovery_mode=mode)
    found = outcome(reader)
    assert (
        found
        == {
            None: ["1", "2", "!XmlError"],
            "strict": ["1", "2", "!XmlError"],
            "lenient": ["1", "2", "XmlError"],
            "permissive": ["1", "2"],
        }[mode]
    )
    assert len(reader.errors) == (mode == "permissive")


@pytest.mark.parametrize("mode", MODES)
def test_bytes_that_are_no_text(mode: Any) -> None:
    data = BAD_SECOND["mrk"][0].replace(b"=LDR  x", b"=LDR  \x98")
    reader = FormatReader(data, "mrk", "cp1251", recovery_mode=mode)
    found = outcome(reader)
    assert found[0] == "1"
    assert (found[1:] == []) == (mode == "permissive")
    assert len(reader.errors) == (mode == "permissive")


def test_more_errors_than_are_borne() -> None:
    data, kind = BAD_SECOND["mrk"]
    for mode in RECOVERING:
        reader = FormatReader(data + b"\n" + data, "mrk", recovery_mode=mode, max_errors=1)
        bad = [kind.__name__] * (mode == "lenient")
        assert outcome(reader) == ["1", *bad, "3", "1", "!FatalReaderError"]
        assert outcome(reader) == []
    reader = FormatReader(FLAWED * 1, "marcxml", recovery_mode="lenient", max_errors=1)
    assert outcome(reader) == ["1*", "2"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [None, 1, 2])
def test_batches_and_pairs(n: int | None, mode: Any) -> None:
    data, kind = BAD_SECOND["mrk"]
    batches = FormatReader(data, "mrk", recovery_mode=mode).batches(n)
    found: list[Any] = []
    for _ in range(10):
        try:
            batch = pickle.loads(pickle.dumps(next(batches)))
        except StopIteration:
            break
        except mrrc.MrrcException as error:
            found.append(f"!{type(error).__name__}")
            continue
        for index, record in enumerate(batch):
            if record is None:
                found.append(type(batch.errors[index][0]).__name__)
            else:
                found.append(record["001"].data)
    assert found == expected(kind.__name__, mode)
    pairs = FormatReader(data, "mrk", recovery_mode=mode).iter_with_errors()
    first, errors = next(pairs)
    assert first is not None and errors == []
    if mode in (None, "strict"):
        with pytest.raises(kind):
            next(pairs)
    elif mode == "lenient":
        none, (error,) = next(pairs)
        assert none is None and type(error) is kind
    last, errors = next(pairs)
    assert last is not None and errors == []


def test_read_record() -> None:
    data, kind = BAD_SECOND["mrk"]
    for mode in MODES:
        reader = FormatReader(data, "mrk", recovery_mode=mode)
        assert reader.read_record() is not None
        if mode != "permissive":
            with pytest.raises(kind):
                reader.read_record()
        assert reader.read_record() is not None
        assert reader.read_record() is None


# -- pymarc's readers of text --

TEXTS: list[Any] = [
    (MARCMakerReader, f"=LDR  {LEADER}\n=001  1\n\nno line\n\n=LDR  {LEADER}\n=001  3\n"),
    (
        JSONReader,
        f"[{','.join(BAD_SECOND['jsonl'][0].decode().splitlines())}]",
    ),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("kind", "text"), TEXTS)
def test_readers_of_text(kind: Callable[..., Any], text: str, mode: Any) -> None:
    with pytest.raises(ValueError, match="recovery_mode"):
        kind(text, recovery_mode="none")
    found = outcome(kind(text, recovery_mode=mode))
    name = found[1].lstrip("!") if mode != "permissive" else ""
    assert found == expected(name, mode)
    reader = kind(text, recovery_mode=mode)
    pairs = reader.iter_with_errors()
    assert next(pairs)[1] == []
    if mode in RECOVERING:
        record, errors = next(pairs)
        assert (record is None) == bool(errors) == (mode == "lenient")
        assert len(reader.errors) == (mode == "permissive")
        more = text[:-1] + ", {}, {}]" if kind is JSONReader else text + "\n\nno\n\nno"
        capped = kind(more, recovery_mode=mode, max_errors=1)
        assert outcome(capped)[-1] == "!FatalReaderError"
        assert outcome(capped) == []


# -- conversion --

GOOD = [make.sample(number) for number in range(3)]
INSIDE = make.iso2709(
    [make.control_field("001", "1"), make.data_field("245", "101", ("a", "Title"))]
)


def converted(data: bytes, source_format: str = "marc", **options: Any) -> tuple[Any, bytes]:
    out = io.BytesIO()
    return convert(data, out, source_format, "marc", **options), out.getvalue()


def test_converting_by_mode() -> None:
    data = GOOD[0] + b"\n" + INSIDE + b"junk that is more" + GOOD[1]
    for mode in RECOVERING:
        for limit in (None, 9):
            result, out = converted(data, recovery_mode=mode, limit=limit)
            assert result.records == 3
            assert out.startswith(GOOD[0]) and out.endswith(GOOD[1])
            assert (b"Title" in out) == (mode == "permissive")
            # white space is no loss, and other bytes are
            assert [type(error) for error in result.errors] == [mrrc.BytesBetweenRecords]
            inside = next(each for each in result.repairs if each.record_index == 2)
            assert inside.field_tag == "245"
            assert isinstance(inside.__cause__, mrrc.InvalidIndicator)
            assert len(result.repairs) == 2
    with pytest.raises(mrrc.BytesBetweenRecords):
        converted(data, recovery_mode="strict")
    result, out = converted(data, recovery_mode="strict", on_error="skip")
    assert out == GOOD[0] + GOOD[1] and len(result.errors) == 3
    with pytest.raises(mrrc.FatalReaderError):
        converted(data, recovery_mode="lenient", max_errors=2, on_error="skip")
    assert converted(data, recovery_mode="lenient", max_errors=3)[0].records == 3


def test_converting_what_cannot_be_saved() -> None:
    hopeless = GOOD[1][:12] + b"00000" + GOOD[1][17:24] + b"x" * 100
    hopeless = b"%05d" % (len(hopeless) + 1) + hopeless[5:] + b"\x1d"
    data = GOOD[0] + hopeless + GOOD[2]
    with pytest.raises(mrrc.BaseAddressNotFound):
        converted(data, recovery_mode="lenient")
    for mode in RECOVERING:
        result, out = converted(data, recovery_mode=mode, on_error="skip")
        assert out == GOOD[0] + GOOD[2]
        assert [type(error) for error in result.errors] == [mrrc.BaseAddressNotFound]
    assert converted(data, recovery_mode="permissive")[0].records == 2


def test_converting_other_formats() -> None:
    data, kind = BAD_SECOND["mrk"]
    for mode in RECOVERING:
        result, _ = converted(data, "mrk", recovery_mode=mode, on_error="skip")
        assert (result.records, [type(error) for error in result.errors]) == (2, [kind])
    with pytest.raises(kind):
        converted(data, "mrk", recovery_mode="lenient")
    result, _ = converted(FLAWED, "marcxml", recovery_mode="lenient")
    assert result.records == 2 and len(result.repairs) == 1
    with pytest.raises(mrrc.InvalidIndicator):
        converted(FLAWED, "marcxml", recovery_mode="strict")
    result, _ = converted(FLAWED, "marcxml", recovery_mode="strict", on_error="skip")
    assert result.records == 1 and result.errors[0].record_index == 1


def test_converting_by_encoding() -> None:
    title = [make.data_field("245", "00", ("a", "Café".encode()))]
    wrong = make.iso2709(title, coding=" ")
    result, out = converted(wrong, encoding="detect")
    assert "Café".encode() in out and len(result.repairs) == 1
    latin = make.iso2709([make.data_field("245", "00", ("a", b"a\x98b"))], coding=" ")
    result, out = converted(latin, encoding="cp1251", recovery_mode="lenient")
    assert "a\ufffdb".encode() in out
    assert isinstance(result.repairs[0].__cause__, mrrc.EncodingError)
    with pytest.raises(mrrc.EncodingError):
        converted(latin, encoding="cp1251", recovery_mode="strict")
    data = b"=LDR  00000nam a2200000 a 4500\n=001  1\n"
    assert converted(data, "mrk", encoding="detect")[0].records == 1


# -- counting --


def test_what_is_blank() -> None:
    def error(found: bytes | None) -> mrrc.MrrcException:
        return mrrc.BytesBetweenRecords(found=found)

    assert is_blank(error(b" \r\n\0\x1a"))
    assert not is_blank(error(b" x"))
    assert not is_blank(error(None))
    assert not is_blank(mrrc.InvalidField(found=b" "))


def test_arguments() -> None:
    assert mode_flag(None) == 0
    assert len({mode_flag(mode) for mode in MODES}) == 4
    assert checked_cap(None) is None and checked_cap(7) == 7
    with pytest.raises(ValueError, match="negative"):
        checked_cap(-1)


def test_what_is_found_in_a_block() -> None:
    data = GOOD[0] + b"\n" + INSIDE + INSIDE + b"\n" + GOOD[1] + b"\n"
    source = _bridge.Source(None, data)
    blocks = []
    while (block := source.next(mode_flag("lenient"))) is not None:
        blocks.append(block)
    found = Found(blocks[0], "here", 10, source)
    assert sorted(found.records) == [1, 2]
    assert [error.record_index for error in found.records[1]] == [12]  # type: ignore[attr-defined]
    assert found.count(2) == 1 and found.count(4) == 2
    assert [len(found.before(index)) for index in range(4)] == [0, 1, 0, 1]
    assert found.limit(0, 1) == (1, 2)
    assert found.limit(0, 2) == (2, 3)
    assert found.limit(5, 8) == (3, 9)
    assert found.limit(0, 10) is None
