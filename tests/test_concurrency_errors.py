# SPDX-License-Identifier: MIT
"""The exceptions of the toolkit: each is a `ConcurrencyError`, and the standard library's, too."""

from __future__ import annotations

import pytest

from mrrc.concurrency import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_each_is_one_of_the_family_and_says_why(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.ConcurrencyError)
    assert issubclass(kind, RuntimeError)
    assert kind.__doc__
