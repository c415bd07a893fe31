# SPDX-License-Identifier: MIT
"""``python -m mrrc`` is the command line `mrrc`."""

from __future__ import annotations

import sys

from mrrc.cli import main

if __name__ == "__main__":
    sys.exit(main())
