# SPDX-License-Identifier: MIT
"""Errors of threads that read ahead: what went wrong is no affair of a record or its bytes.

They belong to `exceptions`, and stand here because most programs read in one thread.
"""

from __future__ import annotations

from mrrc.exceptions import MrrcException

__all__ = ["PipelineClosed", "PipelineError", "PipelineForked", "PipelineTimeout"]


class PipelineError(MrrcException):
    """A pipeline cannot give what it was asked for."""

    code = "E601"
    slug = "pipeline_error"
    _text = None  # pymarc has no such class


class PipelineClosed(PipelineError):
    """The pipeline was closed, by this thread or another one."""

    code = "E602"
    slug = "pipeline_closed"

    def _body(self) -> str:
        return "the pipeline was closed"


class PipelineTimeout(PipelineError, TimeoutError):
    """No record came in time. The pipeline goes on: ask again."""

    code = "E603"
    slug = "pipeline_timeout"

    def _body(self) -> str:
        return "no record came in time"


class PipelineForked(PipelineError, RuntimeError):
    """The pipeline belongs to the process that this one was forked from, as do its threads."""

    code = "E604"
    slug = "pipeline_forked"

    def _body(self) -> str:
        return "the pipeline belongs to the process that this one was forked from"
