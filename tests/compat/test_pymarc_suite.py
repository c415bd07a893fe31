# SPDX-License-Identifier: MIT
"""pymarc's own tests, run with mrrc in pymarc's place.

They are taken from pymarc's source distribution when the test runs; nothing of
them is kept here but their number.
"""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import mrrc

# How many tests of each file there are, and all of them pass.
PASSES = {
    "test_encode.py": 2,
    "test_field.py": 45,
    "test_json.py": 8,
    "test_leader.py": 7,
    "test_marc8.py": 15,
    "test_ordered_fields.py": 2,
    "test_reader.py": 25,
    "test_record.py": 39,
    "test_utf8.py": 3,
    "test_writer.py": 21,
    "test_xml.py": 7,
}


def test_no_file_is_left_out(pymarc_sdist: Path) -> None:
    assert sorted(path.name for path in (pymarc_sdist / "test").glob("test_*.py")) == [*PASSES]


@pytest.mark.parametrize("file", PASSES)
def test_file(file: str, pymarc_sdist: Path, tmp_path: Path) -> None:
    # The tests open "test/...", so their folder lies in the one they run in.
    shutil.copytree(pymarc_sdist / "test", tmp_path / "test")
    report = tmp_path / "report.xml"
    paths = [str(Path(__file__).parent), str(Path(mrrc.__file__).parent.parent)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "as_pymarc", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(tmp_path), "-c", os.devnull, "-o", "junit_family=xunit1"]
    command += [f"--junitxml={report}", f"test/{file}"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, said
    cases = list(ET.parse(report).getroot().iter("testcase"))
    passed = [case for case in cases if not len(case.findall("*"))]
    names = {(case.get("classname"), case.get("name")) for case in passed}
    assert len(names) == PASSES[file], said
