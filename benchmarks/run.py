# SPDX-License-Identifier: MIT
"""Measures pymarc, the Rust mrrc, yaz-marcdump and this package side by side.

``python benchmarks/run.py`` makes what it needs, lets the contenders take turns
round by round, prints a table with the bars and leaves JSON, a table for the
README and a plot behind.  It uses the standard library only and installs
nothing outside its cache.  README.rst says how to read the result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import contenders
import environments
import report
from cases import CASES, LABELS, MARC21, MEMCHR, MEMCPY, OURS, POLARS, PYMARC, RUST, YAZ, Case
from contenders import MeasurementError, Package
from data import Data, find_file

PACKAGES = (OURS, RUST, PYMARC, POLARS)
OBSERVED = 2000  # records in which contenders have to agree
LEAST_SECONDS = 0.2  # of a turn: shorter work is repeated
IMPORTS = 5  # a round, each in a process of its own


def parse_options() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", metavar="A,B", help="only these cases")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds (5)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--records", type=int, default=20_000, metavar="N", help="slice (20000)")
    size.add_argument("--all", action="store_true", help="the whole file in place of a slice")
    parser.add_argument("--file", type=Path, help="the file of records, where it is at hand")
    parser.add_argument(
        "--only-ours",
        action="store_true",
        help="a quick look at this package in this interpreter, or built in place; no rivals",
    )
    parser.add_argument(
        "--against", type=Path, metavar="JSON", help="rivals' figures from an earlier run"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for the results"
    )
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    return parser.parse_args()


def choose_cases(names: str | None) -> list[Case]:
    """Returns the cases named, in the table's order.

    Raises SystemExit where there is no such case.
    """
    if names is None:
        return list(CASES)
    wanted = {name.strip() for name in names.split(",")}
    unknown = wanted - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))} (--list names them)")
    if "stream-growth" in wanted:
        wanted.add("stream")
    return [case for case in CASES if case.name in wanted]


class Run:
    """One run over the chosen cases."""

    def __init__(self, options: argparse.Namespace, cases: list[Case]) -> None:
        self.options = options
        self.cases = cases
        self.cache = environments.cache_folder()
        self.results = report.Results()
        self.failed: set[tuple[str, str]] = set()
        self.differences: dict[str, list[str]] = {}
        file = options.file or find_file(self.cache)
        self.data = Data(file, None if options.all else options.records)
        self.packages = self._packages()
        self.about: dict[str, Any] = {}

    def _packages(self) -> dict[str, Package]:
        if all(case.kind == "core" for case in self.cases):
            return {}
        if self.options.only_ours:
            in_place = any((environments.ROOT / "mrrc").glob("_native*.so"))
            search = str(environments.ROOT) if in_place else os.environ.get("PYTHONPATH")
            return {OURS: Package(OURS, sys.executable, search)}
        packages = {}
        for name in PACKAGES:
            if name == POLARS and not any(name in case.contenders for case in self.cases):
                continue
            say(f"preparing {LABELS[name]}")
            packages[name] = Package(name, environments.make_environment(self.cache, name))
        return packages

    def close(self) -> None:
        """Ends the workers and removes what was made for the run."""
        for package in self.packages.values():
            package.close()
        self.data.close()

    def meet(self) -> None:
        """Asks every package what it is, and checks that all do the same work."""
        for name, package in list(self.packages.items()):
            try:
                self.about[name] = package.ask({"do": "about"})
                say(f"{LABELS[name]} {self.about[name]['version']} {self.about[name]['file']}")
            except MeasurementError as error:
                raise SystemExit(f"{LABELS[name]} cannot be used: {error}") from error
        if len(self.packages) > 1:
            say(f"comparing what they give for the first {OBSERVED:,} records")
            for case in self.cases:
                if case.kind == "loop":
                    self._compare(case)

    def _compare(self, case: Case) -> None:
        path = str(self.data.get(case.data).path)
        seen = {}
        for name in case.contenders:
            if name in self.packages:
                request = {"do": "observe", "case": case.name, "path": path, "limit": OBSERVED}
                try:
                    seen[name] = self.packages[name].ask(request)["digest"]
                except MeasurementError as error:
                    self._fail(case, name, error)
        for name in (OURS, RUST):
            digest = seen.get(name)
            if digest is not None and digest != seen.get(PYMARC):
                self.differences.setdefault(name, []).append(case.name)

    def _fail(self, case: Case, contender: str, error: Exception) -> None:
        self.failed.add((case.name, contender))
        say(f"{case.name}: {LABELS[contender]} failed: {error}".rstrip())

    def measure(self) -> None:
        """Lets the contenders take turns."""
        rounds = max(1, self.options.rounds)
        for number in range(rounds):
            start = time.perf_counter()
            for case in self.cases:
                # Memory is the same each time, and a pass over the whole file is long.
                once = case.kind in ("kept", "stream", "core")
                if not (once and number):
                    self._turn(case, rounds)
            say(f"round {number + 1} of {rounds}: {time.perf_counter() - start:.1f} s")

    def _turn(self, case: Case, rounds: int) -> None:
        if case.kind == "growth":
            return
        if case.kind == "core":
            self._core(case, rounds)
            return
        for name in case.contenders:
            program = name in (YAZ, MARC21) and not self.options.only_ours
            present = name in self.packages or program
            if present and (case.name, name) not in self.failed:
                try:
                    self._measure_one(case, name)
                except MeasurementError as error:
                    self._fail(case, name, error)

    def _measure_one(self, case: Case, name: str) -> None:
        if case.kind == "import":
            module = "pymarc" if name == PYMARC else "mrrc"
            for _ in range(IMPORTS):
                figure = self.packages[name].import_milliseconds(module)
                self.results.add(case.name, name, figure)
            return
        records = self.data.get(case.data)
        if case.kind == "command":
            format = case.name.removeprefix("convert-")
            if name == YAZ:
                command = ["yaz-marcdump", "-i", "marc", "-o", format, str(records.path)]
                seconds = contenders.program_seconds(command, user=True)
            else:
                ours = {"json": "marcjson"}.get(format, format)
                seconds = self.packages[name].convert_seconds(ours, str(records.path))
            self.results.add(case.name, name, seconds / records.count * 1e6)
            return
        if case.kind == "tool":
            if name == MARC21:
                program = environments.marc21(self.cache)
                # bad records are passed over, as ours are
                command = [program, *case.arguments, "--skip-invalid", str(records.path)]
                seconds = contenders.program_seconds(command, user=True)
            else:
                seconds = self.packages[name].command_seconds(case.arguments, str(records.path))
            self.results.add(case.name, name, seconds / records.count * 1e6)
            return
        if name == YAZ:
            if shutil.which("yaz-marcdump") is None:
                raise MeasurementError("yaz-marcdump is not installed")
            seconds = contenders.program_seconds(
                ["yaz-marcdump", "-i", "marc", "-o", "marc", str(records.path)]
            )
            self.results.add(case.name, name, seconds / records.count * 1e6)
            return
        request: dict[str, object] = {"do": case.kind, "path": str(records.path)}
        request["records"] = records.count
        if case.kind in ("loop", "busy"):
            request["case"] = case.name
        if case.kind == "loop":
            request["seconds"] = LEAST_SECONDS
        answer = self.packages[name].ask(request, fresh=case.kind in ("kept", "stream"))
        self.results.add(case.name, name, float(answer["value"]))
        if "growth" in answer:
            self.results.add("stream-growth", name, float(answer["growth"]))

    def _core(self, case: Case, rounds: int) -> None:
        try:
            program = environments.build_c_speed(self.cache)
            records = self.data.get(case.data)
            answer = contenders.c_speed(program, records.path, 2 * rounds + 1)
        except (MeasurementError, OSError, subprocess.CalledProcessError) as error:
            self._fail(case, OURS, error)
            return
        if answer["records"] != records.count:
            found = f"{answer['records']} of {records.count} records"
            self._fail(case, OURS, MeasurementError(found))
            return
        if answer["undecoded"]:
            say(f"the core alone leaves {answer['undecoded']} of {records.count:,} undecoded")
        for one in answer["rounds"]:
            for name in (OURS, MEMCHR, MEMCPY):
                self.results.add(case.name, name, one[name] / answer["bytes"] * 1e12)

    def count(self) -> None:
        """Checks that every package finds every record of what it reads.

        A package that lost some would be fast.
        """
        for kind in sorted({case.data for case in self.cases if case.kind in ("loop", "busy")}):
            records = self.data.get(kind)
            for name, package in self.packages.items():
                if kind.startswith("marc8") and name == RUST:
                    continue
                if name == POLARS and kind != "slice":
                    continue
                try:
                    found = package.ask({"do": "count", "path": str(records.path)})["records"]
                except MeasurementError as error:
                    found = str(error)
                if found != records.count:
                    text = f"{kind} ({found} of {records.count} records)"
                    self.differences.setdefault(name, []).append(text)

    def borrow(self, path: Path) -> None:
        """Takes the figures of contenders that did not run from an earlier result."""
        earlier = json.loads(path.read_text(encoding="utf-8"))["cases"]
        for case in self.cases:
            for name, figures in earlier.get(case.name, {}).get("contenders", {}).items():
                if name not in self.results.rounds.get(case.name, {}):
                    for figure in figures["rounds"]:
                        self.results.add(case.name, name, figure)


def say(text: str) -> None:
    """Tells how the run goes on."""
    print(text, file=sys.stderr, flush=True)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    processor = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = names[0] if names else processor
    except OSError:
        pass
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor,
        "cores": os.cpu_count(),
    }


def save(run: Run, folder: Path) -> None:
    """Writes results.json, results.rst and, in a full run, results.png."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = {
        "machine": machine(),
        "packages": {name: about["version"] for name, about in run.about.items()},
        "records": "all" if run.options.all else run.options.records,
        "rounds": run.options.rounds,
        "differences": run.differences,
        "cases": report.as_json(run.cases, run.results),
    }
    results = folder / "results.json"
    results.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    text = report.rst_table(run.cases, run.results)
    (folder / "results.rst").write_text(text, encoding="utf-8")
    if not run.options.only_ours:
        try:
            python = environments.make_environment(run.cache, "plot")
            command = [python, environments.HERE / "plot.py", results, folder / "results.png"]
            subprocess.run(command, check=True)
        except subprocess.CalledProcessError as error:
            say(f"no plot: {error}")
    say(f"results are in {folder}")


def main() -> int:
    """Runs the benchmark; returns 1 where the work was not the same or not done."""
    options = parse_options()
    cases = choose_cases(options.cases)
    if options.list:
        for case in cases:
            print(f"{case.name:14} {case.title}")
        return 0
    run = Run(options, cases)
    try:
        run.meet()
        run.count()
        run.measure()
        if options.against is not None:
            run.borrow(options.against)
        print(report.table(cases, run.results))
        if not options.only_ours or options.against is not None:
            print(report.verdicts(cases, run.results))
        for name, places in run.differences.items():
            print(f"{LABELS[name]} gives something else than pymarc in: {', '.join(places)}")
        if not options.only_ours:
            save(run, options.out)
    finally:
        run.close()
    return 1 if OURS in run.differences or any(name == OURS for _, name in run.failed) else 0


if __name__ == "__main__":
    sys.exit(main())
