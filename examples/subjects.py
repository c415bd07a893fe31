# SPDX-License-Identifier: MIT
"""Counts subject headings by language, over columns, with nothing but this package.

Usage: python examples/subjects.py [FILE]
"""

import sys
from collections import Counter
from pathlib import Path

import mrrc


def main() -> None:
    """Print the most frequent headings of each language."""
    path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("sample.mrc")
    table = mrrc.columns(
        path,
        {"language": "008/35-37", "subjects": "650$a"},
        where="650$a",
        recovery_mode="lenient",
    )
    counts: Counter[tuple[str, str]] = Counter()
    for chunk in table:  # some ten thousand records at a time
        values = chunk.to_pydict()
        for language, subjects in zip(values["language"], values["subjects"]):
            counts.update((language or "?", subject.rstrip(" .")) for subject in subjects)
    for (language, subject), count in counts.most_common(10):
        print(f"{count:6} {language} {subject}")
    for error in table.errors:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
