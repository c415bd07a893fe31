# SPDX-License-Identifier: MIT
"""Draws results.json: how many times faster than each rival, beside the bars.

Started by run.py in an environment that has matplotlib; takes the JSON file and
the picture to write.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

RIVALS = (("rust", "Rust mrrc", "#b7410e"), ("pymarc", "pymarc", "#3b6ea5"))


def draw(results: dict[str, Any], target: str) -> None:
    """Draws one panel a rival, one line a case, and saves the picture."""
    importlib.import_module("matplotlib").use("Agg")
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    timed = [case for case in results["cases"].values() if case["unit"] == "us/record"]
    figure, panels = pyplot.subplots(1, len(RIVALS), figsize=(11, 1 + 0.42 * len(timed)))
    for panel, (rival, label, colour) in zip(panels, RIVALS, strict=True):
        rows = [
            case for case in timed if rival in case["contenders"] and "mrrc" in case["contenders"]
        ]
        for place, case in enumerate(reversed(rows)):
            ours = case["contenders"]["mrrc"]["median"]
            ratio = case["contenders"][rival]["median"] / ours
            panel.barh(place, ratio, color=colour, height=0.6)
            inside = ratio > 1.8
            panel.text(
                1.05 if inside else max(ratio, 1) * 1.05,
                place,
                f"{ratio:.1f}x" if ratio < 10 else f"{ratio:.0f}x",
                va="center",
                color="white" if inside else "black",
                fontsize=8,
            )
            for bar in case["bars"]:
                if bar["over"] == rival:
                    panel.plot([bar["least"]] * 2, [place - 0.4, place + 0.4], "k-", lw=1.5)
                    panel.plot([bar["aim"]] * 2, [place - 0.4, place + 0.4], "k:", lw=1.5)
        panel.set_yticks(range(len(rows)), [case["title"] for case in reversed(rows)], fontsize=8)
        panel.set_xscale("log")
        panel.set_xlim(left=0.8)
        panel.margins(x=0.15)
        panel.axvline(1, color="grey", lw=0.8)
        panel.set_title(f"times faster than {label}", fontsize=10)
    figure.text(0.5, 0.005, "solid line: at least; dotted line: aim", ha="center", fontsize=8)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(target, dpi=120)


def main() -> None:
    """Draws the file named first into the file named second."""
    with open(sys.argv[1], encoding="utf-8") as source:
        draw(json.load(source), sys.argv[2])


if __name__ == "__main__":
    main()
