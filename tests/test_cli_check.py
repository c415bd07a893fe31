# SPDX-License-Identifier: MIT
"""validate: MARC 21, schemas and rules of one's own, in every form of report."""

import csv
import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, command, mrrc, sample_records, with_bad

GOOD = make.iso2709(
    [
        make.control_field("001", "good"),
        make.control_field("008", "990101s1999    nyu           000 0 eng d"),
        make.data_field("245", "10", ("a", "Emma.")),
    ]
)


def bad(number: str | None = "bad") -> bytes:
    first = [] if number is None else [make.control_field("001", number)]
    return make.iso2709(
        [
            *first,
            make.control_field("008", "990101s1999    nyu           000 0 eng d"),
            make.data_field("245", "10", ("a", "Emma."), ("q", "x,y")),
            make.data_field("440", "  ", ("a", "Series")),
        ]
    )


RULES = """
[rule.TITLE]
matcher = "245$a =? 'Emma'"
message = "Emma, again"
level = "warning"

[rule.NO-SERIES]
matcher = "440/*?"
scope = "001?"
level = "Info"

[rule.ISBN]
matcher = "020$a"
invert-match = true
message = "no ISBN"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.toml").write_text(RULES)
    Path("x.mrc").write_bytes(GOOD + bad() + bad(None))
    return tmp_path


def test_marc21(folder: Path) -> None:
    done = mrrc("validate", "x.mrc")
    assert done.status == 1
    assert done.lines[0].startswith("x.mrc: record 2 (001 bad): error: ")
    assert done.lines[0].endswith("has no subfield $q [unknown_subfield]")
    assert any(line.startswith("x.mrc: record 3: error: ") for line in done.lines)
    assert not any("record 1" in line for line in done.lines)
    assert done.err.startswith("mrrc: 3 records: ")
    assert mrrc("validate", "x.mrc", "-q").err == ""
    Path("good.mrc").write_bytes(GOOD)
    assert mrrc("validate", "good.mrc") == (0, b"", "mrrc: 1 record: nothing found\n")
    # nothing was looked into, and so nothing can be said of it
    assert mrrc("validate", "missing.mrc").err == "mrrc: missing.mrc: No such file or directory\n"


def test_levels(folder: Path) -> None:
    every = mrrc("validate", "x.mrc").lines
    errors = mrrc("validate", "x.mrc", "--level", "error").lines
    assert errors == [line for line in every if ": error: " in line]
    assert any(": info: " in line for line in every)
    Path("r.toml").write_text("[rule.a]\nmatcher = '001?'\nlevel = 'info'\n")
    done = mrrc("validate", "-R", "r.toml", "x.mrc", "--level", "warning")
    assert (done.status, done.out, done.err) == (0, b"", "mrrc: 3 records: 2 info\n")


def test_rules_of_ones_own(folder: Path) -> None:
    done = mrrc("validate", "--rules", "r.toml", "x.mrc")
    assert done.status == 1
    assert done.lines == [
        "x.mrc: record 1 (001 good): warning: Emma, again [TITLE]",
        "x.mrc: record 1 (001 good): error: no ISBN [ISBN]",
        "x.mrc: record 2 (001 bad): warning: Emma, again [TITLE]",
        "x.mrc: record 2 (001 bad): info: matches 440/*? [NO-SERIES]",
        "x.mrc: record 2 (001 bad): error: no ISBN [ISBN]",
        "x.mrc: record 3: warning: Emma, again [TITLE]",
        "x.mrc: record 3: error: no ISBN [ISBN]",
    ]
    assert done.err == "mrrc: 3 records: 3 errors, 3 warnings, 1 info\n"
    both = mrrc("validate", "--rules", "r.toml", "--marc21", "x.mrc").lines
    marc21 = mrrc("validate", "x.mrc").lines
    assert sorted(both) == sorted(done.lines + marc21)
    places = [line.partition(":")[2][:10] for line in both]
    assert places == sorted(places)  # record by record
    Path("s.toml").write_text("[rule.b]\nmatcher = '001?'\n")
    two = mrrc("validate", "-R", "r.toml", "-R", "s.toml", "x.mrc", "-q").lines
    assert len(two) == 9


def test_what_hardly_means_what_it_says_is_told(folder: Path) -> None:
    Path("r.toml").write_text("[rule.a]\nmatcher = '008/35?'\n")
    done = mrrc("validate", "-R", "r.toml", "x.mrc")
    assert done.err.startswith("mrrc: r.toml: line 2: rule a: matcher: ")
    assert mrrc("validate", "-R", "r.toml", "x.mrc", "-q").err == ""


def test_csv_has_the_rule_in_its_column(folder: Path) -> None:
    """marc21's table has the level under the name of the rule, and the rule nowhere."""
    rows = list(csv.DictReader(mrrc("validate", "-R", "r.toml", "x.mrc", "--to", "csv").lines))
    assert list(rows[0]) == ["file", "record", "001", "level", "rule", "place", "value", "message"]
    assert rows[0] == {
        "file": "x.mrc",
        "record": "1",
        "001": "good",
        "level": "warning",
        "rule": "TITLE",
        "place": "",
        "value": "",
        "message": "Emma, again",
    }
    rows = list(csv.DictReader(mrrc("validate", "x.mrc", "--to", "csv").lines))
    assert (rows[0]["rule"], rows[0]["place"]) == ("unknown_subfield", "245$q")
    tsv = mrrc("validate", "x.mrc", "--to", "tsv").lines
    assert tsv[0].split("\t")[:3] == ["file", "record", "001"]


def test_dvrf(folder: Path) -> None:
    report = json.loads(mrrc("validate", "-R", "r.toml", "x.mrc", "--to", "dvrf").out)
    assert len(report) == 7
    assert report[0] == {
        "message": "Emma, again",
        "types": ["TITLE"],
        "level": "warning",
        "position": {"id": "good", "record": "1"},
    }
    assert report[-1]["position"] == {"record": "3"}
    assert json.loads(mrrc("validate", "x.mrc", "--to", "dvrf").out)[0]["position"] == {
        "id": "bad",
        "record": "2",
        "field": "245$q",
    }
    Path("good.mrc").write_bytes(GOOD)
    assert mrrc("validate", "good.mrc", "--to", "dvrf").out == b"[]\n"


def test_json_lines(folder: Path) -> None:
    lines = [json.loads(line) for line in mrrc("validate", "x.mrc", "--to", "jsonl").lines]
    assert lines[0]["tag"] == "245"
    assert (lines[0]["code"], lines[0]["file"], lines[0]["record"]) == ("q", "x.mrc", 2)


def test_ids(folder: Path) -> None:
    assert mrrc("validate", "-R", "r.toml", "x.mrc", "--to", "ids").out == b"good\nbad\n"
    assert mrrc("validate", "x.mrc", "--to", "ids", "--level", "error").out == b"bad\n"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.txt", b"x.mrc: record"),
        ("report", b"x.mrc: record"),
        ("x.csv", b"file,record"),
        ("x.tsv.gz", b"file\trecord"),
        ("x.json", b"[\n{"),
        ("x.jsonl", b"{"),
    ],
)
def test_the_name_tells_the_format(name: str, begins: bytes, folder: Path) -> None:
    done = mrrc("validate", "x.mrc", "-o", name)
    assert (done.status, done.out) == (1, b"")
    data = Path(name).read_bytes()
    assert (gzip.decompress(data) if name.endswith(".gz") else data).startswith(begins)


def test_a_schema_of_ones_own(folder: Path) -> None:
    Path("s.json").write_text(json.dumps({"fields": {"245": {"subfields": {"q": {}}}}}))
    done = mrrc("validate", "--schema", "s.json", "x.mrc")
    assert done.status == 1
    assert any("$a" in line for line in done.lines)
    assert not any("$q" in line for line in done.lines)
    done = mrrc("validate", "--schema", "s.json", "--marc21", "x.mrc")
    assert done.status == 2


def test_formulas(folder: Path) -> None:
    Path("x.mrc").write_bytes(bad("=1+1"))
    rows = mrrc("validate", "x.mrc", "--to", "csv").lines
    assert "x.mrc,1,'=1+1," in rows[1]
    assert "x.mrc,1,=1+1," in mrrc("validate", "x.mrc", "--to", "csv", "--formulas").lines[1]


def test_several_files_of_several_formats(folder: Path) -> None:
    assert mrrc("convert", "x.mrc", "-o", "y.xml").status == 0
    one = mrrc("validate", "x.mrc").text
    both = mrrc("validate", "x.mrc", "y.xml").text
    assert both == one + one.replace("x.mrc", "y.xml")
    few = mrrc("validate", "--skip", "1", "--limit", "1", "x.mrc").lines
    assert {line.partition(" (")[0] for line in few} == {"x.mrc: record 2"}


def test_where(folder: Path) -> None:
    done = mrrc("validate", "-R", "r.toml", "x.mrc", "--where", "001 == 'bad'", "--to", "csv")
    assert {row["record"] for row in csv.DictReader(done.lines)} == {"2"}


def test_more_records_than_are_checked_at_once(folder: Path) -> None:
    Path("x.mrc").write_bytes((GOOD + bad()) * 600)
    done = mrrc("validate", "--level", "error", "x.mrc", "--to", "csv")
    records = [int(row["record"]) for row in csv.DictReader(done.lines)]
    assert sorted(set(records)) == list(range(2, 1201, 2))
    assert records == sorted(records)


def test_bad_records(folder: Path) -> None:
    Path("bad.mrc").write_bytes(with_bad(sample_records(), 2))
    done = mrrc("validate", "bad.mrc", "-R", "r.toml")
    assert done.status == 1
    assert done.err.startswith("mrrc: bad.mrc: record 2: ")
    assert "bad.mrc: record 3 (" in done.text
    assert mrrc("validate", "--strict", "bad.mrc", "-o", "x.csv").status == 1
    assert not Path("x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-R", "missing.toml"], "mrrc: missing.toml: No such file"),
        (["-R", "bad.toml"], "mrrc: bad.toml: line 3: rule a: level: is error, warning or info"),
        (["-R", "filter.toml"], "mrrc: filter.toml: line 2: rule a: matcher: "),
        (["--schema", "missing.json"], "mrrc: missing.json: No such file"),
        (["--schema", "r.toml"], "mrrc: r.toml: "),
        (["--schema", "list.json"], "mrrc: list.json: "),
        (["-o", "no/x.csv"], "mrrc: no/x.csv: No such file"),
    ],
)
def test_mistakes(arguments: list[str], said: str, folder: Path) -> None:
    Path("bad.toml").write_text("[rule.a]\nmatcher = '001?'\nlevel = 'x'\n")
    Path("filter.toml").write_text("[rule.a]\nmatcher = '001 =='\n")
    Path("list.json").write_text("[]")
    done = mrrc("validate", *arguments, "x.mrc")
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        line = command("validate", "x.mrc")
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "mrrc: standard output: No space left on device\n"


@pytest.mark.skipif(shutil.which("marc21") is None, reason="there is no marc21")
def test_marc21_finds_the_same(folder: Path) -> None:
    text = "[rule.A]\nvalidator = 'filter'\nmatcher = \"650/*.a =? 'a'\"\n[rule.B]\nmatcher = '"
    Path("r.toml").write_text(text + "100/1#.a?'\nvalidator = 'filter'\n")
    args = ["marc21", "check", "-s", "-R", "r.toml", SAMPLE, "-o", "theirs.json"]
    subprocess.run(args, check=True)
    theirs: Any = json.loads(Path("theirs.json").read_text())
    ours = json.loads(mrrc("validate", "-R", "r.toml", SAMPLE, "--to", "dvrf").out)
    key = [(each["position"]["id"], each["types"], each["level"]) for each in ours]
    assert sorted(key) == sorted(
        (each["position"]["id"], each["types"], each["level"]) for each in theirs
    )
