# SPDX-License-Identifier: MIT
"""parallel/sending.py: what cannot travel is named, and exceptions always arrive."""

import functools
import pickle
import threading
from typing import Any

import parallel_work as work
import pytest

from mrrc.parallel import NotPicklableError
from mrrc.parallel.errors import WorkerTraceback
from mrrc.parallel.sending import named, pack, pack_error, unpack_error


class Holder:
    def __init__(self) -> None:
        self.fine = 1
        self.lock = threading.Lock()

    def __call__(self, record: Any) -> None: ...

    def method(self, record: Any) -> None: ...


CULPRITS = {
    "func (test_parallel_sending.<lambda>)": lambda record: 1,
    "func.args[0] (lock object)": functools.partial(work.add, threading.Lock()),
    "func.keywords['key'] (lock object)": functools.partial(work.add, key=threading.Lock()),
    "func.func (test_parallel_sending.<lambda>)": functools.partial(lambda a, b: 1, 2),
    "func.lock (lock object)": Holder(),
    "func.__self__.lock (lock object)": Holder().method,
    "func[1][0] (lock object)": [1, (threading.Lock(),)],
    "func['a'] (lock object)": {"a": threading.Lock()},
}


@pytest.mark.parametrize("what", CULPRITS)
def test_the_culprit_is_named(what: str) -> None:
    with pytest.raises(NotPicklableError) as caught:
        pack(CULPRITS[what], "func")
    assert caught.value.what == what
    assert caught.value.__cause__ is not None


def test_what_can_travel_does() -> None:
    assert pickle.loads(pack(work.number, "func")) is work.number
    assert named(work.number) == "parallel_work.number"
    assert named(3) == "int object"


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return unpack_error(pack_error(caught))


def test_an_exception_arrives_with_its_traceback() -> None:
    error = raised(KeyError("245"))
    assert type(error) is KeyError and error.args == ("245",)
    assert isinstance(error.__cause__, WorkerTraceback)
    assert "in raised" in str(error.__cause__)


def test_one_that_cannot_be_made_again_arrives_as_text() -> None:
    assert str(raised(work.Odd(1, 2))) == "Odd: 1 and 2"
    assert str(raised(ValueError(threading.Lock()))).startswith("ValueError: <unlocked")
    assert str(unpack_error((b"no pickle", "Odd: text", ""))) == "Odd: text"
    assert str(unpack_error((pickle.dumps(3), "Odd: text", ""))) == "Odd: text"
