# SPDX-License-Identifier: MIT
"""filter and grep: which records, copied how, and where patterns match."""

import gzip
import re
from pathlib import Path

import pytest
from command_line import SAMPLE, mrrc, program, sample_records, with_bad
from test_cli_tables import ascii_sample, marc21

import mrrc as package


@pytest.mark.parametrize(
    "test",
    [
        "245/*.a =? 'ight'",
        "008[35:38] == 'eng'",
        "650/*.a =~ '(?i)light'",
        "!650/*.a?",
        "ldr.type == 'a'",
        "650/*.a == 'nothing'",
    ],
)
def test_filter_is_that_of_marc21(test: str, tmp_path: Path) -> None:
    path = ascii_sample(tmp_path)
    for more in ([], ["-v"]):
        wanted = marc21("filter", "-s", *more, test, path)
        done = mrrc("filter", *more, test, path)
        assert done.out == wanted
        assert done.status == (0 if wanted else 1)


@pytest.mark.parametrize("how", [["ight"], ["-i", "LIGHT"], ["-v", "a"], ["x", "--or", "y$"]])
def test_records_of_grep_are_those_of_marc21(how: list[str], tmp_path: Path) -> None:
    path = ascii_sample(tmp_path)
    assert mrrc("grep", "--records", *how, path).out == marc21("grep", "-s", *how, path)


def test_records_are_copied_byte_for_byte(tmp_path: Path) -> None:
    # the last one is in MARC-8, and not decoded on its way
    assert mrrc("filter", "001?", SAMPLE).out == SAMPLE.read_bytes()
    for more in ([], ["--from", "marc"]):
        for run in (mrrc, program):
            done = run("filter", "001?", "-", *more, stdin=SAMPLE.read_bytes())
            assert done.out == SAMPLE.read_bytes()
    assert mrrc("filter", "001?", "-", stdin=gzip.compress(SAMPLE.read_bytes())).out == (
        SAMPLE.read_bytes()
    )
    target = tmp_path / "x.mrc"
    assert mrrc("filter", "-v", "001?", SAMPLE, "-o", target).status == 1
    assert target.read_bytes() == b""


def test_limits_are_exact() -> None:
    first, second, *_ = sample_records()
    assert mrrc("filter", "--limit", 2, "001?", SAMPLE).out == first + second
    assert mrrc("filter", "--skip", 1, "--limit", 1, "001?", SAMPLE).out == second


def test_filter_into_other_formats(tmp_path: Path) -> None:
    target = tmp_path / "x.xml"
    test = "650$a == 'Lighthouses'"
    assert mrrc("filter", test, SAMPLE, "-o", target).status == 0
    with package.read(target) as found, package.read(SAMPLE, where=test) as wanted:
        assert [one["001"].data for one in found] == [one["001"].data for one in wanted]
    again = mrrc("filter", test, target)
    assert again.text.startswith("<?xml")
    assert mrrc("filter", test, "--to", "marc", target).out == mrrc("filter", test, SAMPLE).out


def test_filter_and_where_both_hold() -> None:
    both = mrrc("filter", "650$a == 'Lighthouses'", "--where", "001 =? '99001001'", SAMPLE)
    assert both.out == sample_records()[0]
    neither = mrrc("filter", "-v", "001?", "--where", "650$a?", SAMPLE)
    assert (neither.status, neither.out) == (1, b"")


def test_similarity() -> None:
    test = "245/*.a =* 'Keeping of light on northern coast :'"
    assert mrrc("filter", test, SAMPLE).out == sample_records()[0]
    assert mrrc("filter", "--similarity", 99, test, SAMPLE).out == b""
    assert mrrc("filter", "--similarity", 101, test, SAMPLE).status == 2


def test_bad_filters_and_patterns() -> None:
    done = mrrc("filter", "245$a = 'x'", SAMPLE)
    assert (done.status, done.out) == (2, b"")
    assert "  245$a = 'x'\n        ^\n" in done.err
    for pattern in ("(", "a(?=b)", r"(a)\1"):
        done = mrrc("grep", pattern, SAMPLE)
        assert (done.status, done.out) == (2, b"")
        assert repr(pattern) in done.err


def test_a_file_where_a_test_should_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.mrc").write_bytes(SAMPLE.read_bytes())
    for command in ("filter", "select", "frequency", "glimpse", "partition"):
        done = mrrc(command, "old.mrc")
        assert (done.status, done.out) == (2, b"")
        assert "\nmrrc: 'old.mrc' is a file: what is asked for stands before" in done.err
    assert "is a file" not in mrrc("filter", "new.mrc").err
    done = mrrc("grep", "old.mrc", stdin=SAMPLE.read_bytes())
    assert done.status == 1
    assert done.err == "mrrc: 'old.mrc' is taken for a pattern, and standard input is read\n"
    assert mrrc("grep", "-q", "old.mrc", stdin=SAMPLE.read_bytes()).err == ""
    assert mrrc("grep", "old.mrc", "old.mrc").err == ""


def test_bad_records() -> None:
    bad = with_bad(sample_records(), 3)
    done = mrrc("filter", "001?", "--from", "marc", "-", stdin=bad)
    assert done.status == 1
    assert "record 3" in done.err
    assert done.out == b"".join(each for n, each in enumerate(sample_records(), 1) if n != 3)
    strict = mrrc("grep", "--strict", "e", "-", stdin=bad)
    assert strict.status == 1


def found(pattern: str) -> list[str]:
    """The lines that grep should print."""
    lines = []
    with package.read(SAMPLE) as reader:
        for number, record in enumerate(reader, 1):
            if record is None:
                continue
            head = f"{number} {record['001'].data.strip()}"
            for field in record.fields:
                if field.control_field:
                    values = [("", field.data)]
                else:
                    values = [(f" ${code}", value) for code, value in field.subfields]
                lines += [
                    f"{head} {field.tag}{code} {value}"
                    for code, value in values
                    if re.search(pattern, value)
                ]
    return lines


@pytest.mark.parametrize("pattern", ["ight", "^ +99", "(?i)NORTH", r"\d{4}$", "é|ö"])
def test_lines_of_grep(pattern: str) -> None:
    done = mrrc("grep", pattern, SAMPLE)
    assert done.lines == found(pattern)
    assert done.status == (0 if done.lines else 1)


def test_grep_without_a_match() -> None:
    assert mrrc("grep", "no such text", SAMPLE) == (1, b"", "")
    without = mrrc("grep", "-v", "ight", SAMPLE)
    numbers = {line.split()[0] for line in mrrc("grep", "ight", SAMPLE).lines}
    assert [line.split()[0] for line in without.lines] == [
        str(n) for n in range(1, 22) if str(n) not in numbers
    ]


def test_grep_finds_letters_of_any_case_and_no_other_form() -> None:
    wanted = mrrc("grep", "-i", "LIGHT", SAMPLE)
    assert mrrc("grep", "--fold", "case", "LIGHT", SAMPLE).out == wanted.out != b""
    done = mrrc("grep", "--fold", "case,nfc", "LIGHT", SAMPLE)
    assert (done.status, done.out) == (2, b"")
    assert done.err == "mrrc: grep finds values as they are written: --fold case,nfc\n"


def test_filters_that_make_texts_alike() -> None:
    test = "650$a == 'LIGHTHOUSES'"
    assert mrrc("filter", test, SAMPLE).out == b""
    alike = mrrc("filter", "--fold", "case", test, SAMPLE)
    assert alike.out == mrrc("filter", test.replace("IGHTHOUSES", "ighthouses"), SAMPLE).out != b""
    rest = mrrc("filter", "--fold", "case", "-v", test, SAMPLE).out
    assert len(rest) + len(alike.out) == len(SAMPLE.read_bytes())
    both = mrrc("filter", "--fold", "case", test, "--where", "008/35-37 == 'ENG'", SAMPLE)
    assert both.out == alike.out


def test_grep_counts_records() -> None:
    count = int(mrrc("grep", "-c", "ight", SAMPLE).text)
    assert count == len({line.split()[0] for line in mrrc("grep", "ight", SAMPLE).lines})
    assert mrrc("grep", "-c", "-v", "ight", SAMPLE).text == f"{21 - count}\n"
    assert mrrc("grep", "-c", "no such text", SAMPLE) == (1, b"0\n", "")


def test_grep_names_files_where_there_are_several() -> None:
    done = mrrc("grep", "ight", SAMPLE, SAMPLE)
    assert all(line.startswith(f"{SAMPLE}: ") for line in done.lines)


def test_grep_colours_what_matches() -> None:
    pytest.importorskip("rich")
    line = mrrc("grep", "--color", "always", "ight", SAMPLE).lines[0]
    assert re.search(r"\x1b\[[0-9;]*31[0-9;]*might\x1b\[0m", line)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
    assert plain == mrrc("grep", "ight", SAMPLE).lines[0]


def test_several_patterns_and_case() -> None:
    both = set(mrrc("grep", "ight", "--or", "orth", SAMPLE).lines)
    assert both == set(mrrc("grep", "ight", SAMPLE).lines) | set(mrrc("grep", "orth", SAMPLE).lines)
    assert mrrc("grep", "-i", "LIGHTHOUSE", SAMPLE).lines == found("(?i)lighthouse")


def test_records_with_flaws_are_copied_as_they_stand_if_their_end_is_right() -> None:
    one, two, three, *_ = sample_records()
    flawed = two[:36] + b"\x01" + two[37:]  # a tag in its directory
    short = b"00100" + two[5:]  # its length leads nowhere
    done = mrrc("filter", "001?", "-", stdin=one + flawed + three)
    assert done.out == one + flawed + three
    assert ": record 2" in done.err
    assert mrrc("filter", "-q", "001?", "-", stdin=one + flawed + three).err == ""
    done = mrrc("filter", "001?", "-", stdin=one + short + three)
    assert (done.status, done.out) == (1, one + three)
    done = mrrc("filter", "--recovery", "permissive", "001?", "-", stdin=one + short + three)
    assert done.status == 0
    assert done.out.startswith(one) and done.out.endswith(three)
    assert done.out[len(one) : -len(three)] == two
    assert "record 2: its length or its end is wrong: it was written anew" in done.err
    done = mrrc("filter", "--strict", "001?", "-", stdin=one + short + three)
    assert (done.status, done.out) == (1, one)


def test_bytes_between_records_are_told_and_not_copied() -> None:
    one, two, *_ = sample_records()
    done = mrrc("filter", "001?", "-", stdin=one + b"no record at all" + two)
    assert (done.status, done.out) == (1, one + two)
    assert "bytes that belong to no record" in done.err
    done = mrrc("filter", "001?", "-", stdin=one + b" \n" + two)
    assert (done.status, done.out) == (0, one + two)
