# SPDX-License-Identifier: MIT
"""Traces of the pool beside its model's rules, and the pool under the thread sanitizer.

The model itself takes a minute: ``verification/run.sh`` searches it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import missing

FOLDER = Path(__file__).parents[1] / "verification"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sources are not here")


def replayer() -> Any:
    spec = importlib.util.spec_from_file_location("replay", FOLDER / "replay.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["replay"] = module
    spec.loader.exec_module(module)
    return module


def run(script: str, *arguments: str, limit: int = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(FOLDER / script), *arguments],
        capture_output=True,
        text=True,
        timeout=limit,
        env={**os.environ, "PYTHON": sys.executable, "CC": "gcc"},
    )


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    if shutil.which("gcc") is None:
        missing("there is no C compiler")
    file = tmp_path_factory.mktemp("trace") / "trace"
    done = run("trace.sh", "600", "7", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    return file.read_text().splitlines()


def test_the_pool_does_what_its_model_does(trace: list[str]) -> None:
    rules = replayer().replay(trace)
    assert replayer().WANTED <= rules.keys()


def without(what: str) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        at = next(i for i, line in enumerate(lines) if line.endswith(what))
        return lines[:at] + lines[at + 1 :]

    return change


def no_bound(lines: list[str]) -> list[str]:
    """As if a piece had been given back that was not."""
    at = next(i for i, line in enumerate(lines) if line.startswith("c0") and "unlock" in line)
    words = lines[at].split()
    words[2] = str(int(words[2]) + 1)
    return [*lines[:at], " ".join(words), *lines[at + 1 :]]


def unguarded(lines: list[str]) -> list[str]:
    """As if something had changed while nobody had the mutex."""
    at = next(i for i, line in enumerate(lines) if line.endswith("lock") and i > 20)
    words = lines[at].split()
    words[6] = "0" if words[6] == "1" else "1"
    return [*lines[:at], " ".join(words), *lines[at + 1 :]]


@pytest.mark.parametrize(
    "change",
    [
        *(without("signal room"), without("signal ready"), without("broadcast room")),
        *(without("broadcast ready"), without(" lock"), no_bound, unguarded),
    ],
)
def test_any_other_pool_is_told_from_it(
    change: Callable[[list[str]], list[str]], trace: list[str]
) -> None:
    module = replayer()
    with pytest.raises(module.Unlike):
        module.replay(change(trace))


@pytest.mark.slow
def test_the_thread_sanitizer_finds_nothing() -> None:
    if shutil.which("gcc") is None:
        missing("there is no C compiler")
    done = run("tsan.sh", "3")
    if done.returncode == 77:
        pytest.skip(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
