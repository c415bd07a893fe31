# SPDX-License-Identifier: MIT
"""merge: behind what a file holds, and into two files at once."""

import os
import subprocess
from pathlib import Path

import pytest
from command_line import SAMPLE, command, mrrc, sample_records, with_bad

from mrrc.cli.appended import Appended, Both
from mrrc.files import open_target

WHOLE = mrrc("convert", SAMPLE, "--to", "marc").out


@pytest.mark.parametrize("format", ["marc", "mrk", "jsonl", "line"])
def test_append(format: str, tmp_path: Path) -> None:
    target = tmp_path / "all"
    for _ in range(2):
        assert mrrc("merge", "-a", SAMPLE, "--to", format, "-o", target).status == 0
    assert target.read_bytes() == mrrc("merge", SAMPLE, SAMPLE, "--to", format).out


@pytest.mark.parametrize("strict", [True, False])
def test_a_failure_leaves_the_file_as_it_was(strict: bool, tmp_path: Path) -> None:
    bad, target = tmp_path / "bad.mrc", tmp_path / "all.mrc"
    bad.write_bytes(with_bad(sample_records(), 20))
    if strict:
        assert mrrc("merge", "-a", "--strict", bad, "-o", target).status == 1
        assert not target.exists()
    target.write_bytes(WHOLE)
    done = mrrc("merge", "--append", *(["--strict"] if strict else []), bad, "-o", target)
    assert done.status == 1
    assert target.read_bytes().startswith(WHOLE)
    assert target.read_bytes().count(b"\x1d") == (21 if strict else 41)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("-", b"", "name a file with -o"),
        ("x.xml", b"", "it has a beginning or end"),
        ("x.json", b"[]", "it has a beginning or end"),
        ("x.mrc.gz", b"", "would be compressed"),
        ("x.mrc", WHOLE[:-1], "does not end with a whole record"),
        ("x.mrk", b"=LDR", "does not end with a whole record"),
    ],
)
def test_what_nothing_is_appended_to(
    name: str, data: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if data:
        Path(name).write_bytes(data)
    done = mrrc("merge", "-a", SAMPLE, "-o", name)
    assert (done.status, done.out) == (2, b"")
    assert said in done.err
    assert not data or Path(name).read_bytes() == data


def test_a_file_is_not_appended_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(WHOLE)
    done = mrrc("merge", "-a", path, "-o", path)
    assert done.status == 2
    assert "cannot be appended to itself" in done.err
    assert path.read_bytes() == WHOLE


def test_tee(tmp_path: Path) -> None:
    one, other = tmp_path / "one.xml", tmp_path / "other.xml"
    done = mrrc("merge", SAMPLE, "-o", one, "--tee", other)
    assert done == (0, b"", "")
    assert one.read_bytes() == other.read_bytes() == mrrc("convert", SAMPLE, "--to", "marcxml").out
    done = mrrc("merge", SAMPLE, "--tee", tmp_path / "x.mrc", "-a", "-o", tmp_path / "y.mrc")
    assert (tmp_path / "x.mrc").read_bytes() == (tmp_path / "y.mrc").read_bytes() == WHOLE
    assert mrrc("merge", SAMPLE, "--tee", tmp_path / "z.mrc").out == WHOLE


def test_tee_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    one = tmp_path / "one.mrc"
    done = mrrc("merge", SAMPLE, "-o", one, "--tee", tmp_path / "no" / "x.mrc")
    assert done.status == 2
    assert not one.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk(tmp_path: Path) -> None:
    one = tmp_path / "one.mrc"
    one.write_bytes(b"as it was")
    done = mrrc("merge", SAMPLE, "-o", one, "--tee", "/dev/full")
    assert (done.status, done.err) == (2, "mrrc: /dev/full: No space left on device\n")
    assert one.read_bytes() == b"as it was"
    target = tmp_path / "all.mrc"
    target.write_bytes(WHOLE)
    limit = "ulimit -f 40; trap '' XFSZ; exec "
    line = limit + " ".join(command("merge", "-a", SAMPLE, SAMPLE, "-o", target))
    run = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert run.returncode == 2
    assert "File too large" in run.stderr
    assert target.read_bytes() == WHOLE


def test_appended_and_both_themselves(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a")
    appended = Appended(str(path))
    appended.write(b"b")
    appended.discard()
    appended.discard()
    assert path.read_bytes() == b"a"
    both = Both(Appended(str(path)), str(tmp_path / "y"))
    both.write(b"c")
    both.close()
    both.close()
    assert (path.read_bytes(), (tmp_path / "y").read_bytes()) == (b"ac", b"c")
    with pytest.raises(FileNotFoundError):
        Both(open_target(tmp_path / "z"), str(tmp_path / "no" / "y"))
    assert sorted(os.listdir(tmp_path)) == ["x", "y"]
