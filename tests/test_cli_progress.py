# SPDX-License-Identifier: MIT
"""The line that says how far a command is."""

import os
import subprocess
from pathlib import Path

import pytest
from command_line import SAMPLE, command

from mrrc.cli import progress
from mrrc.cli.progress import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setenv("TERM", "xterm")
    return now


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_status", lambda text: None)


@pytest.mark.usefixtures("plain")
def test_a_line_after_a_second(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    shown = Progress(True)
    clock[0] += 0.9
    shown.update(1000)
    shown.clear()
    assert capsys.readouterr().err == ""
    clock[0] += 1.1
    shown.update(4000)
    shown.update(4001)
    assert capsys.readouterr().err == "\r\x1b[K4,000 records, 2,000 a second"
    shown.clear()
    shown.clear()
    assert capsys.readouterr().err == "\r\x1b[K"


@pytest.mark.usefixtures("plain")
def test_none_where_it_is_not_wanted(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = Progress(True)
    hidden.hide()
    monkeypatch.setenv("TERM", "dumb")
    for shown in (hidden, Progress(False), Progress(True)):
        clock[0] += 5
        shown.update(1000)
        shown.clear()
    assert capsys.readouterr().err == ""


def test_rich_draws_it_where_it_is_installed(clock: list[float]) -> None:
    pytest.importorskip("rich")
    shown = Progress(True)
    clock[0] += 2
    shown.update(2000)
    shown.clear()
    assert shown._rich is not None


def on_terminal(*arguments: object, env: dict[str, str]) -> str:
    """What a command writes to a terminal that is its standard error."""
    import pty

    ours, its = pty.openpty()
    try:
        process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=its,
            env={**os.environ, "TERM": "xterm", **env},
        )
    finally:
        os.close(its)
    shown = b""
    try:
        while data := os.read(ours, 1 << 16):
            shown += data
    except OSError:  # the other side is closed
        pass
    finally:
        os.close(ours)
    assert process.wait() == 0
    return shown.decode()


def test_on_a_terminal(tmp_path: Path) -> None:
    # a second has to pass
    many = tmp_path / "many.mrc"
    many.write_bytes(SAMPLE.read_bytes() * 2000)
    arguments = ("show", many, "-o", os.devnull)
    shown = on_terminal(*arguments, env={})
    assert "records," in shown
    assert "a second" in shown
    assert on_terminal(*arguments, "--limit", "9", env={}) == ""
    assert on_terminal(*arguments, "--quiet", env={}) == ""
