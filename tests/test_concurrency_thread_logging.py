# SPDX-License-Identifier: MIT
"""Log lines that name their thread."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator

import pytest

from mrrc.concurrency import enable_thread_logging
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
