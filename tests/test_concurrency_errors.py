# SPDX-License-Identifier: MIT
"""The exceptions of the toolkit: each is a `ConcurrencyError`, and the standard library's, too."""

from __future__ import annotations

import pickle

import pytest

from mrrc.concurrency import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_each_is_one_of_the_family_and_says_why(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.ConcurrencyError)
    assert issubclass(kind, RuntimeError)
    assert kind.__doc__


def test_a_failed_item_can_be_sent() -> None:
    error = pickle.loads(pickle.dumps(errors.ItemError(3, "x")))
    assert (error.index, error.item) == (3, "x")
    assert str(error) == "the function failed for item 3, 'x'"


def test_a_long_item_is_told_in_short() -> None:
    error = errors.ItemError(0, "x" * 10_000)
    error.__cause__ = ValueError()
    assert len(str(error)) < 100
    assert str(error).endswith(": ValueError")
