# SPDX-License-Identifier: MIT
"""count, show and formats."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, command, mrrc, sample_records, with_bad

import mrrc as package
from mrrc.formats import FORMATS

BAD = with_bad(sample_records(), 2)
ODD = make.iso2709([make.control_field("001", "a\x1fb"), make.data_field("245", "00", ("a", "x"))])

# -- count --


@pytest.mark.parametrize("format", [each.name for each in FORMATS.values() if each.reads])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_count(format: str, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / f"x{FORMATS[format].suffixes[0]}{'.gz' if packed else ''}"
    with package.read(SAMPLE) as reader:
        package.write(reader, path, format)
    assert mrrc("count", path).out == b"21\n"
    assert mrrc("count", "-", "--from", format, stdin=path.read_bytes()).out == b"21\n"


def test_count_of_several() -> None:
    done = mrrc("count", SAMPLE, "-", stdin=b"".join(sample_records()[:2]))
    assert done.lines == [f"21 {SAMPLE}", " 2 standard input", "23 total"]


def test_count_names_bad_records_and_takes_odd_ones(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(BAD + ODD)
    done = mrrc("count", "--recovery", "pymarc", path)
    assert (done.status, done.out) == (1, b"21\n")
    assert done.err == (
        f"mrrc: {path}: record 2: base address not found, seen: b'00000' (byte 1973)\n"
    )
    done = mrrc("count", path)
    assert (done.status, done.out) == (1, b"21\n")
    # what stands in the fields is not looked at
    (bad,) = done.err.splitlines()
    assert bad.startswith(f"mrrc: {path}: record 2: ") and bad.endswith("(byte 1973)")
    bad, odd = mrrc("show", path).err.splitlines()
    assert odd.startswith(f"mrrc: {path}: record 22 ") and ": field 001: " in odd
    assert mrrc("count", "--quiet", path).err == bad + "\n"
    assert mrrc("count", "--recovery", "strict", path).out == b"20\n"
    assert mrrc("count", "--recovery", "permissive", path).out == b"21\n"
    done = mrrc("count", "--strict", path)
    assert (done.status, done.out) == (1, b"")
    assert f"{path}: record 2" in done.err


@pytest.mark.parametrize("skip", [0, 1, 2, 5, 20, 21, 22, 50])
@pytest.mark.parametrize("limit", [None, 0, 1, 5, 30])
@pytest.mark.parametrize("data", [b"".join(sample_records()), BAD, BAD + ODD])
def test_count_is_what_head_finds(skip: int, limit: int | None, data: bytes) -> None:
    options: list[Any] = ["--skip", skip, "--limit", 10**6 if limit is None else limit]
    counted = mrrc("count", "-", "-q", *options, stdin=data)
    found = mrrc("head", "-", "-q", *options, stdin=data)
    assert int(counted.out) == found.out.count(b"\x1d")


def test_count_of_a_cut_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.mrc.gz"
    path.write_bytes(gzip.compress(SAMPLE.read_bytes())[:9000])
    done = mrrc("count", path)
    assert done.status == 2
    assert 0 < int(done.out) < 21
    assert "ends before its end-of-stream marker" in done.err


def test_count_in_text_formats_names_the_line() -> None:
    text = b"=LDR  00000nam a2200000 a 4500\n=001  1\n\n=LDR  x\n\n=LDR  00000nam a2200000 a 4500\n"
    done = mrrc("count", "-", stdin=text)
    assert done.status == 1
    assert "standard input: record 2" in done.err
    assert "line 4" in done.err


# -- show --


def test_show() -> None:
    done = mrrc("show", "--skip", "7", "--limit", "2", SAMPLE)
    assert (done.status, done.err) == (0, "")
    first, second, rest = done.text.split("\n\n")
    assert rest == ""
    lines = first.splitlines()
    assert lines[:2] == [f"Record 8 of {SAMPLE}", "LDR     01341cam a2200289 i 4500"]
    assert "001        99001008 " in lines
    assert "100 1#  $a Thorncastle, Miles, $d 1831-1903." in lines
    assert second.startswith("Record 9 of")


def test_show_shows_all_there_is() -> None:
    with package.read(SAMPLE) as reader:
        records = [record for record in reader if record is not None]
    shown = mrrc("show", SAMPLE).text.split("\n\n")[:-1]
    for record, text in zip(records, shown, strict=True):
        lines = text.splitlines()[2:]
        assert len(lines) == len(record.fields)
        for field, line in zip(record.fields, lines):
            values = [field.data] if field.control_field else [one.value for one in field.subfields]
            assert all(value in line for value in values)


def test_show_keeps_a_terminal_from_obeying() -> None:
    text = "a\x1b[2Jb\x07\x7f\x9b\u202ec\nd"
    data = make.iso2709(
        [make.control_field("001", "x\x1b"), make.data_field("245", "0 ", ("a", text))]
    )
    done = mrrc("show", "-", stdin=data)
    assert "$a a␛[2Jb␇␡\\x9b\\u202ec␊d\n" in done.text
    assert "001     x␛\n" in done.text


def test_show_in_other_formats(tmp_path: Path) -> None:
    done = mrrc("show", "--limit", "1", "--to", "mrk", SAMPLE)
    assert done.out.startswith(b"=LDR  01961cam")
    target = tmp_path / "x.txt"
    assert mrrc("show", "--limit", "1", "--to", "line", SAMPLE, "-o", target).out == b""
    assert target.read_bytes().startswith(b"01961cam")
    assert mrrc("show", "--to", "marc", SAMPLE).status == 2
    assert mrrc("show", SAMPLE, "-o", target).status == 0
    assert target.read_bytes() == mrrc("show", SAMPLE).out


def on_terminal(*arguments: object, **env: str) -> tuple[int, str]:
    """How a command ends, and what it writes to a terminal that is its standard output."""
    import pty

    ours, its = pty.openpty()
    try:
        process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=its,
            stderr=its,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **env},
        )
    finally:
        os.close(its)
    shown = b""
    try:
        while data := os.read(ours, 1 << 16):
            shown += data
    except OSError:  # the other side is closed
        pass
    finally:
        os.close(ours)
    return process.wait(), shown.decode()


def test_colours() -> None:
    pytest.importorskip("rich")
    show = ("show", "--limit", "1", SAMPLE)
    plain = mrrc(*show).text.replace("\n", "\r\n")
    status, coloured = on_terminal(*show)
    assert status == 0
    assert "\x1b[1;36m245\x1b[0m \x1b[33m00\x1b[0m" in coloured
    assert on_terminal(*show, NO_COLOR="1") == (0, plain)
    assert on_terminal(*show, TERM="dumb") == (0, plain)
    assert on_terminal(*show, "--color", "never") == (0, plain)
    assert mrrc(*show, "--color", "always").text.replace("\n", "\r\n") == coloured


def test_no_colours_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    done = mrrc("show", "--limit", "1", "--color", "always", SAMPLE)
    assert (done.status, done.out) == (2, b"")
    assert "pip install 'mrrc-cffi[rich]'" in done.err
    assert mrrc("show", "--limit", "1", SAMPLE).status == 0


# -- formats --


def test_formats() -> None:
    done = mrrc("formats")
    assert (done.status, done.err) == (0, "")
    for each in FORMATS.values():
        assert each.about in done.text
        assert " ".join(each.suffixes) in done.text
    assert [line.split()[:3] for line in done.lines if line.startswith("csv")] == [
        ["csv", "-", "yes"]
    ]


@pytest.mark.parametrize("name", ["count", "show"])
def test_text_in_another_encoding_ends_the_file_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    record = "=LDR  00000nam a2200000 a 4500\n=245  10$aEmma{}\n\n"
    path.write_bytes((record.format("") + record.format("\u00e9") + record.format("")).encode())
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_CPU, (10, 10));"
        "from mrrc.cli import main; sys.exit(main())"
    )
    arguments = [sys.executable, "-c", code, name, "--encoding", "ascii", str(path)]
    with open(tmp_path / "err", "w+") as err:
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=err, timeout=60)
        err.seek(0)
        said = err.read(10_000)
    assert done.returncode == 1
    assert said.count("\n") == said.count("'ascii' codec can't decode byte 0xc3") == 1
    assert done.stdout == b"1\n" if name == "count" else done.stdout.count(b"Emma") == 1
