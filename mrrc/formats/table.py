# SPDX-License-Identifier: MIT
"""The formats by name: what each is, which suffixes it has, and how its files begin.

Which format a source has is told by its name, if one is given, by its suffix where that tells,
and by its first bytes. Nothing here opens a file, and nothing is guessed: what cannot be told is
an error that says what was seen.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mrrc.compression import uncompressed_name

if TYPE_CHECKING:
    from mrrc.files import OpenedSource

__all__ = [
    "FORMATS",
    "Format",
    "by_content",
    "by_suffix",
    "find",
    "reading",
    "writing",
]


class Format(NamedTuple):
    """What is to be known of a format.

    Attributes:
        name: its name, which functions and the command line take.
        about: what it is, in one line.
        suffixes: of its files; those ending in ``.xml`` stand for it alone.
        family: ``xml`` or ``json`` where only a look inside tells its files from others;
            ``text`` for lines, else empty.
        reads: whether it can be read.
        writes: whether it can be written.
        aliases: other names.
    """

    name: str
    about: str
    suffixes: tuple[str, ...]
    family: str = ""
    reads: bool = True
    writes: bool = True
    aliases: tuple[str, ...] = ()


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "marc",
            "ISO 2709, the exchange form of MARC records",
            (".mrc", ".marc", ".mrc21", ".marc21", ".iso2709", ".iso", ".utf8"),
            aliases=("mrc", "marc21", "iso2709", "usmarc"),
        ),
        Format(
            "marcxml",
            "MARCXML, the Library of Congress's XML form (MARC21 slim)",
            (".xml", ".marcxml", ".marc.xml", ".marcxml.xml", ".mrcx"),
            "xml",
            aliases=("xml", "marc-xml", "marc21xml", "slim"),
        ),
        Format(
            "marcxchange",
            "MarcXchange, MARCXML's sister of ISO 25577",
            (".marcxchange", ".marcxchange.xml"),
            "xml",
            aliases=("marc-xchange", "iso25577"),
        ),
        Format(
            "turbomarc",
            "TurboMARC, Index Data's terse XML",
            (".turbomarc", ".turbomarc.xml"),
            "xml",
            aliases=("turbo",),
        ),
        Format(
            "marcjson",
            "MARC-in-JSON, a file of one JSON array",
            (".json", ".marcjson", ".mij"),
            "json",
            aliases=("mij", "marc-in-json", "marc-json", "pymarc-json"),
        ),
        Format(
            "jsonl",
            "MARC-in-JSON, one record a line",
            (".jsonl", ".ndjson", ".jsonlines"),
            "json",
            aliases=("ndjson", "jsonlines", "json-lines"),
        ),
        Format(
            "json",
            "mrrc's short JSON, one record a line; the order of different subfield codes is lost",
            (".mrrc.json",),
            "json",
            aliases=("mrrc-json",),
        ),
        Format(
            "mrk",
            "MARCMaker's mnemonic text, as MarcEdit shows records",
            (".mrk", ".mrk8", ".mnemonic"),
            "text",
            aliases=("marcmaker", "mnemonic", "mrk8", "text"),
        ),
        Format(
            "line",
            "yaz-marcdump's line format",
            (".line", ".lines"),
            "text",
            aliases=("lines", "yaz", "yaz-line"),
        ),
        Format(
            "aleph",
            "Aleph sequential, a line a field",
            (".aleph", ".seq", ".alephseq"),
            "text",
            aliases=("alephseq", "aleph-sequential", "seq"),
        ),
        Format(
            "mods",
            "MODS 3, the Library of Congress's descriptive XML",
            (".mods", ".mods.xml"),
            "xml",
        ),
        Format(
            "dc",
            "Dublin Core in RDF/XML",
            (".dc", ".dc.xml"),
            "xml",
            reads=False,
            aliases=("dublin-core", "dublincore", "dublin_core"),
        ),
        Format(
            "oai_dc",
            "Dublin Core as OAI-PMH delivers it",
            (".oai_dc", ".oai_dc.xml"),
            "xml",
            reads=False,
            aliases=("oai-dc", "oaidc"),
        ),
        Format("csv", "a table, cells separated by commas", (".csv",), "text", reads=False),
        Format("tsv", "a table, cells separated by tabs", (".tsv", ".tab"), "text", reads=False),
    )
}

_NAMES = {name: each for each in FORMATS.values() for name in (each.name, *each.aliases)}
_SUFFIXES = {suffix: each for each in FORMATS.values() for suffix in each.suffixes}

#: Suffixes that say no more than XML or JSON: content decides.
_FAMILY_ONLY = {".xml", ".json", ".jsonl", ".ndjson", ".jsonlines"}


def _listed(reads: bool = False, writes: bool = False) -> str:
    return ", ".join(
        each.name
        for each in FORMATS.values()
        if (each.reads or not reads) and (each.writes or not writes)
    )


def find(name: str) -> Format:
    """Return the format of a name or of one of its aliases, in any case.

    Raises:
        ValueError: there is none; the names that exist are listed.
    """
    if not isinstance(name, str):
        raise TypeError(f"a format is named by a str, not {type(name).__name__}")
    found = _NAMES.get(name.strip().lower().removeprefix("."))
    if found is None:
        raise ValueError(f"there is no format {name!r}; there are: {_listed()}")
    return found


def _suffix_of(name: str | os.PathLike[str] | bytes) -> str | None:
    """Return the longest suffix of a file's name that some format has."""
    base = uncompressed_name(os.path.basename(os.fsdecode(name))).lower()
    at = base.find(".")
    while at >= 0:
        if base[at:] in _SUFFIXES:
            return base[at:]
        at = base.find(".", at + 1)
    return None


def by_suffix(name: str | os.PathLike[str] | bytes) -> Format | None:
    """Return the format that a file's suffix tells, before one of compression; else None.

    ``.xml`` and ``.json`` stand for the most usual format of their family.
    """
    suffix = _suffix_of(name)
    return None if suffix is None else _SUFFIXES[suffix]


# -- how files begin --

_NAMESPACES = {
    b"http://www.loc.gov/MARC21/slim": "marcxml",
    b"info:lc/xmlns/marcxchange-v1": "marcxchange",
    b"info:lc/xmlns/marcxchange-v2": "marcxchange",
    b"http://www.indexdata.com/turbomarc": "turbomarc",
    b"http://www.loc.gov/mods/v3": "mods",
}
_LOCAL_NAMES = {
    b"collection": "marcxml",
    b"record": "marcxml",
    b"r": "turbomarc",
    b"mods": "mods",
    b"modsCollection": "mods",
}

_ALEPH = re.compile(rb"\s*\d{9} [0-9A-Z]{3}[ -~][ -~] [A-Z] ")
_LINE = re.compile(rb"(?:\s*\([^\n]*\n)*[0-9 ]{5}[ -~]{19}\r?\n(?:\d{3} |\r?\n|$)")
_MRK = re.compile(rb"\s*=[0-9A-Za-z]{3}\s")
_MARC = re.compile(rb"\s*\d{5}[ -~]{7}[ -~]{12}(?:[0-9A-Za-z]{3}\d{9}|\x1e)")
#: A record whose directory is damaged; the separators are still there.
_MARC_LIKE = re.compile(rb"\s*\d{5}[^\r\n]{19}.*[\x1e\x1f]", re.DOTALL)
_MARC_CUT = re.compile(rb"\s*\d{5}[ -~]{0,30}\Z")
_START_TAG = re.compile(rb"<(?:([^\s<>:/?!]+):)?([^\s<>:/?!]+)([^<>]*)")
_BEFORE_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_OBJECT_OF_SUBFIELDS = re.compile(rb'"subfields"\s*:\s*([\[{])')


def _as_utf8(head: bytes) -> bytes:
    """Return first bytes without a byte order mark, those in UTF-16 as UTF-8."""
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if len(head) >= 4 and head[1] == 0 and head[3] == 0:
        return head.decode("utf-16-le", "ignore").encode("utf-8", "ignore")
    if len(head) >= 4 and head[0] == 0 and head[2] == 0:
        return head.decode("utf-16-be", "ignore").encode("utf-8", "ignore")
    return head


def _xml(text: bytes) -> str | None:
    bare = _BEFORE_ROOT.sub(b"", text)
    root = _START_TAG.search(bare)
    if root is None:
        return None
    prefix, local, attributes = root.groups()
    name = rb"xmlns:" + re.escape(prefix) if prefix else rb"xmlns"
    own = re.search(name + rb"\s*=\s*[\"']([^\"']*)[\"']", attributes)
    if own is not None and own[1] in _NAMESPACES:
        return _NAMESPACES[own[1]]
    # in an envelope, as those of OAI-PMH and SRU are, the first namespace of ours decides
    places = [(at, kind) for uri, kind in _NAMESPACES.items() if (at := bare.find(uri)) >= 0]
    if places:
        return min(places)[1]
    return _LOCAL_NAMES.get(local) if own is None else None


def _json(text: bytes) -> str | None:
    subfields = _OBJECT_OF_SUBFIELDS.search(text)
    if subfields is not None and subfields[1] == b"{" and text.startswith(b"["):
        return "json"
    for key in (b'"leader"', b'"fields"', b'"controlfield"', b'"datafield"'):
        if key in text:
            return "marcjson"
    return "marcjson" if re.match(rb"\[\s*(?:\]|\Z)", text) else None


def by_content(head: bytes) -> Format | None:
    """Return the format that the first bytes of a file, decompressed, tell; else None."""
    text = _as_utf8(head).lstrip()
    name: str | None = None
    if text.startswith(b"<"):
        name = _xml(text)
    elif text[:1] in (b"{", b"["):
        name = _json(text)
    elif _MRK.match(text):
        name = "mrk"
    elif _ALEPH.match(text):
        name = "aleph"
    elif _LINE.match(text):
        name = "line"
    elif _MARC.match(text) or _MARC_LIKE.match(text) or _MARC_CUT.match(text):
        name = "marc"
    return None if name is None else FORMATS[name]


#: How many of the first bytes are looked at.
_LOOK = 1 << 12


def reading(opened: OpenedSource, format: str | None = None) -> str:
    """Return the name of the format that a source has.

    Args:
        opened: the source.
        format: the format's name or alias, if the caller has told it.

    Raises:
        ValueError: there is no such format, it cannot be read, or nothing tells which it is.
    """
    found = _told(opened) if format is None else find(format)
    if not found.reads:
        raise ValueError(
            f"format {found.name!r} can be written only; these can be read: {_listed(reads=True)}"
        )
    return found.name


def _told(opened: OpenedSource) -> Format:
    suffix = None if opened.name is None else _suffix_of(opened.name)
    named = None if suffix is None else _SUFFIXES[suffix]
    if named is not None and suffix not in _FAMILY_ONLY:
        return named
    head = opened.peek(_LOOK)
    inside = by_content(head)
    if named is not None:
        # JSON lines and arrays are one to a reader
        if inside is None or (named.name == "jsonl" and inside.name == "marcjson"):
            if head.strip() and inside is None and named.family == "xml":
                raise ValueError(_untold(opened, head, "XML, but of no format that is known"))
            return named
        return inside
    if inside is not None:
        return inside
    if not head.strip():
        raise ValueError(f"{_shown(opened)} is empty, and nothing tells its format")
    raise ValueError(_untold(opened, head, "of no format that is known"))


def _shown(opened: OpenedSource) -> str:
    return "the source" if opened.name is None else repr(opened.name)


def _untold(opened: OpenedSource, head: bytes, what: str) -> str:
    return (
        f"{_shown(opened)} is {what}: it begins with {head[:40]!r}; "
        f"name the format, one of: {_listed(reads=True)}"
    )


def writing(target: Any, format: str | None = None) -> str:
    """Return the name of the format that a target is to have.

    Args:
        target: a path, ``-`` or a file object.
        format: the format's name or alias, if the caller has told it.

    Raises:
        TypeError: the target is neither a path nor a file object.
        ValueError: there is no such format, it cannot be written, or no suffix tells it.
    """
    if not isinstance(target, str | os.PathLike) and not callable(getattr(target, "write", None)):
        raise TypeError(f"a target is a path or a binary file object, not {type(target).__name__}")
    if format is not None:
        found: Format | None = find(format)
    else:
        name = target if isinstance(target, str | os.PathLike) else getattr(target, "name", None)
        found = by_suffix(name) if isinstance(name, str | bytes | os.PathLike) else None
        if found is None:
            shown = "the target" if name is None or isinstance(name, int) else repr(str(name))
            raise ValueError(
                f"{shown} has no suffix that tells a format; "
                f"name the format, one of: {_listed(writes=True)}"
            )
    if found is None or not found.writes:
        raise ValueError(f"format {format!r} can be read only")
    return found.name
