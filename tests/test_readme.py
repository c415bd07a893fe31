# SPDX-License-Identifier: MIT
"""What the README and the documentation show is run, and so are the examples.

A page's examples run as one session in a folder of their own that holds the sample file, as
a reader would type them in from top to bottom.
"""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample.mrc"
PAGES = [ROOT / "README.rst", *sorted((ROOT / "docs").glob("*.rst"))]
WITH_EXAMPLES = [path for path in PAGES if ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(SAMPLE, tmp_path / "sample.mrc")
    monkeypatch.chdir(tmp_path)
    # install_as_pymarc() on a page must not reach the tests that come after.
    before = dict(sys.modules)
    try:
        result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "pymarc"]:
            del sys.modules[name]
        sys.modules.update(
            {name: module for name, module in before.items() if name.startswith("pymarc")}
        )
    assert result.failed == 0
    assert result.attempted > 0


def test_pages_have_examples() -> None:
    assert {"README", "tutorial", "pymarc"} <= {page.stem for page in WITH_EXAMPLES}


def quickstart(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / "quickstart.py"), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8"},
    )


def test_quickstart_on_its_sample(tmp_path: Path) -> None:
    done = quickstart(folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    21, with" in done.stdout
    assert "UTF-8 (leader/09): 20" in done.stdout
    assert "MARC-8 (leader/09): 1" in done.stdout
    assert "bad " not in done.stdout
    assert "21 records, each with a note more" in done.stdout
    assert done.stdout.endswith("agrees with what was written\n")
    (copy,) = tmp_path.glob("*/sample.copy.mrc")
    assert copy.read_bytes().count(b"\x1d") == 21


def test_quickstart_says_which_records_are_bad(tmp_path: Path) -> None:
    data = bytearray(SAMPLE.read_bytes())
    second = data.index(b"\x1d") + 1
    data[second + 12 : second + 17] = b"00000"
    path = tmp_path / "damaged.mrc"
    path.write_bytes(data)
    done = quickstart(path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "records    20, with" in done.stdout
    assert "record 2: BaseAddressNotFound" in done.stdout
    assert "20 records, each with a note more" in done.stdout
    assert done.stdout.endswith("agrees with what was written\n")


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
    done = quickstart(path, folder=tmp_path)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_quickstart_on_a_folder(tmp_path: Path) -> None:
    done = quickstart(tmp_path, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is a folder" in done.stderr
