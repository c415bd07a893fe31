# SPDX-License-Identifier: MIT
"""mrrc under pymarc's name: without pymarc, after it, and with pickles that pymarc made."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pymarc
import pytest
import records as make
from side_by_side import shape

import mrrc


def run(program: str, given: bytes = b"") -> str:
    """Runs a program in a fresh interpreter; gives what it prints."""
    tests = Path(__file__).parent.parent
    path = os.pathsep.join([str(Path(mrrc.__file__).parent.parent), str(tests)])
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=given,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_without_pymarc() -> None:
    program = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "pymarc":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import mrrc
mrrc.install_as_pymarc()
import pymarc
import pymarc.constants, pymarc.exceptions, pymarc.field, pymarc.leader, pymarc.marc8
import pymarc.marc8_mapping, pymarc.reader, pymarc.record, pymarc.writer
from pymarc import MARCReader, Record, Field, Subfield, Indicators, Leader
from pymarc.exceptions import PymarcException
assert pymarc.record.Record is Record is mrrc.Record
assert PymarcException is mrrc.MrrcException
assert pymarc.marc8_mapping.CODESETS[0x42][0x41] == (0x41, 0)
print("ok")
"""
    assert run(program) == "ok\n"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_pymarc(protocol: int) -> None:
    data = make.sample()
    record = next(pymarc.MARCReader(data))
    raw = next(pymarc.MARCReader(data, to_unicode=False))
    built = pymarc.Record(fields=[pymarc.Field("245", ["1", "0"], [pymarc.Subfield("a", "x")])])
    # A field in two places stays one field.
    built.add_field(built.fields[0])
    given = pickle.dumps([record, raw, built, record.leader], protocol)
    program = """
import pickle, sys
import mrrc
mrrc.install_as_pymarc()
from side_by_side import shape
record, raw, built, leader = pickle.load(sys.stdin.buffer)
assert type(record) is type(raw) is mrrc.Record and type(leader) is mrrc.Leader
assert record.leader is leader
assert built.fields[0] is built.fields[1]
assert record.as_marc() and raw.as_marc()
print(ascii([shape(record), shape(raw), shape(built)]))
"""
    # side_by_side imports both packages; here pymarc is a name of mrrc's.
    record.as_marc()
    assert run(program, given).strip() == ascii([shape(record), shape(raw), shape(built)])
