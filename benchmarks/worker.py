# SPDX-License-Identifier: MIT
"""A contender's own process: measures one thing after another as it is told.

Started by run.py with the interpreter of the contender's environment and the
contender's name; reads one JSON request a line from standard input and answers
with one JSON line.  While it waits it uses no processor time, so contenders can
take turns.  It knows nothing of rivals, rounds or bars.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import itertools
import json
import os
import resource
import sys
import threading
import time
import traceback
from typing import Any

import polars_api
import pymarc_api
import rust_api
from cases import POLARS, PYMARC, RUST


def _status_bytes(name: str) -> int | None:
    """A size from the kernel's status page of this process, in bytes; None where there is none."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def _peak_bytes() -> int:
    # ru_maxrss counts in what the parent used before exec, so it is second choice.
    peak = _status_bytes("VmHWM")
    if peak is not None:
        return peak
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _resident_bytes() -> int:
    resident = _status_bytes("VmRSS")
    return _peak_bytes() if resident is None else resident


class Worker:
    """Measures one package."""

    def __init__(self, contender: str) -> None:
        name = {PYMARC: "pymarc", POLARS: "polars_marc21"}.get(contender, "mrrc")
        self.package: Any = importlib.import_module(name)
        self.work: Any = {RUST: rust_api, POLARS: polars_api}.get(contender, pymarc_api)

    def about(self) -> dict[str, object]:
        """What is being measured, and from where it was imported."""
        version = getattr(self.package, "__version__", "")
        if not version:
            version = importlib.import_module("importlib.metadata").version(self.package.__name__)
        return {"version": version, "file": self.package.__file__}

    def count(self, path: str) -> dict[str, object]:
        """How many records the package finds."""
        reader = self.work.reader(self.package, path)
        return {"records": sum(record is not None for record in reader)}

    def observe(self, case: str, path: str, limit: int) -> dict[str, object]:
        """A digest of what the first `limit` calls of a case give, or None where it has none."""
        observer = self.work.OBSERVERS.get(case)
        if observer is None:
            return {"digest": None}
        digest = hashlib.sha256()
        for seen in itertools.islice(observer(self.package, path), limit):
            digest.update(repr(seen).encode("utf-8", "surrogatepass") + b"\n")
        return {"digest": digest.hexdigest()}

    def loop(self, case: str, path: str, records: int, seconds: float) -> dict[str, object]:
        """CPU time of a case in microseconds a record, over passes of `seconds` in all or more."""
        loop = self.work.LOOPS[case]
        gc.collect()
        passes = 0
        spent = 0.0
        start = time.process_time()
        while spent < seconds or not passes:
            loop(self.package, path)
            passes += 1
            spent = time.process_time() - start
        return {"value": spent / passes / records * 1e6}

    def busy(self, case: str, path: str, records: int) -> dict[str, object]:
        """Elapsed time in microseconds a record while another thread runs Python code."""
        running = True
        at_work = threading.Event()

        def compute() -> None:
            total = 0
            while running:
                total += 1
                if total == 100_000:
                    at_work.set()

        rival = threading.Thread(target=compute)
        gc.collect()
        rival.start()
        try:
            at_work.wait()
            start = time.perf_counter()
            self.work.LOOPS[case](self.package, path)
            spent = time.perf_counter() - start
        finally:
            running = False
            rival.join()
        return {"value": spent / records * 1e6}

    def kept(self, path: str, records: int) -> dict[str, object]:
        """Growth of the resident size in bytes a record when every record is kept."""
        # One pass first: what reading itself needs is then there already.
        for _ in self.work.reader(self.package, path):
            pass
        gc.collect()
        before = _resident_bytes()
        kept = list(self.work.reader(self.package, path))
        gc.collect()
        growth = _resident_bytes() - before
        return {"value": growth / records, "records": len(kept)}

    def stream(self, path: str, records: int) -> dict[str, object]:
        """Peak resident size of a pass in MiB, and how much of it came after the first tenth."""
        early = 0
        for number, _ in enumerate(self.work.reader(self.package, path)):
            if number == records // 10:
                early = _peak_bytes()
        peak = _peak_bytes()
        return {"value": peak / 2**20, "growth": (peak - early) / 2**20}


def main() -> None:
    """Answers requests until standard input ends."""
    # Answers go out on a copy; what the package prints must not come between.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker: Worker | None = None
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        try:
            if worker is None:
                worker = Worker(sys.argv[1])
            answer = getattr(worker, request.pop("do"))(**request)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
