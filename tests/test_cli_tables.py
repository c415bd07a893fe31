# SPDX-License-Identifier: MIT
"""select, frequency, describe and glimpse: as the library has it, and beside marc21.

The faults that marc21 0.7 has in these commands are tested not to be here.
"""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import SAMPLE, mrrc, program, sample_records, with_bad

import mrrc as package

MARC21 = shutil.which("marc21") or os.environ.get("MRRC_MARC21")

QUERIES = [
    "001",
    "001, 008[35:38], 245/*.a",
    "245/*{ a, b, c }",
    "001, 650/*{ a, x }",
    "650.a",
    "...",
    "001[0:3], 005[0:100], 005[4:2]",
    "ldr.length, ldr.base_addr AS b, ldr.type, ldr.status",
    "'p:' 001 ':s' AS x, 'k'",
    "245/*{ 'A' a 'B' AS t, 'c', _ }, 001",
    "650/*{ a | a =? 'Light' || x? }, 'k'",
    "650/*.[ax], 1[01]0/*.a",
    "24[5-6]/1[04].a",
    "999.a, 'x'",
    "650/*{ a, a }",
    "001, 999{ 'x' a }",
    "245, 001",
]


def marc21(*arguments: object) -> bytes:
    if MARC21 is None:
        pytest.skip("marc21 is not here")
    return subprocess.run([MARC21, *map(str, arguments)], check=True, capture_output=True).stdout


def ascii_sample(folder: Path) -> Path:
    """The sample's records that marc21 takes."""
    path = folder / "sample.mrc"
    path.write_bytes(b"".join(each for each in sample_records() if each[9:10] == b"a"))
    return path


@pytest.mark.parametrize("how", [[], ["--squash"], ["--merge", "--separator", ""], ["--tsv"]])
@pytest.mark.parametrize("query", QUERIES)
def test_select_is_that_of_marc21(query: str, how: list[str], tmp_path: Path) -> None:
    path = ascii_sample(tmp_path)
    wanted = marc21("select", "-s", *how, query, path)
    assert mrrc("select", "-q", "--formulas", *how, query, path).out == wanted


#: MARCspec's conditions, and how marc21 says the same.
CONDITIONS = [
    (r"001, 650$a{$x~\restoration}", "001, 650/*{ a | x =? 'restoration' && a? }"),
    (r"001, 650{!$x}{ a, z }", "001, 650/*{ a, z | !x? }"),
    (r"650$a{$x}, 245$c{$b}", "650/*{ a | a? && x? }, 245/*{ c | b? && c? }"),
]


@pytest.mark.parametrize("how", [[], ["--squash"], ["--merge"]])
@pytest.mark.parametrize("query, same", CONDITIONS)
def test_conditions_are_those_of_marc21(
    query: str, same: str, how: list[str], tmp_path: Path
) -> None:
    path = ascii_sample(tmp_path)
    wanted = marc21("select", "-s", *how, same, path)
    assert mrrc("select", "-q", "--formulas", *how, query, path).out == wanted


@pytest.mark.parametrize("how", [[], ["-u"], ["-n", "3"], ["-t", "2"], ["-r"], ["--merge"]])
@pytest.mark.parametrize("query", QUERIES)
def test_frequency_is_that_of_marc21(query: str, how: list[str], tmp_path: Path) -> None:
    path = ascii_sample(tmp_path)
    wanted = marc21("frequency", "-s", *how, query, path)
    assert mrrc("frequency", "-q", "--formulas", *how, query, path).out == wanted


def test_describe_and_glimpse_are_those_of_marc21(tmp_path: Path) -> None:
    path = ascii_sample(tmp_path)
    assert mrrc("describe", path).out == marc21("describe", "-s", path)
    assert mrrc("describe", "--tsv", path).out == marc21("describe", "-s", "--tsv", path)
    for path_of in ("245/*.a", "245/*.[abc]"):
        assert mrrc("glimpse", path_of, path).out == marc21("glimpse", "-s", path_of, path)


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_select_writes_what_the_library_gives(tmp_path: Path) -> None:
    query = "001 AS id, 245$a, 650/*{ x AS about }"
    wanted = [list(row) for row in package.select(SAMPLE, query)]
    done = mrrc("select", query, SAMPLE)
    assert (done.status, done.err) == (0, "")
    assert rows(done.text) == [["id", "column_2", "about"], *wanted]
    assert rows(mrrc("select", "--no-header", query, SAMPLE).text) == wanted
    named = rows(mrrc("select", "-H", "a, b ,c", query, SAMPLE).text)
    assert named[0] == ["a", "b", "c"]
    assert mrrc("select", query, SAMPLE, "-o", tmp_path / "x.tsv").status == 0
    written = (tmp_path / "x.tsv").read_text(encoding="utf-8")
    assert rows(written, "\t") == [["id", "column_2", "about"], *wanted]


def test_too_few_names_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    for command in ("select", "frequency"):
        done = mrrc(command, "-H", "one", "001, 003", SAMPLE, "-o", target)
        assert (done.status, done.out) == (2, b"")
        assert "names are given" in done.err
        assert not target.exists()


def test_the_name_of_the_count_is_the_last() -> None:
    done = mrrc("frequency", "-n", 1, "-H", "code,n", "LDR/6", SAMPLE)
    assert done.text == "code,n\na,21\n"


def test_columns_of_nothing_end_no_table() -> None:
    done = mrrc("select", "--no-header", "999{ _ }, 001", SAMPLE)
    assert done.status == 0
    assert len(done.lines) == 21
    assert mrrc("select", "--no-header", "999{ _ }", SAMPLE).out == b""


def test_a_limit_is_exact() -> None:
    assert len(mrrc("select", "--no-header", "--limit", 2, "001", SAMPLE).lines) == 2
    done = mrrc("select", "--no-header", "--limit", 22, "001", SAMPLE, SAMPLE)
    assert len(done.lines) == 22


def test_the_least_frequent_with_a_threshold() -> None:
    done = mrrc("frequency", "-r", "-t", 3, "650$a", SAMPLE)
    assert [line.rpartition(",")[2] for line in done.lines] == ["3", "4"]


def test_glimpse_of_a_field_that_the_first_record_lacks(tmp_path: Path) -> None:
    first = package.Record(fields=[package.Field("001", data="x")]).as_marc()
    done = mrrc("glimpse", "650/*{ _ | x? }", "-", stdin=first + SAMPLE.read_bytes())
    assert done.status == 0
    assert [line[:3] for line in done.lines] == ["$a ", "$v ", "$x ", "$y ", "$z "]
    assert mrrc("glimpse", "001", "-n", 1, SAMPLE).text.startswith("001 ")


def test_a_bad_query_is_a_wrong_argument() -> None:
    for arguments in (("select", "245ab"), ("frequency", "001,"), ("glimpse", "650/*{ a, x }")):
        done = mrrc(*arguments, SAMPLE)
        assert (done.status, done.out) == (2, b"")
    assert "  245ab\n     ^\n" in mrrc("select", "245ab", SAMPLE).err


def test_blank_indicators_are_warned_of() -> None:
    done = mrrc("select", "001, 245.a", SAMPLE)
    assert done.status == 0
    assert "245/*.a or 245$a" in done.err
    assert mrrc("select", "-q", "001, 245.a", SAMPLE).err == ""


def test_bad_records_are_named_and_left_out() -> None:
    bad = with_bad(sample_records(), 3)
    for arguments in (("select", "001"), ("frequency", "001"), ("describe",), ("glimpse", "245")):
        done = mrrc(*arguments, "-", stdin=bad)
        assert done.status == 1
        assert done.err.startswith("mrrc: standard input: record 3: ")
        strict = mrrc(*arguments, "--strict", "-", stdin=bad)
        assert strict.status == 1
    assert len(mrrc("select", "--no-header", "001", "-", stdin=bad).lines) == 20


def test_formulas() -> None:
    record = package.Record(fields=[package.Field("001", data="=1+1")]).as_marc()
    assert mrrc("select", "--no-header", "001", "-", stdin=record).text == "'=1+1\n"
    done = mrrc("select", "--no-header", "--formulas", "001", "-", stdin=record)
    assert done.text == "=1+1\n"
    assert mrrc("frequency", "001", "-", stdin=record).text == "'=1+1,1\n"


def test_quotes() -> None:
    query = "'a,b', 001, ldr.base_addr"
    record = package.Record(fields=[package.Field("001", data="7")]).as_marc()
    for how, line in (
        ("necessary", '"a,b",7,37\n'),
        ("always", '"a,b","7","37"\n'),
        ("non-numeric", '"a,b",7,37\n'),
        ("never", "a,b,7,37\n"),
    ):
        arguments = ("--no-header", "--quote-style", how, query, "-")
        done = mrrc("select", *arguments, stdin=record)
        assert done.text == line
    assert mrrc("select", "--quote-style", "some", "001", SAMPLE).status == 2


def test_every_format(tmp_path: Path) -> None:
    package.convert(SAMPLE, tmp_path / "x.xml")
    for arguments in (("select", "001, 650$a"), ("frequency", "650$a"), ("describe", "--fields")):
        assert mrrc(*arguments, tmp_path / "x.xml").out == mrrc(*arguments, SAMPLE).out


def test_missing_files_and_nothing_found(tmp_path: Path) -> None:
    done = mrrc("select", "--no-header", "001", tmp_path / "none.mrc", SAMPLE)
    assert done.status == 2
    assert "none.mrc: No such file" in done.err
    assert len(done.lines) == 21
    assert mrrc("describe", "--where", "999?", SAMPLE).status == 1
    assert mrrc("select", "--squash", "--merge", "001", SAMPLE).status == 2


def test_nobody_reads_what_is_written() -> None:
    # what is read is far more than a pipe holds
    line = f"'{SAMPLE}' " * 2000
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"python -m mrrc select '...$*' {line} | head -n 1; echo ${{PIPESTATUS[0]}}",
        ],
        capture_output=True,
        env={**os.environ, "PATH": f"{Path(os.sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert done.stdout.splitlines()[-1] == b"141"
    assert done.stderr == b""
    assert program("select", "001", SAMPLE).status == 0


def test_faults_are_told_as_by_other_commands(tmp_path: Path) -> None:
    one, two, three, *_ = sample_records()
    path = tmp_path / "x.mrc"
    path.write_bytes(one + two.replace(b"\x1fa", b"\x1f\x1e", 1) + three[:-1])
    more: dict[str, list[str]] = {"select": ["001"], "frequency": ["001"], "glimpse": ["001"]}
    for mode in ("lenient", "permissive", "strict"):
        shown = mrrc("show", "--recovery", mode, path)
        for name in ("select", "frequency", "describe", "glimpse"):
            done = mrrc(name, "--recovery", mode, *more.get(name, []), path)
            assert (done.status, done.err) == (shown.status, shown.err), (name, mode)
    for name in ("select", "frequency", "describe", "glimpse"):
        done = mrrc(name, "--strict", *more.get(name, []), path)
        assert done.status == 1
        assert done.err == mrrc("show", "--strict", path).err


def test_queries_and_paths_are_brought_into_a_form(tmp_path: Path) -> None:
    record = package.Record()
    record.add_field(package.Field("001", data="e\u0301"))
    path = tmp_path / "one.mrc"
    path.write_bytes(record.as_marc())
    query = "001, '\u00e9' AS x, 00X/0-1{=\\\u00e9}"
    done = mrrc("select", "--no-header", query, path)
    assert done.text == "e\u0301,\u00e9,\n"
    done = mrrc("select", "--no-header", "--query-normalization", "nfd", query, path)
    assert done.text == "e\u0301,e\u0301,e\u0301\n"
    form = ("--filter-normalization", "nfd")
    assert mrrc("filter", "001 == '\u00e9'", path).status == 1
    assert mrrc("filter", *form, "001 == '\u00e9'", path).out == path.read_bytes()
