# SPDX-License-Identifier: MIT
"""The names of the package, which are imported when they are asked for."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import mrrc


def test_every_name_is_there() -> None:
    own = {"__version__", "install_as_pymarc"}
    assert set(mrrc.__all__) == set(mrrc._HOME) | own
    assert mrrc.__all__ == sorted(mrrc.__all__, key=mrrc.__all__.index)
    for name, module in mrrc._HOME.items():
        home = importlib.import_module(f"mrrc.{module}")
        assert getattr(mrrc, name) is getattr(home, name)
    assert set(mrrc.__all__) <= set(dir(mrrc))


def test_type_checkers_see_the_same() -> None:
    tree = ast.parse(Path(mrrc.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: (node.module or "").removeprefix("mrrc.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == mrrc._HOME


def test_modules_are_there_as_in_pymarc() -> None:
    code = "import mrrc; print(mrrc.record.Record is mrrc.Record, mrrc.exceptions.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "mrrc.exceptions"]


def test_packages_are_there() -> None:
    code = "import mrrc; print(mrrc.parallel.map_records.__module__, mrrc.integrations.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "mrrc.integrations"
    assert done.stdout.startswith("mrrc.parallel")


def test_names_that_are_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        mrrc.nothing_of_the_kind  # noqa: B018
    with pytest.raises(ImportError):
        exec("from mrrc import nothing_of_the_kind")
