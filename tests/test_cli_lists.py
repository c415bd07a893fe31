# SPDX-License-Identifier: MIT
"""Lists of records that are wanted, and of those that are not."""

import gzip
from pathlib import Path

import pytest
from command_line import SAMPLE, mrrc, sample_records

import mrrc as package


def numbers() -> list[str]:
    return [row[0] for row in package.select(SAMPLE, "001")]


def kept(*arguments: object) -> list[str]:
    done = mrrc("select", "--no-header", "001", *arguments, SAMPLE)
    assert done.err == ""
    return done.lines


def test_a_text(tmp_path: Path) -> None:
    every = numbers()
    path = tmp_path / "wanted.txt"
    path.write_text(f"{every[2]}\n{every[0]}\nno such\n\n")
    assert kept("-A", path) == [every[0], every[2]]
    assert kept("-D", path) == [each for each in every if each not in (every[0], every[2])]
    packed = tmp_path / "wanted.txt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert kept("-A", packed) == [every[0], every[2]]


def test_a_table(tmp_path: Path) -> None:
    every = numbers()
    path = tmp_path / "wanted.csv"
    path.write_text(f'x,cn,id\n1,"{every[1]}",{every[3]}\n')
    assert kept("-A", path) == [every[1]]
    assert kept("-A", path, "--filter-list-column", "id") == [every[3]]
    done = mrrc("select", "001", "-A", path, "--filter-list-column", "none", SAMPLE)
    assert done.status == 2
    assert "no column 'none'; there are: x, cn, id" in done.err
    # what hash and select write is a list, too
    path.write_bytes(mrrc("hash", "--limit", "2", SAMPLE).out)
    assert kept("-A", path) == every[:2]
    path.write_text(f'001,cn\n"{every[1]}","{every[2]}"\n')
    assert kept("-A", path) == [every[2]]
    path.write_text(f'001,x\n"{every[1]}",x\n')
    done = mrrc("select", "001", "-A", path, "--filter-list-column", "id", SAMPLE)
    assert "no column 'id'; there are: 001, x" in done.err
    path.write_text("cn,x\n1\n\n")
    assert mrrc("count", "-A", path, SAMPLE).status == 1
    path.write_text("x,cn\n1\n")
    assert "line 2 has no column" in mrrc("count", "-A", path, SAMPLE).err


def test_lists_add_up_and_a_denied_one_is_out(tmp_path: Path) -> None:
    every = numbers()
    one, two, empty = tmp_path / "1.txt", tmp_path / "2.txt", tmp_path / "0.csv"
    one.write_text(f"{every[0]}\n{every[1]}\n")
    two.write_text(f"{every[1]}\n{every[2]}\n")
    empty.write_text("")
    assert kept("-A", one, "-A", two) == every[:3]
    assert kept("-A", one, "-D", two) == every[:1]
    assert kept("-A", empty) == []
    assert kept("-D", empty) == every


def test_what_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "subjects.txt"
    path.write_text("Lighthouses\n")
    wanted = [row[0] for row in package.select(SAMPLE, "001", where="650$a == 'Lighthouses'")]
    assert kept("-A", path, "--filter-list-source", "650$a") == wanted
    done = mrrc("count", "-A", path, "--filter-list-source", "650/*{ a, x }", SAMPLE)
    assert done.status == 2
    assert "a path has one" in done.err


def test_commands_take_lists(tmp_path: Path) -> None:
    path = tmp_path / "wanted.txt"
    path.write_text(f"{numbers()[1]}\n")
    assert mrrc("count", "-A", path, SAMPLE).text == "1\n"
    assert mrrc("filter", "001?", "-A", path, SAMPLE).out == sample_records()[1]
    assert "<leader>" in mrrc("filter", "001?", "--to", "marcxml", "-A", path, SAMPLE).text
    assert mrrc("frequency", "LDR/6", "-A", path, SAMPLE).text == "a,1\n"
    assert mrrc("grep", "-c", ".", "-D", path, SAMPLE).text == "20\n"


def test_bad_lists(tmp_path: Path) -> None:
    assert mrrc("count", "-A", tmp_path / "none.txt", SAMPLE).status == 2
    path = tmp_path / "latin.txt"
    path.write_bytes(b"abc\xff\n")
    done = mrrc("count", "-A", path, SAMPLE)
    assert done.status == 2
    assert "not UTF-8 at byte 3" in done.err


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_limits_count_what_is_wanted(limit: int, tmp_path: Path) -> None:
    path = tmp_path / "denied.txt"
    path.write_text(f"{numbers()[0]}\n")
    assert kept("-D", path, "--limit", limit) == numbers()[1 : 1 + limit]


@pytest.mark.parametrize(
    "command",
    [
        ["convert", "--to", "marc"],
        ["head"],
        ["merge"],
        ["dedup"],
        ["dedup", "--to", "marc", "--to-encoding", "utf-8"],
        ["sample", "-n", "21"],
        ["repair", "--to-encoding", "utf-8"],
        ["show", "--to", "jsonl"],
        ["extract", "001"],
        ["hash"],
        ["filter", "001?"],
        ["grep", "."],
        ["frequency", "001"],
        ["diff", "--brief", "/dev/null"],
    ],
    ids=" ".join,
)
def test_every_command_that_reads_takes_lists(command: list[str], tmp_path: Path) -> None:
    every = numbers()
    path = tmp_path / "wanted.txt"
    path.write_text(f"{every[4]}\n{every[2]}\n")
    if command[0] == "diff":
        (tmp_path / "none.mrc").touch()
        command = [*command[:-1], str(tmp_path / "none.mrc")]
    done = mrrc(*command, "-A", path, SAMPLE)
    text = done.out.decode("latin-1")
    assert [each for each in every if each.strip() in text] == [every[2], every[4]]
    denied = mrrc(*command, "-D", path, SAMPLE).out.decode("latin-1")
    assert every[2].strip() not in denied and every[3].strip() in denied


def test_parts_are_of_what_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "wanted.txt"
    path.write_text("\n".join(numbers()[:5]))
    done = mrrc("split", "-n", "3", "-A", path, SAMPLE, "-o", tmp_path / "part-{}.mrc")
    assert [line.rsplit("  ", 1)[1] for line in done.lines] == ["3 records", "2 records"]
    done = mrrc("partition", "001", "-A", path, SAMPLE, "-o", tmp_path / "parts")
    assert len(done.lines) == 5
