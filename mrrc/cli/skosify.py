# SPDX-License-Identifier: MIT
"""The command that makes a vocabulary in SKOS of authority records: skosify.

A file of TOML, in the form of the German National Library's marc21, says which values are a
concept's URI and labels, and which collections it belongs to. The values are found in C, for a
batch at a time, and rdflib writes them. Concepts are not kept: what is remembered are URIs, and
the members of collections, which are known only at the end.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unicodedata import normalize

from mrrc import _bridge
from mrrc.cli.arguments import READING, Command, Parser, takes_files, takes_output
from mrrc.cli.messages import Messages, shown_name
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.compression import uncompressed_name
from mrrc.exceptions import MrrcException, QueryError, QueryLimitError, WriterError
from mrrc.files import open_target
from mrrc.query import Filter
from mrrc.rule_file import toml_of
from mrrc.sweep import Stretch, Sweep
from mrrc.tables import Query

if TYPE_CHECKING:
    from mrrc.files import Target

__all__ = ["COMMANDS", "Vocabulary"]

_SKOSIFY = f"""\
mrrc skosify - authority records as a vocabulary in SKOS

Usage: mrrc skosify -c CONFIG [OPTION]... [FILE]... [-o FILE]

Makes a concept of each record, with its labels, and collections of concepts,
and writes them in RDF. CONFIG is a file in TOML that says which values they are
made of. It needs the Python package rdflib: pip install 'mrrc-cffi[rdf]'.

The file CONFIG
  scope = "075$b == 's'"                a filter: only of these records
  uri = {{ path = "'https://x.org/' 001" }}
                                        the URI of a record's concept

  [concept.subject]                     labels of concepts; several such groups
  scope = "150"                         may be there. A filter, for the group
  labels = [
    {{ kind = "preferred", path = "150$a", language = "de" }},
    {{ kind = "alternative", path = "450$a" }},
    {{ kind = "hidden", path = "688$a" }},
  ]

  [collections.subjects]                a collection for each value of its uri
  uri = {{ path = "'https://x.org/subjects'" }}
  scope = "150"                         only of concepts of these records
  min = 2                               only if it has so many members
  max = 10000                           only if it has no more than that

  A path is one column as 'mrrc select' has it; what stands in quotes before it
  is put before each value. Only labels, scope, language, min, max and the
  tables may be missing.

Examples
  In Turtle:

      mrrc skosify -c subjects.toml authorities.mrc -o subjects.ttl

  In N-Triples, compressed:

      mrrc skosify -c subjects.toml authorities.mrc -o subjects.nt.gz

Options
  -c, --config CONFIG the file that says what is what
  --format FORMAT     turtle or nt (N-Triples); otherwise the name of FILE tells
                      it (.ttl, .nt), and where it does not it is turtle
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written. FILE.gz, .bz2, .xz and .zst
                      are compressed
  --compression N     how hard, from 0 to 9

  A record without a URI, with one that is none, or with that of another record
  is a bad one.

{READING}"""

_SKOS = "http://www.w3.org/2004/02/skos/core#"

_KINDS = {"preferred": "prefLabel", "alternative": "altLabel", "hidden": "hiddenLabel"}

#: So many concepts, or members of collections, are written in one go.
_TOGETHER = 1000

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^\x00-\x20\x7f-\x9f<>\"{}|\\^`%]|%[0-9A-Fa-f]{2})+")

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

_PREFIXES = re.compile(rb"(?:@prefix [^\n]*\n)+\n*")


# -- what is asked for --


class _Label(NamedTuple):
    property: str
    path: _bridge.Table
    language: str | None


class _Group(NamedTuple):
    scope: Filter | None
    labels: tuple[_Label, ...]


class _Collections(NamedTuple):
    scope: Filter | None
    uri: _bridge.Table
    least: int
    most: int | None


class Vocabulary:
    """A file that says what concepts and collections are made of.

    Args:
        name: the file's name.
        similarity, fold: of filters and conditions; see `mrrc.Filter`.
        filter_form, query_form: the form of Unicode that filters and paths are brought into.

    Attributes:
        scope: the records of which there are concepts; None: all.
        uri: makes their URIs.
        groups: the labels that they have.
        collections: what they belong to.
        warnings: what hardly means what it says.

    Raises:
        OSError: the file cannot be read.
        ValueError: it says something that has no meaning; the message has the place.
    """

    def __init__(
        self,
        name: str,
        similarity: int = 80,
        filter_form: Any = None,
        query_form: Any = None,
        fold: str = "",
    ) -> None:
        self._name = name
        self._similarity = similarity
        self._fold = fold
        self._filter_form = filter_form
        self._query_form = query_form
        self.warnings: list[QueryError] = []
        with open(name, "rb") as file:
            data = file.read()
        try:
            content = toml_of(data.decode("utf-8-sig"), name)
        except UnicodeDecodeError as error:
            self._refuse(f"line {data[: error.start].count(10) + 1}", "the text is not UTF-8")
        self._check(content, "", {"scope", "uri", "concept", "collections", "pretty"})
        if not isinstance(content.get("pretty", False), bool):
            self._refuse("pretty", "has to be true or false")
        self.scope = self._filter(content, "scope")
        self.uri = self._uri(content, "uri")
        self.groups = tuple(
            self._group(table, place) for place, table in self._tables(content, "concept")
        )
        self.collections = tuple(
            self._members(table, place) for place, table in self._tables(content, "collections")
        )

    def _refuse(self, place: str, text: str) -> NoReturn:
        raise ValueError(f"{shown_name(self._name)}: {f'{place}: ' if place else ''}{text}")

    def _check(self, table: Any, place: str, keys: set[str]) -> None:
        if not isinstance(table, dict):
            self._refuse(place, "has to be a table")
        for key in table:
            if key not in keys:
                self._refuse(place, f"{key!r} means nothing here; there are {_listed(keys)}")

    def _tables(self, content: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
        tables = content.get(key, {})
        if not isinstance(tables, dict):
            self._refuse(key, f"has to be tables, [{key}.NAME]")
        for name, table in tables.items():
            yield f"{key}.{name}", table

    def _text(self, table: dict[str, Any], key: str, place: str) -> str:
        text = table.get(key)
        if text is None:
            self._refuse(place.rpartition(".")[0], f"there is no {key!r}")
        if not isinstance(text, str):
            self._refuse(place, "has to be a text")
        return text

    def _filter(self, table: dict[str, Any], place: str) -> Filter | None:
        if "scope" not in table:
            return None
        text = self._text(table, "scope", place)
        if self._filter_form is not None:
            text = normalize(self._filter_form.upper(), text)
        try:
            made = Filter(text, similarity=self._similarity, fold=self._fold)
        except QueryError as error:
            self._refuse(place, error.detailed())
        self.warnings += made.warnings
        return made

    def _path(self, table: dict[str, Any], place: str) -> _bridge.Table:
        text = self._text(table, "path", place)
        if self._query_form is not None:
            text = normalize(self._query_form.upper(), text)
        try:
            query = Query(text, similarity=self._similarity, fold=self._fold)
        except QueryError as error:
            self._refuse(place, error.detailed())
        if query.columns != 1:
            self._refuse(place, f"{text!r} is not one column; several codes are 150/*.[ax]")
        self.warnings += query.warnings
        return query.table(_bridge.TABLE_PLAIN)

    def _uri(self, table: dict[str, Any], place: str) -> _bridge.Table:
        if "uri" not in table:
            self._refuse(place.rpartition(".")[0], "there is no 'uri'")
        self._check(table["uri"], place, {"path"})
        return self._path(table["uri"], f"{place}.path")

    def _group(self, table: Any, place: str) -> _Group:
        self._check(table, place, {"scope", "labels"})
        labels = table.get("labels", [])
        if not isinstance(labels, list):
            self._refuse(f"{place}.labels", "has to be a list")
        made = [self._label(each, f"{place}.labels[{n}]") for n, each in enumerate(labels, 1)]
        return _Group(self._filter(table, f"{place}.scope"), tuple(made))

    def _label(self, table: Any, place: str) -> _Label:
        self._check(table, place, {"kind", "path", "language"})
        kind = self._text(table, "kind", f"{place}.kind")
        if kind not in _KINDS:
            self._refuse(f"{place}.kind", f"is one of {_listed(_KINDS)}, not {kind!r}")
        language = None
        if "language" in table:
            language = self._text(table, "language", f"{place}.language")
            if not _LANGUAGE.fullmatch(language):
                self._refuse(f"{place}.language", f"{language!r} is no tag such as 'de'")
        return _Label(_KINDS[kind], self._path(table, f"{place}.path"), language)

    def _members(self, table: Any, place: str) -> _Collections:
        self._check(table, place, {"scope", "uri", "min", "max"})
        bounds: list[int | None] = []
        for key in ("min", "max"):
            number = table.get(key)
            if number is not None and (type(number) is not int or number < 0):
                self._refuse(f"{place}.{key}", "has to be a number, 0 or more")
            bounds.append(number)
        least, most = bounds
        if least is not None and most is not None and least > most:
            self._refuse(place, f"min is {least}, and max only {most}")
        scope = self._filter(table, f"{place}.scope")
        return _Collections(scope, self._uri(table, f"{place}.uri"), least or 0, most)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


# -- what is written --


class _Triples:
    """RDF being written.

    Args:
        target: takes the text.
        format: ``turtle`` or ``nt``.

    Raises:
        ModuleNotFoundError: rdflib is not installed.
    """

    def __init__(self, target: Target, format: str) -> None:
        self._rdf = _rdflib()
        self._target = target
        self._format = format
        self._count = 0
        self._began = False
        self._properties = {
            name: self._rdf.URIRef(_SKOS + name)
            for name in ("Concept", "Collection", "member", *_KINDS.values())
        }
        self._graph = self._empty()

    def _empty(self) -> Any:
        # a store without contexts, which nothing here needs, is faster
        graph = self._rdf.Graph("SimpleMemory", bind_namespaces="none")
        graph.bind("skos", _SKOS)
        return graph

    def concept(self, uri: str, labels: Iterable[tuple[str, str, str | None]]) -> None:
        """Write a concept with its labels: the property, the text and the language of each."""
        subject = self._rdf.URIRef(uri)
        self._graph.add((subject, self._rdf.RDF.type, self._properties["Concept"]))
        for name, text, language in labels:
            label = self._rdf.Literal(text, lang=language)
            self._graph.add((subject, self._properties[name], label))
        self._more(1)

    def collection(self, uri: str, members: Iterable[str]) -> None:
        """Write a collection with its members."""
        subject = self._rdf.URIRef(uri)
        self._graph.add((subject, self._rdf.RDF.type, self._properties["Collection"]))
        for member in members:
            self._graph.add((subject, self._properties["member"], self._rdf.URIRef(member)))
            self._more(1)
        self._more(1)

    def _more(self, count: int) -> None:
        self._count += count
        if self._count >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what was put off."""
        if self._count == 0:
            return
        text: bytes = self._graph.serialize(format=self._format, encoding="utf-8")
        if self._format == "turtle":
            # the prefixes once are enough
            text = _PREFIXES.sub(b"", text, 1) if self._began else text
            text = text.rstrip(b"\n") + b"\n\n"
        else:
            # a graph has no order, but what comes of the same records is to be the same
            text = b"".join(sorted(text.splitlines(keepends=True)))
        self._target.write(text)
        self._began = True
        self._count = 0
        self._graph = self._empty()


def _rdflib() -> Any:
    try:
        import rdflib  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ModuleNotFoundError(
            "RDF needs the package rdflib: pip install 'mrrc-cffi[rdf]'", name="rdflib"
        ) from None
    return rdflib


# -- from records to concepts --


class _Values:
    """What paths and filters give of the records of a stretch.

    Attributes:
        faults: why a record, by its index in the view, is of no use.
    """

    def __init__(self, stretch: Stretch) -> None:
        self.faults: dict[int, Exception] = {}
        self._stretch = stretch

    def of(self, path: _bridge.Table) -> dict[int, list[str]]:
        """Return the values that are not empty, of each record that has any, each once."""
        tally = _bridge.Tally()
        found: dict[int, list[str]] = {}
        known: dict[int, str] = {}
        at, end = self._stretch.first, self._stretch.end
        while at < end:
            pairs, at, error = tally.numbers(path, self._stretch.view, at, end)
            for record, number in zip(pairs[::2], pairs[1::2]):
                if number not in known:
                    (known[number],) = tally.row(number)
                if known[number]:
                    found.setdefault(record, []).append(known[number])
            if error is not None:
                self.faults.setdefault(at, error)
                at += 1
        return found

    def passing(self, scope: Filter | None) -> frozenset[int] | range:
        """Return the records that a filter is true of."""
        first, end = self._stretch.first, self._stretch.end
        if scope is None:
            return range(first, end)
        (flags,) = _bridge.flags_of([scope.program], self._stretch.view, first, end)
        for at, flag in enumerate(flags, first):
            if flag == _bridge.TOO_LONG:
                self.faults.setdefault(at, QueryLimitError())
        return frozenset(at for at, flag in enumerate(flags, first) if flag == 1)


class _Maker:
    """Concepts made of records, and the collections that they are in.

    Attributes:
        written: how many concepts there are.
    """

    def __init__(self, vocabulary: Vocabulary, triples: _Triples) -> None:
        self.written = 0
        self._vocabulary = vocabulary
        self._triples = triples
        self._uris: set[str] = set()
        self._members: list[dict[str, dict[str, None]]] = [{} for _ in vocabulary.collections]

    def take(self, sweep: Sweep, stretch: Stretch) -> None:
        """Write the concepts of a stretch."""
        vocabulary = self._vocabulary
        values = _Values(stretch)
        # what took too long to be told from those that are wanted is a bad one
        wanted = {*values.passing(vocabulary.scope), *values.faults}
        uris = values.of(vocabulary.uri)
        labels: dict[int, dict[tuple[str, str, str | None], None]] = {}
        for group in vocabulary.groups:
            passing = values.passing(group.scope)
            for label in group.labels:
                for at, texts in values.of(label.path).items():
                    if at in passing:
                        found = labels.setdefault(at, {})
                        found.update(
                            ((label.property, text, label.language), None) for text in texts
                        )
        belongs: list[dict[int, list[str]]] = []
        for collection in vocabulary.collections:
            passing = values.passing(collection.scope)
            named = values.of(collection.uri)
            belongs.append({at: found for at, found in named.items() if at in passing})
        for at in range(stretch.first, stretch.end):
            if at not in wanted:
                continue
            try:
                if at in values.faults:
                    raise values.faults[at]
                uri = self._checked(uris.get(at), [each.get(at, ()) for each in belongs])
            except MrrcException as error:
                sweep.fail(error, stretch, at)
                continue
            self._uris.add(uri)
            for members, each in zip(self._members, belongs):
                for name in each.get(at, ()):
                    members.setdefault(name, {})[uri] = None
            self._triples.concept(uri, labels.get(at, ()))
            self.written += 1

    def _checked(self, uris: list[str] | None, collections: Iterable[Iterable[str]]) -> str:
        """Return the URI of a concept.

        Raises:
            WriterError: there is none, or it cannot be that, or a collection's cannot.
        """
        if not uris:
            raise WriterError("the record has no value that its URI is made of")
        for uri in (uris[0], *(each for found in collections for each in found)):
            if not _URI.fullmatch(uri):
                raise WriterError(f"{uri!r} is no URI")
        if uris[0] in self._uris:
            raise WriterError(f"another record has the URI {uris[0]} already")
        return uris[0]

    def close(self, messages: Messages) -> None:
        """Write the collections."""
        kept: dict[str, dict[str, None]] = {}
        for asked, found in zip(self._vocabulary.collections, self._members):
            for name, members in found.items():
                many = len(members)
                if many >= asked.least and (asked.most is None or many <= asked.most):
                    kept.setdefault(name, {}).update(members)
        for name, members in kept.items():
            if name in self._uris:
                messages.bad_record(WriterError(f"the collection {name} has the URI of a concept"))
                continue
            self._triples.collection(name, members)
        self._triples.flush()


# -- the command --


def _options(parser: Parser) -> None:
    takes_files(parser)
    parser.add_argument("-c", "--config", required=True, metavar="CONFIG")
    parser.add_argument("--format", choices=("turtle", "nt"), metavar="FORMAT")
    takes_output(parser)


def _format(arguments: argparse.Namespace) -> str:
    if arguments.format is not None:
        return str(arguments.format)
    return "nt" if uncompressed_name(arguments.output).lower().endswith(".nt") else "turtle"


def _skosify(arguments: argparse.Namespace, messages: Messages) -> None:
    vocabulary = Vocabulary(
        arguments.config,
        arguments.similarity,
        arguments.filter_normalization,
        arguments.query_normalization,
        arguments.fold,
    )
    say_warnings(tuple(vocabulary.warnings), messages)
    _rdflib()  # before anything is opened
    sweeps = Sweeps(arguments, messages)
    messages.leave_terminal_to(arguments.output)
    with open_target(arguments.output) as target:
        maker = _Maker(vocabulary, _Triples(target, _format(arguments)))
        sweeps.stretches(maker.take)
        maker.close(messages)
    messages.found(maker.written)


COMMANDS = {"skosify": Command(_SKOSIFY, _options, _skosify)}
