# SPDX-License-Identifier: MIT
"""How far a command is, on a terminal: a line that is overwritten, by rich where that is there.

It appears when a command takes longer than a second. Who wants none makes it with `shown` false.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

__all__ = ["Progress"]

#: Seconds before there is a line, and between two states of it.
_PATIENCE = 1.0
_PAUSE = 0.2

_ERASE = "\r\x1b[K"


class Progress:
    """A line that says how many records were handled.

    Args:
        shown: whether there is anybody to look at it.
    """

    def __init__(self, shown: bool) -> None:
        self._shown = shown and os.environ.get("TERM", "dumb") != "dumb"
        self._started = time.monotonic()
        self._next = self._started + _PATIENCE
        self._visible = False
        self._rich: Any = None
        self._looked = False

    def hide(self) -> None:
        """Show no line from now on, since records go to the same terminal."""
        self.clear()
        self._shown = False

    def update(self, records: int) -> None:
        """Take note of how many records were handled so far."""
        if not self._shown:
            return
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        rate = records / (now - self._started)
        text = f"{records:,} records, {rate:,.0f} a second"
        if not self._looked:
            self._looked = True
            self._rich = _status(text)
        self._visible = True
        if self._rich is not None:
            self._rich.update(text)
            self._rich.start()
        else:
            sys.stderr.write(_ERASE + text)
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, as for a message; the next update brings it again."""
        if not self._visible:
            return
        self._visible = False
        if self._rich is not None:
            self._rich.stop()
        else:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()


def _status(text: str) -> Any:
    """Return rich's line with a spinner, or None where rich is not installed."""
    try:
        from rich.console import Console  # type: ignore[import-not-found,unused-ignore]
        from rich.status import Status  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    return Status(text, console=Console(stderr=True, highlight=False))
