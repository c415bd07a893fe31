# SPDX-License-Identifier: MIT
"""The errors of a block, as a reader keeps them; test_reader_modes.py has the table of modes."""

from __future__ import annotations

import pytest

import mrrc
from mrrc import MARCReader

SOUND = b"00067nam a2200049 i 4500001000500000245001200005\x1eocm1\x1e10\x1faEmma\x1fbx\x1e\x1d"
FLAWED = SOUND.replace(b"\x1e10\x1f", b"\x1e\xc30\x1f")


def test_errors_are_those_of_the_record_last_yielded() -> None:
    reader = MARCReader(SOUND + FLAWED + SOUND, recovery_mode="lenient")
    pairs = list(reader.iter_with_errors())
    assert [len(errors) for _, errors in pairs] == [0, 1, 0]
    assert pairs[1][1][0].record_index == 2  # type: ignore[attr-defined]


def test_errors_are_counted_over_blocks_and_seeks() -> None:
    reader = MARCReader(FLAWED * 3, recovery_mode="lenient", max_errors=2)
    next(reader)
    next(reader)
    with pytest.raises(mrrc.FatalReaderError) as caught:
        next(reader)
    assert (caught.value.errors_seen, caught.value.record_index) == (3, 3)
    assert list(reader) == []


def test_a_strict_reader_keeps_the_bytes_of_the_fault() -> None:
    reader = MARCReader(SOUND + FLAWED + SOUND, recovery_mode="strict")
    next(reader)
    with pytest.raises(mrrc.MrrcException):
        next(reader)
    assert reader.current_chunk == FLAWED
    assert reader.tell() == 2 * len(SOUND)
    assert next(reader) is not None
