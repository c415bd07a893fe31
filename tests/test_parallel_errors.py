# SPDX-License-Identifier: MIT
"""parallel/errors.py: what the errors say, and that they travel."""

import copy
import pickle

from mrrc import LeaderNotNumeric, MrrcException
from mrrc.parallel import NotPicklableError, RecordTaskError, WorkerLost
from mrrc.parallel.errors import WorkerTraceback
from mrrc.ranges import ByteRange


def test_task_error_tells_place_and_cause() -> None:
    error = RecordTaskError(record_index=8, byte_offset=700, source="x.mrc")
    assert (error.index, error.offset, error.path) == (7, 700, "x.mrc")
    assert "the function failed" in str(error)
    error.__cause__ = KeyError("245")
    assert str(error) == "[record 8] KeyError: '245'  (byte 0x2BC / 700)"
    assert RecordTaskError().index is None
    assert error.to_dict()["_cause"] == "'245'"


def test_a_cause_with_a_place_says_it_once() -> None:
    error = RecordTaskError(record_index=8)
    error.__cause__ = LeaderNotNumeric(record_index=8, byte_offset=700)
    assert str(error).count("record 8") == 1
    silent = RecordTaskError(record_index=1)
    silent.__cause__ = ValueError()
    assert str(silent) == "[record 1] ValueError"


def test_lost_worker_has_its_range() -> None:
    error = WorkerLost(range=ByteRange("x.mrc", 100, 200), exitcode=-9, source="x.mrc")
    assert error.range is not None
    assert (error.range.start, error.exitcode) == (100, -9)
    assert "exit code -9" in str(error) and "100 to 200" in str(error)
    assert str(WorkerLost("no reason")) == "no reason"


def test_not_picklable_names_what() -> None:
    error = NotPicklableError(what="func (lambda)")
    assert str(error).endswith("func (lambda) cannot be sent to another process")
    error.__cause__ = AttributeError("why")
    assert str(error).endswith(": why")
    assert isinstance(error, TypeError)


def test_they_are_ours_and_travel() -> None:
    for error in (
        RecordTaskError(record_index=8),
        WorkerLost(range=ByteRange("x.mrc", 1, 2), exitcode=1),
        NotPicklableError(what="func"),
    ):
        assert isinstance(error, MrrcException)
        for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert type(twin) is type(error)
            assert repr(twin) == repr(error)
    assert "line 1" in str(WorkerTraceback("line 1"))


def test_codes() -> None:
    codes = {kind.code: kind.slug for kind in (RecordTaskError, WorkerLost, NotPicklableError)}
    assert codes == {"E611": "record_task", "E612": "worker_lost", "E613": "not_picklable"}
