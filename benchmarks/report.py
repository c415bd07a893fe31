# SPDX-License-Identifier: MIT
"""What was measured, as text for a terminal, for the README and as JSON.

Nothing is rounded before it is compared with a bar.  A case that could not be
measured is shown as such and holds no bar.
"""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cases import LABELS, MARC21, MEMCHR, MEMCPY, OURS, POLARS, PYMARC, RUST, YAZ, Bar, Case

COLUMNS = (OURS, RUST, PYMARC, YAZ, MARC21, POLARS)
Rounds = Mapping[str, Mapping[str, list[float]]]


@dataclass
class Results:
    """The rounds of every case: case name, contender, one figure a round."""

    rounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def add(self, case: str, contender: str, figure: float) -> None:
        """Adds the figure of one round."""
        self.rounds.setdefault(case, {}).setdefault(contender, []).append(figure)

    def median(self, case: str, contender: str) -> float | None:
        """The median over the rounds, or None where there are none."""
        figures = self.rounds.get(case, {}).get(contender)
        return statistics.median(figures) if figures else None

    def ratio(self, case: str, rival: str) -> float | None:
        """How often ours goes into the rival's median."""
        ours, theirs = self.median(case, OURS), self.median(case, rival)
        return None if ours is None or theirs is None or ours <= 0 else theirs / ours

    def reached(self, case: Case, bar: Bar) -> float | None:
        """What stands against a bar."""
        return self.median(case.name, OURS) if bar.over is None else self.ratio(case.name, bar.over)


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _cell(case: Case, figures: list[float] | None) -> str:
    if not figures:
        return ""
    # A speed is easier to read than the time it takes.
    show: Callable[[float], str]
    if case.kind == "core":
        figures, show = [1e3 / figure for figure in figures], "{:.2f}".format
    else:
        show = _number
    text = show(statistics.median(figures))
    return text if len(figures) == 1 else f"{text} ({show(min(figures))}-{show(max(figures))})"


def _unit(case: Case) -> str:
    return "GB/s" if case.kind == "core" else case.unit


def _bar_cell(case: Case, bar: Bar | None, reached: float | None) -> str:
    if reached is None:
        return ""
    text = f"{_number(reached)}x"
    if bar is None:
        return text
    return f"{text} of {bar.least:g} ({bar.aim:g}) {bar.verdict(reached)}"


def _rows(cases: list[Case], results: Results) -> list[list[str]]:
    rows = []
    for case in cases:
        rounds = results.rounds.get(case.name, {})
        if not rounds:
            continue
        row = [case.title, _unit(case)]
        row += [_cell(case, rounds.get(contender)) for contender in COLUMNS]
        bars = {bar.over: bar for bar in case.bars}
        for rival in (RUST, PYMARC, YAZ, MARC21, POLARS):
            row.append(_bar_cell(case, bars.get(rival), results.ratio(case.name, rival)))
        if None in bars and (figure := results.median(case.name, OURS)) is not None:
            bar = bars[None]
            row[2] += f", at most {bar.least:g} ({bar.aim:g}) {bar.verdict(figure)}"
        rows.append(row)
        for rival in (MEMCHR, MEMCPY):
            if rival in rounds:
                bar_cell = _bar_cell(case, bars.get(rival), results.ratio(case.name, rival))
                speed = f"{_cell(case, rounds[rival])}: {bar_cell}"
                rows.append(
                    [f"  beside {LABELS[rival]}", _unit(case), speed, *[""] * (len(HEAD) - 3)]
                )
    return rows


OVER = ["over Rust mrrc", "over pymarc", "over yaz", "over marc21", "over polars-marc21"]
HEAD = ["", "", *(LABELS[name] for name in COLUMNS), *OVER]


def table(cases: list[Case], results: Results) -> str:
    """Returns the table for a terminal; columns that hold nothing are left out."""
    rows = _rows(cases, results)
    keep = [i for i in range(len(HEAD)) if i < 3 or any(row[i] for row in rows)]
    lines = [[line[i] for i in keep] for line in [HEAD, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(keep))]
    text = [
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines
    ]
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in text)


def rst_table(cases: list[Case], results: Results) -> str:
    """Returns the table as reStructuredText."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([HEAD, *_rows(cases, results)])
    body = "".join(f"   {line}\n" for line in out.getvalue().splitlines())
    return f".. csv-table::\n   :header-rows: 1\n\n{body}"


def verdicts(cases: list[Case], results: Results) -> str:
    """Returns how many bars hold, and a line for each that does not."""
    held = aimed = 0
    failed = []
    for case in cases:
        for bar in case.bars:
            reached = results.reached(case, bar)
            if reached is None:
                failed.append(f"  {case.title}: not measured")
                continue
            verdict = bar.verdict(reached)
            held += verdict != "FAILS"
            aimed += verdict == "aim"
            if verdict == "FAILS":
                over = "" if bar.over is None else f" over {LABELS[bar.over]}"
                failed.append(f"  {case.title}{over}: {_number(reached)} against {bar.least:g}")
    total = sum(len(case.bars) for case in cases)
    return "\n".join([f"{held} of {total} bars hold, {aimed} with the aim reached", *failed])


def as_json(cases: list[Case], results: Results) -> dict[str, Any]:
    """Returns everything as plain data."""
    out: dict[str, Any] = {}
    for case in cases:
        rounds = results.rounds.get(case.name)
        if not rounds:
            continue
        bars = []
        for bar in case.bars:
            reached = results.reached(case, bar)
            bars.append(
                {
                    "over": bar.over,
                    "least": bar.least,
                    "aim": bar.aim,
                    "reached": reached,
                    "verdict": None if reached is None else bar.verdict(reached),
                }
            )
        out[case.name] = {
            "title": case.title,
            "unit": case.unit,
            "contenders": {
                name: {
                    "median": statistics.median(figures),
                    "min": min(figures),
                    "max": max(figures),
                    "rounds": figures,
                }
                for name, figures in rounds.items()
            },
            "bars": bars,
        }
    return out
