#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes csrc/marc21_tables.c from Avram schemas of MARC 21.

The schemas say what loc.gov says, as far as a program could read it there; what they lack or
have wrong is mended by tools/marc21_corrections.py, reason by reason. They are compiled by
mrrc.avram, as a user's schema is. The same input always gives the same bytes, so ``--check``
can compare what is committed with what the sources say.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUTPUT = ROOT / "csrc" / "marc21_tables.c"
KINDS = ("bibliographic", "authority", "holdings")

sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from marc21_corrections import corrected  # noqa: E402

from mrrc.avram import AvramSchema  # noqa: E402

HEAD = """\
/* SPDX-License-Identifier: MIT AND Apache-2.0
 *
 * marc21_tables.c: the rules of MARC 21 as tables, made by tools/make_marc21_tables.py and
 * not to be edited.  The data are compiled, with corrections, from marc-schema by Timothy A.
 * Thompson, which is under the Apache License 2.0 and takes its facts from the Library of
 * Congress's pages of MARC 21.  mrrc/rule_table.py says how a table is laid out.
 */
#include "mrrc.h"
"""

TAIL = """
const uint8_t *mrrc_marc21_table(int kind, size_t *size) {
    switch (kind) {
    case MRRC_KIND_AUTHORITY:
        *size = sizeof authority;
        return authority;
    case MRRC_KIND_HOLDINGS:
        *size = sizeof holdings;
        return holdings;
    default:
        *size = sizeof bibliographic;
        return bibliographic;
    }
}
"""


def read_schemas(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the schemas as they are, by kind of record."""
    return {
        kind: json.loads((folder / f"marc21_{kind}_schema.json").read_text(encoding="utf-8"))
        for kind in KINDS
    }


def in_c(kind: str, table: bytes) -> str:
    """Return a table as a C array, as many numbers a line as there is room for."""
    lines = [f"\nstatic const uint8_t {kind}[] = {{\n"]
    line = "   "
    for byte in table:
        piece = f" {byte},"
        if len(line) + len(piece) > 100:
            lines.append(f"{line}\n")
            line = "   "
        line += piece
    return "".join([*lines, line.rstrip(","), "\n};\n"])


def make(folder: Path) -> str:
    """Return the whole file."""
    parts = [HEAD]
    schemas = read_schemas(folder)
    for kind in KINDS:
        compiled = AvramSchema(corrected(kind, schemas))
        if compiled.notes:
            raise SystemExit("\n".join([f"{kind}: not understood:", *compiled.notes]))
        parts.append(in_c(kind, compiled.table))
    return "".join([*parts, TAIL])


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes csrc/marc21_tables.c.")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the schemas")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments = parser.parse_args()
    made = make(arguments.data)
    if arguments.check:
        return 0 if OUTPUT.read_text(encoding="ascii") == made else 1
    OUTPUT.write_text(made, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
