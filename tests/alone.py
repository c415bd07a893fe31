# SPDX-License-Identifier: MIT
"""Programs that fork or are interrupted, in an interpreter of their own."""

from __future__ import annotations

import subprocess
import sys

LONG = 60  # seconds that are never waited for


def run(script: str) -> str:
    """Returns what a script prints; it has to end well, and to complain of nothing.

    That threads and forks do not go together is what is tested, so no warning of it is wanted.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=LONG,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
