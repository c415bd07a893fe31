# SPDX-License-Identifier: MIT
"""What the README and the documentation show is run, and so are the examples.

A page's examples run as one session in a folder of their own that holds the sample file, as
a reader would type them in from top to bottom.
"""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrrc

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample.mrc"
PAGES = [ROOT / "README.rst", *sorted((ROOT / "docs").rglob("*.rst"))]
MODULES = [module.name for module in pkgutil.walk_packages(mrrc.__path__, "mrrc.")]
WITH_EXAMPLES = [path for path in PAGES if ">>> " in path.read_text(encoding="utf-8")]


@pytest.fixture
def sample_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder as a reader of the documentation has it, with the sample in examples/."""
    (tmp_path / "examples").mkdir()
    shutil.copy(SAMPLE, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    # install_as_pymarc() must not reach the tests that come after.
    before = {name: module for name, module in sys.modules.items() if is_pymarc(name)}
    yield
    for name in [name for name in sys.modules if is_pymarc(name)]:
        del sys.modules[name]
    sys.modules.update(before)


def is_pymarc(name: str) -> bool:
    return name.partition(".")[0] == "pymarc"


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
@pytest.mark.usefixtures("sample_folder")
def test_page(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.failed == 0
    assert result.attempted > 0


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.usefixtures("sample_folder")
def test_docstrings(module: str) -> None:
    """An example in a docstring may leave out what its reader has imported by then."""
    names = {name: getattr(mrrc, name) for name in mrrc.__all__}
    assert doctest.testmod(importlib.import_module(module), extraglobs=names).failed == 0


def test_pages_have_examples() -> None:
    expected = {"README", "tutorial", "formats", "pymarc", "validation"}
    assert expected <= {page.stem for page in WITH_EXAMPLES}


def test_every_format_is_described() -> None:
    page = (ROOT / "docs" / "formats.rst").read_text(encoding="utf-8")
    listed = re.findall(r"^``(\w+)`` +(yes|no) +(yes|no)  ", page, flags=re.MULTILINE)
    words = {True: "yes", False: "no"}
    formats = mrrc.formats.FORMATS.values()
    assert listed == [(each.name, words[each.reads], words[each.writes]) for each in formats]


def test_selectors_of_the_page_are_selectors(tmp_path: Path) -> None:
    section = (ROOT / "docs" / "formats.rst").read_text(encoding="utf-8")
    section = section.partition("Selectors\n---")[2]
    selectors = re.findall(r"^``(\S+)``", section, flags=re.MULTILINE)
    assert len(selectors) > 10
    assert mrrc.convert(SAMPLE, tmp_path / "x.csv", columns=selectors).records == 21


def documented(page: str) -> set[str]:
    """The names that a page of the reference takes from docstrings."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found: set[str] = set(re.findall(r"auto(?:class|function):: \S+\.(\w+)$", text, re.MULTILINE))
    for module, members in re.findall(
        r"^\.\. automodule:: (\S+)\n   :members:(.*)$", text, flags=re.MULTILINE
    ):
        named = [name.strip() for name in members.split(",")] if members.strip() else []
        content = importlib.import_module(module)
        found.update(named or getattr(content, "__all__", vars(content)))
    return found


def test_everything_public_is_in_the_reference() -> None:
    things = {name for name in mrrc.__all__ if callable(getattr(mrrc, name))}
    assert things <= documented("reference.rst")


def example(name: str, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8"},
    )


def test_quickstart_on_its_sample(tmp_path: Path) -> None:
    done = example("quickstart.py", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    21, with" in done.stdout
    assert "UTF-8 (leader/09): 20" in done.stdout
    assert "MARC-8 (leader/09): 1" in done.stdout
    assert "bad " not in done.stdout
    assert "21 records, each with a note more" in done.stdout
    assert "agrees with what was written\n" in done.stdout
    assert "$ mrrc count sample.xml sample.jsonl\n21 sample.xml\n21 sample.jsonl\n" in done.stdout
    assert "Record 1 of sample.jsonl" in done.stdout
    (copy,) = tmp_path.glob("*/sample.copy.mrc")
    assert copy.read_bytes().count(b"\x1d") == 21
    assert (copy.with_name("sample.jsonl")).read_bytes().count(b"\n") == 21


@pytest.mark.parametrize("name", ["sample.xml", "sample.json", "sample.mrk.gz", "sample.seq", "x"])
def test_quickstart_on_any_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    mrrc.convert(SAMPLE, path, target_format="line" if name == "x" else None)
    done = example("quickstart.py", path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    21, with" in done.stdout
    assert "21 records, each with a note more" in done.stdout
    assert "\n42 total\n" in done.stdout


def test_quickstart_says_which_records_are_bad(tmp_path: Path) -> None:
    data = bytearray(SAMPLE.read_bytes())
    second = data.index(b"\x1d") + 1
    data[second + 12 : second + 17] = b"00000"
    path = tmp_path / "damaged.mrc"
    path.write_bytes(data)
    done = example("quickstart.py", path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    20, with" in done.stdout
    assert "record 2: BaseAddressNotFound" in done.stdout
    assert "20 records, each with a note more" in done.stdout
    assert "agrees with what was written\n" in done.stdout
    assert "damaged.mrc: record 2 (001 99001002): " in done.stdout
    # the commands find the base address again
    assert "\n42 total\n" in done.stdout


def test_quickstart_goes_on_behind_a_bad_record_of_any_format(tmp_path: Path) -> None:
    path = tmp_path / "damaged.xml"
    mrrc.convert(SAMPLE, path)
    path.write_bytes(path.read_bytes().replace(b"<leader>01271cam", b"<leader>", 1))
    done = example("quickstart.py", path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    20, with" in done.stdout
    assert "record 3: RecordLeaderInvalid" in done.stdout
    assert "20 records, each with a note more" in done.stdout


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (None, 2, "no such file"),
        (b"", 1, "is empty"),
        (b"This is a letter, and no catalogue.\n" * 20, 1, "holds no MARC record"),
    ],
    ids=["missing", "empty", "text"],
)
def test_quickstart_on_what_is_no_marc(
    tmp_path: Path, content: bytes | None, status: int, message: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    done = example("quickstart.py", path, folder=tmp_path)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_quickstart_on_a_folder(tmp_path: Path) -> None:
    done = example("quickstart.py", tmp_path, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is a folder" in done.stderr


def test_publish(tmp_path: Path) -> None:
    with mrrc.read(SAMPLE) as reader:
        records = [record for record in reader if record is not None]
    local = mrrc.Field("500", subfields=[mrrc.Subfield("a", "Ours."), mrrc.Subfield("9", "x")])
    records[0].add_field(local, mrrc.Field("950", subfields=[mrrc.Subfield("a", "Shelf")]))
    records[1].leader[5] = "d"
    mrrc.write(records, tmp_path / "all.jsonl")
    done = example("publish.py", "all.jsonl", "some.xml.gz", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "some.xml.gz: 20 records; 1 deleted ones passed over\n"
    with mrrc.read(tmp_path / "some.xml.gz") as reader:
        first = next(reader)
    assert first is not None
    assert "950" not in first
    assert str(first.get_fields("500")[-1]) == "=500  \\\\$aOurs."


def test_publish_names_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    mrrc.convert(SAMPLE, path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = b'{"leader": ""}\n'
    path.write_bytes(b"".join(lines))
    done = example("publish.py", "all.jsonl", "some.mrc", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("not read: [record 5]")
    assert done.stdout.startswith("some.mrc: 20 records;")
    done = example("publish.py", "missing.mrc", "some.mrc", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such file" in done.stderr


def test_check(tmp_path: Path) -> None:
    done = example("check.py", SAMPLE, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    kinds = [line.split(": ")[1] for line in done.stdout.splitlines()]
    assert kinds == sorted(kinds, reverse=True)  # warnings first, then what is only told
    assert "440 (Series Statement/Added Entry-Title) is obsolete" in done.stdout
    (tmp_path / "own.json").write_text('{"fields": {"001": {}, "245": {}}}')
    done = example("check.py", SAMPLE, "own.json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(
        r"^ +\d+  record 1 \(\S+\): error: there is no field \d{3}$", done.stdout, re.M
    )


def test_check_names_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text("[]")
    for arguments in (["missing.mrc"], [SAMPLE, "missing.json"], [SAMPLE, "own.json"]):
        done = example("check.py", *arguments, folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
    assert example("check.py", folder=tmp_path).stderr.startswith("usage: ")


def test_subjects(tmp_path: Path) -> None:
    done = example("subjects.py", SAMPLE, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].split() == ["4", "eng", "Lighthouses"]


def test_headings(tmp_path: Path) -> None:
    done = example("headings.py", SAMPLE, "1", folder=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(r" +\d+ \S.*\n", done.stdout)
    assert done.stderr.startswith("sequential: ")
    assert example("headings.py", folder=tmp_path).returncode == 2


def test_safe_threading(tmp_path: Path) -> None:
    done = example("safe_threading.py", "--measure", SAMPLE, SAMPLE, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    *ways, first, second, gained = done.stdout.splitlines()
    assert len(ways) == 6
    assert all(way.startswith("by_") and way.endswith(" the same") for way in ways)
    assert first == second == f"      21 {SAMPLE}"
    assert re.fullmatch(
        r"4 threads gain [\d.]+ for a function in Python; control [\d.]+ before, [\d.]+ after",
        gained,
    )


def test_safe_threading_logs(tmp_path: Path) -> None:
    done = example("safe_threading.py", "--log", SAMPLE, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr.count("count begun in thread ") == 7
    assert f"thread counting {SAMPLE} (" in done.stderr


def test_safe_threading_names_what_it_cannot_read(tmp_path: Path) -> None:
    done = example("safe_threading.py", SAMPLE, "missing.mrc", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("missing.mrc: ")
    assert done.stderr.count("\n") == 1
    assert example("safe_threading.py", folder=tmp_path).stderr.startswith("usage: ")
