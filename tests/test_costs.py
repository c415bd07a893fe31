# SPDX-License-Identifier: MIT
"""What the benchmark of workers and readers prints, and that it is of the order that pages tell.

Sizes hardly depend on how busy the computer is. Times do; only their order is looked at.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import records as make

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "benchmarks" / "costs.py"

pytestmark = [
    pytest.mark.memory,
    pytest.mark.skipif(not SCRIPT.exists(), reason="the sources are not here"),
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is in /proc on Linux"),
]


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    path = tmp_path_factory.mktemp("costs") / "records.mrc"
    path.write_bytes(b"".join(make.sample(number) for number in range(3000)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), "--quick", str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    lines = re.findall(r"^(\S.*?) +([\d,]+\.\d) (?:KiB|us)$", done.stdout, flags=re.MULTILINE)
    assert len(lines) == len(done.stdout.splitlines())
    return {what: float(value.replace(",", "")) for what, value in lines}


def test_a_thread_reserves_much_and_touches_little(costs: dict[str, float]) -> None:
    assert costs["a thread that waits, resident"] < 64
    assert costs["a thread that waits, reserved"] > 10 * costs["a thread that waits, resident"]


def test_a_coroutine_is_smaller_than_a_thread(costs: dict[str, float]) -> None:
    assert costs["a coroutine that waits, resident"] < 4
    assert costs["a coroutine that waits, resident"] < costs["a thread that waits, resident"]


def test_what_it_takes_to_begin_is_told(costs: dict[str, float]) -> None:
    assert {"a coroutine begun", "a thread begun and ended"} < set(costs)
    assert [what for what in costs if "process" in what]


def test_a_reader_holds_one_batch(costs: dict[str, float]) -> None:
    """A block of 64 KiB, its records packed and as objects, and nothing of the rest."""
    assert costs["an open reader, nothing read"] < 4
    assert 32 < costs["an open reader behind its first record"] < 512


_KEEP = """
import os, sys
import mrrc

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

sum(1 for _ in mrrc.MARCReader(sys.argv[1]))
before = resident()
kept = list(mrrc.MARCReader(sys.argv[1]))
print((resident() - before) // len(kept))
"""


def test_a_record_kept_is_little_more_than_its_bytes(tmp_path: Path) -> None:
    for fill in (0, 3000):
        field = make.data_field("520", "  ", ("a", "x" * fill))
        data = [
            make.iso2709([make.control_field("001", f"{number}"), *[field] * 2])
            for number in range(10_000)
        ]
        path = tmp_path / "records.mrc"
        path.write_bytes(b"".join(data))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _KEEP, str(path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        )
        assert int(done.stdout) < len(data[-1]) * 1.1 + 300
