# SPDX-License-Identifier: MIT
"""How many threads are meant by a number, and how many processors there are for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mrrc import _bridge, cores


def test_the_affinity_mask_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "quota", lambda: None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 5, 7}, raising=False)
    assert cores.usable_cores() == 3


def test_without_a_mask_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "quota", lambda: None)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert cores.usable_cores() == 5
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores.usable_cores() == 1


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of control groups, on a computer of eight processors."""
    root = tmp_path / "cgroup"
    root.mkdir()
    monkeypatch.setattr(cores, "_GROUPS", str(root))
    monkeypatch.setattr(cores, "_OWN", str(tmp_path / "own"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    return root


@pytest.mark.parametrize(
    ("quota", "wanted"),
    [
        ("max 100000", 8),
        ("150000 100000", 2),
        ("50000 100000", 1),
        ("1600000 100000", 8),
        ("", 8),
        ("few 100000", 8),
        ("100000", 8),
        ("100000 0", 8),
    ],
)
def test_a_quota_counts(quota: str, wanted: int, groups: Path) -> None:
    (groups / "cpu.max").write_text(quota + "\n")
    assert cores.usable_cores() == wanted


@pytest.mark.parametrize(("allowed", "wanted"), [("-1", 8), ("250000", 3)])
def test_an_older_quota_counts(allowed: str, wanted: int, groups: Path) -> None:
    (groups / "cpu").mkdir()
    (groups / "cpu" / "cpu.cfs_quota_us").write_text(allowed)
    (groups / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert cores.usable_cores() == wanted


def test_a_group_within_others_has_the_least_of_their_quotas(groups: Path) -> None:
    (groups.parent / "own").write_text("0::/system.slice/night.service\n")
    own = groups / "system.slice" / "night.service"
    own.mkdir(parents=True)
    assert cores.quota() is None
    (own / "cpu.max").write_text("600000 100000")
    assert cores.usable_cores() == 6
    (own.parent / "cpu.max").write_text("300000 100000")
    assert cores.usable_cores() == 3
    (own.parent / "cpu.max").write_text("max 100000")
    assert cores.usable_cores() == 6


def test_a_group_of_the_older_kind_within_another(groups: Path) -> None:
    text = "5:memory:/jobs\n4:cpuacct,cpu:/jobs/night\n1:name=systemd:/init.scope\n"
    (groups.parent / "own").write_text(text)
    own = groups / "cpu" / "jobs" / "night"
    own.mkdir(parents=True)
    (own / "cpu.cfs_quota_us").write_text("200000")
    (own / "cpu.cfs_period_us").write_text("100000")
    assert cores.quota() == 2
    assert str(groups / "memory" / "jobs") in cores.group_folders("memory")


@pytest.mark.parametrize("own", ["", "0::/", "0::/../outside", "nonsense", ":::::", "0::/gone"])
def test_a_group_that_is_not_to_be_seen(own: str, groups: Path) -> None:
    (groups.parent / "own").write_text(own)
    (groups / "cpu.max").write_text("200000 100000")
    assert cores.usable_cores() == 2


def test_jobs() -> None:
    assert cores.checked_jobs(3) == 3
    assert cores.checked_jobs(0) == cores.usable_cores()
    for number in (-1, 257):
        with pytest.raises(ValueError, match="jobs is 0 to 256"):
            cores.checked_jobs(number)
    for other in (True, 1.5, "2"):
        with pytest.raises(TypeError, match="whole number"):
            cores.checked_jobs(other)  # type: ignore[arg-type]


def test_one_job_starts_no_thread() -> None:
    source = _bridge.Source(None, b"")
    cores.read_ahead(source, 1)
    assert source._ahead is None
    cores.read_ahead(source, 2)
    assert source._ahead is not None
