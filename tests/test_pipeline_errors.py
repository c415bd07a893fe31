# SPDX-License-Identifier: MIT
"""Errors of reading ahead: what they are, and what they say."""

import copy
import pickle
from typing import Any

import pytest

import mrrc
from mrrc import pipeline_errors
from mrrc.pipeline_errors import (
    PipelineClosed,
    PipelineError,
    PipelineForked,
    PipelineTimeout,
)

KINDS: list[type[PipelineError]] = [PipelineError, PipelineClosed, PipelineTimeout, PipelineForked]


def test_all_of_them_are_named() -> None:
    assert sorted(kind.__name__ for kind in KINDS) == sorted(pipeline_errors.__all__)
    assert {kind.__name__: (kind.code, kind.slug) for kind in KINDS} == {
        "PipelineError": ("E601", "pipeline_error"),
        "PipelineClosed": ("E602", "pipeline_closed"),
        "PipelineTimeout": ("E603", "pipeline_timeout"),
        "PipelineForked": ("E604", "pipeline_forked"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_one_word_catches_them(kind: type[PipelineError]) -> None:
    with pytest.raises(PipelineError):
        raise kind
    with pytest.raises(mrrc.MrrcException):
        raise kind


@pytest.mark.parametrize(
    ("kind", "base"), [(PipelineTimeout, TimeoutError), (PipelineForked, RuntimeError)]
)
def test_they_are_what_python_calls_them(kind: type[PipelineError], base: type[Exception]) -> None:
    with pytest.raises(base):
        raise kind
    # who waits for the system to fail does not want to hear that somebody closed
    assert not issubclass(PipelineClosed, OSError)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PipelineClosed, "the pipeline was closed"),
        (PipelineTimeout, "no record came in time"),
        (PipelineForked, "the pipeline belongs to the process that this one was forked from"),
    ],
)
def test_what_they_say(kind: Any, text: str) -> None:
    error = kind()
    assert str(error) == f"{kind.__name__}: {text}"
    error.source = "books.mrc"
    assert str(error) == f"{kind.__name__}: {text}"
    told = error.to_dict()
    assert (told["class"], told["code"], told["slug"]) == (kind.__name__, kind.code, kind.slug)
    assert error.detailed().startswith(kind.__name__)
    assert "books.mrc" in error.detailed()
    assert kind.help_url().endswith(f"#{kind.code.lower()}")


@pytest.mark.parametrize("kind", KINDS)
def test_copies_and_pickles_keep_everything(kind: type[PipelineError]) -> None:
    error = kind(source="books.mrc", record_index=7)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is kind
        assert (str(again), again.source, again.record_index) == (str(error), "books.mrc", 7)
