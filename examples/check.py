#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks a file against MARC 21, or an Avram schema, and counts what it finds kind by kind."""

from __future__ import annotations

import sys
from collections import Counter

import mrrc


def main(source: str, schema: str | None = None) -> int:
    """Print each kind of finding with an example, the worst and the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], mrrc.Finding] = {}
    for finding in mrrc.validate(source, schema):
        kind = (finding.severity, finding.rule, finding.tag or "")
        counts[kind] += 1
        examples.setdefault(kind, finding)
    order = ("error", "warning", "info")
    for kind in sorted(counts, key=lambda kind: (order.index(kind[0]), -counts[kind], kind)):
        print(f"{counts[kind]:7}  {examples[kind]}")
    return 1 if any(severity == "error" for severity, _, _ in counts) else 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit(f"usage: {sys.argv[0]} FILE [SCHEMA]")
    try:
        status = main(*sys.argv[1:])
    except (OSError, ValueError) as error:  # no such file; no format or schema that is known
        print(error, file=sys.stderr)
        status = 2
    raise SystemExit(status)
