# SPDX-License-Identifier: MIT
"""data/errors.toml: an input for each code and each status of the core, and the error it gives.

Each case runs; and nothing is left over: every class with a code, and every fault that the core
can report, has a case that brings it about.
"""

import ast
import inspect
import io
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc import _bridge, exceptions, pipeline_errors
from mrrc._bridge import diagnostics, faults, queries, records, streams
from mrrc._native import ffi, lib
from mrrc.parallel import errors as parallel_errors
from mrrc.parallel import map_records
from mrrc.pipeline import ProducerConsumerPipeline

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
HEADER = HERE.parent / "csrc" / "mrrc.h"
MANIFEST = tomllib.loads((HERE / "data" / "errors.toml").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = MANIFEST["case"]
RECORDS: dict[str, str] = MANIFEST["records"]

STATUSES = {
    getattr(lib, name): name.removeprefix("MRRC_ERR_")
    for name in dir(lib)
    if name.startswith("MRRC_ERR_")
}


def named(case: dict[str, Any]) -> str:
    words = (case["code"] or case["class"], case.get("status", ""), case.get("format", ""))
    return " ".join(filter(None, (*words, case.get("mode", ""), case["operation"])))


def data_of(text: str) -> bytes:
    """An input as bytes: of the lines without their indents and ends, escapes as in Python.

    ``{NAME}`` is a record of the manifest; ``{x * 9}`` is nine times an x.
    """
    text = "".join(line.strip() for line in text.splitlines())
    text = re.sub(r"\{([a-z_]+)\}", lambda match: RECORDS.get(match[1], match[0]), text)
    quoted = text.replace('"', r"\"")
    data: bytes = ast.literal_eval(f'b"{quoted}"')
    return repeated(data)


def repeated(data: bytes) -> bytes:
    return re.sub(rb"\{([^{}]+) \* (\d+)\}", lambda match: match[1] * int(match[2]), data)


# Operations: each returns every error and warning that it came upon. ------------------


def drained(reader: Any) -> Iterator[BaseException]:
    """Read to the end; a reader that raises is asked again, as long as it goes on."""
    for _ in range(50):
        try:
            record = next(reader)
        except StopIteration:
            break
        except Exception as error:
            yield error
            if isinstance(error, mrrc.FatalReaderError):
                break
            continue
        if record is None:
            yield reader.current_exception
        yield from getattr(record, "errors", ())
    yield from getattr(reader, "errors", ())


def read(case: dict[str, Any]) -> Iterator[BaseException]:
    options: dict[str, Any] = dict(case.get("arguments", {}))
    if case.get("mode", "default") != "default":
        options["recovery_mode"] = case["mode"]
    data = data_of(case["input"])
    if case["format"] == "marc":
        yield from drained(mrrc.MARCReader(data, **options))
    else:
        yield from drained(mrrc.read(data, case["format"], **options))


def record_of(case: dict[str, Any]) -> mrrc.Record:
    record = next(mrrc.MARCReader(data_of(case["input"])))
    assert record is not None
    return record


def caught(action: Callable[[], object]) -> Iterator[BaseException]:
    try:
        action()
    except Exception as error:
        yield error


def write(case: dict[str, Any]) -> Iterator[BaseException]:
    record, options = record_of(case), case.get("arguments", {})
    field = case.get("field")
    if field is not None:
        subfields = [
            mrrc.Subfield(code, repeated(value.encode()).decode())
            for code, value in field["subfields"]
        ]
        for _ in range(field.get("times", 1)):
            record.add_field(mrrc.Field(field["tag"], field["indicators"], subfields))
    return caught(lambda: mrrc.write([record], io.BytesIO(), case["format"], **options))


def decode(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: mrrc.Record(data_of(case["input"])))


def compile_filter(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: mrrc.Filter(data_of(case["input"]).decode()))


def remove_field(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: record_of(case).remove_field(mrrc.Field("999")))


def linked_fields(case: dict[str, Any]) -> Iterator[BaseException]:
    record = record_of(case)
    return caught(lambda: record.get_linked_fields(record["245"]))


def set_leader(case: dict[str, Any]) -> Iterator[BaseException]:
    leader = record_of(case).leader

    def change() -> None:
        leader.record_status = case["value"]

    return caught(change)


def write_something_else(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: mrrc.MARCWriter(io.BytesIO()).write("a text"))  # type: ignore[arg-type]


def write_nowhere(case: dict[str, Any]) -> Iterator[BaseException]:
    writer = mrrc.TextWriter(io.StringIO())
    writer.close()
    return caught(lambda: writer.write(mrrc.Record()))


def open_folder(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: list(mrrc.MARCReader(str(HERE))))


def encode_packed(case: dict[str, Any]) -> Iterator[BaseException]:
    number = _bridge.find_format(case["format"])
    return caught(lambda: records.record_encode(data_of(case["input"]), 0, number))


def split(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: mrrc.split(data_of(case["input"]), max_bytes=1))


def seek(case: dict[str, Any]) -> Iterator[BaseException]:
    number = _bridge.find_format(case["format"])
    source = _bridge.Source(None, data_of(case["input"]), number)
    return caught(lambda: source.seek(5))


def read_behind_a_stop(case: dict[str, Any]) -> Iterator[BaseException]:
    source = _bridge.Source(None, data_of(case["input"]))
    source.read_ahead(1, 1, 4096)
    assert source.next(0) is not None
    source.stop()
    yield from caught(lambda: source.next(0))
    source.close()


def in_another_process(case: dict[str, Any]) -> Iterator[BaseException]:
    """What the core reports there; that it does is for tests/c to show, which can fork."""
    error = ffi.new("mrrc_error *")
    error.code = lib.MRRC_ERR_FORKED
    return caught(lambda: faults.raise_for(error))


def wait_in_vain(case: dict[str, Any]) -> Iterator[BaseException]:
    data = 20000 * data_of(case["input"])
    for _ in range(50):  # a thread may be fast
        with ProducerConsumerPipeline.from_file(data) as pipeline:
            errors = list(caught(lambda: pipeline.next(timeout=0)))
        if errors:
            break
    return iter(errors)


def fail_with_a_record(case: dict[str, Any]) -> Iterator[BaseException]:
    return caught(lambda: list(map_records(data_of(case["input"]), lambda record: 1 / 0)))


def leave(record: mrrc.Record) -> None:
    os._exit(3)


def end_a_worker(case: dict[str, Any]) -> Iterator[BaseException]:
    data = data_of(case["input"])
    return caught(lambda: list(map_records(data, leave, strategy="processes", max_workers=1)))


def send_a_nameless_function(case: dict[str, Any]) -> Iterator[BaseException]:
    data = data_of(case["input"])
    return caught(lambda: list(map_records(data, lambda record: 1, strategy="processes")))


def out_of_memory(case: dict[str, Any]) -> Iterator[BaseException]:
    """What the core reports then; that it does is for tests/c to show, at each allocation."""
    error = ffi.new("mrrc_error *")
    error.code = lib.MRRC_ERR_MEMORY
    return caught(lambda: faults.raise_for(error))


OPERATIONS: dict[str, Callable[[dict[str, Any]], Iterator[BaseException]]] = {
    operation.__name__: operation
    for operation in (
        *(read, write, decode, remove_field, linked_fields, set_leader, write_something_else),
        *(compile_filter, write_nowhere, open_folder, encode_packed, split, seek, out_of_memory),
        *(read_behind_a_stop, in_another_process, wait_in_vain, fail_with_a_record),
        *(end_a_worker, send_a_nameless_function),
    )
}


# Which statuses the core reported ---------------------------------------------------


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The statuses that went through the bridge while the test ran."""
    codes: set[int] = set()
    text, framing, error_of = diagnostics.Note.text, streams.Block.framing, faults.error_of
    made, fault_of = diagnostics._make, queries.fault_of

    def noted(note: diagnostics.Note) -> str:
        codes.add(note.code)
        return text(note)

    def framed(block: streams.Block, index: int) -> Any:
        codes.update([] if block.statuses is None else [block.statuses[index]])
        return framing(block, index)

    def failed(error: Any, *args: Any, **more: Any) -> Exception:
        codes.add(error.code)
        return error_of(error, *args, **more)

    def told(kind: Any, note: diagnostics.Note, place: Any) -> mrrc.MrrcException:
        codes.add(note.code)
        return made(kind, note, place)

    def refused(fault: Any) -> queries.QueryFault:
        codes.add(fault.code)
        return fault_of(fault)

    monkeypatch.setattr(queries, "fault_of", refused)
    monkeypatch.setattr(diagnostics.Note, "text", noted)
    monkeypatch.setattr(diagnostics, "_make", told)
    monkeypatch.setattr(streams.Block, "framing", framed)
    for module in (faults, streams, records):
        if hasattr(module, "error_of"):
            monkeypatch.setattr(module, "error_of", failed)
    return codes


# The cases --------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=named)
def test_case(case: dict[str, Any], reported: set[int]) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = list(OPERATIONS[case["operation"]](case))
    found += [one.message for one in warned if isinstance(one.message, BaseException)]
    fitting = [error for error in found if type(error).__name__ == case["class"]]
    assert fitting, found
    fits = [error for error in fitting if case.get("text", "") in str(error)]
    assert fits, [str(error) for error in fitting]
    error: Any = fits[0]
    for name, attribute in PLACES.items():
        if name in case:
            value = case[name]
            wanted = value.encode("latin-1") if name == "found" else value
            assert getattr(error, attribute) == wanted, (name, repr(error))
    if case["code"]:
        assert error.code == case["code"]
    if "status" in case:
        assert case["status"] in {STATUSES.get(code) for code in reported}
    offset = getattr(error, "byte_offset", None)
    if offset is not None and case["operation"] == "read":
        data = data_of(case["input"])
        assert 0 <= offset <= len(data)
        if error.found is not None and "encoding" not in case.get("arguments", {}):
            # JSON has the place of the record
            at = data.find(error.found, offset)
            assert at == offset or (at > offset and case["format"] == "marcjson")
        if error.bytes_near is not None:
            assert data.startswith(error.bytes_near, error.bytes_near_offset)
    if isinstance(error, mrrc.MrrcException):
        assert error.to_dict()["code"] == (case["code"] or None)
        assert error.detailed()


#: A case's key, and the attribute that it is about.
PLACES = {
    "record": "record_index",
    "offset": "byte_offset",
    "record_offset": "record_byte_offset",
    "tag": "field_tag",
    "control_number": "record_control_number",
    "indicator": "indicator_position",
    "subfield": "subfield_code",
    "found": "found",
    "line": "line",
    "column": "column",
}


def test_cases_say_nothing_that_is_not_looked_at() -> None:
    known = {"code", "class", "status", "operation", "format", "mode", "input", "arguments"}
    known |= {"text", "field", "value", *PLACES}
    for case in CASES:
        assert set(case) <= known, case
        assert case["operation"] in OPERATIONS


#: What others are below, and nothing raises.
BASES = {pipeline_errors.PipelineError}

# That nothing is left over -----------------------------------------------------------


def classes() -> list[Any]:
    return [
        kind
        for module in (exceptions, pipeline_errors, parallel_errors)
        for kind in (getattr(module, name) for name in module.__all__)
        if inspect.isclass(kind) and issubclass(kind, mrrc.MrrcException | Warning)
    ]


def test_every_class_with_a_code_has_a_case() -> None:
    coded = {(kind.code, kind.__name__) for kind in classes() if kind.code and kind not in BASES}
    assert coded == {(case["code"], case["class"]) for case in CASES if case["code"]}


def test_classes_without_a_code_are_no_outcome() -> None:
    plain = {kind.__name__ for kind in classes() if not kind.code}
    assert not plain & {case["class"] for case in CASES}


def test_every_fault_of_the_core_has_a_case() -> None:
    assert {case["status"] for case in CASES if "status" in case} == set(STATUSES.values())


def test_every_fault_of_the_core_has_its_class() -> None:
    known = diagnostics.READING.keys() | diagnostics.WRITING.keys()
    known |= diagnostics.WRITTEN_NOTES.keys() | diagnostics.QUERY_ERRORS.keys()
    assert {STATUSES[code] for code in set(STATUSES) - known} == {
        *("MEMORY", "IO", "CLOSED", "FORKED"),
    }
    used = {kind.error for kind in diagnostics.READING.values()}
    used |= set(diagnostics.QUERY_ERRORS.values())
    assert all(kind.code for kind in used)


def test_the_library_has_each_status_of_the_header() -> None:
    if not HEADER.is_file():
        pytest.skip("the sources are not here")
    text = HEADER.read_text(encoding="utf-8")
    enum = re.search(r"enum mrrc_status \{(.*?)\};", text, re.DOTALL)
    assert enum is not None
    declared = dict(re.findall(r"MRRC_ERR_(\w+) = (-\d+)", enum[1]))
    assert {name: int(code) for name, code in declared.items()} == {
        name: code for code, name in STATUSES.items()
    }
