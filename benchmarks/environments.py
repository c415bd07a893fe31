# SPDX-License-Identifier: MIT
"""A virtual environment for each contender, and the C program.

The Rust package and this one share an import name, so each package gets an
environment of its own, kept in the cache from run to run.  This package is
installed anew each time, from a copy of the checkout: building leaves nothing
behind in the tree, and nothing left there finds its way into the build.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from cases import OURS
from contenders import MeasurementError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NOT_SOURCE = (".*", "*.egg-info", "*.o", "*.so", "__pycache__", "benchmark-results", "build")


def cache_folder() -> Path:
    """Returns MRRC_BENCH_CACHE or ~/.cache/mrrc-benchmarks, which is made where it is missing."""
    named = os.environ.get("MRRC_BENCH_CACHE")
    folder = Path(named) if named else Path.home() / ".cache" / "mrrc-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_environment(cache: Path, name: str) -> Path:
    """Returns the interpreter of the environment for a contender, or for "plot".

    Raises subprocess.CalledProcessError where pip fails.
    """
    folder = cache / f"{sys.implementation.cache_tag}-{name}"
    python = folder / "bin" / "python"
    done = folder / "requirements"
    if name == OURS:
        if not python.exists():
            venv.create(folder, with_pip=True)
        with tempfile.TemporaryDirectory(prefix="mrrc-benchmarks-") as place:
            copy = Path(place) / "mrrc"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE))
            _pip(python, "install", str(copy))
        return python
    requirements = HERE / "requirements" / f"{name}.txt"
    wanted = requirements.read_text(encoding="ascii")
    if not (done.is_file() and done.read_text(encoding="ascii") == wanted):
        venv.create(folder, clear=True, with_pip=True)
        _pip(python, "install", "-r", str(requirements))
        done.write_text(wanted, encoding="ascii")
    return python


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, stdout=sys.stderr)


def _build_setting(name: str) -> list[object]:
    """A constant of mrrc_build.py, read without running it."""
    tree = ast.parse((ROOT / "mrrc_build.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value: list[object] = ast.literal_eval(node.value)
            return value
    return []


def marc21(cache: Path) -> str:
    """Returns the program marc21, built by cargo into the cache where it is not installed.

    Raises MeasurementError where there is neither.
    """
    own = cache / "marc21" / "bin" / "marc21"
    found = shutil.which("marc21") or (str(own) if own.exists() else None)
    if found is not None:
        return found
    cargo = shutil.which("cargo")
    if cargo is None:
        raise MeasurementError("marc21 is not installed, and neither is cargo to build it")
    command = [cargo, "install", "--quiet", "--locked", "--version", "0.7.0"]
    command += ["--root", str(cache / "marc21"), "marc21-cli"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise MeasurementError(done.stderr)
    return str(own)


def build_c_speed(cache: Path) -> Path:
    """Compiles c_speed.c with the core, by the flags an installation uses.

    Returns the program, which is kept until a source changes.  Raises OSError
    where the compiler fails.
    """
    sources = sorted([*ROOT.glob("csrc/**/*.c"), *ROOT.glob("csrc/**/*.h"), HERE / "c_speed.c"])
    command = [os.environ.get("CC", "cc"), *map(str, _build_setting("COMPILER_FLAGS"))]
    command += [f"-I{ROOT / 'csrc'}", "-pthread"]
    libraries = [str(row[0]) for row in _build_setting("LIBRARIES") if isinstance(row, tuple)]
    links: list[str] = []
    if libraries:
        command += _pkg_config("--cflags", libraries)
        links = _pkg_config("--libs", libraries)
    command += [str(source) for source in sources if source.suffix == ".c"]
    digest = hashlib.sha256(repr([command, links]).encode())
    for source in sources:
        digest.update(source.read_bytes())
    program = cache / f"c_speed-{digest.hexdigest()[:16]}"
    if not program.exists():
        for older in cache.glob("c_speed-*"):
            older.unlink()
        # The compiler has said what is wrong on standard error.
        if subprocess.run([*command, "-o", str(program), *links]).returncode != 0:
            raise OSError("c_speed.c and the core do not compile")
    return program


def _pkg_config(option: str, libraries: list[str]) -> list[str]:
    return subprocess.check_output(["pkg-config", option, *libraries], text=True).split()
