# SPDX-License-Identifier: MIT
"""Sums up a run of tox: `sum_up.py LOG STATUS` prints "N passed, M failed" as one line.

It adds the closing lines of pytest and of the C tests, which have the same words.  An
environment that failed without a failed test (a linter, a build) counts as one failure,
so the line never looks clean after a bad run.  It decides nothing: tox's status does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SUMMARY = re.compile(r"^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+)(?: in [\d.]+s.*)?$")
PART = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")
FAILED_ENVIRONMENT = re.compile(r"^  \S+: FAIL\b", re.MULTILINE)


def sum_up(log: str) -> dict[str, int]:
    """Returns how many tests passed, failed and were skipped in a log of tox."""
    text = COLOUR.sub("", log)
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for line in text.splitlines():
        closing = SUMMARY.match(line)
        if closing is None:
            continue
        for number, word in PART.findall(closing[1]):
            total["failed" if word.startswith("error") else word] += int(number)
    if total["failed"] == 0:
        total["failed"] = len(FAILED_ENVIRONMENT.findall(text))
    return total


def main() -> None:
    """Prints the line; a failed run without any failure in its log counts as one."""
    total = sum_up(Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace"))
    if sys.argv[2] != "0" and total["failed"] == 0:
        total["failed"] = 1
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")


if __name__ == "__main__":
    main()
