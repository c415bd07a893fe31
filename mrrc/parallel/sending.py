# SPDX-License-Identifier: MIT
"""Objects on their way to another process and back, as bytes.

What cannot be sent is named, down to the argument or attribute that is at fault. An exception
always arrives: as itself if it can be pickled and unpickled, and as its text if it cannot.
"""

from __future__ import annotations

import functools
import pickle
import traceback
from collections.abc import Iterator

from mrrc.parallel.errors import NotPicklableError, WorkerTraceback

__all__ = ["named", "pack", "pack_error", "unpack_error"]

_DEEP = 4

#: An exception as bytes, what is shown if they cannot be read, and its traceback.
PackedError = tuple[bytes | None, str, str]


def named(thing: object) -> str:
    """Return what an object is called in messages."""
    name = getattr(thing, "__qualname__", None)
    if not isinstance(name, str):
        return f"{type(thing).__name__} object"
    module = getattr(thing, "__module__", None)
    return f"{module}.{name}" if module else name


def pack(thing: object, role: str) -> bytes:
    """Pickle an object that has a part in the work.

    Args:
        role: what it is to the caller, such as ``func``.

    Raises:
        NotPicklableError: it cannot be pickled.
    """
    try:
        return pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        trail, culprit = _culprit(thing, role, _DEEP)
        raise NotPicklableError(what=f"{trail} ({named(culprit)})") from error


def _parts(thing: object) -> Iterator[tuple[str, object]]:
    if isinstance(thing, functools.partial):
        yield ".func", thing.func
        yield from ((f".args[{place}]", value) for place, value in enumerate(thing.args))
        yield from ((f".keywords[{name!r}]", value) for name, value in thing.keywords.items())
    elif isinstance(thing, list | tuple):
        yield from ((f"[{place}]", value) for place, value in enumerate(thing))
    elif isinstance(thing, dict):
        yield from ((f"[{key!r}]", value) for key, value in thing.items())
    elif hasattr(thing, "__self__") and hasattr(thing, "__func__"):
        yield ".__self__", thing.__self__
    elif not callable(thing) or not hasattr(thing, "__qualname__"):
        yield from ((f".{name}", value) for name, value in getattr(thing, "__dict__", {}).items())


def _culprit(thing: object, trail: str, depth: int) -> tuple[str, object]:
    """Find the innermost part of an object that cannot be pickled, and how it is reached."""
    if depth:
        for step, part in _parts(thing):
            try:
                pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
            except Exception:
                return _culprit(part, trail + step, depth - 1)
    return trail, thing


def pack_error(error: BaseException) -> PackedError:
    """Return an exception as it travels."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    try:
        packed: bytes | None = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
        # some are pickled without complaint, and cannot be made again
        pickle.loads(packed or b"")
    except Exception:
        packed = None
    return packed, f"{type(error).__name__}: {error}", "".join(lines)


def unpack_error(packed: PackedError) -> BaseException:
    """Return an exception that came from another process, with its traceback as the cause."""
    data, text, trace = packed
    error: BaseException = RuntimeError(text)
    if data is not None:
        try:
            found = pickle.loads(data)
        except Exception:
            found = None
        if isinstance(found, BaseException):
            error = found
    error.__cause__ = WorkerTraceback(trace)
    return error
