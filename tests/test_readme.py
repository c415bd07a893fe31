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
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrrc

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample.mrc"
PAGES = [ROOT / "README.rst", *sorted((ROOT / "docs").glob("*.rst"))]
MODULES = [f"mrrc.{module.name}" for module in pkgutil.iter_modules(mrrc.__path__)]
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
