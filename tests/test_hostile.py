# SPDX-License-Identifier: MIT
"""Sources made to hurt: each is refused in good time, with its place, after what was good
before it, and the same by our own readers and by the libraries alone."""

import io
import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc import EncodingError, InvalidField, JsonError, MrrcException, TextFormatError, XmlError

LEADER = "00000nam a2200000 a 4500"
COLLECTION = '<collection xmlns="http://www.loc.gov/MARC21/slim">'
RECORD = f'<record><leader>{LEADER}</leader><controlfield tag="001">good</controlfield></record>'
JSON = '{"leader":"' + LEADER + '","fields":[{"001":"good"}]}'


def xml_field(value: str) -> str:
    return (
        f'<record><leader>{LEADER}</leader><datafield tag="245" ind1="0" ind2="0">'
        f'<subfield code="a">{value}</subfield></datafield></record>'
    )


def json_field(value: str) -> str:
    return '{"leader":"' + LEADER + '","fields":[{"245":{"subfields":[{"a":' + value + "}]}}]}"


def good_and_fault(
    data: bytes, format: str, own_reader: bool, how: str
) -> tuple[list[str], MrrcException]:
    """The 001 of the records before the fault, and the fault."""
    source: Any = data if how == "memory" else io.BytesIO(data)
    good = []
    with mrrc.read(source, format, own_reader=own_reader) as reader:
        with pytest.raises(MrrcException) as caught:
            for record in reader:
                assert record is not None
                good.append(str(record["001"].data))
    return good, caught.value


XML_CASES: dict[str, tuple[str, str]] = {
    "an entity": (xml_field("&other;"), "other"),
    "a CDATA that does not end": (xml_field("<![CDATA[x"), ""),
    "deep": ("<a>" * 40 + "</a>" * 40, "deep"),
    "many attributes": ("<record " + " ".join(f'a{i}="x"' for i in range(200_000)) + "/>", ""),
    "one long attribute": ('<record a="' + "x" * 100_000 + '"/>', ""),
    "a long name": ("<" + "x" * 100_000 + "/>", ""),
    "a value of eleven megabytes": (xml_field("x" * 11_000_000), ""),
    "a reference to a control character": (xml_field("&#x1f;"), ""),
    "a control character": (xml_field("\x1e"), ""),
    "a NUL": (xml_field("\0"), ""),
    "a prefix nobody declared": (f"<m:record>{RECORD}</m:record>", ""),
    "an end that fits nothing": ("</record>", ""),
    "an attribute twice": ('<record a="1" a="2"/>', ""),
    "the end of the file": (RECORD[:60], ""),
}


@pytest.mark.parametrize("how", ["memory", "file"])
@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize("case", XML_CASES)
def test_xml(case: str, own_reader: bool, how: str) -> None:
    piece, says = XML_CASES[case]
    head = f"{COLLECTION}\n{RECORD}\n{RECORD}\n"
    good, fault = good_and_fault(f"{head}{piece}</collection>".encode(), "marcxml", own_reader, how)
    assert good == ["good", "good"]
    assert isinstance(fault, XmlError)
    assert fault.line == 4 and fault.column is not None and fault.record_index == 3
    assert fault.byte_offset is not None and fault.byte_offset >= len(head)
    assert says in str(fault)


DTDS = {
    "a document type": "<!DOCTYPE collection>",
    "laughs": '<!DOCTYPE c [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "a file of the system": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "a document type elsewhere": '<!DOCTYPE c SYSTEM "http://example.org/c.dtd">',
    "a parameter entity": '<!DOCTYPE c [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
}


@pytest.mark.parametrize("read", ["read", "parse_xml_to_array", "sax", "mods"])
@pytest.mark.parametrize("case", DTDS)
def test_document_types_are_refused(case: str, read: str) -> None:
    text = f"<?xml version='1.0'?>\n{DTDS[case]}\n{COLLECTION}{RECORD}</collection>"

    class Own(mrrc.XmlHandler):
        def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
            super().startElementNS(name, qname, attrs)

    ways: dict[str, Callable[[], Any]] = {
        "read": lambda: list(mrrc.read(text.encode(), "marcxml")),
        "parse_xml_to_array": lambda: mrrc.parse_xml_to_array(io.StringIO(text)),
        "sax": lambda: mrrc.parse_xml(io.BytesIO(text.encode()), Own()),
        "mods": lambda: mrrc.mods_collection_to_records(text),
    }
    with pytest.raises(XmlError):
        ways[read]()


@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize(
    ("data", "where"),
    [
        (f"<?xml version='1.0' encoding='UTF-8'?>{COLLECTION}".encode() + b"<record>\xe9", "UTF-8"),
        (f"<?xml version='1.0' encoding='no-such'?>{COLLECTION}".encode(), "ncoding"),
        (b"", "."),
        (b"   \n", "."),
        (b"=LDR  not XML", "."),
        (b"\xff\xfe<\0x\0>\0", "."),
    ],
)
def test_documents_that_are_none(data: bytes, where: str, own_reader: bool) -> None:
    with pytest.raises((XmlError, EncodingError), match=where):
        list(mrrc.read(data, "marcxml", own_reader=own_reader))


def test_xml_in_other_encodings() -> None:
    text = f"<?xml version='1.0' encoding='%s'?>{COLLECTION}{xml_field('Café')}</collection>"
    for encoding in ("ISO-8859-1", "UTF-16", "windows-1252"):
        records = list(mrrc.read((text % encoding).encode(encoding), "marcxml"))
        assert [record["245"]["a"] for record in records if record] == ["Café"]


#: Of each: the piece, and whether it breaks the whole document.
JSON_CASES: dict[str, tuple[str, bool]] = {
    "a number": (json_field("1"), False),
    "a huge number": (json_field("1" + "0" * 400), False),
    "a huge exponent": (json_field("1e999999"), False),
    "null": (json_field("null"), False),
    "a list": (json_field('["x"]'), False),
    "a key twice": (JSON[:-1] + ',"leader":"' + LEADER + '"}', False),
    "half a surrogate pair": (json_field('"\\ud800"'), False),
    "NUL": (json_field('"\\u0000"'), False),
    "a structural character": (json_field('"a\\u001eb"'), False),
    "a short leader": ('{"leader":"00000nam","fields":[]}', False),
    "fields that are no list": ('{"leader":"' + LEADER + '","fields":{"001":"x"}}', False),
    "a string for a record": ('"record"', False),
    "deep": ("[" * 100_000, True),
    "deep objects": ('{"a":' * 100_000, True),
    "no JSON": ("{leader}", True),
    "the end of the file": (JSON[:50], True),
}


@pytest.mark.parametrize("how", ["memory", "file"])
@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize("case", JSON_CASES)
def test_json(case: str, own_reader: bool, how: str) -> None:
    piece, fatal = JSON_CASES[case]
    head = f"[\n{JSON},\n{JSON},\n"
    data = f"{head}{piece},\n{JSON}\n]".encode()
    good, fault = good_and_fault(data, "marcjson", own_reader, how)
    assert good == ["good", "good"]
    assert isinstance(fault, JsonError | InvalidField | EncodingError | mrrc.RecordLeaderInvalid)
    assert fault.record_index == 3 and fault.line is not None and fault.line >= 4
    assert fault.byte_offset is not None and fault.byte_offset >= len(head)
    with mrrc.read(io.BytesIO(data), "marcjson", own_reader=own_reader) as reader:
        found = []
        while True:
            try:
                found.append(next(reader))
            except StopIteration:
                break
            except MrrcException:
                found.append(None)
    # what breaks the syntax ends the reading, anything else costs its record
    assert [one is not None for one in found] == [True, True, False, *([] if fatal else [True])]


@pytest.mark.parametrize(
    ("format", "bad", "line"),
    [
        ("mrk", "=245  10$a\x1e", 2),
        ("mrk", "no field", 2),
        ("mrk", "=24", 2),
        ("line", "245 10 $a \x1f", 2),
        ("line", "24", 2),
        ("aleph", "000000002 24510 L $$a\x1d", 2),
        ("aleph", "not a line of Aleph's", 2),
    ],
)
def test_lines(format: str, bad: str, line: int) -> None:
    first = {
        "mrk": f"=LDR  {LEADER}\n=001  one\n",
        "line": f"{LEADER}\n001 one\n",
        "aleph": f"000000001 LDR   L {LEADER.replace(' ', '^')}\n000000001 001   L one\n",
    }[format]
    second = first.replace("one", "two").replace("000000001", "000000002").splitlines()[0]
    third = first.replace("one", "three").replace("000000001", "000000003")
    gap = "" if format == "aleph" else "\n"
    data = f"{first}{gap}{second}\n{bad}\n{gap}{third}{gap}".encode()
    with mrrc.read(data, format) as reader:
        assert next(reader)["001"].data.strip() == "one"  # type: ignore[index]
        with pytest.raises((TextFormatError, InvalidField)) as caught:
            next(reader)
        assert caught.value.record_index == 2
        assert caught.value.line == len(f"{first}{gap}".splitlines()) + line
        assert next(reader)["001"].data.strip() == "three"  # type: ignore[index]
        assert next(reader, None) is None


class Endless:
    """A file that never ends and never makes a record."""

    def __init__(self, head: bytes, piece: bytes) -> None:
        self._head, self._piece = head, piece
        self.given = 0

    def read(self, size: int) -> bytes:
        data = self._head or (self._piece * (size // len(self._piece) + 1))[:size]
        self._head = b""
        self.given += len(data)
        return data


@pytest.mark.parametrize(
    ("format", "head", "piece"),
    [
        ("marcxml", COLLECTION + "<record>", "<datafield"),
        ("marcxml", xml_field("x")[:-50], "x"),
        ("marcxml", COLLECTION + "<!--", "x"),
        ("turbomarc", "<r><l>", "x"),
        ("mods", "<mods><note>", "x"),
        ("marcjson", '[{"leader":"', "x"),
        ("marcjson", "[{", '"a":[],'),
        ("json", "[", "{},"),
        ("mrk", "=245  10$a", "x"),
        ("mrk", f"=LDR  {LEADER}\n", "=500  \\\\$ax\n"),
        ("line", LEADER + "\n245 10 $a ", "x"),
        ("aleph", "000000001 245   L $$a", "x"),
    ],
)
def test_what_never_ends_is_given_up(format: str, head: str, piece: str) -> None:
    """At sixteen megabytes a record, or before; and nothing near that is kept twice over."""
    source = Endless(head.encode(), piece.encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    try:
        with pytest.raises(MrrcException):
            for _ in mrrc.read(source, format):
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert source.given < 64 << 20
    assert peak < 64 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10


def test_places_that_cannot_be_read(tmp_path: Path) -> None:
    for format in ("marcxml", "marcjson", "mrk", "mods", "marc"):
        with pytest.raises(FileNotFoundError, match="missing"):
            mrrc.read(tmp_path / "missing", format)
        with pytest.raises(IsADirectoryError):
            mrrc.read(tmp_path, format)
    with pytest.raises(ValueError, match="no such"):
        mrrc.read(b"x", "no such")


@pytest.mark.parametrize("format", ["marcxml", "marcjson", "mrk", "csv", "mods", "oai_dc"])
def test_a_full_disk_is_told(format: str) -> None:
    record = mrrc.Record(fields=[mrrc.Field("001", data="x")])
    with pytest.raises(OSError, match="No space"):
        mrrc.write([record] * 10_000, "/dev/full", format)
    with pytest.raises(OSError, match="No space"):
        mrrc.write([record], "/dev/full", format)
