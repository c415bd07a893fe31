# SPDX-License-Identifier: MIT
"""Several files gone through as one: numbers, limits, files that cannot be read."""

import argparse
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, mrrc

from mrrc.cli.messages import Messages
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.query import Filter


def arguments(*files: object, **more: object) -> argparse.Namespace:
    known = {"source_format": None, "encoding": None, "where": None, "skip": 0, "limit": None}
    known |= {"strict": False, "recovery": None, "files": list(map(str, files))}
    known |= {"validation_level": "structural", "jobs": 1}
    return argparse.Namespace(**{**known, **more})


def counted(*files: object, **more: object) -> tuple[int, int]:
    messages = Messages()
    sweeps = Sweeps(arguments(*files, **more), messages)
    sweeps.stretches(lambda sweep, stretch: None)
    return sweeps.given, messages.status


def test_files_are_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(SAMPLE, SAMPLE) == (42, 0)
    assert counted(SAMPLE, SAMPLE, skip=20, limit=5) == (5, 0)
    assert counted(SAMPLE, SAMPLE, skip=41) == (1, 0)
    assert counted(SAMPLE, where=Filter("001?")) == (21, 0)
    assert capsys.readouterr().err == ""


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(tmp_path / "none", SAMPLE) == (21, 2)
    assert "No such file" in capsys.readouterr().err
    cut = tmp_path / "cut.mrc.gz"
    import gzip

    cut.write_bytes(gzip.compress(SAMPLE.read_bytes())[:-30])
    given, status = counted(cut, SAMPLE)
    assert given > 21 and status == 2


def test_a_full_disk_is_the_target_s_fault() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    done = mrrc("select", "001", SAMPLE, "-o", full)
    assert done.status == 2
    assert "/dev/full" in done.err and done.err.count("\n") == 1


def test_warnings_are_said_unless_all_is_to_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    warnings = Filter("245.a?").warnings
    assert warnings
    say_warnings(warnings, Messages())
    assert "245/*.a" in capsys.readouterr().err
    say_warnings(warnings, Messages(quiet=True))
    assert capsys.readouterr().err == ""


def one_wrong(folder: Path) -> Path:
    """Three records, of which the second has what is no MARC 21."""
    title = make.data_field("245", "10", ("a", "Emma."))
    wrong = make.data_field("245", "10", ("a", "Emma."), ("q", "x"))
    year = make.control_field("008", "990101s1999    nyu           000 0 eng d")
    path = folder / "three.mrc"
    path.write_bytes(
        b"".join(
            make.iso2709([make.control_field("001", number), year, field])
            for number, field in (("1", title), ("2", wrong), ("3", title))
        )
    )
    return path


@pytest.mark.parametrize("name", ["count", "filter 001?", "select 001", "describe", "convert"])
def test_rules_of_marc21_are_asked_where_that_is_wanted(name: str, tmp_path: Path) -> None:
    path = str(one_wrong(tmp_path))
    begin = [*name.split(), "--to", "mrk"] if name == "convert" else name.split()
    plain = mrrc(*begin, path)
    assert plain.err == ""
    level = ["--validation-level", "strict_marc"]
    for mode in ("lenient", "permissive", "pymarc"):
        done = mrrc(*begin, *level, "--recovery", mode, path)
        assert (done.status, done.out) == (0, plain.out)
        assert "record 2 (001 2): field 245: " in done.err
    strict = mrrc(*begin, *level, "--recovery", "strict", path)
    assert strict.status == 1
    assert strict.out == mrrc(*begin, "--where", "001 != '2'", path).out
    assert "record 2 (001 2): field 245: " in strict.err
    ended = mrrc(*begin, *level, "--strict", path)
    assert ended.status == 1
    assert len(ended.out) < len(strict.out)
    unlike = mrrc(*begin, *level, "--recovery", "strict", "--where", "001 != '2'", path)
    assert (unlike.status, unlike.err) == (0, "")


def test_records_are_copied_whatever_rules_find(tmp_path: Path) -> None:
    path = one_wrong(tmp_path)
    done = mrrc("filter", "001?", "--validation-level", "strict_marc", "-q", str(path))
    assert (done.status, done.out, done.err) == (0, path.read_bytes(), "")
