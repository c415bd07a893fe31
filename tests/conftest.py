# SPDX-License-Identifier: MIT
"""What all tests share: Hypothesis profiles, the `shared` marker, and the outside oracles.

What a test needs from outside (shared data, pymarc's source distribution,
yaz-marcdump) may be missing on a developer's computer: the test is skipped.
Where ``CI`` is set nothing may be missing: the test fails.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CI = os.environ.get("CI", "").lower() not in ("", "0", "false", "no")
STRESS = os.environ.get("MRRC_STRESS", "").lower() not in ("", "0", "false", "no")

PYMARC = "5.4.0"

# A failed comparison there shows what differs, as one in a test does.
pytest.register_assert_rewrite("side_by_side")

# The first example may load the library, and the computer may be busy: time says nothing here.
settings.register_profile("few", max_examples=15, deadline=None)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=10_000, deadline=None)
# Each of several threads draws its own.
settings.register_profile("threads", max_examples=5, deadline=None)
for profile in ("few", "dev", "ci", "deep", "threads"):
    settings.register_profile(
        profile, settings.get_profile(profile), suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if CI else "dev"))


def missing(what: str) -> NoReturn:
    """Ends the test: a failure where everything has to be there, a skip elsewhere."""
    if CI:
        pytest.fail(f"{what}, and CI is set", pytrace=False)
    pytest.skip(what)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shared: reads the data in ../shared")
    if STRESS:  # the interpreter switches between threads as often as it can
        sys.setswitchinterval(1e-6)


# What several threads of one test (`tox -e parallel`) would share, and why they must not.
THREAD_UNSAFE_FIXTURES = {
    "caplog": "it has what all threads log",
    "program": "one thread would end what the others wait for",
    "slow_fifo": "what one thread writes another would read",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for name in THREAD_UNSAFE_FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.thread_unsafe(reason=THREAD_UNSAFE_FIXTURES[name]))
    if STRESS or "stress" in config.getoption("-m"):
        return
    stress = [item for item in items if item.get_closest_marker("stress")]
    if stress:
        config.hook.pytest_deselected(items=stress)
        items[:] = [item for item in items if not item.get_closest_marker("stress")]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("memory") and "asan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("a sanitizer spends memory of its own")
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        missing(f"there is no folder {SHARED}")


@pytest.fixture(scope="session")
def loc_books() -> Path:
    """2,000 records of the Library of Congress in ISO 2709, UTF-8."""
    path = SHARED / "data" / "loc-books-2000.mrc"
    if not path.is_file():
        missing(f"there is no file {path}")
    return path


@pytest.fixture(scope="session")
def yaz() -> str:
    """The path of yaz-marcdump."""
    path = shutil.which("yaz-marcdump")
    if path is None:
        missing("yaz-marcdump is not installed")
    return path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock file, so that of several test processes one works and the others wait."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def download_pymarc(cache: Path) -> Path:
    """Puts pymarc's source distribution into the cache, unpacked, unless it is there."""
    folder = cache / f"pymarc-{PYMARC}"
    with locked(cache / "pymarc.lock"):
        if folder.is_dir():
            return folder
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            # fmt: off
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                "--no-deps", "--no-binary", "pymarc", "--dest", scratch, f"pymarc=={PYMARC}",
            ]
            # fmt: on
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                last = (done.stderr.strip() or "no message").splitlines()[-1]
                missing(f"pymarc's source distribution cannot be downloaded: {last}")
            with tarfile.open(Path(scratch, f"pymarc-{PYMARC}.tar.gz")) as archive:
                archive.extractall(scratch, filter="data")
            # Only a complete folder gets its name.
            os.rename(Path(scratch, folder.name), folder)
    return folder


@pytest.fixture(scope="session")
def pymarc_sdist() -> Path:
    """The folder of pymarc's unpacked source distribution.

    It is kept in ``MRRC_TEST_CACHE``, or in ~/.cache/mrrc-tests.
    """
    cache = Path(os.environ.get("MRRC_TEST_CACHE") or Path.home() / ".cache" / "mrrc-tests")
    cache.mkdir(parents=True, exist_ok=True)
    return download_pymarc(cache)


@pytest.fixture(scope="session")
def pymarc_data(pymarc_sdist: Path) -> list[Path]:
    """The files of pymarc's tests that hold ISO 2709 or MARC-8, in order of name."""
    files = [p for p in (pymarc_sdist / "test").iterdir() if p.suffix in (".dat", ".mrc", ".txt")]
    assert len(files) >= 18
    return sorted(files)
