# SPDX-License-Identifier: MIT
"""diff: which records belong together, what is said of them, and how it ends."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, command, mrrc, sample_records, with_bad

from mrrc.formats import FORMATS

READ = [each.name for each in FORMATS.values() if each.reads and each.writes]


def record(number: str | None, title: str = "x", *more: make.FieldBytes) -> bytes:
    fields = [] if number is None else [make.control_field("001", number)]
    return make.iso2709([*fields, make.data_field("245", "00", ("a", title)), *more])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compared(old: bytes, new: bytes, *options: str) -> Any:
    Path("old.mrc").write_bytes(old)
    Path("new.mrc").write_bytes(new)
    return mrrc("diff", *options, "old.mrc", "new.mrc")


def lines(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.lines]


def test_the_same(folder: Path) -> None:
    done = mrrc("diff", SAMPLE, SAMPLE)
    assert (done.status, done.out) == (0, b"")
    assert done.err == (
        "mrrc: 21 the same, 0 changed, 0 only in the first file, 0 only in the second\n"
    )
    assert mrrc("diff", "-q", SAMPLE, SAMPLE) == (0, b"", "")
    backwards = b"".join(reversed(sample_records()))
    assert compared(SAMPLE.read_bytes(), backwards).status == 0
    assert compared(b"", b"", "-q") == (0, b"", "")


@pytest.mark.parametrize("format", [name for name in READ if name not in ("mods", "json")])
def test_another_format_is_the_same(format: str, folder: Path) -> None:
    Path("utf8.mrc").write_bytes(b"".join(sample_records()[:20]))
    path = f"x{FORMATS[format].suffixes[0]}.gz"
    assert mrrc("convert", "utf8.mrc", "--to", format, "-o", path).status == 0
    assert mrrc("diff", "utf8.mrc", path).status == 0
    done = mrrc("diff", path, "utf8.mrc")
    assert (done.status, done.out) == (0, b"")
    data = gzip.decompress(Path(path).read_bytes())
    assert mrrc("diff", "utf8.mrc", "-", "--from", format, "-q", stdin=data).status in (0, 2)
    assert mrrc("diff", path, "-", stdin=Path("utf8.mrc").read_bytes()).status == 0


def test_what_differs(folder: Path) -> None:
    old = record("1") + record("2") + record("3", "Emma") + record("4")
    new = record("5") + record("3", "Emma :") + record("1") + record("4")
    done = compared(old, new)
    assert done.status == 1
    assert done.text == (
        "- 2 (old.mrc: record 2)\n"
        "! 3 (old.mrc: record 3; new.mrc: record 2)\n"
        "    ! =245  00$aEmma\n"
        "      =245  00$aEmma :\n"
        "        $a 'Emma' became 'Emma :'\n"
        "+ 5 (new.mrc: record 1)\n"
    )
    assert (
        done.err == "mrrc: 2 the same, 1 changed, 1 only in the first file, 1 only in the second\n"
    )
    assert compared(old, new, "--brief").lines == [
        "- 2 (old.mrc: record 2)",
        "! 3 (old.mrc: record 3; new.mrc: record 2)",
        "+ 5 (new.mrc: record 1)",
    ]
    assert mrrc("diff", "old.mrc", "new.mrc", "-o", "x").out == b""
    assert Path("x").read_bytes() == done.out


def test_json_lines(folder: Path) -> None:
    moved = [make.data_field("500", "  ", ("a", "n")), make.data_field("600", "  ", ("a", "s"))]
    old = record("1") + record("3", "Emma", *moved)
    new = record("3", "Emma :", *reversed(moved)).replace(b"nam", b"cam", 1) + record(None)
    new = new[:5] + b"c" + new[6:]
    done = compared(old, new, "--to", "jsonl")
    assert done.status == 1
    removed, changed, added = lines(done)
    assert removed == {"change": "removed", "001": "1", "old": {"file": "old.mrc", "record": 1}}
    assert added == {"change": "added", "001": None, "new": {"file": "new.mrc", "record": 2}}
    assert (changed["change"], changed["001"]) == ("changed", "3")
    assert changed["old"] == {"file": "old.mrc", "record": 2}
    kinds = [each["type"] for each in changed["differences"]]
    assert sorted(kinds) == ["changed", "leader", "moved"]
    title = changed["differences"][kinds.index("changed")]
    assert title["old"] == {"tag": "245", "ind1": "0", "ind2": "0", "subfields": [{"a": "Emma"}]}
    assert title["subfields"] == [
        {"code": "a", "old_position": 0, "new_position": 0, "old": "Emma", "new": "Emma :"}
    ]
    assert changed["differences"][0] == {"type": "leader", "position": 5, "old": "n", "new": "c"}
    assert mrrc("diff", "old.mrc", "new.mrc", "-o", "x.jsonl.gz").status == 1
    assert gzip.decompress(Path("x.jsonl.gz").read_bytes()) == done.out
    brief = lines(compared(old, new, "--to", "jsonl", "--brief"))[1]
    assert "differences" not in brief
    kept = lines(compared(old, new, "--to", "jsonl", "--ignore-order", "--ignore", "LDR,245"))
    assert [each["change"] for each in kept] == ["removed", "added"]


def test_fields_added_and_removed_and_control_fields(folder: Path) -> None:
    old = make.iso2709([make.control_field("001", "1"), make.control_field("005", "2024")])
    more = make.data_field("999", "  ", ("a", "x"))
    new = make.iso2709([make.control_field("001", "1"), make.control_field("005", "2025"), more])
    (line,) = lines(compared(old, new, "--to", "jsonl"))
    changed, added = line["differences"]
    assert changed["old"] == {"tag": "005", "data": "2024"}
    assert added["type"] == "added"
    assert added["field"] == {"tag": "999", "ind1": " ", "ind2": " ", "subfields": [{"a": "x"}]}
    (line,) = lines(compared(new, old, "--to", "jsonl"))
    assert [each["type"] for each in line["differences"]] == ["changed", "removed"]
    assert compared(old, new, "--ignore", "005", "--ignore", "999", "-q") == (0, b"", "")


def test_the_same_number_again(folder: Path) -> None:
    old = record("1", "a") + record("1", "b") + record("1", "c")
    new = record("1", "a") + record("1", "x")
    done = compared(old, new, "--brief")
    assert done.lines == ["! 1 (old.mrc: record 2; new.mrc: record 2)", "- 1 (old.mrc: record 3)"]
    assert done.err.splitlines()[:2] == [
        "mrrc: old.mrc: 2 records have the control number of one before it",
        "mrrc: new.mrc: 1 record has the control number of one before it",
    ]


def test_records_without_a_number_are_compared_whole(folder: Path) -> None:
    old = record(None, "a") + record(None, "a") + record(None, "b")
    new = record(None, "b") + record(None, "a") + record(None, "c")
    done = compared(old, new)
    assert done.lines == ["- no 001 (old.mrc: record 2)", "+ no 001 (new.mrc: record 3)"]


def test_what_cannot_be_packed_is_compared_too(folder: Path) -> None:
    odd = make.iso2709([make.control_field("001", "1"), make.control_field("003", "a\x1fb")])
    assert compared(odd, odd).status == 0
    other = make.iso2709([make.control_field("001", "1"), make.control_field("003", "a\x1fc")])
    done = mrrc("diff", "--from", "marc", "old.mrc", "-", stdin=other)
    assert (done.status, "changed" in done.err) == (1, True)
    assert "\x1f" not in done.text  # what a terminal would obey


def test_a_file_of_many_blocks_is_read_again(folder: Path) -> None:
    old = b"".join(record(str(n), f"{n} " + "x" * 500) for n in range(3000))
    new = b"".join(record(str(n), f"{n}  " + "x" * 500) for n in reversed(range(3000)))
    done = compared(old, new, "--to", "jsonl")
    assert len(done.lines) == 3000
    for number in (0, 1500, 2999):
        line = lines(done)[number]
        assert (line["001"], line["new"]["record"]) == (str(number), 3000 - number)
        (change,) = line["differences"][0]["subfields"]
        assert change["new"].startswith(f"{number}  x")


@pytest.mark.parametrize("number", [0, 1])
def test_bad_records_are_trouble(number: int, folder: Path) -> None:
    sides = [SAMPLE.read_bytes(), SAMPLE.read_bytes()]
    sides[number] = with_bad(sample_records(), 2)
    done = compared(*sides)
    name = ["old.mrc", "new.mrc"][number]
    assert done.status == 2
    assert f"mrrc: {name}: record 2: " in done.err
    assert done.lines == [
        ["+", "-"][number] + f" 99001002 ({['new', 'old'][number]}.mrc: record 2)"
    ]
    done = mrrc("diff", "--strict", "old.mrc", "new.mrc", "-o", "x")
    assert (done.status, Path("x").exists()) == (2, False)
    assert f"mrrc: {name}: record 2: " in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([SAMPLE], "two files are compared"),
        ([SAMPLE, SAMPLE, SAMPLE], "two files are compared"),
        (["-", "-"], "cannot be compared with itself"),
        ([SAMPLE, "missing.mrc"], "missing.mrc: No such file"),
        (["missing.mrc", SAMPLE], "missing.mrc: No such file"),
        ([SAMPLE, SAMPLE, "--ignore", "24"], "'24' is no tag"),
        ([SAMPLE, SAMPLE, "--ignore", "005,foo"], "'foo' is no tag"),
        ([SAMPLE, SAMPLE, "--ignore", "24$"], "'24$' is no tag"),
        ([SAMPLE, SAMPLE, "-o", "no/x"], "no/x: No such file"),
    ],
)
def test_mistakes(arguments: list[object], said: str, folder: Path) -> None:
    done = mrrc("diff", *arguments)
    assert (done.status, done.out) == (2, b"")
    assert said in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk(folder: Path) -> None:
    Path("x.mrc").write_bytes(record("1"))
    with open("/dev/full", "wb") as full:
        line = command("diff", SAMPLE, "x.mrc")
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "mrrc: standard output: No space left on device\n"


def test_where_holds_for_both(folder: Path) -> None:
    old = record("1", "a") + record("2", "b")
    new = record("2", "c") + record("1", "x")
    done = compared(old, new, "--where", "001 == '2'", "--brief")
    assert done.lines == ["! 2 (old.mrc: record 2; new.mrc: record 1)"]
    many = b"".join(record(str(n), "x" * 900) for n in range(500))
    other = b"".join(record(str(n), "y" * 900) for n in range(500))
    done = compared(many, other, "--where", "001 in ['77', '499']", "--brief")
    assert done.lines == [
        "! 77 (old.mrc: record 78; new.mrc: record 78)",
        "! 499 (old.mrc: record 500; new.mrc: record 500)",
    ]
