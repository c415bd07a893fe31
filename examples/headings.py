# SPDX-License-Identifier: MIT
"""Counts the subjects of a file of any format, on all processors: `headings.py FILE [NUMBER]`.

Prints the headings of 650 that come most often (20), and says on standard error where the
work was done, and why. Exit status: 0, 1 where a record could not be read.
"""

from __future__ import annotations

import sys
from collections import Counter

from mrrc import Record
from mrrc.parallel import map_records


def subjects(record: Record) -> list[str]:
    """Returns the headings of a record; it stands here so that processes find it."""
    return [
        " -- ".join(value.strip(" .") for value in field.get_subfields("a", "x", "y", "z"))
        for field in record.get_fields("650")
    ]


def main() -> int:
    """Counts, prints, and returns the exit status."""
    if len(sys.argv) not in (2, 3):
        print(f"usage: {sys.argv[0]} FILE [NUMBER]", file=sys.stderr)
        return 2
    counted: Counter[str] = Counter()
    with map_records(sys.argv[1], subjects, on_error="skip", ordered=False) as results:
        for found in results:
            counted.update(found)
        if results.decision is not None:
            print(f"{results.decision.strategy}: {results.decision.reason}", file=sys.stderr)
        failed = results.stats.failed + results.stats.lost
    for heading, count in counted.most_common(int(sys.argv[2]) if len(sys.argv) == 3 else 20):
        print(f"{count:6} {heading}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
