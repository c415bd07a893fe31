# SPDX-License-Identifier: MIT
"""The same columns by polars-marc21, the data frames of the German National Library's marc21.

Its rows are products: a record with three notes and two subjects has six. It has no way to
keep a record's values in one cell, and so it does the most that it can be asked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pymarc_api import CONTROL, SUBFIELDS

QUERY = ", ".join([*CONTROL, *(f"{tag}/*.{code}" for tag, code, _ in SUBFIELDS)])


def reader(package: Any, path: str) -> Any:
    """Return as many things as there are records."""
    return package.read_marc21(path, "001").iter_rows()


def _columns(package: Any, path: str) -> None:
    package.read_marc21(path, QUERY)


LOOPS: dict[str, Callable[[Any, str], None]] = {"columns": _columns}

OBSERVERS: dict[str, Callable[[Any, str], Iterator[object]]] = {}
