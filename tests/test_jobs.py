# SPDX-License-Identifier: MIT
"""``jobs=`` and ``--jobs``: whatever the number of threads, the outcome is that of one."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import command_line
import pytest
import records as make
from hypothesis import given, settings
from hypothesis import strategies as st

import mrrc

SOUND = [make.sample(number) for number in range(1, 1201)]
ODD = make.iso2709([make.control_field("001", "a\x1fb"), make.data_field("245", "00", ("a", "x"))])
MARC8 = make.iso2709([make.data_field("245", "00", ("a", b"Caf\xe2e"))], coding=" ")
BAD = make.iso2709([make.data_field("245", "00", ("a", b"\xff\xfe"))])
#: Large enough for several blocks, with something amiss here and there.
DATA = b"".join([*SOUND, ODD, *SOUND, MARC8, b"\r\n", *SOUND, BAD, b"99999" + SOUND[0][5:], *SOUND])

FORMATS = ["marc", "marcxml", "marcjson", "jsonl", "mrk", "line", "aleph", "mods", "csv", "dc"]


def converted(data: bytes, jobs: int, **options: Any) -> tuple[Any, ...]:
    memory = io.BytesIO()
    result = mrrc.convert(data, memory, jobs=jobs, on_error="skip", **options)
    said = [str(each) for each in [*result.errors, *result.repairs]]
    return memory.getvalue(), result.records, said


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("mode", [None, "strict", "lenient", "permissive"])
def test_conversions(format: str, mode: str | None) -> None:
    options = {"source_format": "marc", "target_format": format, "recovery_mode": mode}
    assert converted(DATA, 3, **options) == converted(DATA, 1, **options)


@pytest.mark.parametrize("format", ["marcxml", "marcjson", "jsonl", "mrk", "line"])
def test_conversions_of_other_formats(format: str) -> None:
    data, _, _ = converted(b"".join(SOUND), 1, source_format="marc", target_format=format)
    options = {"source_format": format, "target_format": "marc", "where": "001?"}
    assert converted(data, 2, **options) == converted(data, 1, **options)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_damaged_conversions(data: st.DataObject) -> None:
    whole = bytearray(b"".join(SOUND[:300]))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.sampled_from([0x1D, 0x1E, 0x1F, 0x30, 0xFF, 0x0A]))
    options: dict[str, Any] = {
        "source_format": "marc",
        "target_format": "jsonl",
        "recovery_mode": data.draw(st.sampled_from([None, "lenient", "permissive"])),
    }
    if data.draw(st.booleans()):
        options["where"] = "245$a =~ 'e'"
    assert converted(bytes(whole), 2, **options) == converted(bytes(whole), 1, **options)


@pytest.mark.parametrize("shape", ["wide", "long"])
@pytest.mark.parametrize("where", [None, "001 =~ '7'"])
def test_columns(shape: str, where: str | None) -> None:
    def made(jobs: int) -> tuple[Any, ...]:
        table = mrrc.columns(
            DATA,
            {"id": "001", "title": "245$a", "subjects": "650$a"},
            where,
            shape=shape,
            lists=["subjects"],
            format="marc",
            recovery_mode="lenient",
            jobs=jobs,
        )
        return table.to_pydict(), table.left_out, [str(error) for error in table.errors]

    assert made(3) == made(1)


@pytest.mark.parametrize("jobs", [-1, 257])
def test_no_number_of_threads(jobs: int) -> None:
    with pytest.raises(ValueError, match="jobs is 0 to 256"):
        mrrc.convert(DATA, io.BytesIO(), source_format="marc", target_format="mrk", jobs=jobs)
    with pytest.raises(ValueError, match="jobs is 0 to 256"):
        mrrc.columns(DATA, ["001"], format="marc", jobs=jobs).to_pylist()


@pytest.mark.parametrize(
    "command",
    [
        ["grep", "a"],
        ["grep", "--count", "1"],
        ["filter", "001 =~ '3'"],
        ["select", "001, 245$a"],
        ["frequency", "245$a"],
        ["describe"],
        ["count"],
        ["dedup"],
        ["convert", "--to", "jsonl"],
        ["head", "--to", "mrk"],
        ["extract", "001"],
    ],
)
def test_commands(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    name, *rest = command

    def ran(jobs: str) -> command_line.Done:
        return command_line.mrrc(name, "--jobs", jobs, *rest, file)

    assert ran("3") == ran("1")


_MEASURE = """
import resource, sys
import mrrc
path, jobs = sys.argv[1], int(sys.argv[2])

def run(path, jobs):
    mrrc.convert(path, "/dev/null", target_format="marcxml", atomic=False, jobs=jobs)

run(sys.argv[3], jobs)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
run(path, jobs)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.memory
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is in KiB on Linux")
@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_memory_stays_bounded(jobs: int, tmp_path: Path) -> None:
    """However large the file: a block of 256 KiB, its records and what is made of them, for each
    thread and each of four that may lie ready, and a little for what buffers have to spare."""
    large, small = tmp_path / "large.mrc", tmp_path / "small.mrc"
    data = b"".join(SOUND)
    small.write_bytes(data)
    with large.open("wb") as file:
        for _ in range(1 + (48 << 20) // len(data)):
            file.write(data)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(large), str(jobs), str(small)],
        capture_output=True,
        text=True,
        check=True,
    )
    grown = int(done.stdout) * 1024
    block = 256 << 10
    # MARCXML of these records is less than six times their size, and buffers grow by halves
    assert grown < (jobs + 4) * block * (1 + 1.5 + 6 * 1.5)
