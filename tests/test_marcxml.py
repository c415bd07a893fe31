# SPDX-License-Identifier: MIT
"""MARCXML under pymarc's names, beside pymarc: reading by C and by SAX, and writing.

Whatever is read is read both ways: with an `XmlHandler`, which C does the work of, and with a
subclass that wants to see every event, and so gets them from the standard library's parser.
"""

import io
import os
import threading
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import InputSource

import pymarc
import pytest
import records as make
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import shape

import mrrc
from mrrc import marcxml
from mrrc.exceptions import RepairWarning
from mrrc.marcxml import XmlHandler, parse_xml, parse_xml_to_array, record_to_xml

NS = "http://www.loc.gov/MARC21/slim"
LEADER = "<leader>00000nam a2200000   4500</leader>"
FIELDS = (
    "<controlfield tag='001'>x1</controlfield>"
    "<datafield tag='245' ind1='1' ind2='0'><subfield code='a'>Título &amp; 日本</subfield>"
    "<subfield code='c'> two  blanks\n</subfield></datafield>"
)


class Watching(XmlHandler):
    """Sees every event, and so is called by the SAX parser."""

    def characters(self, content: str) -> None:
        super().characters(content)


def record(content: str = FIELDS, leader: str = LEADER) -> str:
    return f"<record>{leader}{content}</record>"


def collection(*records: str, namespace: str = NS) -> str:
    return f'<collection xmlns="{namespace}">{"".join(records)}</collection>'


def data(content: str, tag: str = "245") -> str:
    return f"<datafield tag='{tag}' ind1='1' ind2='0'>{content}</datafield>"


def read(document: Any, handler: Any, parse: Any = parse_xml) -> list[Any]:
    if isinstance(document, str):
        document = io.BytesIO(document.encode())
    elif isinstance(document, bytes):
        document = io.BytesIO(document)
    parse(document, handler)
    return list(map(shape, handler.records))


def both(document: Any, *args: Any) -> list[Any]:
    """The records of a document, which have to be the same both ways."""
    by_c = read(document, XmlHandler(*args))
    assert read(document, Watching(*args)) == by_c
    return by_c


def as_pymarc(document: Any, *args: Any) -> list[Any]:
    records = both(document, *args)
    assert records == read(document, pymarc.XmlHandler(*args), pymarc.parse_xml)
    return records


def values(document: str) -> list[Any]:
    """The fields of a document of one record, as they are read both ways."""
    ((_, _, _, fields, _, _),) = both(document)
    return [(f[1], f[3] or (f[4], [sub[1:] for sub in f[5]])) for f in fields]


def refused(document: Any, error: type[Exception] = mrrc.XmlError) -> list[Any]:
    """What both ways say of a document, which is not to be read."""
    said: list[Any] = []
    for handler in (XmlHandler(), Watching()):
        with pytest.raises(error) as caught:
            read(document, handler)
        assert isinstance(caught.value, mrrc.MrrcException)
        said.append((caught.value, len(handler.records)))
    assert said[0][1] == said[1][1]
    return said


# What pymarc reads ---------------------------------------------------------------

DOCUMENTS = {
    "one record": record(),
    "a collection": collection(record(), record(data("")), record("")),
    "no record": collection(),
    "no leader": collection(record(leader="")),
    "an empty record": "<record/>",
    "a prefix": collection(record())
    .replace("</", "</m-x:")
    .replace("<r", "<m-x:r")
    .replace("<l", "<m-x:l")
    .replace("<c", "<m-x:c")
    .replace("<d", "<m-x:d")
    .replace("<s", "<m-x:s")
    .replace("xmlns=", "xmlns:m-x="),
    "another namespace": collection(record(), namespace="urn:x"),
    "at some depth": f"<a><b>{record()}</b><record/></a>",
    "attributes of a record": record().replace("<record", "<record type='Bibliographic' id='x'"),
    "CDATA": record(data("<subfield code='a'><![CDATA[<x:y xmlns='q'>&amp;]]></subfield>")),
    "references": record(data("<subfield code='a'>&#233;&#x1D11E;&lt;&#13;&#10;</subfield>")),
    "a comment": record(data("<subfield code='a'>x<!-- y -->z</subfield>")),
    "a namespace in a value": record(data("<subfield code='a'>&lt;b:c> xmlns='u'</subfield>")),
    "empty elements": record("<controlfield tag='001'/>" + data("<subfield code='a'/>")),
    "white space": collection(record().replace("><", ">\n  <")),
    "no indicators": record("<datafield tag='245'><subfield code='a'>x</subfield></datafield>"),
    "an indicator that is a sign": record(data("").replace("'1'", "'#'")),
    "codes of other scripts": record(data("<subfield code='é'>x</subfield>")),
    "signs for a tag, indicators and a code": record(
        "<datafield tag='&amp;A&lt;' ind1='&amp;' ind2='&lt;'>"
        "<subfield code='&amp;'>x</subfield><subfield code='&quot;'>x</subfield></datafield>"
    ),
    "letters for a tag": record(data("<subfield code='a'>x</subfield>", tag="CAT")),
    "fields before the leader": f"<record>{FIELDS}{LEADER}</record>",
    "a leader without lengths": record(leader="<leader>     nam a22     uu 4500</leader>"),
    "an instruction": f"<?xml version='1.0'?><?a b?>{record()}<!-- end -->",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_pymarc_makes_of_it(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        as_pymarc(DOCUMENTS[name])
        as_pymarc(DOCUMENTS[name], True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"])
def test_encodings(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?>{record()}'.replace("日本", "&#26085;&#26412;")
    if encoding == "us-ascii":
        text = text.replace("í", "&#237;")
    assert as_pymarc(text.encode(encoding))[0][3][1][5][0][2] == "Título & 日本"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "utf-16", "x-none"])
def test_a_text_is_a_text_whatever_it_declares(declared: str) -> None:
    text = f"<?xml version='1.0'\n encoding='{declared}' standalone='yes'?>{record()}"
    for package in (mrrc, pymarc):
        (one,) = package.parse_xml_to_array(io.StringIO(text))
        assert one["245"]["a"] == "Título & 日本"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normalisation(form: str) -> None:
    text = "e\u0301 \u00e9 \ufb01 \u1e9b\u0323 가 \u1100\u1161"
    subfield = f"<subfield code='a'>\u0301{text}</subfield><subfield code='b'>{text}</subfield>"
    document = record(f"<controlfield tag='001'>\u0301{text}</controlfield>" + data(subfield))
    (one,) = as_pymarc(document, False, form)
    assert one[3][1][5][1][2] == unicodedata.normalize(form, text)


def test_no_such_normalisation() -> None:
    for document in (record(), record("")):
        for handler in (XmlHandler(False, "NFX"), Watching(False, "NFX")):
            with pytest.raises(ValueError, match="normalization form"):
                read(document, handler)


@given(st.lists(make.utf8_records(), min_size=1, max_size=3), st.booleans())
@settings(max_examples=100, deadline=None)
def test_generated_records(chunks: list[bytes], namespace: bool) -> None:
    texts = []
    for chunk in chunks:
        theirs = pymarc.Record(chunk)
        expected = pymarc.record_to_xml(theirs, namespace=namespace)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            text = record_to_xml(mrrc.Record(chunk), namespace=namespace)
            slow = by_nodes(mrrc.Record(chunk), namespace=namespace)
        assert slow == text
        if not caught and b"\r" not in expected:
            assert text == expected
        ET.fromstring(text)
        texts.append(text.decode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing had to be repaired
        found = both(f"<collection>{''.join(texts)}</collection>")
    for chunk, one in zip(chunks, found):
        wanted = shape(mrrc.Record(chunk))
        assert one[2] == wanted[2]
        assert [fld[1:5] for fld in one[3] if not fld[2]] == [
            fld[1:5] for fld in wanted[3] if not fld[2]
        ]


def by_nodes(one: mrrc.Record, **args: Any) -> bytes:
    """What `record_to_xml` gives where a record cannot be packed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marcxml, "packed_text", lambda record: None)
        return record_to_xml(one, **args)


# What pymarc loses or refuses ----------------------------------------------------


def test_text_around_an_element_within_a_value() -> None:
    """pymarc drops what is before it."""
    document = record(data("<subfield code='a'>x <i>y</i> z</subfield>"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RepairWarning)
        assert values(document) == [("245", (("1", "0"), [("a", "x y z")]))]


def test_an_empty_indicator_is_a_blank() -> None:
    document = record(data("").replace("ind1='1'", "ind1=''"))
    assert values(document) == [("245", ((" ", "0"), []))]


def test_a_warning_names_the_line_that_reads() -> None:
    document = record("<controlfield tag='245'>x</controlfield>")
    for call in (
        lambda: parse_xml(document, XmlHandler()),
        lambda: parse_xml_to_array(document),
        lambda: marcxml.map_xml(str, document),
    ):
        with pytest.warns(RepairWarning) as caught:
            call()
        assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("<controlfield tag='245'>x</controlfield>", ((" ", " "), [("a", "x")])),
        (data("<subfield code='a'>x</subfield><subfield code='b'>y</subfield>", "001"), "x y"),
        (data("<subfield code='ab'>x</subfield>"), (("1", "0"), [("a", "x")])),
        (
            data("<subfield code='a'>x</subfield>").replace("'1'", "'12'"),
            (("1", "0"), [("a", "x")]),
        ),
    ],
)
def test_what_is_repaired_is_warned_of(field: str, expected: Any) -> None:
    document = collection(record(), record(field))
    for handler in (XmlHandler(), Watching()):
        with pytest.warns(RepairWarning) as caught:
            read(document, handler)
        (warning,) = caught
        assert isinstance(warning.message, RepairWarning)
        assert warning.message.record_index == 2
        found = handler.records[1].fields[0]
        assert warning.message.field_tag == found.tag
        seen = found.data or (tuple(found.indicators), list(map(tuple, found.subfields)))
        assert seen == expected


def test_the_twin_of_marcxml() -> None:
    """ISO 25577 has the same elements in another namespace; pymarc takes it if not strict."""
    document = collection(record(), namespace="info:lc/xmlns/marcxchange-v1")
    assert as_pymarc(document) == both(document, True) != []
    assert both(document.replace("-v1", "-v2"), True) == []


# What is refused ------------------------------------------------------------------------

BROKEN = {
    "nothing": "",
    "white space": " \n",
    "text": "x",
    "a record cut off": collection(record(), record())[:-60],
    "no end": collection(record()).removesuffix("</collection>"),
    "something behind the end": record() + "x",
    "two roots": record() * 2,
    "a wrong end tag": record().replace("</datafield>", "</x>"),
    "a control character": collection(record(), record().replace("blanks", "\x01")),
    "a reference to one": collection(record(), record().replace("blanks", "&#1;")),
    "no such entity": collection(record(), record().replace("blanks", "&x;")),
    "an undeclared prefix": collection(record(), "<x:record/>"),
    "an attribute twice": collection(record(), record().replace("tag=", "tag='1' tag=")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_well_formed(name: str) -> None:
    with pytest.raises(SAXParseException):
        pymarc.parse_xml_to_array(io.BytesIO(BROKEN[name].encode()))
    for error, _ in refused(BROKEN[name]):
        assert isinstance(error, SAXParseException)
        assert error.line is not None and error.getLineNumber() == error.line
        assert error.getMessage()


def test_bytes_that_are_no_text() -> None:
    refused(record().encode().replace("í".encode(), b"\xff"))


DECLARATIONS = {
    "internal": "<!DOCTYPE record [<!ENTITY x 'y'>]>",
    "external": "<!DOCTYPE record SYSTEM '{path}'>",
    "an external entity": "<!DOCTYPE record [<!ENTITY x SYSTEM '{path}'>]>",
    "a parameter": "<!DOCTYPE record [<!ENTITY % x SYSTEM '{path}'> %x;]>",
    "nothing in it": "<!DOCTYPE record>",
}


@pytest.mark.parametrize("name", DECLARATIONS)
@pytest.mark.parametrize("text", ["&x;", "blanks"])
def test_document_type_declarations(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("secret")
    declaration = DECLARATIONS[name].format(path=path.as_uri())
    for _, delivered in refused(declaration + record().replace("blanks", text)):
        assert delivered == 0


NO_RECORDS = {
    "no tag": record("<controlfield>x</controlfield>"),
    "no tag of a data field": record("<datafield ind1='1' ind2='0'/>"),
    "an empty tag": record("<controlfield tag=''>x</controlfield>"),
    "a tag of five letters": record(data("").replace("245", "24500")),
    "a tag of two": record(data("").replace("245", "24")),
    "a tag of another script": record(data("").replace("245", "é45")),
    "no code": record(data("<subfield>x</subfield>")),
    "an empty code": record(data("<subfield code=''>x</subfield>")),
    "a subfield outside of a field": record("<subfield code='a'>x</subfield>"),
    "a subfield in a control field": record(
        "<controlfield tag='001'><subfield code='a'>x</subfield></controlfield>"
    ),
    "a field in a field": record(data(data(""))),
    "a field in a value": record(data(f"<subfield code='a'>{data('')}</subfield>")),
    "a record in a record": record(FIELDS.replace("\n", "") + record()),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_is_no_record(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(collection(record(), "\n", NO_RECORDS[name], record()))
    for error, delivered in refused(path):
        assert delivered == 1
        assert (error.source, error.record_index, error.line) == (str(path), 2, 3)


@pytest.mark.parametrize("leader", ["", "short", "x" * 23, "x" * 25, "é" * 12, "é" * 24])
def test_leaders(leader: str) -> None:
    document = collection(record(), record(leader=f"<leader>{leader}</leader>"))
    if len(leader) != 24:
        with pytest.raises(pymarc.exceptions.RecordLeaderInvalid):
            pymarc.parse_xml_to_array(io.BytesIO(document.encode()))
    for error, delivered in refused(document, mrrc.RecordLeaderInvalid):
        assert delivered == 1
        assert error.record_index == 2


# Handlers --------------------------------------------------------------------------------


def test_process_record() -> None:
    for package in (mrrc, pymarc):
        seen: list[str] = []

        class Mine(package.XmlHandler):  # type: ignore[name-defined,misc]
            def process_record(self, record: Any, seen: list[str] = seen) -> None:
                seen.append(record["001"].data)

        handler = Mine()
        package.parse_xml(io.StringIO(collection(record(), record())), handler)
        assert seen == ["x1", "x1"]
        assert handler.records == []


def test_records_come_one_by_one() -> None:
    """A pipe that has given no end yet has given records."""
    for handler in (XmlHandler(), Watching()):
        reading, writing = os.pipe()
        arrived = threading.Event()

        def process(record: mrrc.Record, arrived: threading.Event = arrived) -> None:
            arrived.set()

        handler.process_record = process  # type: ignore[method-assign]
        with os.fdopen(writing, "wb", buffering=0) as pipe, os.fdopen(reading, "rb", 0) as source:
            thread = threading.Thread(target=parse_xml, args=(source, handler))
            thread.start()
            begun, _, end = collection(record(), "<record/>").partition("<record/>")
            pipe.write(begun.encode())
            pipe.write(b" " * 100_000)
            came = arrived.wait(20)
            pipe.write(end.encode())
            pipe.close()
            thread.join(20)
            assert came


def test_what_process_record_raises_comes_through() -> None:
    class Stop(Exception):
        pass

    for handler in (XmlHandler(), Watching()):
        seen = []

        def process(record: mrrc.Record, seen: list[Any] = seen) -> None:
            seen.append(record)
            raise Stop

        handler.process_record = process  # type: ignore[method-assign]
        source = io.BytesIO(collection(record(), record()).encode())
        with pytest.raises(Stop):
            parse_xml(source, handler)
        assert len(seen) == 1
        assert source.closed


def test_other_elements_are_for_a_subclass() -> None:
    document = collection("<x>before</x>", f"<a>{record()}<x>behind</x></a>")
    for package in (mrrc, pymarc):
        seen: list[str] = []

        class Mine(package.XmlHandler):  # type: ignore[name-defined,misc]
            def endElementNS(  # noqa: N802
                self, name: Any, qname: Any, seen: list[str] = seen
            ) -> None:
                if name[1] == "x":
                    seen.append("".join(self._text))
                super().endElementNS(name, qname)

        handler = Mine()
        package.parse_xml(io.StringIO(document), handler)
        assert seen == ["before", "behind"]
        assert len(handler.records) == 1


def test_an_overridden_method_of_an_object() -> None:
    handler = XmlHandler()
    seen = []
    handler.startDocument = lambda: seen.append("start")  # type: ignore[method-assign]
    assert len(read(record(), handler)) == 1
    assert seen == ["start"]


def test_any_other_handler() -> None:
    class Counting(ContentHandler):
        count = 0

        def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
            self.count += 1

    for package in (mrrc, pymarc):
        handler = Counting()
        package.parse_xml(io.StringIO(collection(record())), handler)
        assert handler.count == 7


def test_a_handler_may_read_several_files() -> None:
    for handler in (XmlHandler(), Watching()):
        for _ in range(3):
            parse_xml(io.StringIO(collection(record(), record())), handler)
        assert len(handler.records) == 6


def test_a_handler_goes_on_after_an_error() -> None:
    for handler in (XmlHandler(), Watching()):
        for broken in (record(data("<subfield code='a'>x"))[:-40], NO_RECORDS["no code"]):
            with pytest.raises(mrrc.XmlError):
                read(broken, handler)
            handler.records.clear()
            assert len(read(record(), handler)) == 1
            handler.records.clear()


def test_map_xml(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(collection(record(), record()))
    seen: list[Any] = []
    assert marcxml.map_xml(seen.append, str(path), path, path.open("rb")) is None
    assert len(seen) == 6
    assert {type(one) for one in seen} == {mrrc.Record}


# Files -------------------------------------------------------------------------------------

TARGETS: list[Callable[[Path], Any]] = [
    str,
    lambda path: path,
    lambda path: path.as_uri(),
    lambda path: path.open("rb"),
    lambda path: path.open("rb", buffering=0),
    lambda path: path.open(encoding="utf-8"),
    lambda path: io.BytesIO(path.read_bytes()),
    lambda path: io.StringIO(path.read_text(encoding="utf-8")),
    lambda path: InputSource(str(path)),
    lambda path: source_of(path, encoding="utf-8"),
]
OURS: list[Callable[[Path], Any]] = [
    lambda path: path.read_bytes(),
    lambda path: bytearray(path.read_bytes()),
    lambda path: path.read_text(encoding="utf-8"),
    lambda path: "\ufeff \n" + path.read_text(encoding="utf-8").partition("?>")[2],
]


def source_of(path: Path, encoding: str | None = None) -> InputSource:
    source = InputSource()
    source.setByteStream(path.open("rb"))
    if encoding:
        source.setEncoding(encoding)
    return source


@pytest.mark.parametrize("number", range(len(TARGETS) + len(OURS)))
def test_targets(number: int, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"<?xml version='1.0'?>{collection(record(), record())}", encoding="utf-8")
    make_target = [*TARGETS, *OURS][number]
    for package in (mrrc, pymarc) if number < len(TARGETS) else (mrrc,):
        target = make_target(path)
        assert len(package.parse_xml_to_array(target)) == 2
        if hasattr(target, "closed"):
            assert target.closed
    handler = Watching()
    target = make_target(path)
    parse_xml(target, handler)
    assert len(handler.records) == 2
    if hasattr(target, "closed"):
        assert target.closed


def test_a_file_is_closed_after_an_error() -> None:
    for handler in (XmlHandler(), Watching()):
        for source in (io.BytesIO(b"<record>"), io.StringIO("<record>")):
            with pytest.raises(mrrc.XmlError):
                parse_xml(source, handler)
            assert source.closed


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for target in (tmp_path / "none.xml", str(tmp_path / "none.xml"), "none.xml"):
        with pytest.raises(ValueError):
            pymarc.parse_xml_to_array(str(target))
        for handler in (XmlHandler(), Watching()):
            with pytest.raises(FileNotFoundError) as caught:
                parse_xml(target, handler)
            assert isinstance(caught.value, ValueError)
            assert caught.value.filename == str(target)
    for handler in (XmlHandler(), Watching()):
        with pytest.raises(IsADirectoryError):
            parse_xml(tmp_path, handler)


def test_a_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for handler in (XmlHandler(), Watching()):
        thread = threading.Thread(target=path.write_text, args=(collection(record()),))
        thread.start()
        parse_xml(path, handler)
        thread.join()
        assert len(handler.records) == 1


def test_places(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    text = collection(record(), record())
    path.write_bytes(text.encode())
    places = [one._place() for one in parse_xml_to_array(path)]
    first, second = (text[:at].encode() for at in (text.find("<record"), text.rfind("<record")))
    assert places == [(str(path), 1, len(first)), (str(path), 2, len(second))]


# Writing -----------------------------------------------------------------------------------


def odd_records() -> list[Any]:
    """Records that cannot be packed, in pairs."""
    pairs = []
    for package in (mrrc, pymarc):
        pairs.append(
            [
                package.Record(fields=[package.Field("1234", data="x")]),
                package.Record(
                    fields=[package.Field("245", subfields=[package.Subfield("ab", "<&>\"'")])]
                ),
                package.Record(
                    fields=[package.Field("245", package.Indicators("12", '\n\t"<'), [])]
                ),
            ]
        )
    return list(zip(*pairs))


@pytest.mark.parametrize("namespace", [True, False])
def test_records_that_cannot_be_packed(namespace: bool) -> None:
    for ours, theirs in odd_records():
        expected = pymarc.record_to_xml(theirs, namespace=namespace)
        assert record_to_xml(ours, namespace=namespace) == expected


def test_undecoded_records(capsys: pytest.CaptureFixture[str]) -> None:
    chunk = make.iso2709(
        [make.control_field("001", "x"), make.data_field("245", "10", ("a", b"Caf\xe2e \xff"))],
        coding=" ",
    )
    for quiet in (False, True):
        said = []
        for package in (mrrc, pymarc):
            (one,) = package.MARCReader(chunk, to_unicode=False)
            said.append((package.record_to_xml(one, quiet), capsys.readouterr().err))
        assert said[0] == said[1]
        assert b"Caf&#233;" in said[0][0]
        assert bool(said[0][1]) != quiet


@pytest.mark.parametrize("character", ["\0", "\x08", "\x0b", "\x1b", "\ufffe", "\uffff"])
def test_characters_that_xml_has_no_place_for(character: str) -> None:
    """pymarc writes what nobody can read again."""
    field = mrrc.Field("245", subfields=[mrrc.Subfield("a", f"x{character}y")])
    for write in (record_to_xml, by_nodes):
        with pytest.warns(RepairWarning, match=f"U\\+{ord(character):04X}") as caught:
            text = write(mrrc.Record(fields=[field]))
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert b"x&#65533;y" in text
        ET.fromstring(text)


def test_a_surrogate() -> None:
    field = mrrc.Field("245", subfields=[mrrc.Subfield("a", "x\ud800y")])
    with pytest.warns(RepairWarning, match="D800"):
        text = record_to_xml(mrrc.Record(fields=[field]))
    assert b"x&#65533;y" in text


def test_a_carriage_return_comes_back() -> None:
    """A parser makes a line end of one that is written as it is, as pymarc does."""
    one = mrrc.Record(fields=[mrrc.Field("001", data="a\rb\r\nc")])
    for write in (record_to_xml, by_nodes):
        text = write(one)
        assert b"a&#13;b&#13;\nc" in text
        assert parse_xml_to_array(text)[0]["001"].data == "a\rb\r\nc"


@pytest.mark.parametrize("character", "é日𝄞")
def test_a_character_at_any_place(character: str) -> None:
    for before in range(40):
        value = "a" * before + character
        for behind in range(20):
            one = mrrc.Record(fields=[mrrc.Field("001", data=value + "b" * behind)])
            assert record_to_xml(one) == by_nodes(one)


def test_nodes() -> None:
    chunk = make.sample()
    for namespace in (False, True):
        ours = marcxml.record_to_xml_node(mrrc.Record(chunk), namespace=namespace)
        theirs = pymarc.record_to_xml_node(pymarc.Record(chunk), namespace=namespace)
        assert ET.tostring(ours) == ET.tostring(theirs)


def test_a_subclass_of_record_with_fields_of_its_own() -> None:
    for package in (mrrc, pymarc):

        class Mine(package.Record):  # type: ignore[name-defined,misc]
            def __iter__(self) -> Any:
                return iter([package.Field("001", data="mine")])  # noqa: B023

        text = package.record_to_xml(Mine(make.sample()))
        assert text.endswith(b'<controlfield tag="001">mine</controlfield></record>')


def test_constants() -> None:
    for name in ("MARC_XML_NS", "MARC_XML_SCHEMA", "XSI_NS"):
        assert getattr(marcxml, name) == getattr(pymarc, name) == getattr(mrrc, name)


@pytest.mark.shared
def test_library_of_congress(loc_books: Path) -> None:
    ours = [one for one in mrrc.MARCReader(loc_books) if one]
    theirs = [one for one in pymarc.MARCReader(loc_books.read_bytes()) if one]
    texts = []
    for mine, other in zip(ours, theirs):
        for namespace in (False, True):
            text = record_to_xml(mine, namespace=namespace)
            assert text == pymarc.record_to_xml(other, namespace=namespace)
        texts.append(text.decode())
    assert both(f"<collection>{''.join(texts)}</collection>") == list(map(shape, ours))
