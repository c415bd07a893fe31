# SPDX-License-Identifier: MIT
"""MARCXML under pymarc's names: records from XML, and XML from records.

C reads whatever needs no more of an `XmlHandler` than its records, and writes each record that
can be packed. For the rest this module has the handler itself, for the standard library's SAX
parser, and ElementTree. Both ways refuse document type declarations, and with them entities.
"""

from __future__ import annotations

import errno
import io
import os
import re
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, NoReturn, cast
from xml.sax import make_parser
from xml.sax.handler import (
    ContentHandler,
    ErrorHandler,
    LexicalHandler,
    feature_namespaces,
    property_lexical_handler,
)
from xml.sax.xmlreader import InputSource

from mrrc import _bridge
from mrrc._bridge import record_encode
from mrrc.batch import make_records
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import RecordLeaderInvalid, RepairWarning, XmlError
from mrrc.field import Field, Indicators
from mrrc.leader import Leader
from mrrc.marc8 import MARC8ToUnicode
from mrrc.packed import Origin
from mrrc.record import Record, packed_text
from mrrc.transcoding import without_encoding
from mrrc.xml_text import CARRIAGE_RETURN, replaced

# Programs import from pymarc.marcxml what pymarc.marcxml itself imports.
__all__ = [
    "MARC_XML_NS",
    "MARC_XML_SCHEMA",
    "XSI_NS",
    "Field",
    "Indicators",
    "Leader",
    "MARC8ToUnicode",
    "Record",
    "XmlFileNotFound",
    "XmlHandler",
    "map_xml",
    "parse_xml",
    "parse_xml_to_array",
    "record_to_xml",
    "record_to_xml_node",
]

XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
MARC_XML_NS = "http://www.loc.gov/MARC21/slim"
MARC_XML_SCHEMA = (
    "http://www.loc.gov/MARC21/slim http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
)

MARCXML: int = _bridge.find_format("marcxml")
"""The format's number."""

# How record_to_xml() has C write.
_PLAIN = _bridge.WRITE_PYMARC | _bridge.WRITE_ASCII
_IN_NAMESPACE = _PLAIN | _bridge.WRITE_NAMESPACE

#: It raises for a form that is none.
_normalize: Callable[[str, str], str] = cast(Any, unicodedata.normalize)

#: MARCXML's, and that of ISO 25577, whose elements are the same.
_NAMESPACES = frozenset((MARC_XML_NS, "info:lc/xmlns/marcxchange-v1"))

_PARTS = frozenset(("leader", "controlfield", "datafield", "subfield"))

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")


class XmlFileNotFound(FileNotFoundError, ValueError):
    """There is no such file; also the ``ValueError`` of a name that is no URL either."""


class XmlHandler(ContentHandler):
    """A SAX handler that makes records of MARCXML.

    A subclass may override `process_record`, which gets each record as soon as it is read, or any
    of the handler's other methods.

    >>> handler = XmlHandler()
    >>> parse_xml("<record><controlfield tag='001'>1</controlfield></record>", handler)
    >>> handler.records[0]["001"].data
    '1'

    Args:
        strict: pass over elements that are not in the namespace of MARCXML or of ISO 25577, its
            twin; otherwise only the local name counts.
        normalize_form: bring values into this form, as `unicodedata.normalize` takes it.
    """

    _number = 0  # of the record, from 1
    _within: str | None = None  # the element whose text is being gathered
    _values: list[str] | None = None  # of the subfields of a control field

    def __init__(self, strict: bool = False, normalize_form: str | None = None) -> None:
        super().__init__()
        self.records: list[Record] = []
        self._record: Record | None = None
        self._field: Field | None = None
        self._subfield_code: str | None = None
        self._text: list[str] = []
        self._strict = strict
        self.normalize_form = normalize_form

    def _place(self) -> dict[str, Any]:
        """Return where the parser is, as `MrrcException` takes it."""
        place: dict[str, Any] = {"record_index": self._number or None}
        locator: Any = getattr(self, "_locator", None)
        if locator is not None:
            column = locator.getColumnNumber()
            place["source"] = locator.getSystemId()
            place["line"] = locator.getLineNumber()
            place["column"] = None if column is None else column + 1
        return place

    def _warn(self, text: str, tag: str | None = None) -> None:
        source = self._place().get("source")
        place = {"source": source, "record_index": self._number or None, "field_tag": tag}
        warnings.warn(RepairWarning(text, **place), stacklevel=3)

    def _attribute(self, attrs: Any, name: str) -> str:
        value: str = attrs.get((None, name), "")
        if not value:
            raise XmlError(message=f"an element lacks its attribute {name!r}", **self._place())
        return value

    def _indicator(self, attrs: Any, name: str, tag: str) -> str:
        value: str = attrs.get((None, name), "") or " "
        if len(value) > 1:
            self._warn("an indicator is not one character: the first one counts", tag)
        return value[0]

    def startDocument(self) -> None:  # noqa: N802 - SAX's name
        """Begin a document; what another one left unfinished is forgotten."""
        self._number = 0
        self._record = self._field = self._within = None

    def startElementNS(  # noqa: N802 - SAX's name
        self, name: tuple[str | None, str], qname: str | None, attrs: Any
    ) -> None:
        """Begin an element."""
        if self._strict and name[0] not in _NAMESPACES:
            return
        element = name[1]
        if self._within is None:
            self._text = []
        if element == "record":
            if self._record is not None and self._record.fields:
                raise XmlError(message="a record inside a record", **self._place())
            self._number += 1
            self._record = Record()
        elif self._record is None or element not in _PARTS:
            return  # an element within a value does not end it: its text is the value's too
        elif self._within is not None or (self._field is not None and element != "subfield"):
            raise XmlError(message="a part of a record inside another", **self._place())
        elif element == "leader":
            self._within = element
        elif element in ("controlfield", "datafield"):
            tag = self._attribute(attrs, "tag")
            if not (len(tag) == 3 and tag.isascii() and tag.isprintable()):
                raise XmlError(
                    message=f"the tag {tag!r} is not three ASCII characters", **self._place()
                )
            self._values = None
            if element == "controlfield":
                self._field = Field(tag)
                self._within = element
                return
            first, second = (self._indicator(attrs, name, tag) for name in ("ind1", "ind2"))
            self._field = Field(tag, Indicators(first, second))
            if self._field.control_field:
                self._values = []
        else:
            if self._field is None:
                raise XmlError(message="a subfield outside of a field", **self._place())
            code = self._attribute(attrs, "code")
            if len(code) > 1:
                text = "a subfield code is not one character: the first one counts"
                self._warn(text, self._field.tag)
            self._subfield_code = code[0]
            self._within = element

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """End an element, and with a record's last one give it to `process_record`."""
        if self._strict and name[0] not in _NAMESPACES:
            return
        element = name[1]
        if self._within is not None and element != self._within:
            return
        text = "".join(self._text)
        if self.normalize_form is not None:
            text = _normalize(self.normalize_form, text)
        self._text = []
        self._within = None
        record, field = self._record, self._field
        if record is None:
            return
        if element == "record":
            self.process_record(record)
            self._record = None
        elif element == "leader":
            if len(text) != LEADER_LEN or not text.isascii():
                raise RecordLeaderInvalid(
                    message=f"{text!r} is not 24 ASCII characters", **self._place()
                )
            record.leader = Leader(text)
        elif field is None:
            return
        elif element == "subfield" and self._subfield_code is not None:
            if self._values is None:
                field.add_subfield(self._subfield_code, text)
            else:
                self._values.append(text)
            self._subfield_code = None
        elif element in ("controlfield", "datafield"):
            self._end_field(record, field, element, text)
            self._field = None

    def _end_field(self, record: Record, field: Field, element: str, text: str) -> None:
        """Add a field, whose tag says what it is, whatever its element says."""
        if field.control_field:
            if self._values is not None:
                self._warn(_UNSUITED, field.tag)
                text = " ".join(self._values)
            field.data = text
        elif element == "controlfield":
            self._warn(_UNSUITED, field.tag)
            field.add_subfield("a", text)
        record.add_field(field)

    def characters(self, content: str) -> None:
        """Add to the text of the element."""
        self._text.append(content)

    def process_record(self, record: Record) -> None:
        """Append a record to `records`; made to be overridden."""
        self.records.append(record)


_UNSUITED = "the tag does not suit its kind of field"

#: What a parser calls of a handler; who overrides one of these wants to be called.
_CALLED = tuple(
    name
    for name in (*vars(ContentHandler), "characters", "startElementNS", "endElementNS")
    if not name.startswith("_")
)


def _wants_records_only(handler: Any) -> bool:
    own = getattr(handler, "__dict__", {})
    return isinstance(handler, XmlHandler) and all(
        name not in own and getattr(type(handler), name) is getattr(XmlHandler, name)
        for name in _CALLED
    )


# -- reading ---------------------------------------------------------------------------


def parse_xml(xml_file: Any, handler: ContentHandler) -> None:
    """Read a document and tell a SAX handler of what is in it.

    A file object is closed at the end, as the standard library's parsers do.

    Args:
        xml_file: a path, a URL, a binary or text file object, an ``InputSource``, the document
            as bytes, or as text that begins with ``<``.
        handler: `XmlHandler` or a subclass, whose records C reads unless more than
            `process_record` is overridden; or any other handler.

    Raises:
        XmlError: the document is not well-formed, holds a document type declaration, or something
            in it is no record. `process_record` has got the records before.
        RecordLeaderInvalid: a leader is not 24 characters.
        OSError: the file cannot be read.
    """
    _parse(xml_file, handler)


def _parse(xml_file: Any, handler: ContentHandler) -> None:
    source = _source_of(xml_file)
    if _wants_records_only(handler) and (isinstance(source, str) or source.getEncoding() is None):
        _parse_by_core(source, cast(XmlHandler, handler))
    else:
        _parse_by_sax(source, handler)


def _source_of(xml_file: Any) -> str | InputSource:
    """Return the path of a file that is there, or what has a stream to read."""
    if isinstance(xml_file, bytes | bytearray | memoryview):
        xml_file = io.BytesIO(xml_file)
    elif isinstance(xml_file, os.PathLike):
        xml_file = os.fsdecode(xml_file)
    if isinstance(xml_file, str):
        if os.path.exists(xml_file):
            return xml_file
        if xml_file.lstrip("\ufeff \t\r\n").startswith("<"):
            xml_file = io.StringIO(xml_file)
        elif not _URL.match(xml_file):
            raise XmlFileNotFound(errno.ENOENT, os.strerror(errno.ENOENT), xml_file)
    # imported here, because it draws in the standard library's whole way to the Web
    from xml.sax.saxutils import prepare_input_source

    return prepare_input_source(xml_file)


def _parse_by_core(source: str | InputSource, handler: XmlHandler) -> None:
    streams: list[Any] = []
    name: str | None
    if isinstance(source, str):
        name = source
        core = _bridge.Source(name, format=MARCXML)
    else:
        name = source.getSystemId()
        text, data = source.getCharacterStream(), source.getByteStream()
        streams = [stream for stream in (text, data) if stream is not None]
        read = streams[0].read if text is None else _read_utf8(text.read)
        core = _bridge.Source(name, format=MARCXML, read=read)
    try:
        _hand_out(core, name, handler)
    finally:
        core.close()
        for stream in streams:
            stream.close()


def _read_utf8(read: Callable[[int], str]) -> Callable[[int], bytes]:
    """Return what reads a text as UTF-8, whatever its XML declaration says it was."""
    begun = False

    def read_bytes(size: int) -> bytes:
        nonlocal begun
        text = read(size)
        if not begun:
            begun = True
            while text and ">" not in text and len(text) < 1000:
                more = read(size)
                if not more:
                    break
                text += more
            text = without_encoding(text)
        return text.encode()

    return read_bytes


def _hand_out(core: _bridge.Source, name: str | None, handler: XmlHandler) -> None:
    """Give each record of a source to a handler."""
    form = handler.normalize_form
    if form is not None:
        _normalize(form, " ")  # there may be no such form
    flags = _bridge.READ_NAMESPACE if handler._strict else 0
    number = 1  # of the block's first record
    while (block := core.next(flags)) is not None:
        origin = Origin(source=name, first=number, offsets=block.offsets)
        records = make_records(block, 0, len(block.ends), origin, raw=False)
        notes = iter(block.notes)
        note = next(notes, None)
        process = handler.process_record
        for place, record in enumerate(records):
            while note is not None and note.record <= place:
                warnings.warn(
                    RepairWarning(
                        note.text(),
                        source=name,
                        record_index=number + place,
                        field_tag=note.tag,
                        byte_offset=note.offset,
                    ),
                    stacklevel=5,  # who called a function of this module
                )
                note = next(notes, None)
            if form is not None:
                record._packed = _normalized(form, cast(bytes, record._packed))
            process(record)
        number += len(records)


def _normalized(form: str, packed: bytes) -> bytes:
    """Bring the values of a packed record into a normalisation form."""
    if packed.isascii():
        return packed
    fields = []
    for field in packed.decode().split("\x1e"):
        start, *values = field.split("\x1f")
        # a code or a tag is no part of the text that follows it
        values = [value[:1] + _normalize(form, value[1:]) for value in values]
        start = start[:3] + _normalize(form, start[3:])
        fields.append("\x1f".join([start, *values]))
    return "\x1e".join(fields).encode()


class _Strictness(ErrorHandler, LexicalHandler):
    """Ends parsing at what is not well-formed, and at a document type declaration."""

    def __init__(self, locator: Any) -> None:
        self._locator = locator

    def fatalError(self, exception: Any) -> NoReturn:  # noqa: N802 - SAX's name
        column = exception.getColumnNumber()
        raise XmlError(
            message=exception.getMessage(),
            source=exception.getSystemId(),
            line=exception.getLineNumber(),
            column=None if column is None else column + 1,
        ) from exception

    def error(self, exception: Any) -> NoReturn:
        self.fatalError(exception)

    def startDTD(  # noqa: N802 - SAX's name
        self, name: str, public_id: str | None, system_id: str | None
    ) -> None:
        raise XmlError(
            message="a document type declaration is refused",
            source=self._locator.getSystemId(),
            line=self._locator.getLineNumber(),
            column=self._locator.getColumnNumber() + 1,
        )


def _parse_by_sax(source: str | InputSource, handler: ContentHandler) -> None:
    if isinstance(source, str):
        path, source = source, InputSource(source)
        source.setByteStream(open(path, "rb"))  # noqa: SIM115 - the parser closes it
    parser: Any = make_parser()
    strictness = _Strictness(parser)
    parser.setContentHandler(handler)
    parser.setErrorHandler(strictness)
    parser.setFeature(feature_namespaces, 1)
    parser.setProperty(property_lexical_handler, strictness)
    parser.parse(source)


def map_xml(function: Callable[[Record], Any], *files: Any) -> None:
    """Call a function with each record of each file, which may be what `parse_xml` takes."""
    handler = XmlHandler()
    handler.process_record = function  # type: ignore[method-assign,assignment]
    for xml_file in files:
        _parse(xml_file, handler)


def parse_xml_to_array(
    xml_file: Any, strict: bool = False, normalize_form: str | None = None
) -> list[Record]:
    """Return the records of a document.

    Args:
        xml_file: what `parse_xml` takes.
        strict: pass over elements of other namespaces, as `XmlHandler` does.
        normalize_form: ``NFC``, ``NFKC``, ``NFD`` or ``NFKD``, for values.

    Raises:
        XmlError: as `parse_xml`.
    """
    handler = XmlHandler(strict, normalize_form)
    _parse(xml_file, handler)
    return handler.records


# -- writing ---------------------------------------------------------------------------


def record_to_xml(record: Record, quiet: bool = False, namespace: bool = False) -> bytes:
    """Return a record as a ``record`` element of MARCXML, in ASCII and without a declaration.

    A character that XML has no place for becomes U+FFFD, with a `RepairWarning`.

    Args:
        record: the record; its undecoded values, if any, are taken for MARC-8.
        quiet: no line on standard error for a character that MARC-8 lacks.
        namespace: name MARCXML's namespace and schema.
    """
    packed = packed_text(record)
    if packed is not None:
        return record_encode(packed, _IN_NAMESPACE if namespace else _PLAIN, MARCXML)
    text = serialize(record_to_xml_node(record, quiet, namespace))
    return text.encode("ascii", "xmlcharrefreplace")


def serialize(node: ET.Element) -> str:
    """Return an element as text that is well-formed and reads back as it is."""
    return replaced(ET.tostring(node, encoding="unicode").replace("\r", CARRIAGE_RETURN))


def record_to_xml_node(record: Record, quiet: bool = False, namespace: bool = False) -> ET.Element:
    """Return a record as an ElementTree element.

    The arguments are those of `record_to_xml`.
    """
    marc8 = MARC8ToUnicode(quiet=quiet)

    def text_of(value: Any) -> str:
        return value if type(value) is str else marc8.translate(value)

    root = ET.Element("record")
    if namespace:
        root.set("xmlns", MARC_XML_NS)
        root.set("xmlns:xsi", XSI_NS)
        root.set("xsi:schemaLocation", MARC_XML_SCHEMA)
    ET.SubElement(root, "leader").text = str(record.leader)
    for field in record:
        if field.control_field:
            ET.SubElement(root, "controlfield", {"tag": field.tag}).text = text_of(field.data)
            continue
        indicators = cast(Indicators, field.indicators)
        attributes = {"ind1": indicators.first, "ind2": indicators.second, "tag": field.tag}
        node = ET.SubElement(root, "datafield", attributes)
        for subfield in field:
            ET.SubElement(node, "subfield", {"code": subfield.code}).text = text_of(subfield.value)
    return root
