# SPDX-License-Identifier: MIT
"""What goes wrong between threads: in a task, in waiting for one, in what they share.

What a function of the caller's raised is always the ``__cause__``. Where the standard library has
an exception for the same thing, ours is one of these, too.
"""

from __future__ import annotations

__all__ = ["ConcurrencyError"]


class ConcurrencyError(RuntimeError):
    """Something between threads went wrong; the base of all such errors."""
