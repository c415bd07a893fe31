# SPDX-License-Identifier: MIT
"""parallel/chunks.py: every kind of source gives its records once, in order, however cut."""

import gzip
import io
import os
import pickle
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make
from parallel_work import number

import mrrc
from mrrc.parallel.chunks import (
    Chunk,
    FileChunk,
    RangeChunk,
    ReadyChunk,
    SentChunk,
    SourceChunk,
    files,
    open_input,
)

COUNT = 60
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


def found(chunks: Iterator[Chunk], travel: bool = False) -> list[str | None]:
    names: list[str | None] = []
    for chunk in chunks:
        if travel:
            chunk = pickle.loads(pickle.dumps(chunk))
        names += [None if record is None else number(record) for record, _ in chunk.items()]
    return names


def sources(folder: Path) -> dict[str, Any]:
    path = folder / "x.mrc"
    path.write_bytes(DATA)
    packed = folder / "x.mrc.gz"
    packed.write_bytes(gzip.compress(DATA))
    xml = folder / "x.xml"
    mrrc.convert(path, xml)
    half = len(DATA) // 2 // len(make.sample()) * len(make.sample())
    first, second = folder / "1.mrc", folder / "2.mrc"
    first.write_bytes(DATA[:half])
    second.write_bytes(DATA[half:])
    records = [record for record in mrrc.MARCReader(DATA) if record is not None]
    return {
        "path": path,
        "str": str(path),
        "bytes": DATA,
        "view": memoryview(DATA),
        "gzip": packed,
        "xml": xml,
        "file": path.open("rb"),
        "memory": io.BytesIO(DATA),
        "paths": [first, str(second)],
        "ranges": mrrc.split(path, parts=3),
        "range": mrrc.split(path, parts=1)[0],
        "reader": mrrc.MARCReader(DATA),
        "batch": mrrc.RecordBatch(records),
        "list": records,
        "generator": (record for record in records),
    }


KINDS = [
    *("path", "str", "bytes", "view", "gzip", "xml", "file", "memory", "paths"),
    *("ranges", "range", "reader", "batch", "list", "generator"),
]


@pytest.mark.parametrize("how", ["whole", "cut", "sent", "seven"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_source_is_read_once(kind: str, how: str, tmp_path: Path) -> None:
    source = sources(tmp_path)[kind]
    opened = open_input(source, {})
    if how == "whole":
        chunks = opened.whole()
    else:
        chunks = opened.cut(2, 7 if how == "seven" else None)
    assert found(chunks, how == "sent") == NAMES
    if kind in ("file", "memory"):
        assert not source.closed
        source.close()


def test_sizes_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    opened = open_input(path, {})
    assert opened.size == len(DATA)
    assert COUNT / 3 < (opened.about() or 0) < COUNT * 3
    chunks = list(opened.cut(2, None))
    assert len(chunks) > 8
    assert sum(chunk.size for chunk in chunks) == len(DATA)
    assert not any(chunk.fat for chunk in chunks)  # they travel as ranges
    assert all(len(pickle.dumps(chunk)) < 1000 for chunk in chunks)
    assert open_input([path, path], {}).size == 2 * len(DATA)
    assert open_input(io.BytesIO(DATA), {}).about() is None
    assert open_input([mrrc.Record()], {}).about() == 1


def test_a_record_knows_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    size = len(make.sample())
    places = [
        chunk.place_of(record)
        for chunk in open_input(path, {}).cut(2, 7)
        for record, _ in chunk.items()
    ]
    assert places == [(n + 1, n * size, str(path)) for n in range(COUNT)]


def test_what_cannot_be_read_has_its_reason(tmp_path: Path) -> None:
    bad = bytearray(make.sample(1))
    bad[12:17] = b"xxxxx"
    data = make.sample(0) + bytes(bad) + make.sample(2)
    for chunks in (open_input(data, {}).cut(2, 1), open_input(io.BytesIO(data), {}).cut(2, 2)):
        items = [item for chunk in chunks for item in pickle.loads(pickle.dumps(chunk)).items()]
        assert [record is None for record, _ in items] == [False, True, False]
        assert isinstance(items[1][1], mrrc.MrrcException)
    strict = [
        item
        for chunk in open_input(data, {"recovery_mode": "strict"}).cut(1, None)
        for item in chunk.items()
    ]
    assert [record is None for record, _ in strict] == [False, True, False]


def test_what_belongs_to_no_record_is_kept() -> None:
    data = make.sample(0) + b"rubbish" + make.sample(1)
    for source in (data, io.BytesIO(data)):
        chunks = list(open_input(source, {"recovery_mode": "permissive"}).cut(2, None))
        assert found(iter(chunks)) == NAMES[:2]
        assert sum(len(chunk.errors) for chunk in chunks) == 1


def test_errors_are_counted_over_the_whole_source() -> None:
    options = {"recovery_mode": "lenient", "max_errors": 1}
    chunks = list(open_input(DATA, options).cut(8, 1))
    assert len([chunk for chunk in chunks if isinstance(chunk, RangeChunk)]) <= 1


def test_options_reach_the_reader() -> None:
    where = {"where": "001 == 'smpl00000003'"}
    assert found(open_input(DATA, where).cut(2, None), True) == [NAMES[3]]
    assert found(open_input(DATA, where).whole()) == [NAMES[3]]
    with pytest.raises(TypeError, match="where"):
        open_input([mrrc.Record()], where)


def test_subclasses_keep_what_they_have() -> None:
    class Mine(mrrc.Record):
        pass

    records = [Mine(), mrrc.Record()]
    records[0].colour = "red"  # type: ignore[attr-defined]
    chunk = ReadyChunk([(record, None) for record in records])
    state = chunk.__reduce__()[1][0]
    assert state[0].colour == "red"
    assert len(chunk) == 2


@pytest.mark.thread_unsafe(reason="forks, and its other threads would be gone")
def test_a_pipe_is_read_here(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.fork()
    if writer == 0:
        try:
            path.write_bytes(DATA[: 3 * len(make.sample())])
        finally:
            os._exit(0)
    assert found(open_input(path, {}).cut(2, None)) == NAMES[:3]
    os.waitpid(writer, 0)


def test_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    whole = SourceChunk(path, len(DATA), {})
    assert whole.reached() == 0
    items = whole.items()
    next(items)
    assert whole.reached() == len(make.sample())
    items.close()
    later = RangeChunk(mrrc.split(path, parts=2)[1], {})
    assert later.reached() == 0
    items = later.items()
    next(items)
    assert later.reached() == len(make.sample())
    items.close()
    assert ReadyChunk(()).reached() == 0


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    opened = files([path, path])
    assert (opened.size, opened.records) == (2 * len(DATA), 2)
    (first, _) = opened.cut(3, None)
    assert isinstance(first, FileChunk)
    assert list(first.items()) == [(str(path), None)]
    assert first.place_of(str(path)) == (None, None, str(path))
    with pytest.raises(FileNotFoundError):
        files([tmp_path / "none"])


def test_no_source() -> None:
    with pytest.raises(FileNotFoundError):
        open_input("no such file", {})
    with pytest.raises(TypeError, match="int"):
        open_input(3, {})
    with pytest.raises(NotImplementedError):
        Chunk().items()


def test_records_that_were_sent_are_made_in_their_turn() -> None:
    """And forgotten behind it, as those of a range are."""
    records = list(mrrc.MARCReader(DATA))
    sent = pickle.loads(pickle.dumps(ReadyChunk([(record, None) for record in records])))
    assert isinstance(sent, SentChunk) and sent.fat
    seen = []
    for record, reason in sent.items():
        assert record is not None and reason is None
        record.fields.clear()
        seen.append(weakref.ref(record))
        assert sum(one() is not None for one in seen) <= 2
    again = [record.as_marc() for record, _ in sent.items() if record is not None]
    assert again == [record.as_marc() for record in records if record is not None]
    why = ValueError("unreadable")
    sent = pickle.loads(pickle.dumps(ReadyChunk([(None, why), (records[0], None)], 7, "x.mrc")))
    (first, reason), (second, none) = sent.items()
    assert first is None and str(reason) == "unreadable"
    assert second is not None and none is None
    assert (sent.size, sent.source) == (7, "x.mrc")
