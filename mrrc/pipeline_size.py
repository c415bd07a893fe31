# SPDX-License-Identifier: MIT
"""How large a pipeline is: its threads, its blocks, and the memory that they take.

Numbers only: nothing is opened or started here.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from mrrc.cores import usable_cores

__all__ = ["PipelineConfig", "pipeline_config"]

#: What a block takes while it is under way, as a multiple of its bytes in the source: the bytes,
#: the packed records, which are a little smaller, and room that buffers have to spare.
_TIMES = 3

_SMALLEST = 1 << 12
_LARGEST = 1 << 26

#: How much of a source is worth a thread's while.
_THREAD_MIN = 1 << 20


class PipelineConfig(NamedTuple):
    """How a pipeline is built. It cannot be changed; `_replace` makes another one."""

    buffer_size: int = 524288
    """Bytes of the source in a block."""

    channel_capacity: int = 4
    """How many decoded blocks may lie ready."""

    batch_size: int = 100
    """How many records `ProducerConsumerPipeline.batches` puts into a batch."""

    parser_threads: int | None = None
    """How many threads decode; None: as many as the process may use."""

    memory_limit: int | None = None
    """How many bytes blocks may take together, about; None: no limit. It makes the
    capacity smaller, then the blocks."""

    @property
    def workers(self) -> int:
        """How many threads decode."""
        return self.parser_threads or usable_cores()

    @property
    def memory(self) -> int:
        """How many bytes blocks take together at most, about, in a file of sound records."""
        return _TIMES * self.buffer_size * (self.channel_capacity + self.workers)

    def checked(self) -> PipelineConfig:
        """Return the configuration that keeps within its `memory_limit`.

        Raises:
            ValueError: a number is zero or negative or makes no sense, or the limit is too small.
            TypeError: one is no whole number.
        """
        for name, value in self._asdict().items():
            if value is None and name in ("parser_threads", "memory_limit"):
                continue
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f"{name} is a whole number, not {type(value).__name__}")
            if value <= 0:
                raise ValueError(f"{name} is at least 1, not {value}")
        if self.buffer_size > _LARGEST or self.channel_capacity > 1024 or self.workers > 256:
            raise ValueError(
                f"buffer_size is at most {_LARGEST}, channel_capacity 1024, parser_threads 256"
            )
        limit = self.memory_limit
        if limit is None or self.memory <= limit:
            return self
        blocks = limit // (_TIMES * self.buffer_size)
        if blocks > self.workers:
            return self._replace(channel_capacity=blocks - self.workers)
        size = limit // (_TIMES * (self.workers + 1))
        if size < _SMALLEST:
            least = _TIMES * _SMALLEST * (self.workers + 1)
            raise ValueError(f"memory_limit is at least {least} with {self.workers} threads")
        return self._replace(channel_capacity=1, buffer_size=size)

    @classmethod
    def for_file(
        cls, path: str | os.PathLike[str], memory_limit: int | None = None
    ) -> PipelineConfig:
        """Return what suits a file: no more threads and larger blocks than its size is worth.

        Raises:
            OSError: there is no such file.
            ValueError: the limit is too small.
        """
        size = os.stat(path).st_size
        threads = max(1, min(usable_cores(), size // _THREAD_MIN))
        # each thread has several blocks to do, so that none is idle long at the end
        block = min(max(size // (8 * threads), 1 << 16), cls().buffer_size)
        return cls(buffer_size=block, parser_threads=threads, memory_limit=memory_limit).checked()


_PROFILES: dict[str, PipelineConfig] = {
    "balanced": PipelineConfig(),
    "low_memory": PipelineConfig(buffer_size=1 << 16, channel_capacity=1, parser_threads=1),
    "throughput": PipelineConfig(buffer_size=1 << 20, channel_capacity=8, batch_size=1000),
    "latency": PipelineConfig(buffer_size=1 << 15, channel_capacity=2, batch_size=10),
    "network": PipelineConfig(buffer_size=1 << 22, channel_capacity=2),
}


def pipeline_config(profile: str = "balanced", **over: Any) -> PipelineConfig:
    """Return a configuration by the name of what it is for.

    >>> import mrrc
    >>> mrrc.pipeline_config("low_memory").parser_threads
    1

    Args:
        profile: ``balanced``; ``low_memory``: small blocks, one thread; ``throughput``: large
            blocks, many of them; ``latency``: the first record soon; ``network``: few large
            reads.
        over: attributes of `PipelineConfig` in place of the profile's.

    Raises:
        ValueError: there is no such profile, or a number makes no sense.
        TypeError: there is no such attribute.
    """
    try:
        config = _PROFILES[profile]
    except KeyError:
        known = ", ".join(_PROFILES)
        raise ValueError(f"there is no profile {profile!r}; there are {known}") from None
    unknown = over.keys() - set(PipelineConfig._fields)
    if unknown:
        raise TypeError(f"PipelineConfig has no {', '.join(sorted(unknown))}")
    return config._replace(**over).checked()
