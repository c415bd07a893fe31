# SPDX-License-Identifier: MIT
"""Log lines that name their thread."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import threading
from collections.abc import Iterator

import pytest

from mrrc.concurrency import enable_thread_logging, logged, run_in_safe_thread
from mrrc.concurrency.thread_logging import FORMAT

NAME = "test_thread_logging"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    loggers = [logging.getLogger(NAME), logging.getLogger()]
    before = [(each, each.level, list(each.handlers)) for each in loggers]
    yield
    for each, level, handlers in before:
        each.setLevel(level)
        each.handlers[:] = handlers


@pytest.mark.thread_unsafe(reason="changes the handlers of a logger")
def test_lines(caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    handler = enable_thread_logging(logging.DEBUG, logger=NAME, stream=stream)
    assert FORMAT == "%(threadName)-10s %(levelname)-8s %(message)s"

    def work() -> None:
        logging.getLogger(NAME + ".part").debug("read %d records", 3)

    thread = threading.Thread(target=work, name="reader-1")
    thread.start()
    thread.join()
    logging.getLogger(NAME).warning("slow")
    assert stream.getvalue().splitlines() == [
        "reader-1   DEBUG    read 3 records",
        "MainThread WARNING  slow",
    ]
    # the others have them all the same
    assert [(r.threadName, r.levelname) for r in caplog.records] == [
        ("reader-1", "DEBUG"),
        ("MainThread", "WARNING"),
    ]
    assert handler.format(caplog.records[0]) == "reader-1   DEBUG    read 3 records"


@pytest.mark.thread_unsafe(reason="changes the handlers of a logger")
def test_a_second_call_replaces_the_first() -> None:
    first, second, foreign = io.StringIO(), io.StringIO(), logging.NullHandler()
    logger = logging.getLogger(NAME)
    logger.addHandler(foreign)
    enable_thread_logging("DEBUG", logger=NAME, stream=first)
    enable_thread_logging("INFO", logger=NAME, stream=second)
    logger.debug("not said")
    logger.info("said")
    assert (first.getvalue(), second.getvalue()) == ("", "MainThread INFO     said\n")
    assert foreign in logger.handlers


def test_a_wrong_level_changes_nothing() -> None:
    logger = logging.getLogger(NAME)
    before = list(logger.handlers)
    with pytest.raises(ValueError, match="LOUD"):
        enable_thread_logging("LOUD", logger=NAME)
    assert logger.handlers == before


def test_everybodys_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    enable_thread_logging(logging.INFO)
    logging.getLogger("somebody.else").info("heard")
    assert capsys.readouterr().err == "MainThread INFO     heard\n"


def test_a_logged_call(caplog: pytest.LogCaptureFixture) -> None:
    @logged(logger=NAME)
    def add(first: int, *, second: int = 0) -> int:
        """Add."""
        return first + second

    caplog.set_level(logging.INFO, NAME)
    done = run_in_safe_thread(add, 1, second=2)
    assert done.get_result(60) == 3
    name = "test_a_logged_call.<locals>.add"
    thread = re.escape(f"thread {done.name} ({done.ident})")
    begun, ended = caplog.records
    assert re.fullmatch(re.escape(name) + f" begun in {thread}", begun.getMessage())
    assert re.fullmatch(re.escape(name) + rf" done in {thread}, 0\.\d{{3}} s", ended.getMessage())
    assert {(each.threadName, each.levelno) for each in caplog.records} == {(done.name, 20)}
    assert (add.__name__, add.__doc__) == ("add", "Add.")


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_what_a_logged_call_raises(
    kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    error = kind("bad")

    @logged
    def fail() -> None:
        raise error

    with pytest.raises(kind) as it:
        fail()
    assert it.value is error
    [record] = caplog.records  # at the level of INFO nobody asked for the others
    assert (record.name, record.levelno) == (__name__, logging.ERROR)
    assert " failed in thread MainThread (" in record.getMessage()
    assert record.exc_info is not None and record.exc_info[1] is error


def test_a_logged_coroutine(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger(NAME)
    caplog.set_level(logging.DEBUG, NAME)

    @logged(level=logging.DEBUG, logger=logger)
    async def answer(error: Exception | None = None) -> int:
        await asyncio.sleep(0)
        logger.debug("within")
        if error is not None:
            raise error
        return 42

    assert asyncio.iscoroutinefunction(answer)
    assert asyncio.run(answer()) == 42
    with pytest.raises(ValueError, match="bad"):
        asyncio.run(answer(ValueError("bad")))
    words = [re.sub(r".*answer (\w+) .*", r"\1", each.getMessage()) for each in caplog.records]
    assert words == ["begun", "within", "done", "begun", "within", "failed"]


def test_what_cannot_be_logged() -> None:
    with pytest.raises(TypeError, match="a function is logged, not str"):
        logged("INFO")  # type: ignore[type-var]
