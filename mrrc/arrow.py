# SPDX-License-Identifier: MIT
"""What Arrow's PyCapsule interface asks for, without Arrow.

A capsule is an object of CPython's; ctypes makes it, and here only. It is ended by C, which
releases what nobody has taken out of it. What is in it is laid out by C, too.
"""

from __future__ import annotations

import ctypes

from mrrc import _bridge

__all__ = ["array_capsule", "schema_capsule", "stream_capsule"]

# a prototype of our own: what is set on ctypes.pythonapi is everybody's
_new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
    ("PyCapsule_New", ctypes.pythonapi)
)


def _capsule(kind: int, content: int) -> object:
    return _new(content, *_bridge.ending(kind))


def schema_capsule(columns: _bridge.Columns) -> object:
    """Return the schema of columns as a capsule."""
    return _capsule(_bridge.SCHEMA, columns.schema())


def array_capsule(chunk: _bridge.Chunk) -> object:
    """Return rows as a capsule, to which they are handed over."""
    return _capsule(_bridge.ARRAY, chunk.handed_over())


def stream_capsule(columns: _bridge.Columns, chunks: list[_bridge.Chunk]) -> object:
    """Return a stream of rows as a capsule, to which they are handed over."""
    return _capsule(_bridge.STREAM, _bridge.stream_of(columns, chunks))
