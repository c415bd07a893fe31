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


@pytest.mark.parametrize(
    ("quota", "wanted"),
    [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("1600000 100000", 8)],
)
def test_a_quota_counts(
    quota: str, wanted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(quota + "\n")
    monkeypatch.setattr(cores, "_QUOTA", str(file))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    assert cores.usable_cores() == wanted


@pytest.mark.parametrize(("allowed", "wanted"), [("-1", 8), ("250000", 3)])
def test_an_older_quota_counts(
    allowed: str, wanted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quota").write_text(allowed)
    (tmp_path / "period").write_text("100000")
    monkeypatch.setattr(cores, "_QUOTA", str(tmp_path / "none"))
    monkeypatch.setattr(cores, "_OLD_QUOTA", (str(tmp_path / "quota"), str(tmp_path / "period")))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    assert cores.usable_cores() == wanted


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
