# SPDX-License-Identifier: MIT
"""Who holds the interpreter's lock: with a switch interval of many minutes a thread gives it up
only where it lets go of it, and the work of two threads is mixed only if both do so.

Times say nothing on a busy computer; this does.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import records as make

import mrrc
from mrrc import _bridge
from mrrc._bridge.streams import Encoder, Source

TURNS = 300
DATA = b"".join(make.sample(number) for number in range(400))

pytestmark = [
    pytest.mark.thread_unsafe(reason="sets how the interpreter switches threads"),
    pytest.mark.skipif(
        hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled(),
        reason="there is no such lock",
    ),
]


@pytest.fixture(autouse=True)
def long_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


def hand_overs(work: Callable[[], object], turns: int = TURNS) -> int:
    """Return how often the lock went from one of two threads to the other."""
    log: list[int] = []
    ready = threading.Barrier(2)

    def run(me: int) -> None:
        ready.wait()
        for _ in range(turns):
            work()
            log.append(me)

    pair = [threading.Thread(target=run, args=(me,)) for me in (0, 1)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert len(log) == 2 * turns
    return sum(one != other for one, other in zip(log, log[1:], strict=False))


def test_what_holds_the_lock_is_seen() -> None:
    for _ in range(3):
        assert hand_overs(lambda: sum(range(2000))) == 1


def batch() -> _bridge.Block:
    block = Source(None, DATA).next(0)
    assert block is not None
    return block


def reading(path: Path) -> Callable[[], object]:
    return lambda: Source(str(path)).next(0)


def parsing(path: Path) -> Callable[[], object]:
    return lambda: Source(None, DATA).next(0)


def reading_ahead(path: Path) -> Callable[[], object]:
    def work() -> None:
        source = Source(None, DATA)
        source.read_ahead(1, 1, 1 << 16)
        assert source.next(0) is not None
        source.close()

    return work


def encoding(format: str) -> Callable[[Path], Callable[[], object]]:
    def prepare(path: Path) -> Callable[[], object]:
        block, number = batch(), _bridge.find_format(format)
        return lambda: Encoder(number).records(block.block, block.ends)

    return prepare


def converting(path: Path) -> Callable[[], object]:
    return lambda: mrrc.convert(DATA, io.BytesIO(), to="marcxml", from_="marc")


def columns(path: Path) -> Callable[[], object]:
    return lambda: mrrc.columns(DATA, {"title": "245$a"})


@pytest.mark.parametrize(
    "prepare",
    [
        *(reading, parsing, reading_ahead, columns),
        pytest.param(encoding("marc"), id="writing"),
        pytest.param(encoding("marcjson"), id="json"),
        pytest.param(encoding("marcxml"), id="xml"),
        pytest.param(encoding("mrk"), id="mrk"),
    ],
)
def test_the_core_lets_go_of_the_lock(
    prepare: Callable[[Path], Callable[[], object]], tmp_path: Path
) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(DATA)
    work = prepare(path)
    # two threads may by chance miss each other each time: seldom twice
    assert any(hand_overs(work) > 1 for _ in range(5))


@pytest.mark.parametrize(
    "look",
    [
        lambda record: record.title,
        lambda record: [field.value() for field in record.fields],
        lambda record: mrrc.Record(fields=[mrrc.Field("001", data="1")]),
        lambda record: mrrc.RecordLengthInvalid(),
    ],
    ids=["accessor", "fields", "making a record", "making an exception"],
)
def test_objects_are_made_with_the_lock(look: Callable[[mrrc.Record], object]) -> None:
    """What is told of it: letting go would cost more than the work."""
    record = mrrc.Record(make.sample())
    for _ in range(3):
        assert hand_overs(lambda: look(record)) == 1
