# SPDX-License-Identifier: MIT
"""The page that says what is asked of parallel work, and which tests show that it holds."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guide"
PAGE = GUIDE / "requirements.rst"

ROWS = [
    *(f"M{number}" for number in range(1, 37)),
    *(f"G{number}" for number in range(1, 29)),
    *(f"F{number}" for number in range(1, 19)),
    *(f"T{number}" for number in range(1, 18)),
]

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the sources are not here")


def rows() -> dict[str, list[tuple[str, str]]]:
    """The tests that each row names: the file, and the function in it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in re.split(r"^   \* - ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[2:]:
        number = row.split("\n", 1)[0]
        assert number not in found
        found[number] = re.findall(r"``tests/(test_\w+)\.py::(test_\w+)``", row)
    return found


def named_in(stem: str) -> set[str]:
    """The tests at the top of a file, but for those that never run."""
    tree = ast.parse((ROOT / "tests" / f"{stem}.py").read_text(encoding="utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not any(
            ast.unparse(each) in ("pytest.mark.skip", "pytest.mark.xfail")
            or ast.unparse(each).startswith(("pytest.mark.skip(", "pytest.mark.xfail("))
            for each in node.decorator_list
        )
    }


def test_every_row_is_there() -> None:
    assert list(rows()) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_what_shows_it_is_a_test(row: str) -> None:
    tests = rows()[row]
    assert tests
    for file, test in tests:
        assert test in named_in(file)


def test_no_other_file_is_meant() -> None:
    """A name that is misspelt would not be looked at."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("::test_") == sum(map(len, rows().values()))


def test_pages_that_are_named_are_there() -> None:
    for page in GUIDE.glob("*.rst"):
        for name in re.findall(r":doc:`(?:[^`<]*<)?([\w/-]+)>?`", page.read_text(encoding="utf-8")):
            folder = GUIDE.parent if name.startswith("/") else GUIDE
            assert (folder / f"{name.removeprefix('/')}.rst").exists(), f"{name} in {page.name}"


def test_the_checklist_has_its_tests() -> None:
    """Sixteen things to look at, four for each time, and a test for each."""
    text = (GUIDE / "threads.rst").read_text(encoding="utf-8")
    text = text.partition("\nChecked\n---")[2].partition("\nFrom ``threading``\n---")[0]
    items = re.split(r"^   \* - ", text, flags=re.MULTILINE)[2:]
    times = [item.split("\n", 1)[0] for item in items]
    assert times == [
        time for time in ("Before", "While writing", "After", "In production") for _ in range(4)
    ]
    for item in items:
        tests = re.findall(r"``tests/(test_\w+)\.py::(test_\w+)``", item)
        assert len(tests) == item.count("::test_") > 0
        for file, test in tests:
            assert test in named_in(file)


def test_no_factor_stands_without_its_control() -> None:
    """What threads and processes gain depends on the machine and the moment."""
    for page in GUIDE.glob("*.rst"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"\b\d+(?:\.\d+)?(?:x\b|×| times (?:as|faster))", text) == [], page.name
    for script in ("threads.py", "parallel.py"):
        assert "control {before:" in (ROOT / "benchmarks" / script).read_text(encoding="utf-8")
