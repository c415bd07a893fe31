# SPDX-License-Identifier: MIT
"""skosify: what becomes of records, what is bad about them, and what marc21 makes of the same."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import records as make
from command_line import mrrc, with_bad
from conftest import missing
from hypothesis import given
from hypothesis import strategies as st

from mrrc.cli.skosify import Vocabulary

try:
    import rdflib
except ImportError:
    rdflib = None  # type: ignore[assignment]

MARC21 = shutil.which("marc21") or os.environ.get("MRRC_MARC21")
SKOS = "http://www.w3.org/2004/02/skos/core#"
URI = "uri = { path = \"'https://x.org/' 001\" }\n"
LABELS = """
[concept.subject]
scope = "075.b == 's'"
labels = [
  { kind = "preferred", path = "150.a" },
  { kind = "alternative", path = "450.[ax]" },
  { kind = "hidden", path = "688.a" },
]
[concept.person]
scope = "075.b == 'p'"
labels = [{ kind = "preferred", path = "100.a" }]
"""
COLLECTIONS = """
[collections.by_notation]
uri = { path = "065.a" }
"""


def authority(number: str, kind: str, *values: tuple[str, str, str]) -> bytes:
    """An authority record: its 001, its 075 $b, and tags with codes and values."""
    fields = [make.control_field("001", number)] if number else []
    fields.append(make.data_field("075", "  ", ("b", kind)))
    fields += [make.data_field(tag, "  ", (code, value)) for tag, code, value in values]
    return make.iso2709(fields, kind="zn")


RECORDS = [
    authority("1", "s", ("065", "a", "n:1"), ("065", "a", "n:2"), ("150", "a", "Bücher")),
    authority(
        "2",
        "s",
        ("065", "a", "n:1"),
        ("150", "a", 'Papier "fein" \\ weiß'),
        ("450", "a", "Zwei\nZeilen"),
        ("450", "x", "Bögen"),
        ("450", "x", "Bögen"),
        ("688", "a", ""),
    ),
    authority("3", "p", ("100", "a", "Lovelace, Ada"), ("150", "a", "nicht hier")),
    authority("4", "u"),
]


@pytest.fixture(autouse=True)
def _needs_rdflib() -> None:
    if rdflib is None:
        missing("rdflib is not installed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.mrc").write_bytes(b"".join(RECORDS))
    return tmp_path


def config(text: str) -> str:
    Path("c.toml").write_text(text, encoding="utf-8")
    return "c.toml"


def graph(data: bytes, format: str = "turtle") -> Any:
    return rdflib.Graph().parse(data=data, format=format)


def skos(name: str) -> Any:
    return rdflib.URIRef(SKOS + name)


def said(found: Any, subject: str, name: str) -> list[str]:
    """What a graph says of a subject by one property."""
    return sorted(map(str, found.objects(rdflib.URIRef(subject), skos(name))))


@pytest.mark.parametrize("format", ["turtle", "nt"])
def test_concepts_and_collections(folder: Path, format: str) -> None:
    done = mrrc(
        "skosify", "-c", config(URI + LABELS + COLLECTIONS), "-q", "--format", format, "a.mrc"
    )
    assert (done.status, done.err) == (0, "")
    found = graph(done.out, format)
    concepts = sorted(map(str, found.subjects(rdflib.RDF.type, skos("Concept"))))
    assert concepts == [f"https://x.org/{number}" for number in range(1, 5)]
    assert said(found, concepts[0], "prefLabel") == ["Bücher"]
    assert said(found, concepts[1], "prefLabel") == ['Papier "fein" \\ weiß']
    assert said(found, concepts[1], "altLabel") == ["Bögen", "Zwei\nZeilen"]
    assert said(found, concepts[2], "prefLabel") == ["Lovelace, Ada"]
    assert sorted(map(str, found.subjects(rdflib.RDF.type, skos("Collection")))) == ["n:1", "n:2"]
    assert said(found, "n:1", "member") == concepts[:2]
    assert said(found, "n:2", "member") == concepts[:1]
    assert len(found) == 4 + 5 + 2 + 3  # concepts, labels, collections, members


def test_the_name_of_the_file_tells_the_format(folder: Path) -> None:
    name = config(URI)
    for target in ("x.nt", "x.ttl", "x.rdf", "x.nt.gz"):
        assert mrrc("skosify", "-c", name, "a.mrc", "-o", target) == (0, b"", "")
    lines = Path("x.nt").read_bytes().splitlines()
    assert len(lines) == 4 and all(line.startswith(b"<https://x.org/") for line in lines)
    assert gzip.decompress(Path("x.nt.gz").read_bytes()) == Path("x.nt").read_bytes()
    assert Path("x.ttl").read_bytes().startswith(b"@prefix skos: ")
    assert Path("x.rdf").read_bytes() == Path("x.ttl").read_bytes()
    mrrc("skosify", "-c", name, "--format", "turtle", "a.mrc", "-o", "x.nt")
    assert Path("x.nt").read_bytes() == Path("x.ttl").read_bytes()


def test_scopes(folder: Path) -> None:
    text = f"""
scope = "075.b in ['s', 'p']"
{URI}
[collections.people]
uri = {{ path = "'https://x.org/people'" }}
scope = "075.b == 'p'"
"""
    found = graph(mrrc("skosify", "-c", config(text), "a.mrc").out)
    assert len(list(found.subjects(rdflib.RDF.type, skos("Concept")))) == 3
    # marc21 has all the others in it
    assert said(found, "https://x.org/people", "member") == ["https://x.org/3"]
    found = graph(mrrc("skosify", "-c", "c.toml", "--where", "001 == '3'", "a.mrc").out)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("bounds", "kept"),
    [
        ("", ["n:1", "n:2"]),
        ("min = 1", ["n:1", "n:2"]),
        ("min = 2", ["n:1"]),
        ("min = 3", []),
        ("max = 1", ["n:2"]),
        ("min = 1\nmax = 2", ["n:1", "n:2"]),
        ("max = 0", []),
    ],
)
def test_collections_of_so_many(folder: Path, bounds: str, kept: list[str]) -> None:
    done = mrrc("skosify", "-c", config(URI + COLLECTIONS + bounds), "a.mrc")
    found = sorted(map(str, graph(done.out).subjects(rdflib.RDF.type, skos("Collection"))))
    assert (found, done.status) == (kept, 0)


def test_languages(folder: Path) -> None:
    label = '{ kind = "preferred", path = "150.a", language = "de-AT" }'
    text = f"{URI}[concept.x]\nlabels = [{label}]"
    found = graph(mrrc("skosify", "-c", config(text), "--limit", "1", "a.mrc").out)
    (value,) = found.objects(None, skos("prefLabel"))
    assert value == rdflib.Literal("Bücher", lang="de-AT")


@pytest.mark.parametrize("format", ["turtle", "nt"])
def test_many_are_written_piece_by_piece(folder: Path, format: str) -> None:
    many = [authority(f"{n:05}", "s", ("150", "a", f"Wort {n}")) for n in range(2500)]
    Path("many.mrc").write_bytes(b"".join(many))
    text = URI + LABELS + "[collections.all]\nuri = { path = \"'https://x.org/'\" }"
    done = mrrc("skosify", "-c", config(text), "--format", format, "many.mrc")
    assert done.out.count(b"@prefix") == (format == "turtle")
    found = graph(done.out, format)
    assert len(found) == 3 * 2500 + 1
    assert len(said(found, "https://x.org/", "member")) == 2500
    again = mrrc("skosify", "-c", "c.toml", "--format", format, "-j", "2", "many.mrc")
    assert again.out == done.out


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "the record has no value that its URI is made of"),
        ("a b", "'https://x.org/a b' is no URI"),
        ("<>", "'https://x.org/<>' is no URI"),
        ("1%2", "'https://x.org/1%2' is no URI"),
        ("4", "another record has the URI https://x.org/4 already"),
    ],
)
def test_records_without_a_uri_of_their_own(folder: Path, number: str, why: str) -> None:
    Path("b.mrc").write_bytes(authority(number, "s") + authority("5", "s"))
    done = mrrc("skosify", "-c", config(URI + COLLECTIONS), "a.mrc", "b.mrc")
    assert done.status == 1
    assert "b.mrc: record 1" in done.err and why in done.err
    assert len(list(graph(done.out).subjects(rdflib.RDF.type, skos("Concept")))) == 5
    done = mrrc("skosify", "-c", "c.toml", "--strict", "a.mrc", "b.mrc", "-o", "x.ttl")
    assert done.status == 1 and why in done.err and not Path("x.ttl").exists()


def test_what_names_no_collection(folder: Path) -> None:
    bad = authority("6", "s", ("065", "a", "no uri"))
    done = mrrc("skosify", "-c", config(URI + COLLECTIONS), stdin=bad + RECORDS[0])
    assert done.status == 1 and "'no uri' is no URI" in done.err
    assert len(list(graph(done.out).subjects(rdflib.RDF.type, skos("Concept")))) == 1
    same = f"{URI}[collections.x]\n{URI}"
    done = mrrc("skosify", "-c", config(same), stdin=RECORDS[3])
    assert done.status == 1
    assert done.err == "mrrc: the collection https://x.org/4 has the URI of a concept\n"
    assert len(graph(done.out)) == 1


def test_bad_records_are_left_out(folder: Path) -> None:
    done = mrrc("skosify", "-c", config(URI), stdin=with_bad(RECORDS, 2))
    assert done.status == 1 and "record 2" in done.err
    assert len(graph(done.out)) == 3
    assert mrrc("skosify", "-c", "c.toml", "--where", "999?", "a.mrc").status == 1


WRONG = [
    ("", "there is no 'uri'"),
    ("uri = 5", "uri: has to be a table"),
    ("uri = {}", "uri: there is no 'path'"),
    ("uri = { path = 5 }", "uri.path: has to be a text"),
    ("uri = { path = '001, 003' }", "uri.path: '001, 003' is not one column"),
    ("uri = { path = '00' }", "uri.path: "),
    ("base-uri = 5", "'base-uri' means nothing here; there are collections, concept, pretty"),
    (URI + "scope = 5", "scope: has to be a text"),
    (URI + "scope = '001 =='", "scope: "),
    (URI + "pretty = 1", "pretty: has to be true or false"),
    (URI + "concept = 1", "concept: has to be tables, [concept.NAME]"),
    (URI + "concept.a = 1", "concept.a: has to be a table"),
    (URI + "[concept.a]\nlabel = []", "concept.a: 'label' means nothing here"),
    (URI + "[concept.a]\nlabels = 1", "concept.a.labels: has to be a list"),
    (URI + "[concept.a]\nlabels = [1]", "concept.a.labels[1]: has to be a table"),
    (URI + "[concept.a]\nlabels = [{ path = '150' }]", "concept.a.labels[1]: there is no 'kind'"),
    (URI + "[concept.a]\nlabels = [{ kind = 'x', path = '150' }]", "is one of alternative, hidden"),
    (
        URI + "[concept.a]\nlabels = [{ kind = 'hidden' }]",
        "concept.a.labels[1]: there is no 'path'",
    ),
    (
        URI + "[concept.a]\nlabels = [{ kind = 'hidden', path = '150.a', language = 'x y' }]",
        "concept.a.labels[1].language: 'x y' is no tag such as 'de'",
    ),
    (URI + "[collections.a]", "collections.a: there is no 'uri'"),
    (URI + COLLECTIONS + "min = -1", "collections.by_notation.min: has to be a number"),
    (URI + COLLECTIONS + "max = true", "collections.by_notation.max: has to be a number"),
    (URI + COLLECTIONS + "min = 3\nmax = 2", "collections.by_notation: min is 3, and max only 2"),
    (URI + "x", "line 2: not TOML"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_files_that_cannot_be_taken(folder: Path, text: str, why: str) -> None:
    done = mrrc("skosify", "-c", config(text), "a.mrc", "-o", "x.ttl")
    assert done.status == 2 and done.out == b""
    assert done.err.startswith("mrrc: c.toml: ") and why in done.err
    assert not Path("x.ttl").exists()


def test_files_that_cannot_be_read(folder: Path) -> None:
    assert mrrc("skosify", "a.mrc").status == 2
    assert "No such file" in mrrc("skosify", "-c", "none.toml", "a.mrc").err
    Path("c.toml").write_bytes(b"# x\n# \xff")
    assert mrrc("skosify", "-c", "c.toml", "a.mrc").err == (
        "mrrc: c.toml: line 2: the text is not UTF-8\n"
    )


def test_what_hardly_means_what_it_says_is_told(folder: Path) -> None:
    text = "scope = '008/35?'\n" + URI
    assert Vocabulary(config(text)).warnings
    assert "008[35]" in mrrc("skosify", "-c", "c.toml", "a.mrc").err
    assert "008[35]" not in mrrc("skosify", "-q", "-c", "c.toml", "a.mrc").err


def test_forms_of_unicode(folder: Path) -> None:
    text = "scope = \"150.a == 'Bu\u0308cher'\"\n" + URI
    assert mrrc("skosify", "-c", config(text), "a.mrc").status == 1
    done = mrrc("skosify", "-c", "c.toml", "--filter-normalization", "nfc", "a.mrc")
    assert len(graph(done.out)) == 1


def test_without_rdflib(folder: Path) -> None:
    with mock.patch.dict(sys.modules, {"rdflib": None}):
        done = mrrc("skosify", "-c", config(URI), "a.mrc", "-o", "x.ttl")
    assert done.status == 2 and not Path("x.ttl").exists()
    assert done.err == "mrrc: RDF needs the package rdflib: pip install 'mrrc-cffi[rdf]'\n"


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), min_size=1
)


@pytest.mark.thread_unsafe(reason="writes a file that others read")
@given(st.lists(TEXT.map(lambda text: text[:200]), min_size=1, max_size=5, unique=True))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    name = tmp_path_factory.getbasetemp() / "any.toml"
    name.write_text(URI + LABELS, encoding="utf-8")
    data = authority("1", "s", *(("150", "a", value) for value in values))
    for format in ("turtle", "nt"):
        done = mrrc("skosify", "-c", name, "--format", format, stdin=data)
        assert said(graph(done.out, format), "https://x.org/1", "prefLabel") == sorted(values)


def theirs(*arguments: object) -> bytes:
    if MARC21 is None:
        pytest.skip("marc21 is not here")
    return subprocess.run(
        [MARC21, "skosify", *map(str, arguments)], check=True, capture_output=True
    ).stdout


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (URI, []),
        (URI + LABELS, []),
        (URI + LABELS, ["--where", "075.b == 's'"]),
        (URI + LABELS, ["--format", "nt"]),
        ("pretty = true\n" + URI + LABELS, ["--format", "turtle"]),
        ('scope = "150.a?"\n' + URI + LABELS + COLLECTIONS, []),
        (URI + LABELS + COLLECTIONS + "min = 2", []),
        (URI + LABELS + COLLECTIONS + "max = 1", []),
        ("uri = { path = '065.a' }\nscope = \"001 == '1'\"", []),
    ],
)
def test_marc21_makes_the_same(folder: Path, text: str, how: Sequence[str]) -> None:
    format = "nt" if "nt" in how else "turtle"
    name = config(text)
    wanted = set(graph(theirs("-c", name, *how, "a.mrc"), format))
    found = set(graph(mrrc("skosify", "-c", name, *how, "a.mrc").out, format))
    member = rdflib.URIRef(f"{rdflib.RDF}member")
    # marc21 names the members by a property that there is not
    ours = {(one, member if two == skos("member") else two, three) for one, two, three in found}
    assert ours == wanted
