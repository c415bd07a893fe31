# SPDX-License-Identifier: MIT
"""concurrency/environment.py: what there is for work side by side, as data and as text."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc import cores
from mrrc.concurrency import environment, environment_report, recommended_workers
from mrrc.concurrency.environment import in_bytes


def test_the_report_says_what_there_is() -> None:
    report = environment_report()
    assert report.mrrc == mrrc.__version__
    assert report.python.startswith(".".join(map(str, sys.version_info[:2])))
    assert (report.executable, report.prefix) == (sys.executable, sys.prefix)
    assert report.base_prefix == sys.base_prefix
    assert report.virtual_environment == (sys.prefix != sys.base_prefix)
    assert report.libraries["cffi"]
    assert report.cores == os.cpu_count()
    assert report.usable_cores == recommended_workers("cpu") == cores.usable_cores()
    assert report.global_lock == getattr(sys, "_is_gil_enabled", lambda: True)()
    assert report.switch_interval == sys.getswitchinterval()
    assert set(report.start_methods) == set(multiprocessing.get_all_start_methods())
    assert report.worker_start_method in ("forkserver", "spawn")
    assert report.threads == tuple(each.name for each in threading.enumerate())


def test_it_is_the_same_from_both_packages() -> None:
    from mrrc.parallel import recommended_workers as other

    assert other is recommended_workers


def test_it_is_data_that_json_can_write() -> None:
    report = environment_report()
    data = json.loads(json.dumps(report._asdict()))
    assert list(data) == list(report._fields)
    assert data["usable_cores"] == report.usable_cores


def test_it_is_text() -> None:
    lines = str(environment_report()).splitlines()
    names = [line[:15].strip() for line in lines]
    assert names == [
        *("mrrc", "interpreter", "stands in", "system", "packages", "processors", "threads"),
        *("processes", "memory", "shared memory"),
    ]
    assert all(line[15:].strip() for line in lines)


def test_what_limits_the_processors_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(cores, "quota", lambda: 2.5)
    report = environment_report()
    assert (report.cores, report.cores_by_affinity, report.cores_by_group) == (16, 8, 2.5)
    assert report.usable_cores == 3
    assert "3 to be used: the machine has 16" in str(report)
    assert "may run on 8, its control group allows 2.5" in str(report)


def test_a_fork_is_safe_in_a_process_of_one_thread() -> None:
    code = (
        "import threading; from mrrc.concurrency import environment_report as r;"
        "first = r(); end = threading.Event();"
        "t = threading.Thread(target=end.wait, name='reader-1'); t.start(); second = r();"
        "end.set(); t.join();"
        "print(first.fork_safe, second.fork_safe, 'reader-1' in second.threads)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True False True\n", "")


def test_asking_settles_nothing() -> None:
    code = (
        "import multiprocessing as m; from mrrc.concurrency import environment_report as r;"
        "first = r().start_method; m.set_start_method('spawn'); print(first, r().start_method);"
        "print('by this program spawn' in str(r()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("None spawn\nTrue\n", "")


def test_a_memory_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(cores, "_GROUPS", str(tmp_path))
    monkeypatch.setattr(cores, "_OWN", str(tmp_path / "own"))
    monkeypatch.setattr(environment, "_own_limit", lambda: None)
    for text, wanted in (("max", None), ("1073741824", 1 << 30), (str(1 << 62), None), ("", None)):
        limit.write_text(text + "\n")
        assert environment_report().memory_limit == wanted
    limit.write_text("1073741824\n")
    assert "limit 1.0 GiB" in str(environment_report())
    (tmp_path / "own").write_text("0::/night\n")
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "memory.max").write_text("536870912\n")
    assert environment_report().memory_limit == 1 << 29
    monkeypatch.setattr(environment, "_own_limit", lambda: 1 << 20)
    assert environment_report().memory_limit == 1 << 20


def test_what_a_system_does_not_tell_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*arguments: Any) -> Any:
        raise OSError("not on this system")

    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "sysconf", missing)
    monkeypatch.setattr(os, "statvfs", missing)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    monkeypatch.setattr(cores, "quota", lambda: None)
    monkeypatch.setattr(environment, "_system_threads", lambda: None)
    monkeypatch.setattr(environment, "_of_meminfo", lambda name: None)
    monkeypatch.setattr(cores, "group_folders", lambda controller: [])
    report = environment_report()
    assert report.cores is report.cores_by_affinity is report.cores_by_group is None
    assert report.memory is report.memory_available is None
    assert report.shared_memory is report.shared_memory_free is report.system_threads is None
    assert report.usable_cores == 1
    text = str(report)
    assert "an unknown number" in text and "not known" in text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "not known"),
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1 << 20, "1.0 MiB"),
        (int(3.25 * (1 << 30)), "3.2 GiB"),
        (250 << 20, "250 MiB"),
        (1 << 60, "1048576 TiB"),
    ],
)
def test_sizes_in_words(size: int | None, text: str) -> None:
    assert in_bytes(size) == text
