# SPDX-License-Identifier: MIT
"""What processes that share memory are given in the tests: functions at the top of a module."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from mrrc.concurrency import SharedBatch, SharedCounter


def count(counter: SharedCounter, steps: int) -> None:
    for _ in range(steps):
        counter.add(3)
        counter.sub(2)


def count_for_ever(counter: SharedCounter) -> None:
    while True:
        counter.increment()


def look(batch: SharedBatch, answers: Any) -> None:
    """Says what is found in a batch by each way there is."""
    records = [None if record is None else record.as_marc() for record in batch]
    found = batch.batch.filter("001?").encode("marcxml")
    answers.send((len(batch), records, found, batch.batch._block.readonly))  # type: ignore[union-attr]


def keep(batch: SharedBatch, pipe: Any) -> None:
    """Tells that it has the batch, and reads it when it is told to."""
    pipe.send(len(batch))
    pipe.recv()
    pipe.send(batch[0].as_marc())  # type: ignore[union-attr]


def die(*things: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(*things: Any) -> None:
    """Ends as a program does, which lets its objects be finalized."""
    sys.exit(0)
