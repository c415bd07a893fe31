# SPDX-License-Identifier: MIT
"""The processes that do the work: one worker a package, and whole programs.

A worker is kept for a run and waits for its turns; what measures memory or an
import gets a process of its own.  Nothing here knows which case is which.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class MeasurementError(Exception):
    """A contender could not do what it was told; the text says why."""


def _environment(search: str | None) -> dict[str, str]:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    if search is not None:
        environment["PYTHONPATH"] = search
    return environment


class Package:
    """A package in an environment: an interpreter, and where else it looks for modules."""

    def __init__(self, contender: str, python: Path | str, search: str | None = None) -> None:
        self.contender = contender
        self.python = str(python)
        self._environment = _environment(search)
        self._process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.python, str(HERE / "worker.py"), self.contender],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            text=True,
        )

    def ask(self, request: dict[str, object], *, fresh: bool = False) -> dict[str, Any]:
        """Sends a request to the worker, or to one of its own, and returns the answer.

        Raises MeasurementError with the worker's traceback.
        """
        process = self._start() if fresh or self._process is None else self._process
        if not fresh:
            self._process = process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if fresh or not line:
            _stop(process)
        if not line:
            self._process = None if process is self._process else self._process
            raise MeasurementError(f"the worker ended, status {process.returncode}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise MeasurementError(str(answer["error"]))
        return answer

    def convert_seconds(self, format: str, path: str) -> float:
        """User CPU time of this package's command converting a file of ISO 2709."""
        command = [self.python, "-m", "mrrc", "convert", "--from", "marc", "--to", format]
        return program_seconds([*command, path], self._environment, user=True)

    def command_seconds(self, arguments: Sequence[str], path: str) -> float:
        """User CPU time of one of this package's commands over a file."""
        command = [self.python, "-m", "mrrc", *arguments, "--quiet", path]
        return program_seconds(command, self._environment, user=True)

    def import_milliseconds(self, module: str) -> float:
        """Elapsed time of importing what every program needs, in a process of its own."""
        code = (
            "import time; start = time.perf_counter(); "
            f"from {module} import Field, MARCReader, MARCWriter, Record; "
            "print(time.perf_counter() - start)"
        )
        done = subprocess.run(
            [self.python, "-c", code],
            env=self._environment,
            cwd="/",
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise MeasurementError(done.stderr)
        return float(done.stdout) * 1e3

    def close(self) -> None:
        """Ends the worker."""
        if self._process is not None:
            _stop(self._process)
            self._process = None


def _stop(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                pass
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def program_seconds(
    command: Sequence[str], environment: dict[str, str] | None = None, *, user: bool = False
) -> float:
    """CPU time of a program from start to end, its output thrown away; with `user` that of
    the program alone, without what the system did for it.

    Raises MeasurementError where it fails.
    """
    sys.stdout.flush()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise MeasurementError(f"{command[0]} ended with status {process.returncode}")
    return used.ru_utime if user else used.ru_utime + used.ru_stime


def c_speed(program: Path, file: Path, rounds: int) -> dict[str, Any]:
    """Runs the C program and returns what it measured.

    Raises MeasurementError where it fails.
    """
    done = subprocess.run(
        [str(program), str(file), str(rounds)], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise MeasurementError(f"c_speed ended with status {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
