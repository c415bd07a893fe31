# SPDX-License-Identifier: MIT
"""What is handed out: the source distribution builds by itself, and one wheel serves every
CPython from 3.10 on.

Both are built once, the wheel from the source distribution and not from the tree, because
only that shows a file that MANIFEST.in forgot.
"""

from __future__ import annotations

import email
import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def is_missing(name: str) -> bool:
    """Return whether a package is not here; a mere folder of its name, as build/, is none."""
    spec = importlib.util.find_spec(name)
    return spec is None or spec.origin is None


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(map(is_missing, ("build", "cffi", "setuptools"))),
        reason="build, cffi and setuptools are needed: tox -e package",
    ),
]

# What a tree holds besides its sources.
PASSING = shutil.ignore_patterns(
    ".git", ".tox", ".venv*", "build", "dist", "*.so", "*.egg-info", "__pycache__", ".*_cache"
)


def version() -> str:
    text = (ROOT / "mrrc" / "_version.py").read_text()
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)"$', text, flags=re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel made from it."""
    folder = tmp_path_factory.mktemp("dist")
    tree = tmp_path_factory.mktemp("source") / "tree"
    shutil.copytree(ROOT, tree, ignore=PASSING)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree)],
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


def test_sdist_holds_every_source(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "csrc/**/*.[ch]",
            "mrrc/**/*.py",
            "mrrc/*.pyi",
            "mrrc/py.typed",
            "tests/**/*.py",
            "tests/**/*.[ch]",
            "tests/**/*.sh",
            "tools/*",
            "docs/**/*.rst",
            "docs/conf.py",
            "examples/*",
            "*.rst",
            "*.py",
            "LICENSE",
            "tox.ini",
            "pyproject.toml",
        )
        for path in ROOT.glob(pattern)
        if path.is_file() and not {"__pycache__", "_build"} & set(path.parts)
    }
    assert {"csrc/mrrc.h", "mrrc_build.py", "mrrc/py.typed"} <= wanted
    assert wanted - names == set()


def test_sdist_holds_nothing_that_was_built(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert [
        name for name in names if re.search(r"\.(so|o|pyc)$|__pycache__|\.hypothesis", name)
    ] == []


def test_version_stands_in_one_place() -> None:
    number = version()
    others = [ROOT / name for name in ("setup.py", "mrrc_build.py", "docs/conf.py")]
    others += [path for path in (ROOT / "mrrc").rglob("*.py") if path.stem != "_version"]
    assert [path for path in others if number in path.read_text()] == []
    assert f'"{number}"' not in (ROOT / "pyproject.toml").read_text()


def test_changelog_begins_with_this_version() -> None:
    heads = re.findall(r"^(\d+\.\d+\.\d+)\n-+$", (ROOT / "CHANGELOG.rst").read_text(), re.MULTILINE)
    assert heads[0] == version()


def test_wheel_is_for_the_stable_abi(wheel: Path) -> None:
    tag = wheel.stem.split("-", 2)[2]
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert "abi3" not in tag
    else:
        assert tag.startswith("cp310-abi3-")


def test_wheel_holds_the_package_and_its_types(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"mrrc/__init__.py", "mrrc/py.typed", "mrrc/_native.pyi"} <= set(names)
    assert len([name for name in names if re.match(r"mrrc/_native\..*so$", name)]) == 1
    assert {name.split("/")[0] for name in names} == {"mrrc", f"mrrc_cffi-{version()}.dist-info"}


def test_metadata(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Name"] == "mrrc-cffi"
    assert metadata["Version"] == version()
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT AND Apache-2.0"
    assert "cffi>=1.17" in metadata.get_all("Requires-Dist", [])


def test_core_shows_only_its_entry(wheel: Path, tmp_path: Path) -> None:
    """Another extension in the process may bring functions of the same names."""
    if shutil.which("nm") is None:
        pytest.skip("nm is not here")
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".so"))
    path = archive.extract(name, tmp_path)
    listing = subprocess.run(
        ["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True
    ).stdout
    shown = {line.split()[-1] for line in listing.splitlines()}
    assert {name for name in shown if "mrrc" in name and not name.startswith("PyInit")} == set()
    assert "PyInit__native" in shown


def test_sdist_installs_into_a_clean_environment(sdist: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", str(sdist)], check=True, cwd=tmp_path
    )
    code = "import mrrc; print(mrrc.__version__, mrrc.__file__)"
    done = subprocess.run(
        [python, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.split()[0] == version()
    assert done.stdout.split()[1].startswith(str(tmp_path))


def test_missing_library_is_named(tmp_path: Path) -> None:
    """A pkg-config that finds nothing stands for a computer without the library."""
    stand_in = tmp_path / "pkg-config"
    stand_in.write_text("#!/bin/sh\nexit 1\n")
    stand_in.chmod(0o755)
    done = subprocess.run(
        [sys.executable, str(ROOT / "mrrc_build.py")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "apt-get install libxml2-dev libjansson-dev libutf8proc-dev libpcre2-dev" in done.stderr


def test_missing_pkg_config_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "mrrc_build.py")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "apt-get install pkg-config" in done.stderr
