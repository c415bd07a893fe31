# SPDX-License-Identifier: MIT
"""The exceptions of the toolkit: each is a `ConcurrencyError`, and the standard library's, too."""

from __future__ import annotations

import pickle
import queue

import pytest

from mrrc.concurrency import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_each_is_one_of_the_family_and_says_why(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.ConcurrencyError)
    assert issubclass(kind, RuntimeError)
    assert kind.__doc__


def test_a_failed_item_is_told() -> None:
    error = errors.ItemError(3, "x")
    assert (error.index, error.item) == (3, "x")
    assert str(error) == "the function failed for item 3, 'x'"


def test_a_long_item_is_told_in_short() -> None:
    error = errors.ItemError(0, "x" * 10_000)
    error.__cause__ = ValueError()
    assert len(str(error)) < 100
    assert str(error).endswith(": ValueError")


@pytest.mark.parametrize("name", errors.__all__)
def test_each_can_be_sent(name: str) -> None:
    given = (3, "x") if name == "ItemError" else ("why",)
    error = getattr(errors, name)(*given)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.args, str(again)) == (error.args, str(error))


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (errors.LockTimeout, TimeoutError),
        (errors.QueueEmpty, queue.Empty),
        (errors.QueueFull, queue.Full),
        (errors.SemaphoreReleaseError, ValueError),
    ],
)
def test_who_knows_the_standard_library_knows_them(kind: type, base: type) -> None:
    assert issubclass(kind, base)
