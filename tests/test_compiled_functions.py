# SPDX-License-Identifier: MIT
"""Functions that another compiler made, called with each record.

Such a compiler may compile when a function is first called, and need not be safe for threads that
call it at once: what is called first is called once, before they begin.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import records as make
from many_threads import switching

from mrrc import Record
from mrrc.parallel import map_records

COUNT = 200
DATA = b"".join(make.sample(number) for number in range(COUNT))


class Compiled:
    """Like a function of such a compiler: it must not be compiled by two threads."""

    def __init__(self, func: Callable[[str], int]) -> None:
        self.func = func
        self.compiled = 0
        self.busy = threading.Lock()

    def __call__(self, text: str) -> int:
        if not self.compiled:
            assert self.busy.acquire(blocking=False), "compiled twice at once"
            self.compiled += 1
            self.busy.release()
        return self.func(text)


def kernel(text: str) -> int:
    return sum(ord(letter) for letter in text)


def title_of(record: Record) -> str:
    return record["001"].data or ""


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_one_that_is_compiled_when_it_is_first_called(workers: int) -> None:
    compiled = Compiled(kernel)
    compiled("once, before the threads begin")
    with switching(1e-6):
        found = list(
            map_records(
                DATA,
                lambda record: compiled(title_of(record)),
                strategy="threads",
                max_workers=workers,
            )
        )
    assert compiled.compiled == 1
    assert found == [kernel(f"smpl{number:08}") for number in range(COUNT)]


def test_one_of_codon() -> None:
    codon = pytest.importorskip("codon")
    compiled = codon.jit(kernel)
    compiled("once, before the threads begin")
    found = map_records(
        DATA, lambda record: compiled(title_of(record)), strategy="threads", max_workers=4
    )
    assert list(found) == [kernel(f"smpl{number:08}") for number in range(COUNT)]
