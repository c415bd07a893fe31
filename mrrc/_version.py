# SPDX-License-Identifier: MIT
"""The version, which stands here alone: the build, the documentation and the package read it."""

__version__ = "0.1.0"
