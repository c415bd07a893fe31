# SPDX-License-Identifier: MIT
"""Numbers of a pipeline make sense, or are refused, and keep within the memory that was named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrrc import PipelineConfig, pipeline_config


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(bytes(150_000))
    return file


def test_numbers_that_are_none() -> None:
    with pytest.raises(TypeError, match="whole number"):
        PipelineConfig(buffer_size="large").checked()  # type: ignore[arg-type]


def test_a_limit_of_memory() -> None:
    loose = PipelineConfig(parser_threads=2)
    assert loose._replace(memory_limit=loose.memory).checked().channel_capacity == 4
    tight = loose._replace(memory_limit=loose.memory // 2).checked()
    assert tight.channel_capacity == 1
    assert tight.memory <= loose.memory // 2
    tighter = loose._replace(memory_limit=1 << 20).checked()
    assert tighter.buffer_size < loose.buffer_size
    assert tighter.memory <= 1 << 20


def test_profiles() -> None:
    assert pipeline_config() == PipelineConfig()
    assert pipeline_config("low_memory").memory < PipelineConfig(parser_threads=1).memory
    assert pipeline_config("throughput", batch_size=7).batch_size == 7
    for profile in ("latency", "network"):
        pipeline_config(profile)
    with pytest.raises(ValueError, match="no profile 'fast'"):
        pipeline_config("fast")
    with pytest.raises(TypeError, match="no speed"):
        pipeline_config(speed=3)
    with pytest.raises(ValueError, match="batch_size"):
        pipeline_config(batch_size=-1)


def test_what_suits_a_file(path: Path) -> None:
    config = PipelineConfig.for_file(path)
    assert config.parser_threads == 1
    assert config.checked() == config
    assert PipelineConfig.for_file(path, memory_limit=1 << 20).memory <= 1 << 20
    with pytest.raises(FileNotFoundError):
        PipelineConfig.for_file(path.with_name("none"))
