# SPDX-License-Identifier: MIT
"""The table of what the toolkit costs: each row is described, and can be measured alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
SCRIPT = FOLDER / "concurrency.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the sources are not here")


def measured(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300
    )


def test_every_row_is_described() -> None:
    page = (FOLDER / "README.rst").read_text(encoding="utf-8")
    section = page.partition("\nThe toolkit\n")[2].partition("\nWhat is measured\n")[0]
    described = re.findall(r"^``(\w[\w-]+)``", section, re.MULTILINE)
    assert sorted(measured("--list").stdout.split()) == sorted(described)


def test_a_row_alone() -> None:
    """What it finds is for a machine that does nothing else."""
    done = measured("--rows", "submit", "--rounds", "1")
    assert done.returncode in (0, 1) and done.stderr == ""
    assert re.search(r"^submit: ", done.stdout)
    assert re.search(r"^  mrrc +[\d.]+ us \(median ", done.stdout, re.MULTILINE)
    assert re.search(
        r"^  [\d.]+ of ThreadPoolExecutor.submit; at most 1.3 is required: (holds|FAILS)$",
        done.stdout,
        re.MULTILINE,
    )


@pytest.mark.parametrize("arguments", [["--rows", "nothing"], ["--rounds", "0"]])
def test_what_cannot_be_measured(arguments: list[str]) -> None:
    done = measured(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
