# SPDX-License-Identifier: MIT
"""repair and invalid: what is saved of a damaged file, what is told of it, and what is left."""

import gzip
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, command, mrrc, sample_records

import mrrc as package

GOOD = [make.sample(number) for number in range(1, 4)]


def titled(number: int, title: bytes, indicators: str = "10") -> bytes:
    fields = [
        make.control_field("001", str(number)),
        make.data_field("245", indicators, ("a", title)),
    ]
    return make.iso2709(fields)


#: Each with one fault, or two.
INDICATORS = titled(2, b"two", "101")
ADDRESS = titled(3, b"three")[:12] + b"00000" + titled(3, b"three")[17:]
TEXT = titled(4, b"fo\xffur")
LENGTH = b"99999" + titled(5, b"five")[5:]
JUNK = b"junk" * 3
SIX, SEVEN = titled(6, b"six"), titled(7, b"seven")
DAMAGED = b"".join([titled(1, b"one"), b"\n", INDICATORS, ADDRESS, TEXT, LENGTH, SIX, JUNK, SEVEN])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("x.mrc").write_bytes(DAMAGED)
    return tmp_path


def titles(data: bytes) -> list[str | None]:
    return [record and record.title for record in package.MARCReader(data)]


def report(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# -- repair --


def test_repair(folder: Path) -> None:
    done = mrrc("repair", "x.mrc", "-o", "y.mrc")
    assert done.status == 1  # for the junk
    assert done.err.endswith("mrrc: 7 records written, 5 changes, 1 left out\n")
    saved = Path("y.mrc").read_bytes()
    assert titles(saved) == ["one", "two", "three", "fo\ufffdur", "five", "six", "seven"]
    assert mrrc("repair", "y.mrc", "-o", "z.mrc") == (
        0,
        b"",
        "mrrc: 7 records written, 0 changes\n",
    )
    assert saved == Path("z.mrc").read_bytes()
    lines = report(done.text)
    assert [(line.get("record"), line["code"]) for line in lines] == [
        (None, "E007"),
        (2, "E201"),
        (3, "E004"),
        (4, "E301"),
        (5, "E005"),
        (None, "E007"),
    ]
    for line in lines:
        assert line["file"] == "x.mrc"
        if "bytes" in line:
            stood = bytes.fromhex(line["bytes"])
            assert DAMAGED[line["offset"] : line["offset"] + len(stood)] == stood
        assert line["done"]
        assert line["message"]
        assert line["problem"]
    assert (lines[1]["tag"], lines[1]["001"]) == ("245", "2")
    assert lines[1]["done"].startswith("blanks stand for indicators")
    assert lines[3]["subfield"] == "a"


def test_report_to_a_file(folder: Path) -> None:
    usual = mrrc("repair", "x.mrc", "-o", "y.mrc")
    done = mrrc("repair", "x.mrc", "-o", "z.mrc", "--report", "r.jsonl.gz", "-q")
    assert (done.status, done.out) == (1, b"")
    assert gzip.decompress(Path("r.jsonl.gz").read_bytes()) == usual.out
    piped = mrrc("repair", "x.mrc", "--report", "r.jsonl")
    assert piped.out == Path("z.mrc").read_bytes()
    assert Path("r.jsonl").read_bytes() == usual.out
    told = mrrc("repair", "x.mrc")  # nowhere else to tell it
    assert told.out == piped.out
    assert "mrrc: x.mrc: record 2 (001 2): field 245: " in told.err
    assert mrrc("repair", "x.mrc", "--report", "-").status == 2


def test_lenient_leaves_pieces_out(folder: Path) -> None:
    done = mrrc("repair", "--recovery", "lenient", "x.mrc", "-o", "y.mrc")
    assert done.status == 1
    saved = Path("y.mrc").read_bytes()
    assert titles(saved) == ["one", None, "three", "fo\ufffdur", "six", "seven"]
    lines = report(done.text)
    left = [line["done"] for line in lines if line.get("record") == 5]
    assert left == ["the record was left out"]
    assert [line["done"] for line in lines if line["code"] == "E201"] == ["the field was left out"]


def test_layout_and_coding_are_changes(folder: Path) -> None:
    marc8 = make.iso2709([make.data_field("245", "10", ("a", b"\xe2e"))], coding=" ")
    Path("x.mrc").write_bytes(GOOD[0] + marc8 + GOOD[1][:20] + b"9999" + GOOD[1][24:])
    done = mrrc("repair", "x.mrc", "-o", "y.mrc")
    assert done.status == 0
    lines = report(done.text)
    assert [(line["record"], line["problem"]) for line in lines] == [(2, "not_utf8"), (3, "layout")]
    assert bytes.fromhex(lines[0]["bytes"]) == marc8[:24]
    assert titles(Path("y.mrc").read_bytes())[1] == "\xe9"
    assert Path("y.mrc").read_bytes().count(GOOD[1]) == 1


def test_sound_files_stay_as_they_are(folder: Path) -> None:
    Path("x.mrc").write_bytes(b"".join(GOOD))
    done = mrrc("repair", "x.mrc", "-o", "y.mrc")
    assert done == (0, b"", "mrrc: 3 records written, 0 changes\n")
    assert Path("y.mrc").read_bytes() == b"".join(GOOD)


def test_what_a_format_cannot_hold_is_told_too(folder: Path) -> None:
    Path("x.mrc").write_bytes(titled(1, b"a\x01b"))
    done = mrrc("repair", "x.mrc", "-o", "y.xml")
    (line,) = report(done.text)
    assert (line["file"], line["record"], line["code"]) == ("x.mrc", 1, "W002")
    assert "it was replaced" in line["done"]


def test_repair_of_other_formats(folder: Path) -> None:
    sound = {"leader": "00000nam a2200000 a 4500", "fields": [{"001": "1"}]}
    Path("x.jsonl").write_text(f"{json.dumps(sound)}\n{{}}\n[1]\n{json.dumps(sound)}\n")
    done = mrrc("repair", "x.jsonl", "-o", "y.jsonl")
    assert done.status in (0, 1)
    lines = report(done.text)
    assert {line["file"] for line in lines} == {"x.jsonl"}
    assert mrrc("count", "--strict", "y.jsonl").status == 0


def test_damage_of_every_kind(folder: Path) -> None:
    chance = random.Random(5)
    for _ in range(60):
        damaged = make.damage(b"".join(GOOD * 2), chance, 3)
        Path("x.mrc").write_bytes(damaged)
        done = mrrc("repair", "x.mrc", "--from", "marc", "-o", "y.mrc")
        assert done.status in (0, 1)
        for line in report(done.text):
            if "bytes" in line and "offset" in line and len(line["bytes"]) > 2:
                stood = bytes.fromhex(line["bytes"])
                assert damaged[line["offset"] : line["offset"] + len(stood)] == stood
        if Path("y.mrc").stat().st_size:
            assert mrrc("count", "--strict", "y.mrc").status == 0


# -- invalid --


@pytest.mark.parametrize(
    ("mode", "left"),
    [
        ("lenient", LENGTH + JUNK),
        ("permissive", JUNK),
        ("strict", b"\n" + INDICATORS + ADDRESS + TEXT + LENGTH + JUNK),
        ("pymarc", DAMAGED[len(titled(1, b"one")) :]),
    ],
)
def test_invalid(mode: str, left: bytes, folder: Path) -> None:
    done = mrrc("invalid", "--recovery", mode, "x.mrc")
    assert (done.status, done.out) == (0, left)
    assert done.err.startswith("mrrc: x.mrc: ")
    assert mrrc("invalid", "--recovery", mode, "-q", "-", stdin=DAMAGED) == (0, left, "")
    Path("x.mrc.gz").write_bytes(gzip.compress(DAMAGED))
    assert mrrc("invalid", "--recovery", mode, "x.mrc.gz", "-o", "y").out == b""
    assert Path("y").read_bytes() == left


def test_usual_is_lenient(folder: Path) -> None:
    assert mrrc("invalid", "x.mrc").out == LENGTH + JUNK


def test_nothing_is_bad(folder: Path) -> None:
    assert mrrc("invalid", SAMPLE) == (1, b"", "")
    Path("x.mrc").write_bytes(b"\r\n".join(sample_records()) + b"\n\x1a")
    assert mrrc("invalid", "-q", "x.mrc") == (1, b"", "")


def test_good_and_bad_are_all_there_is(folder: Path) -> None:
    """What invalid leaves are the records that lenient reading gives, byte for byte."""
    chance = random.Random(7)
    for _ in range(60):
        damaged = make.damage(b"".join(GOOD * 2), chance, 2)
        Path("x.mrc").write_bytes(damaged)
        bad = mrrc("invalid", "-q", "--from", "marc", "x.mrc")
        good = []
        reader = package.MARCReader("x.mrc", recovery_mode="lenient", encoding="detect")
        with reader:
            for record in reader:
                if record is not None:
                    good.append(reader.current_chunk or b"")
        rest = damaged
        for piece in good:
            before, found, behind = rest.partition(piece)
            assert found
            rest = before + b"\n" * 0 + behind
        assert "".join(chr(c) for c in bad.out if c not in b" \t\r\n\0\x1a") == "".join(
            chr(c) for c in rest if c not in b" \t\r\n\0\x1a"
        )


def test_a_block_of_junk_is_copied_in_pieces(folder: Path) -> None:
    junk = b"x" * 3_000_000
    Path("x.mrc").write_bytes(GOOD[0] + junk + GOOD[1])
    assert mrrc("invalid", "-q", "x.mrc").out == junk


def test_invalid_of_other_formats(folder: Path) -> None:
    sound = {"leader": "00000nam a2200000 a 4500", "fields": [{"001": "1"}]}
    lines = [json.dumps(sound), '{"leader": 1}', json.dumps(sound), json.dumps(sound)]
    Path("x.jsonl").write_text("\n".join(lines) + "\n")
    done = mrrc("invalid", "x.jsonl")
    assert done.status == 0
    assert done.out.strip() == lines[1].encode()
    assert done.err.startswith("mrrc: x.jsonl: record 2")
    Path("x.jsonl").write_bytes("\n".join(lines).encode("utf-16"))
    assert mrrc("invalid", "-q", "x.jsonl").out.strip() == lines[1].encode()
    good = mrrc("convert", SAMPLE, "--to", "marcxml").out
    assert mrrc("invalid", "-", stdin=good) == (1, b"", "")
    half = good[: len(good) // 2]
    done = mrrc("invalid", "-", stdin=half)
    assert done.status == 0
    assert half.endswith(done.out)
    assert b"<record" in done.out


def test_several_files_and_missing_ones(folder: Path) -> None:
    Path("y.mrc").write_bytes(GOOD[0] + JUNK + JUNK)
    done = mrrc("invalid", "-q", "x.mrc", "missing.mrc", "y.mrc")
    assert (done.status, done.out) == (2, LENGTH + JUNK + JUNK + JUNK)
    assert done.err == "mrrc: missing.mrc: No such file or directory\n"


def test_a_damaged_archive(folder: Path) -> None:
    packed = gzip.compress(b"".join(GOOD) + JUNK + b"".join(sample_records()))
    Path("x.mrc.gz").write_bytes(packed[:-400])
    done = mrrc("invalid", "x.mrc.gz")
    assert done.status == 2
    assert done.out.startswith(JUNK)
    assert "x.mrc.gz" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("name", ["repair", "invalid"])
def test_a_full_disk(name: str, folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        line = command(name, "-q", "x.mrc")
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "mrrc: standard output: No space left on device"
