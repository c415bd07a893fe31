# SPDX-License-Identifier: MIT
"""Engines that work on many machines: thin modules, of which each needs its engine installed.

They hand ranges to the engine and rows back to it; neither is imported before it is asked for.
"""
