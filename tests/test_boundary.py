# SPDX-License-Identifier: MIT
"""The plan of the house, checked: who may know whom, what is exported, how long a file is.

Nothing here runs the package.  It reads the sources, compiles the C files and asks nm what
each defines and needs, which finds a dependence however it is declared.  Where a rule has an
exception, the exception stands here with its reason.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CSRC = ROOT / "csrc"
PACKAGE = ROOT / "mrrc"

# A file may use its own floor and those below.
C_FLOORS = [
    {"buffer", "error", "utf8", "normal"},
    {"buffer", "count", "error", "utf8"},
    {"packed", "digest", "delimiters", "boundaries", "explode", "marc8", "iso5426", "scan"}
    | {"occurrence"},
    {"reference"},
    {"query"},
    {"select"},
    # The second: what every decoder and encoder is given.
    {"batch", "conversion"},
    # What several formats are read or written with.
    {"xml", "json", "lines", "cell"},
    {"formats"},
    {"format"},
    {"encoder"},
    {"source"},
    {"reader"},
    {"marc21"},
    {"validate", "columns", "table", "tally", "usage", "known", "pick"},
    {"pool", "pipeline"},
]
PYTHON_FLOORS = [
    {"_native", "_version"},
    # The bridge raises, so it knows the exceptions; they know nothing.
    {"constants", "place", "automaton"},
    {"rule_table"},
    {"avram"},
    {"reports"},
    {"repairs"},
    {"exceptions"},
    {"parse_errors", "pipeline_errors"},
    {"damage"},
    {"_bridge"},
    {"findings", "repetition", "arrow"},
    {"validator"},
    {
        "marc8",
        "cores",
        "marc8_mapping",
        "marc_encoding",
        "structure",
        "compression",
        "transcoding",
        "files",
        "waiting",
        "xml_text",
    },
    {"packed_field"},
    {"leader", "field"},
    {
        "accessors",
        "answers",
        "field_query",
        "forms",
        "iso2709",
        "linkage",
        "linked_fields",
        "packed",
        "raw_text",
        "read_ahead",
        "recovery",
    },
    {"record"},
    {
        "query",
        "batch",
        "damaged_text",
        "matching",
        "levels",
        "block_errors",
        "comparison",
        "text_readers",
        "marcmaker",
        "marcjson",
        "marcxml",
        "reader",
        "writer",
        "formats",
        "conversion",
        "front",
        "validation",
        "one_by_one",
        "reader_arguments",
        "rule_file",
    },
    {"cutting", "remote"},
    {"text_pieces"},
    {"ranges"},
    {"handles"},
    {"kinds"},
    {"authority", "holdings"},
    {"sweep", "tables", "column_table"},
    {"pipeline_size"},
    {"pipeline", "scanning", "parallel", "aio", "concurrency"},
    {"cli", "integrations"},
    {"__init__", "__main__"},
]

# What every file of the core may include, and what comes with every header.
BASE_HEADERS = {CSRC / "mrrc.h", CSRC / "internal.h"}

GENERATED = {"csrc/marc21_tables.c", "csrc/marc8_tables.c"}
C_LINES = 1000
PYTHON_LINES = 600

# Sources without a test of the same name.
C_WITHOUT_TEST: dict[str, str] = {
    "marc21_tables": "generated; test_validate.c checks records by it",
    "marc8_tables": "generated; test_marc8.c goes through it",
    **{
        f"mods_write_{part}": "a part of mods_write: test_mods_write_rows.c has each of its rows"
        for part in (
            *("names", "notes", "origin", "physical", "record"),
            *("related", "subjects", "text", "titles", "types"),
        )
    },
}
PYTHON_WITHOUT_TEST: dict[str, str] = {
    "accessors": "a part of Record's class: test_record.py",
    "marc8_mapping": "tables: test_marc8.py compares them with pymarc's",
    "packed": "a part of Record's class: test_record.py",
    "place": "the base of the exceptions: test_exceptions.py",
    "structure": "what packing refuses: test_field.py and test_writer.py",
}


def c_sources() -> list[Path]:
    return sorted([*CSRC.glob("*.c"), *CSRC.glob("formats/**/*.c")])


def python_sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def floor_of(room: str, floors: list[set[str]]) -> int:
    for number, rooms in enumerate(floors):
        if room in rooms:
            return number
    raise AssertionError(f"{room} has no floor: give it one in {Path(__file__).name}")


def c_room(path: Path) -> str:
    """A room of several files has its name before the first underscore: marc8_tables.c."""
    return "formats" if path.parent != CSRC else family(path)


def family(path: Path) -> str:
    """Files of one room or one format: marc8_tables.c and marc8.c, mrk_mnemonics.c and mrk.c."""
    return path.stem.partition("_")[0]


@pytest.fixture(scope="module")
def symbols(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[tuple[str, str]]]:
    """For each C file, nm's (kind, name) pairs of its object."""
    for tool in ("gcc", "nm", "pkg-config"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not here")
    folder = tmp_path_factory.mktemp("objects")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "libxml-2.0", "jansson", "libutf8proc", "libpcre2-8"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    # Position-independent code keeps constants with pointers in them where the loader can
    # write; without it nm tells them from variables.
    flags += ["-std=c11", "-fno-pic", "-I", str(CSRC)]
    found = {}
    for source in c_sources():
        target = folder / (name(source).replace("/", "_") + ".o")
        subprocess.run(
            ["gcc", *flags, "-c", str(source), "-o", str(target)],
            check=True,
        )
        listing = subprocess.run(
            ["nm", "-P", str(target)], check=True, capture_output=True, text=True
        ).stdout
        found[source] = [(line.split()[1], line.split()[0]) for line in listing.splitlines()]
    return found


def defined(pairs: list[tuple[str, str]]) -> set[str]:
    return {symbol for kind, symbol in pairs if kind in "TDBRCVW"}


def needed(pairs: list[tuple[str, str]]) -> set[str]:
    return {symbol for kind, symbol in pairs if kind in "Uvw"}


def declared(text: str) -> set[str]:
    """The functions of ours that a header declares."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return set(re.findall(r"\b(mrrci?_\w+)\s*\([^;{]*\)\s*;", bare))


def test_c_knows_only_floors_below(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    home = {symbol: path for path, pairs in symbols.items() for symbol in defined(pairs)}
    wrong = []
    for path, pairs in symbols.items():
        floor = floor_of(c_room(path), C_FLOORS)
        for symbol in sorted(needed(pairs)):
            other = home.get(symbol)
            if other is None:
                assert not symbol.startswith("mrrc"), f"{symbol} is defined nowhere"
                continue
            if floor_of(c_room(other), C_FLOORS) > floor:
                wrong.append(f"{name(path)} uses {symbol} of {name(other)}, a floor above")
            if c_room(path) == c_room(other) == "formats" and family(path) != family(other):
                wrong.append(f"{name(path)} uses {symbol} of {name(other)}, another format")
    assert wrong == []


def c_headers() -> list[Path]:
    return sorted(CSRC.rglob("*.h"))


def is_shared(header: Path) -> bool:
    """A header with the name of a room is for all floors from there up; any other
    (marc8_tables.h, formats/mrk.h) is for its own family."""
    return header.parent == CSRC and family(header) == header.stem


def c_floor(path: Path) -> int:
    return 0 if path in BASE_HEADERS else floor_of(c_room(path), C_FLOORS)


def included(path: Path) -> list[Path]:
    names = re.findall(r'^#include "(.*)"', path.read_text(), flags=re.MULTILINE)
    return [
        next(found for folder in (path.parent, CSRC) if (found := folder / item).exists())
        for item in names
    ]


def test_c_includes_only_floors_below() -> None:
    """A table of functions needs no symbol of them until it is linked, and a type none at all:
    what a file may know shows in what it includes."""
    wrong = []
    for path in [*c_sources(), *c_headers()]:
        for header in included(path):
            if not is_shared(header):
                if family(header) != family(path):
                    wrong.append(f"{name(path)} includes {name(header)} of another family")
            elif c_floor(header) > c_floor(path):
                wrong.append(f"{name(path)} includes {name(header)}, a floor above")
    assert wrong == []


def names_in(path: Path) -> set[str]:
    """The names of ours in a file, comments and strings aside."""
    bare = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', "", path.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\bmrrci_\w+|\bMRRCI_\w+", bare))


def test_c_includes_what_it_uses() -> None:
    """Each shared header by its own name, unless a header of the family brings it; and none
    that is not used.  internal.h comes with all of them."""
    home: dict[str, Path] = {}
    for header in sorted(filter(is_shared, c_headers()), key=c_floor):
        for symbol in names_in(header):
            home.setdefault(symbol, header)
    wrong = []
    for path in [*c_sources(), *c_headers()]:
        used = {home[symbol] for symbol in names_in(path) & set(home)} - BASE_HEADERS - {path}
        direct = set(included(path))
        brought = {
            shared for header in direct if not is_shared(header) for shared in included(header)
        }
        wrong += [f"{name(path)} uses {name(it)}" for it in sorted(used - direct - brought)]
        wrong += [
            f"{name(path)} includes {name(it)} for nothing"
            for it in sorted(direct - used - BASE_HEADERS)
            if is_shared(it)
        ]
    assert wrong == []


def test_header_cdef_and_definitions_agree(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    header = (CSRC / "mrrc.h").read_text()
    assert header.count("/* cdef begin */") == header.count("/* cdef end */") == 1
    cdef = header.partition("/* cdef begin */")[2].partition("/* cdef end */")[0]
    exported = {
        symbol
        for pairs in symbols.values()
        for kind, symbol in pairs
        if kind in "TDBRC" and symbol.startswith("mrrc_")
    }
    assert declared(header) == declared(cdef)
    assert declared(cdef) == exported


def test_every_global_name_is_ours(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    for path, pairs in symbols.items():
        for symbol in defined(pairs):
            assert re.match(r"mrrci?_", symbol), f"{name(path)} defines {symbol}: make it static"


def test_no_writable_globals(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    """Data, static or not, stands in read-only sections (nm: r, R), so any number of threads
    may be in the core."""
    writable = [
        f"{name(path)}: {symbol}"
        for path, pairs in symbols.items()
        for kind, symbol in pairs
        if kind in "bBdDsSgGC"
    ]
    assert writable == []


def test_only_buffer_asks_for_memory(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    allocators = {"malloc", "calloc", "realloc", "free", "strdup", "strndup", "posix_memalign"}
    for path, pairs in symbols.items():
        if path.stem != "buffer":
            assert needed(pairs) & allocators == set(), name(path)


def test_only_source_touches_files(symbols: dict[Path, list[tuple[str, str]]]) -> None:
    files = {"open", "open64", "read", "write", "close", "lseek", "lseek64", "fopen", "fopen64"}
    printing = {"printf", "fprintf", "puts", "fputs", "perror", "__printf_chk", "__fprintf_chk"}
    for path, pairs in symbols.items():
        if path.stem not in {"source", "pipeline"}:
            assert needed(pairs) & files == set(), name(path)
        assert needed(pairs) & printing == set(), name(path)


def python_room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The rooms of the package that a file imports while it is itself imported.

    What stands under TYPE_CHECKING or in a function is no dependence of the module: it is how
    two rooms that need each other stay apart.
    """
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.orelse:
                visit(child)
            return
        found.update(targets(node))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text()))
    return found


def is_room(item: str) -> bool:
    return (PACKAGE / f"{item}.py").exists() or (PACKAGE / item).is_dir()


def targets(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        parts = [alias.name.split(".") for alias in node.names]
        return {part[1] if len(part) > 1 else "__init__" for part in parts if part[0] == "mrrc"}
    if isinstance(node, ast.ImportFrom):
        if node.level == 0:
            part = (node.module or "").split(".")
            if part[0] != "mrrc":
                return set()
            module = ".".join(part[1:])
        else:
            module = node.module or ""
        if module:
            return {module.split(".")[0]}
        names = {alias.name for alias in node.names}
        return {item if is_room(item) else "__init__" for item in names}
    return set()


def everything_imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        found |= targets(node)
    return found


def test_python_knows_only_floors_below() -> None:
    wrong = []
    for path in python_sources():
        room = python_room(path)
        floor = floor_of(room, PYTHON_FLOORS)
        for other in sorted(imports(path) - {room, "_native"}):
            if floor_of(other, PYTHON_FLOORS) > floor:
                wrong.append(f"{name(path)} imports {other}, a floor above")
    assert wrong == []


def test_only_the_bridge_imports_native() -> None:
    for path in python_sources():
        if "_native" in everything_imported(path):
            assert path.parent.name == "_bridge", f"{name(path)} imports mrrc._native"


def test_no_file_outgrows_its_room() -> None:
    long = []
    for path in [*c_sources(), *CSRC.rglob("*.h"), *python_sources()]:
        limit = PYTHON_LINES if path.suffix == ".py" else C_LINES
        lines = len(path.read_text().splitlines())
        if name(path) not in GENERATED and lines > limit:
            long.append(f"{name(path)}: {lines} lines, at most {limit}")
    assert long == []


def python_twins(path: Path) -> list[Path]:
    """Where a module's test may stand: in a room of several files it may have the room's name
    before its own, and has to where that stands for a module of its own already."""
    tests = ROOT / "tests"
    room = python_room(path)
    if room == path.stem:
        return [tests / f"test_{room}.py"]
    alone = [] if is_room(path.stem) else [tests / f"test_{path.stem}.py"]
    return [tests / f"test_{room}_{path.stem}.py", *alone]


def test_every_source_has_its_test() -> None:
    missing = [
        f"{name(path)} has no {name(twin)}"
        for path in c_sources()
        if path.stem not in C_WITHOUT_TEST
        and not (twin := ROOT / "tests" / "c" / f"test_{path.stem}.c").exists()
    ]
    missing += [
        f"{name(path)} has no {name(python_twins(path)[0])}"
        for path in python_sources()
        if not path.stem.startswith("_")
        and python_room(path) != "_bridge"  # test_bridge.py is for all of it
        and path.stem not in PYTHON_WITHOUT_TEST
        and not any(twin.exists() for twin in python_twins(path))
    ]
    assert missing == []


def test_exceptions_are_still_needed() -> None:
    stems = {path.stem for path in [*c_sources(), *python_sources()]}
    assert set(C_WITHOUT_TEST) | set(PYTHON_WITHOUT_TEST) <= stems


def own_files() -> list[Path]:
    """Every text file of the project; what building and testing leave behind is not ours."""
    passing = {"build", "dist", "_build", "__pycache__", "benchmark-results", ".git"}
    suffixes = {".py", ".pyi", ".c", ".h", ".sh", ".rst", ".toml", ".ini", ".in", ".txt"}
    return sorted(
        path
        for path in ROOT.rglob("*")
        if (path.suffix in suffixes or path.name == "run")
        and path.is_file()
        and not any(
            part in passing
            or part.endswith(".egg-info")
            or (part.startswith(".") and part != ".ci")
            for part in path.relative_to(ROOT).parts
        )
    )


def test_every_source_names_its_licence_first() -> None:
    for path in own_files():
        if path.suffix in {".py", ".pyi", ".c", ".h", ".sh", ".toml", ".ini"}:
            head = "".join(path.read_text().splitlines(keepends=True)[:2])
            assert "SPDX-License-Identifier: MIT" in head, name(path)


def test_no_name_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    for path in own_files():
        assert path.stem.lower() not in empty, name(path)


# A reader of the tree has neither our folders nor our notes at hand.
FORBIDDEN = re.compile(
    r"/work/|/root/|/home/\w|\bTODO\b|\bFIXME\b|\bXXX\b|\bphase [0-9]|\bissue #?[0-9]",
    re.IGNORECASE,
)


def test_no_forbidden_words() -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in own_files()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []
