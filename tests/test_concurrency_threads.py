# SPDX-License-Identifier: MIT
"""Threads that keep what their function returned or raised."""

from __future__ import annotations

import concurrent.futures
import gc
import logging
import threading
import traceback
import weakref
from typing import Any

import pytest
from alone import LONG, run

from mrrc.concurrency import (
    SafeThread,
    SafeThreadError,
    ThreadTimeout,
    run_in_safe_thread,
)


def finished(thread: SafeThread) -> SafeThread:
    thread.start()
    assert thread.join(LONG) is True
    return thread


def fail(error: BaseException) -> None:
    raise error


def test_a_result_is_kept() -> None:
    def power(base: int, exponent: int = 1) -> int:
        return base**exponent

    thread = SafeThread(target=power, args=(2,), kwargs={"exponent": 10})
    assert finished(thread).get_result() == thread.get_result(timeout=0) == 1024
    assert thread.get_exception() is None


def test_run_of_a_subclass_is_the_result() -> None:
    class Answer(SafeThread):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def run(self) -> int:
            assert threading.current_thread() is self
            return self.number + 1

    assert finished(Answer(41)).get_result() == 42


def test_run_may_call_the_one_it_overrides() -> None:
    class Twice(SafeThread):
        def run(self) -> Any:
            return 2 * super().run()

    assert finished(Twice(target=lambda: 21)).get_result() == 42


def test_nothing_to_do() -> None:
    assert finished(SafeThread()).get_result() is None


def test_arguments_need_not_be_picklable() -> None:
    lock = threading.Lock()
    thread = SafeThread(target=lambda func, held: func(held), args=(lambda it: it, lock))
    assert finished(thread).get_result() is lock


def test_states() -> None:
    go = threading.Event()
    thread = SafeThread(target=go.wait, args=(LONG,))
    assert (thread.state, thread.is_alive(), thread.get_exception()) == ("new", False, None)
    thread.start()
    assert (thread.state, thread.is_alive(), thread.get_exception()) == ("running", True, None)
    assert thread.join(timeout=0) is False
    assert thread.join(0.001) is False
    go.set()
    assert thread.join() is True
    assert (thread.state, thread.is_alive()) == ("terminated", False)
    assert thread.join() is True


def test_names_and_daemons() -> None:
    names = [SafeThread().name for _ in range(2)]
    assert all(name.startswith("SafeThread-") for name in names)
    assert len(set(names)) == 2
    thread = SafeThread(lambda: threading.current_thread().name, "reader", daemon=True)
    assert (thread.name, thread.daemon, SafeThread().daemon) == ("reader", True, False)
    thread.name = "second reader"
    thread.daemon = False
    assert finished(thread).get_result() == "second reader"
    assert not thread.daemon


def test_it_is_a_thread_of_the_standard_library() -> None:
    thread = SafeThread(group=None, target=threading.current_thread)
    assert isinstance(thread, threading.Thread)
    assert finished(thread).get_result() is thread
    assert thread.ident is not None and thread.native_id is not None


def test_arguments_that_are_none() -> None:
    with pytest.raises(TypeError, match="target is a function, not int"):
        SafeThread(3)  # type: ignore[arg-type]
    # threading.Thread(None, print): what begins with a group
    with pytest.raises(TypeError, match="name is a string, not builtin_function"):
        SafeThread(None, print)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_raised_is_the_cause(
    kind: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    error = kind("no records")
    thread = finished(SafeThread(target=fail, args=(error,), name="reader"))
    assert thread.get_exception() is error
    with pytest.raises(SafeThreadError, match=f"'reader' raised {kind.__name__}: no records") as it:
        thread.get_result()
    assert it.value.__cause__ is error
    assert "in fail\n" in "".join(traceback.format_exception(error))
    assert capsys.readouterr().err == ""  # as threading's own hook would print it


def test_an_exception_without_a_text() -> None:
    with pytest.raises(SafeThreadError, match="raised ValueError$"):
        finished(SafeThread(target=fail, args=(ValueError(),))).get_result()


def test_an_exception_that_nobody_asks_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for asked in (True, False):
        thread = finished(
            SafeThread(target=fail, args=(ValueError("lost"),), name=f"asked {asked}")
        )
        if asked:
            thread.get_exception()
        del thread
        gc.collect()
    [record] = caplog.records
    assert (record.name, record.levelno) == ("mrrc.concurrency", logging.ERROR)
    assert record.getMessage() == "'asked False' raised, and nobody asked for it"
    assert record.exc_info is not None and str(record.exc_info[1]) == "lost"


def test_a_timeout_ends_the_wait_and_not_the_thread() -> None:
    go = threading.Event()
    thread = SafeThread(target=go.wait, args=(LONG,), name="slow")
    thread.start()
    with pytest.raises(ThreadTimeout, match="'slow' has not ended within 0.001 s") as it:
        thread.get_result(timeout=0.001)
    assert isinstance(it.value, TimeoutError) and isinstance(it.value, SafeThreadError)
    go.set()
    assert thread.get_result(LONG) is True


def test_wrong_use_is_an_error_of_its_own() -> None:
    thread = SafeThread(name="late")
    for use in (thread.join, thread.get_result):
        with pytest.raises(SafeThreadError, match="'late' was not started"):
            use()
    finished(thread)
    with pytest.raises(SafeThreadError, match="started before"):
        thread.start()

    class Forgetful(SafeThread):
        def __init__(self) -> None:
            pass

    with pytest.raises(SafeThreadError, match="Forgetful.__init__"):
        Forgetful().start()


def test_a_thread_does_not_wait_for_itself() -> None:
    def own(wait: str) -> Any:
        return getattr(threading.current_thread(), wait)()

    for wait in ("join", "get_result"):
        error = finished(SafeThread(target=own, args=(wait,))).get_exception()
        assert isinstance(error, SafeThreadError) and "wait for itself" in str(error)


def test_started_by_many_it_runs_once() -> None:
    for _ in range(50):
        ran: list[int] = []
        thread = SafeThread(target=ran.append, args=(1,))
        barrier = threading.Barrier(4)

        def start(thread: SafeThread = thread, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(LONG)
            thread.start()

        starters = [SafeThread(target=start) for _ in range(4)]
        for starter in starters:
            starter.start()
        errors = [starter.join(LONG) and starter.get_exception() for starter in starters]
        assert sum(isinstance(error, SafeThreadError) for error in errors) == 3
        assert thread.join(LONG)
        assert ran == [1]


def test_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = SafeThread(target=int)
    with monkeypatch.context() as patched:

        def refuse(self: object) -> None:
            raise RuntimeError("can't start new thread")

        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(SafeThreadError, match="cannot be started: can't start") as it:
            thread.start()
        assert isinstance(it.value.__cause__, RuntimeError)
        assert thread.state == "new"
    assert finished(thread).get_result() == 0  # it may be tried again


def test_what_it_was_given_is_let_go() -> None:
    class Data:
        pass

    data = Data()
    gone = weakref.ref(data)
    thread = finished(SafeThread(target=lambda it: None, args=(data,)))
    del data
    assert gone() is None
    forgotten = weakref.ref(thread)
    del thread
    gc.collect()
    assert forgotten() is None


def test_run_in_safe_thread_gives_a_thread_and_a_future() -> None:
    """PyFerris's has a thread's methods, and is called a future."""
    done = run_in_safe_thread(divmod, 7, 2)
    assert isinstance(done, SafeThread) and isinstance(done, concurrent.futures.Future)
    assert concurrent.futures.wait([done], LONG).done == {done}
    called: list[Any] = []
    done.add_done_callback(called.append)
    assert called == [done]
    assert done.get_result(LONG) == done.result(LONG) == (3, 1)
    assert done.exception() is None and not done.cancel() and done.done()
    assert "terminated" in repr(done)


def test_run_in_safe_thread_keywords() -> None:
    assert run_in_safe_thread(int, "ff", base=16).get_result(LONG) == 255


def test_run_in_safe_thread_raises_what_was_raised(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("no records")
    done = run_in_safe_thread(fail, error)
    with pytest.raises(ValueError) as it:
        done.result(LONG)
    assert it.value is error is done.exception() is done.get_exception()
    with pytest.raises(SafeThreadError) as chained:
        done.get_result()
    assert chained.value.__cause__ is error
    del done, it, chained
    gc.collect()
    assert caplog.records == []

    lost = run_in_safe_thread(fail, ValueError("lost"))
    assert lost.join(LONG)
    del lost
    gc.collect()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_run_in_safe_thread_has_begun() -> None:
    done = run_in_safe_thread(int)
    with pytest.raises(SafeThreadError, match="started before"):
        done.start()
    assert done.result(LONG) == 0


def test_run_in_safe_thread_times_out() -> None:
    go = threading.Event()
    done = run_in_safe_thread(go.wait, LONG)
    with pytest.raises(concurrent.futures.TimeoutError):
        done.result(0.001)
    with pytest.raises(ThreadTimeout):
        done.get_result(0.001)
    assert done.running()
    go.set()
    assert done.result(LONG) is True


def test_a_fork_has_no_threads_to_wait_for() -> None:
    script = """
import os, threading
from mrrc.concurrency import LostByFork, SafeThread, run_in_safe_thread
go = threading.Event()
ended, thread, future = SafeThread(target=int), SafeThread(target=go.wait), None
ended.start(); ended.join()
thread.start()
future = run_in_safe_thread(go.wait)
pid = os.fork()
if pid == 0:
    found = [ended.get_result(), thread.state, thread.join()]
    for ask in (thread.get_result, future.result, future.get_result):
        try:
            ask()
        except LostByFork as error:
            found.append(type(error).__name__)
    os._exit(found != [0, "terminated", True, *["LostByFork"] * 3])
print(os.waitpid(pid, 0)[1])
go.set()
print(thread.get_result(), future.result())
"""
    assert run(script) == "0\nTrue True\n"


def test_a_thread_that_forks_lives_on_there() -> None:
    script = """
import os, threading
from mrrc.concurrency import run_in_safe_thread
read, write = os.pipe()
told = threading.Event()
def work():
    told.wait()
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
    return "child" if pid == 0 else "parent"
thread = run_in_safe_thread(work)
thread.add_done_callback(lambda done: os.write(write, f"{done.result()} ".encode()))
told.set()
thread.join()
print(*sorted(os.read(read, 100).decode().split()))
"""
    assert run(script) == "child parent\n"


def test_an_interrupt_ends_the_wait_and_not_the_thread() -> None:
    script = """
import os, signal, threading
from mrrc.concurrency import SafeThread
waiting, go = threading.Event(), threading.Event()
def work():
    waiting.set()
    go.wait()
    return 7
def interrupt():
    waiting.wait()
    os.kill(os.getpid(), signal.SIGINT)
for wait in ("join", "get_result"):
    waiting.clear(), go.clear()
    thread = SafeThread(target=work)
    thread.start()
    try:
        SafeThread(target=interrupt).start()
        getattr(thread, wait)()
    except KeyboardInterrupt:
        print(thread.state, end=" ")
    go.set()
    print(thread.get_result(), thread.state)
"""
    assert run(script) == "running 7 terminated\n" * 2
