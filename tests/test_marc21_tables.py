# SPDX-License-Identifier: MIT
"""MARC 21's tables are what their maker makes of the schemas and the corrections."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mrrc import AvramSchema, Validator
from mrrc._bridge import rules as core_rules

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
DATA = ROOT.parent / "shared" / "data"
KINDS = {
    "bibliographic": core_rules.BIBLIOGRAPHIC,
    "authority": core_rules.AUTHORITY,
    "holdings": core_rules.HOLDINGS,
}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    return {
        kind: json.loads((DATA / f"marc21_{kind}_schema.json").read_text(encoding="utf-8"))
        for kind in KINDS
    }


@pytest.mark.shared
def test_the_committed_file_is_up_to_date() -> None:
    command = [sys.executable, str(TOOLS / "make_marc21_tables.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.shared
def test_the_compiled_tables_are_the_schemas(schemas: dict[str, dict[str, Any]]) -> None:
    corrections = load("marc21_corrections")
    for kind, number in KINDS.items():
        compiled = AvramSchema(corrections.corrected(kind, schemas))
        assert compiled.notes == ()
        assert compiled.table == core_rules.marc21_table(number)


@pytest.mark.shared
def test_all_of_the_schemas_is_understood(schemas: dict[str, dict[str, Any]]) -> None:
    """As they are, without a correction: so a user may give them."""
    for schema in schemas.values():
        assert AvramSchema(schema).notes == ()


@pytest.mark.shared
def test_every_indicator_of_the_schemas_is_accepted(schemas: dict[str, dict[str, Any]]) -> None:
    """No code that MARC 21 defines is an error: a table of another package refuses a tenth."""
    validator = Validator()
    leaders = {"bibliographic": b"nam", "authority": b"nz ", "holdings": b"nx "}
    wrong = []
    for kind, schema in schemas.items():
        for tag, field in schema["fields"].items():
            for which in (1, 2):
                for code in field.get(f"indicator{which}", {}).get("codes", {}):
                    for value in code if len(code) == 1 else code.replace("-", "")[:2]:
                        packed = b"00000%b a2200000   4500\x1e%b" % (leaders[kind], tag.encode())
                        other = next(iter(field[f"indicator{3 - which}"]["codes"]), " ")[0]
                        pair = value + other if which == 1 else other + value
                        packed += pair.encode() + b"\x1faX"
                        found = validator.check_block(packed, [len(packed)])
                        wrong += [each.message for each in found if each.rule == "indicator"]
    assert wrong == []


def test_corrections_are_needed_once() -> None:
    """What is in two lists would be corrected twice."""
    corrections = load("marc21_corrections")
    places = [
        (tag, which, code)
        for tags, which, codes, _ in corrections.OBSOLETE_INDICATORS
        for tag in tags.split()
        for code in codes
    ]
    assert len(places) == len(set(places))
    for listed in corrections.OBSOLETE_SUBFIELDS.values():
        pairs = [(tag, code) for tags, code, _ in listed for tag in tags.split()]
        assert len(pairs) == len(set(pairs))
