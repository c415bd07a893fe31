# SPDX-License-Identifier: MIT
"""concurrency/explanation.py: the tree of questions says what the choice does, in each case."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.concurrency import Explanation, explain_strategy
from mrrc.concurrency.explanation import MODELS, QUESTIONS, TRIED, Question
from mrrc.parallel import choose_strategy, strategy
from mrrc.parallel.strategy import BRANCHES, SMALL, WORKLOADS, Decision, Sample, decide

LAMBDA: Callable[[Any], Any] = lambda record: 1  # noqa: E731
FUNCTIONS = {"coroutine": work.number_later, "top": work.number, "bound": LAMBDA}
COUNTS = (None, 1, 100, SMALL, 10**6)
SAMPLES = {
    "complete": Sample(3, 1.0, 1.0, complete=True),
    "quick": Sample(32, 0.0001, 0.0001),
    "computes": Sample(10, 0.05, 0.05),
    "waits": Sample(10, 0.05, 0.001),
}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    """Sets how many processors there are, and whether there is the lock."""

    def made(processors: int, lock: bool) -> None:
        monkeypatch.setattr(
            strategy, "recommended_workers", lambda kind="cpu": processors * (1 + (kind == "io"))
        )
        monkeypatch.setattr(strategy, "_has_gil", lambda: lock)

    return made


def answers(kind: str, workload: str, count: int | None, processors: int, lock: bool) -> Any:
    """Who knows the facts answers the questions so."""
    return {
        "coroutine": kind == "coroutine",
        "trivial": workload == "trivial",
        "single": count == 1,
        "waits": workload == "io",
        "few": count is not None and count < SMALL,
        "one processor": processors == 1,
        "no lock": not lock,
        "computes": kind == "top",
        "bound": kind == "bound",
    }


def first_yes(questions: tuple[Question, ...], answered: dict[str, bool]) -> Question:
    return next(each for each in questions if answered[each.branch])


def test_the_tree_leads_where_the_choice_does(machine: Callable[[int, bool], None]) -> None:
    """Whatever the facts are: who answers the questions one after the other gets there."""
    reached = set()
    for kind, workload, count, processors, lock in itertools.product(
        FUNCTIONS, WORKLOADS, COUNTS, (1, 4), (True, False)
    ):
        machine(processors, lock)
        decision = decide(FUNCTIONS[kind], workload, count)
        assert decision is not None
        facts = answers(kind, workload, count, processors, lock)
        question = first_yes(QUESTIONS, facts)
        assert (question.branch, question.strategy) == (decision.branch, decision.strategy)
        reached.add(question.branch)
        if count is None:
            told = explain_strategy(func=FUNCTIONS[kind], workload=workload)
            assert told.decision == decision
    assert reached == {each.branch for each in QUESTIONS}


def test_the_tree_leads_there_after_a_trial(machine: Callable[[int, bool], None]) -> None:
    reached = set()
    for kind, sampled, count, processors, lock in itertools.product(
        ("top", "bound"), SAMPLES, (None, 100, 10**6), (1, 4), (True, False)
    ):
        machine(processors, lock)
        sample = SAMPLES[sampled]
        decision = decide(FUNCTIONS[kind], None, count, None, sample)
        assert decision is not None
        each = sample.wall / sample.records
        computes = sampled != "waits"
        worth = strategy.WORTH_PROCESSES if computes else strategy.WORTH_THREADS
        facts = {
            "all tried": sampled == "complete",
            "soon done": count is not None and (count - sample.records) * each < worth,
            "cheap": computes and count is None and each < 16e-6,
        }
        if any(facts.values()):
            question = first_yes(TRIED, facts)
        else:
            went = "cpu" if computes else "io"
            facts = answers(kind, went, None, processors, lock)
            question = first_yes(QUESTIONS[3:4] if not computes else QUESTIONS[5:], facts)
        assert (question.branch, question.strategy) == (decision.branch, decision.strategy)
        reached.add(question.branch)
    assert reached >= {each.branch for each in TRIED}


def test_every_branch_has_a_question() -> None:
    assert BRANCHES == tuple(each.branch for each in (*QUESTIONS, *TRIED))
    assert {each.strategy for each in QUESTIONS} == set(MODELS)


def test_without_arguments_it_is_the_tree() -> None:
    told = explain_strategy()
    assert told.decision is None
    text = " ".join(str(told).split())
    for number, each in enumerate((*QUESTIONS, *TRIED), 1):
        assert f"{number}. {each.asks} {each.strategy} - {each.answer}" in text
    assert max(map(len, str(told).splitlines())) <= 80


# -- the page --

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "choosing.rst"


@pytest.mark.skipif(not PAGE.exists(), reason="the sources are not here")
def test_the_page_has_the_tree() -> None:
    """A heading for each model, and the questions in their order, each with its model."""
    page = PAGE.read_text(encoding="utf-8")
    items = re.findall(r"^(\d)\. ((?:.+\n)(?: {3}.+\n)*)", page, re.MULTILINE)
    assert [int(number) for number, _ in items] == list(range(1, len(QUESTIONS) + 1))
    links = {
        "sequential": "`one worker`_",
        "threads": "`threads`_",
        "processes": "`processes`_",
        "asyncio": "`with async def`_",
    }
    for (_, item), question in zip(items, QUESTIONS, strict=True):
        assert re.findall(r"`[\w ]+`_", item) == [links[question.strategy]]
    assert f"fewer than {SMALL} records" in page and f"{strategy.SAMPLED} at most" in page


@pytest.mark.skipif(not PAGE.exists(), reason="the sources are not here")
def test_the_program_of_the_page_runs(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"^\.\. code-block:: python\n\n((?: {3}.*\n|\n)+)", page, re.MULTILINE)
    program = tmp_path / "words.py"
    program.write_text(textwrap.dedent(block))
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=PAGE.parent.parent.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0


# -- a source --


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(make.sample(n) for n in range(400)))
    return path


@pytest.mark.parametrize("count", [1, 20, 400])
@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_it_agrees_with_the_choice(kind: str, workload: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(make.sample(n) for n in range(count)))
    for workers in (None, 1, 3):
        told = explain_strategy(path, FUNCTIONS[kind], workload, max_workers=workers)
        assert told.decision == choose_strategy(
            path, FUNCTIONS[kind], workload, max_workers=workers
        )
        assert (
            told.decision is not None and told.decision.reason in told.why[0].lower() + told.why[1:]
        )
        assert told.beware


@pytest.mark.parametrize(
    ("func", "workload", "lock", "wanted"),
    [
        (work.number, "trivial", True, "sequential"),
        (work.number, "io", True, "threads"),
        (work.number, "cpu", True, "processes"),
        (work.number, "cpu", False, "threads"),
        (work.number_later, None, True, "asyncio"),
        (LAMBDA, "cpu", True, "sequential"),
    ],
)
def test_the_code_runs(
    func: Any,
    workload: str | None,
    lock: bool,
    wanted: str,
    source: Path,
    machine: Callable[[int, bool], None],
) -> None:
    machine(2, lock)
    told = explain_strategy(source, func, workload, format="marc")
    assert told.decision is not None and told.decision.strategy == wanted
    assert f"strategy={wanted!r}" in told.code and "format='marc'" in told.code
    names: dict[str, Any] = {"__name__": "__main__", "func": func, func.__name__: func}
    exec(told.code, names)
    if func is LAMBDA:
        assert names["results"] == [1] * 400
    else:
        with mrrc.MARCReader(source) as reader:
            assert names["results"] == [work.number(record) for record in reader if record]
    assert all(f"  {line}" in told.text for line in told.code.splitlines())


def test_what_is_lost_is_among_the_things_to_watch() -> None:
    told = explain_strategy(func=LAMBDA, workload="cpu", max_workers=2)
    assert told.decision is not None and told.decision.warning is not None
    assert told.decision.warning[1:] in told.beware[0]


@pytest.mark.parametrize("given", ["source", "function"])
def test_what_is_not_known_is_left_open(
    given: str, source: Path, machine: Callable[[int, bool], None]
) -> None:
    machine(4, True)
    told = explain_strategy(source) if given == "source" else explain_strategy(func=work.number)
    assert told.decision is None and told.code == ""
    text = str(told)
    for workload, what in (("trivial", "One record after"), ("io", "8 threads"), ("cpu", "4 proc")):
        assert f"workload={workload!r}:\n  {what}" in text
    missing = "the function" if given == "source" else "the source"
    assert f"say {missing} too" in text


def test_a_function_that_is_not_known_is_tried(source: Path) -> None:
    calls: list[int] = []
    told = explain_strategy(source, lambda record: calls.append(1))
    assert told.decision is not None and told.decision.branch == "soon done"
    assert 0 < len(calls) <= strategy.SAMPLED


def test_an_empty_source(tmp_path: Path) -> None:
    path = tmp_path / "empty.mrc"
    path.touch()
    told = explain_strategy(path)
    assert told.decision is not None and told.decision.branch == "single"
    told = explain_strategy(path, work.number)
    assert told.decision is not None and told.decision.strategy == "sequential"


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        explain_strategy(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        explain_strategy(tmp_path / "none", work.number, "cpu")
    with pytest.raises(TypeError, match="int cannot be"):
        explain_strategy(func=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="nothing to read: format"):
        explain_strategy(format="marc")
    with pytest.raises(TypeError):
        explain_strategy(3)
    with pytest.raises(ValueError, match="workload is one of trivial, io, cpu, not 'heavy'"):
        explain_strategy(workload="heavy")
    with pytest.raises(ValueError, match="at least 1"):
        explain_strategy(workload="io", max_workers=0)


def test_what_the_function_raises_comes_through(source: Path) -> None:
    with pytest.raises(KeyError):
        explain_strategy(source, work.fails_at_7)


def test_an_open_file_is_not_used_up(source: Path) -> None:
    with source.open("rb") as file:
        with pytest.raises(TypeError, match="lost"):
            explain_strategy(file, work.number)
        assert explain_strategy(file, work.number, "io").decision is not None
        assert file.tell() == 0


def test_an_explanation_is_its_text() -> None:
    told = explain_strategy(workload="io")
    assert isinstance(told, Explanation)
    assert str(told) == told.text
    assert f"Take {told.decision.max_workers} threads" in told.text  # type: ignore[union-attr]
    assert isinstance(told.decision, Decision)
