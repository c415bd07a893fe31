# SPDX-License-Identifier: MIT
"""partition: what goes into which file, how files are called, and how many are open."""

import gzip
import os
import resource
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, command, mrrc, sample_records, with_bad
from hypothesis import given
from hypothesis import strategies as st

from mrrc.cli.partition import file_name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def with_values(*values: str, number: str = "1") -> bytes:
    subfields = [("a", value) for value in values]
    return make.iso2709(
        [make.control_field("001", number), make.data_field("650", " 0", *subfields)]
    )


def test_a_file_for_each_value(folder: Path) -> None:
    done = mrrc("partition", "008/35-37", SAMPLE)
    assert (done.status, done.err) == (0, "")
    assert done.lines == [
        "./cze.mrc  1 record",
        "./eng.mrc  19 records",
        "./mul.mrc  1 record",
    ]
    assert listed(folder) == ["cze.mrc", "eng.mrc", "mul.mrc"]
    parts = [Path(name).read_bytes() for name in listed(folder)]
    pieces = [each + b"\x1d" for part in parts for each in part.split(b"\x1d")[:-1]]
    assert sorted(pieces) == sorted(sample_records())  # byte for byte
    order = [sample_records().index(each + b"\x1d") for each in parts[1].split(b"\x1d")[:-1]]
    assert order == sorted(order)


def test_several_values_one_value_twice_and_none(folder: Path) -> None:
    both, twice, none = with_values("x", "y"), with_values("x", "x"), with_values("", number="2")
    done = mrrc("partition", "650$a", "-o", "a/b", stdin=both + twice + none)
    assert done.status == 0
    assert done.err == "mrrc: 1 record has no value of 650$a, and so no file\n"
    assert Path("a/b/x.mrc").read_bytes() == both + twice
    assert Path("a/b/y.mrc").read_bytes() == both
    assert listed(Path("a/b")) == ["x.mrc", "y.mrc"]


def test_a_condition(folder: Path) -> None:
    def record(source: str, *values: str) -> bytes:
        subfields = [*(("a", value) for value in values), ("2", source)]
        return make.iso2709([make.data_field("650", " 7", *subfields)])

    one, two, three = record("gnd", "x", "y"), record("lcsh", "x"), record("gnd", "y", "y")
    done = mrrc("partition", "650/*{ a | 2 == 'gnd' }", stdin=one + two + three)
    assert (done.status, done.lines) == (0, ["./x.mrc  1 record", "./y.mrc  2 records"])
    assert done.err.startswith("mrrc: 1 record has no value")
    assert Path("x.mrc").read_bytes() == one
    assert Path("y.mrc").read_bytes() == one + three
    done = mrrc("partition", "650/*{ a | 2 == }", stdin=one)
    assert done.status == 2 and "^" in done.err


def test_nothing_to_be_written(folder: Path) -> None:
    done = mrrc("partition", "999$a", SAMPLE)
    assert done.status == 1
    assert done.err == "mrrc: 21 records have no value of 999$a, and so no file\n"
    assert listed(folder) == []


def test_template_and_format(folder: Path) -> None:
    assert mrrc("partition", "LDR/9", SAMPLE, "-t", "coding-{}.xml.gz", "-q") == (0, b"", "")
    assert listed(folder) == ["coding-%20.xml.gz", "coding-a.xml.gz"]
    assert gzip.decompress(Path("coding-a.xml.gz").read_bytes()).endswith(b"</collection>\n")
    counts = [int(mrrc("count", name).out) for name in listed(folder)]
    assert sum(counts) == 21
    assert mrrc("partition", "LDR/9", "coding-a.xml.gz", "--to", "mrk", "-o", "x").status == 0
    assert listed(Path("x")) == ["a.mrk"]
    assert mrrc("partition", "LDR/9", "coding-a.xml.gz", "-t", "{}.marc", "-o", "x").status == 0
    assert Path("x/a.marc").read_bytes().count(b"\x1d") == counts[1]


def test_values_with_bars_and_backslashes(folder: Path) -> None:
    data = with_values("a|b", "a\\", "\\|", number="|x|")
    assert mrrc("partition", "650$a", stdin=data).status == 0
    assert listed(folder) == ["%5C%7C.mrc", "a%5C.mrc", "a%7Cb.mrc"]
    assert (
        mrrc(
            "partition",
            "001",
            stdin=data,
        ).status
        == 0
    )
    assert "%7Cx%7C.mrc" in listed(folder)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("eng", "eng"),
        ("a/b", "a%2Fb"),
        ("..", "%2E."),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("-rf", "%2Drf"),
        ("~", "%7E"),
        ("100%", "100%25"),
        ("a\0b\n", "a%00b%0A"),
        ("   ", "%20  "),
        ("Łódź, 題名", "Łódź, 題名"),
        ("\u202eevil", "%E2%80%AEevil"),
        ("C:\\x", "C%3A%5Cx"),
    ],
)
def test_file_names(value: str, name: str) -> None:
    assert file_name(value) == name


def test_long_values() -> None:
    names = {file_name("é" * 5000), file_name("é" * 4999 + "x"), file_name("é" * 80)}
    assert len(names) == 3
    assert max(len(name.encode()) for name in names) <= 180


@given(st.text(), st.text())
def test_no_two_values_have_the_same_name(one: str, other: str) -> None:
    names = file_name(one), file_name(other)
    assert (names[0] == names[1]) == (one == other)
    for name in names:
        assert "/" not in name and "\0" not in name and not name.startswith((".", "-"))
        name.encode()


def test_only_some_files_are_open(folder: Path) -> None:
    data = [with_values(f"v{number % 300}", number=str(number)) for number in range(900)]
    path = folder / "x.mrc"
    path.write_bytes(b"".join(data))
    import subprocess

    for options in ([], ["-t", "{}.xml.gz"]):
        done = subprocess.run(
            command("partition", "650$a", path, "-o", "parts", *options),
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)),
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert len(done.stdout.splitlines()) == 300
    assert len(listed(Path("parts"))) == 600
    assert Path("parts/v7.mrc").read_bytes() == data[7] + data[307] + data[607]
    assert mrrc("count", "parts/v7.xml.gz").out == b"3\n"
    assert (
        mrrc("convert", "parts/v7.xml.gz", "--to", "marc").out == Path("parts/v7.mrc").read_bytes()
    )


def test_a_failure_leaves_every_file_as_it_was(folder: Path) -> None:
    Path("eng.mrc").write_bytes(b"as it was")
    Path("bad").write_bytes(with_bad(sample_records(), 20))
    done = mrrc("partition", "--strict", "008/35-37", "bad")
    assert done.status == 1
    assert "bad: record 20: " in done.err
    assert listed(folder) == ["bad", "eng.mrc"]
    assert Path("eng.mrc").read_bytes() == b"as it was"
    done = mrrc("partition", "008/35-37", "bad", "-o", "out")
    assert done.status == 1
    assert sum(int(line.split()[1]) for line in done.lines) == 20


def test_a_source_is_not_overwritten(folder: Path) -> None:
    data = SAMPLE.read_bytes()
    Path("eng.mrc").write_bytes(data)
    done = mrrc("partition", "008/35-37", "eng.mrc")
    assert done.status == 2
    assert "would take the place of what is read" in done.err
    assert listed(folder) == ["eng.mrc"]
    assert Path("eng.mrc").read_bytes() == data


def test_what_cannot_be_written_is_named(folder: Path) -> None:
    from mrrc import Field, Record, Subfield

    record = Record(
        fields=[Field("650", subfields=[Subfield("a", "x"), Subfield("b", "y" * 10_000)])]
    )
    Path("x.jsonl").write_text(record.to_marcjson() + "\n")
    done = mrrc("partition", "650$a", "x.jsonl", "--to", "marc", "-o", "out")
    assert (done.status, done.out) == (1, b"")
    assert done.err.startswith("mrrc: x.jsonl: record 1: field 650: ")
    assert listed(Path("out")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "by which values?"),
        (["nonsense", SAMPLE], "nonsense"),
        (["001,003", SAMPLE], "is not one selector"),
        (["001", SAMPLE, "-t", "x.mrc"], "is no template"),
        (["001", SAMPLE, "-t", "a/{}.mrc"], "is no template"),
        (["001", SAMPLE, "-o", "-"], "name a folder"),
        (["001", "missing.mrc"], "missing.mrc: No such file"),
    ],
)
def test_mistakes(arguments: list[object], said: str, folder: Path) -> None:
    done = mrrc("partition", *arguments)
    assert (done.status, done.out) == (2, b"")
    assert said in done.err
    assert listed(folder) == []


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    Path("file").touch()
    done = mrrc("partition", "001", SAMPLE, "-o", "file")
    assert done.status == 2
    assert done.err == "mrrc: file: File exists\n"
    assert mrrc("partition", "001", SAMPLE, "-o", "file/x").err == "mrrc: file/x: Not a directory\n"
    if os.geteuid() != 0:
        os.mkdir("closed", 0o500)
        done = mrrc("partition", "001", SAMPLE, "-o", "closed")
        assert (done.status, "Permission denied" in done.err) == (2, True)
