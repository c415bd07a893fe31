# SPDX-License-Identifier: MIT
"""What is measured, and what has to come out of it.

One entry a case: its name on the command line, its line in the table, the kind
of measurement, the data it runs over and the bars it has to clear.  The work
itself is in pymarc_api.py and rust_api.py; nothing here runs any of it.

Every figure is one where less is better (a time, a size), so a ratio "over" a
rival is the rival's figure divided by ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OURS = "mrrc"
RUST = "rust"
PYMARC = "pymarc"
YAZ = "yaz"
MARC21 = "marc21"
POLARS = "polars"
MEMCHR = "memchr"
MEMCPY = "memcpy"

#: What the records are checked by, in the form that marc21 takes too.
RULES = str(Path(__file__).with_name("rules.toml"))

LABELS = {
    OURS: "mrrc",
    RUST: "Rust mrrc",
    PYMARC: "pymarc",
    YAZ: "yaz-marcdump",
    MARC21: "marc21",
    POLARS: "polars-marc21",
    MEMCHR: "memchr",
    MEMCPY: "memcpy",
}


@dataclass(frozen=True)
class Bar:
    """A bar: with `over` a ratio to reach over that rival, without it a figure to stay under.

    `least` is what must be reached, `aim` what is hoped for.
    """

    least: float
    aim: float
    over: str | None = None

    def verdict(self, reached: float) -> str:
        """Returns "aim", "holds" or "FAILS"."""
        if self.over is None:
            return "aim" if reached <= self.aim else "holds" if reached <= self.least else "FAILS"
        return "aim" if reached >= self.aim else "holds" if reached >= self.least else "FAILS"


@dataclass(frozen=True)
class Case:
    """One line of the table.

    `kind` says how it is measured:

    - ``loop``: CPU time of a loop over the data in a worker process;
    - ``busy``: elapsed time of that loop beside a thread that computes;
    - ``kept``: growth of the resident size when all records are kept;
    - ``stream``: peak resident size of a pass that keeps none;
    - ``growth``: taken by the ``stream`` case along the way;
    - ``import``: elapsed time of the import in a process of its own;
    - ``core``: CPU time of the C core without Python, by c_speed.c;
    - ``command``: user CPU time of a whole command that converts the data, its output thrown
      away; the case's name ends in the format;
    - ``tool``: the same of a command that marc21 has too, `arguments` being what both take.

    `data` is ``slice`` (the first records of the file), ``file`` (all of it),
    ``marc8`` (the slice as MARC-8), ``marc8-marks`` (those of its records
    that hold more than ASCII), ``marcxml`` or ``json`` (the slice as a MARCXML
    collection and as an array of MARC-in-JSON).
    """

    name: str
    title: str
    kind: str = "loop"
    data: str = "slice"
    unit: str = "us/record"
    contenders: tuple[str, ...] = (OURS, RUST, PYMARC)
    bars: tuple[Bar, ...] = ()
    arguments: tuple[str, ...] = ()


def _over(rust: tuple[float, float], pymarc: tuple[float, float]) -> tuple[Bar, ...]:
    return Bar(*rust, over=RUST), Bar(*pymarc, over=PYMARC)


def _command(format: str, least: float, aim: float) -> Case:
    return Case(
        f"convert-{format}",
        f"command: ISO 2709 to {format}",
        kind="command",
        data="file",
        contenders=(OURS, YAZ),
        bars=(Bar(least, aim, over=YAZ),),
    )


def _tool(name: str, title: str, least: float, aim: float, *arguments: str) -> Case:
    return Case(
        name,
        f"command: {title}",
        kind="tool",
        data="file",
        contenders=(OURS, MARC21),
        bars=(Bar(least, aim, over=MARC21),),
        arguments=arguments,
    )


CASES = (
    Case("read", "read a path", bars=_over((9, 13), (75, 110))),
    Case("read-file", "read an open file object", bars=_over((4, 6), (36, 50))),
    Case("title", "read, title", bars=_over((3.5, 5), (30, 45))),
    Case("subfield", 'read, record["245"]["a"]', bars=_over((2.4, 3.5), (15, 22))),
    Case("values", "read, title and value() of every field", bars=_over((3.8, 5.5), (6, 8.5))),
    Case("walk", "read, walk of every subfield", bars=_over((2, 2.8), (3.4, 4.6))),
    Case("as-marc", "read, as_marc()", bars=_over((6, 10), (55, 75))),
    Case("edit", "read, replace 245 $a, add a 500, write", bars=_over((1.8, 2.6), (9.5, 14))),
    Case("copy", "read, write", contenders=(OURS, RUST, PYMARC, YAZ)),
    Case("to-xml", "read, MARCXML text of each record", bars=_over((10, 14), (80, 115))),
    Case("to-json", "read, MARC-in-JSON text of each record", bars=_over((9, 13), (40, 60))),
    Case("read-xml", "read a MARCXML file", data="marcxml", bars=_over((2.4, 13), (15, 85))),
    Case("read-json", "read a MARC-in-JSON array", data="json", bars=_over((2, 40), (4, 70))),
    Case(
        "marc8",
        "read MARC-8",
        data="marc8",
        contenders=(OURS, PYMARC),
        bars=(Bar(60, 150, over=PYMARC),),
    ),
    Case(
        "marc8-marks",
        "read MARC-8, only records beyond ASCII",
        data="marc8-marks",
        contenders=(OURS, PYMARC),
    ),
    Case(
        "columns",
        "columns of 10 selectors",
        contenders=(OURS, RUST, PYMARC, POLARS),
        bars=(*_over((15, 30), (80, 120)), Bar(5, 10, over=POLARS)),
    ),
    Case("busy", "read a path beside a busy thread", kind="busy", bars=_over((1.5, 4), (10, 30))),
    _command("marcxml", 12, 22),
    _command("json", 7, 12),
    _command("marc", 7, 12),
    _command("line", 4, 7),
    _tool("count", "count", 5, 8, "count"),
    _tool("filter", "filter by a part of a value", 4, 6, "filter", "245/*.a =? 'history'"),
    _tool("filter-most", "filter, nearly all pass", 4, 6, "filter", "008[35:38] == 'eng'"),
    _tool("filter-regex", "filter by a pattern", 4, 6, "filter", "650/*.a =~ '(?i)econom'"),
    _tool("select", "three columns", 2.5, 4, "select", "001, 008[35:38], 245/*.a"),
    _tool("select-fields", "columns of a field", 2.5, 4, "select", "001, 245/*{ a, b }, 650/*.a"),
    _tool("frequency", "frequency of a subfield", 3, 4, "frequency", "650/*.a"),
    _tool("describe", "describe", 3, 5, "describe"),
    _tool("validate", "check by a file of rules", 1, 2, "check", "-R", RULES),
    _tool("hash", "checksums", 1, 2, "hash"),
    _tool("dedup", "dedup", 1, 2, "dedup"),
    _tool("sample", "sample of 1,000", 1, 2, "sample", "1000"),
    Case(
        "kept", "memory of a record kept", kind="kept", unit="bytes/record", bars=(Bar(1100, 950),)
    ),
    Case(
        "stream",
        "peak memory of a pass over the file",
        kind="stream",
        data="file",
        unit="MiB",
        bars=(Bar(64, 64),),
    ),
    Case(
        "stream-growth",
        "of that, added after the first tenth",
        kind="growth",
        data="file",
        unit="MiB",
        bars=(Bar(2, 1),),
    ),
    Case(
        "import",
        "import",
        kind="import",
        data="",
        unit="ms",
        bars=(Bar(1, 1, over=PYMARC),),
    ),
    Case(
        "core",
        "C core alone, bytes to packed records",
        kind="core",
        data="file",
        unit="ms/GB",
        contenders=(OURS, MEMCHR, MEMCPY),
        bars=(Bar(0.25, 0.4, over=MEMCHR),),
    ),
)
