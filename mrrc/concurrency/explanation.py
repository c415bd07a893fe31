# SPDX-License-Identifier: MIT
"""The choice between threads, processes and coroutines, in words.

What is chosen is `mrrc.parallel`'s affair, and asked of it; here is what each of its questions
means, what to watch out for with each answer, and what is to be written then. Nothing is
started here.
"""

from __future__ import annotations

import keyword
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from mrrc.parallel.strategy import SAMPLED, SMALL, Decision, choose_strategy, decide

__all__ = [
    "MODELS",
    "QUESTIONS",
    "TRIED",
    "Explanation",
    "Question",
    "explain_strategy",
    "explained",
]

_WIDTH = 78


class Question(NamedTuple):
    """A question of the tree.

    Attributes:
        branch: its name, which a `Decision` has that went by it.
        asks: the question. The first that is answered with yes decides.
        strategy: what is taken then.
        answer: why that suits.
    """

    branch: str
    asks: str
    strategy: str
    answer: str


#: What the strategies are.
MODELS = {
    "sequential": "one record after the other, in the program itself",
    "threads": "threads: several hands at one desk, which share everything on it",
    "processes": "processes: several desks, each with its own copy of everything",
    "asyncio": "coroutines: one hand that begins the next task while others wait for an answer",
}

QUESTIONS = (
    Question(
        "coroutine",
        "Is the function written with 'async def'?",
        "asyncio",
        "Such functions say themselves where they wait, so one thread keeps many of them going.",
    ),
    Question(
        "trivial",
        "Does it do next to nothing, as taking a title or counting?",
        "sequential",
        "Handing a record to somebody else takes longer than the work itself.",
    ),
    Question(
        "single",
        "Is there no more than one record?",
        "sequential",
        "There is nothing to share out.",
    ),
    Question(
        "waits",
        "Does it mostly wait: for a server, a database, a disk?",
        "threads",
        "While one waits for its answer the others go on, and waiting needs no processor.",
    ),
    Question(
        "few",
        f"So it computes. Are there fewer than {SMALL} records?",
        "sequential",
        "All are done before other processes would have started.",
    ),
    Question(
        "one processor",
        "Is there a single processor that may be used?",
        "sequential",
        "Several workers would only take turns on it.",
    ),
    Question(
        "no lock",
        "Is the interpreter one without the global lock (3.14t)?",
        "threads",
        "Its threads compute side by side, and nothing has to be sent to them.",
    ),
    Question(
        "computes",
        "Does the function stand at the top of a module, with 'def'?",
        "processes",
        "In threads one would compute while the others wait for their turn; each process has an "
        "interpreter of its own, so they compute side by side.",
    ),
    Question(
        "bound",
        "Is it bound to this program: a lambda, or a function within another?",
        "sequential",
        "It exists in this program only; put at the top of a module it could be sent to processes.",
    ),
)

#: What is asked where nobody says what the function mostly does, after a trial.
TRIED = (
    Question(
        "all tried",
        "Were these all the records?",
        "sequential",
        "The work is done.",
    ),
    Question(
        "soon done",
        "Will the others take less time than workers take to start?",
        "sequential",
        "All are done before other workers would have started.",
    ),
    Question(
        "cheap",
        "Does it compute, a record in less time than sending it to a process takes, and is it not "
        "known how many there are?",
        "sequential",
        "Handing a record to somebody else takes longer than the work itself.",
    ),
)

_SHARED = (
    "All threads see the same lists, dictionaries and files. Let the function return what it "
    "found, and gather it in your own loop; what has to be shared needs a lock."
)

_BEWARE = {
    "sequential": (
        "What mrrc does by itself it can do on all processors all the same: mrrc.convert and "
        "mrrc.columns with jobs=0.",
    ),
    "threads": (
        _SHARED,
        "A thread that hangs cannot be ended: give each request a time limit of its own.",
        "A server may not like as many requests at once: max_workers bounds them.",
    ),
    "processes": (
        "The program's own work stands under if __name__ == '__main__', because each process "
        "imports its module.",
        "Each process has its own copy of what a module holds: what the function changes there "
        "is lost. It has to return its results.",
        "Results are sent back: return a number or a text rather than a whole record.",
    ),
    "asyncio": (
        "Nothing in the function may block: time.sleep, or a request without await, holds all "
        "the others up.",
        "Within a program that is itself asynchronous, take amap_records in place of map_records.",
        "A server may not like as many requests at once: max_workers bounds them.",
    ),
}

#: Where another thing is to be watched than the strategy has it.
_BEWARE_OF_BRANCH = {
    "no lock": (
        _SHARED,
        "A package that needs the global lock switches it on again for the whole program; "
        "environment_report() says whether it is on.",
    ),
    "few": (
        "More records, another answer: with so few of them, measuring says little about a large "
        "file.",
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A choice in words; as text, all that there is to say of it.

    Attributes:
        decision: the choice, as `choose_strategy` gives it; None where there is nothing to go by
            yet: nothing was given, or not what the function does.
        why: what it goes by.
        beware: what to watch out for.
        code: what to write.
        text: all of it; or the tree; or what each answer would lead to.
    """

    decision: Decision | None
    why: str
    beware: tuple[str, ...]
    code: str
    text: str

    def __str__(self) -> str:
        return self.text


def explain_strategy(
    source: Any = None,
    func: Callable[[Any], Any] | None = None,
    workload: str | None = None,
    *,
    max_workers: int | None = None,
    **options: Any,
) -> Explanation:
    """Say which way of working suits a job, why, what to watch out for and what to write.

    Without arguments it is the tree of questions that the choice goes by. Otherwise it is the
    choice itself, as `mrrc.parallel.choose_strategy` makes it and `map_records` takes it.

    >>> from mrrc.concurrency import explain_strategy
    >>> told = explain_strategy("examples/sample.mrc", workload="io", max_workers=4)
    >>> told.decision.strategy
    'threads'
    >>> print(told.code)
    from mrrc.parallel import map_records
    results = list(map_records('examples/sample.mrc', func, strategy='threads', max_workers=4))

    Args:
        source: what the records are in, as `map_records` takes it.
        func: what is called with each record.
        workload: what it mostly does: ``trivial``, ``io``, which is to wait, or ``cpu``, to
            compute. Where it is not said, and source and function are given, the function is
            tried: called with the first records, at most 32 of them.
        max_workers: how many workers are wanted.
        options: of the reader.

    Raises:
        OSError: there is no such file.
        TypeError: the function cannot be called, there are no records in the source, or they
            could not be read twice.
        ValueError: there is no such workload, or there are less than one worker.
    """
    if func is not None and not callable(func):
        raise TypeError(f"func is called with records, and {type(func).__name__} cannot be")
    if max_workers is not None and max_workers < 1:
        raise ValueError(f"max_workers is at least 1, not {max_workers}")
    if source is None and options:
        raise TypeError(f"without a source there is nothing to read: {', '.join(options)}")
    if source is None and func is None and workload is None:
        return Explanation(None, "", (), "", _tree())
    call = _Call(source, func, options)
    if source is None:
        return _open(call, func, workload, None, max_workers)
    if func is None:
        from mrrc.parallel.chunks import open_input

        about = open_input(source, dict(options)).about()
        return _open(call, None, workload, about, max_workers)
    decision = choose_strategy(source, func, workload, max_workers=max_workers, **options)
    return _told(decision, call)


def _any_function(record: Any) -> Any:
    """Stands for a function that nobody has named: one at the top of a module."""


def explained(decision: Decision, source: Any = None, func: Any = None) -> Explanation:
    """Say a choice in words; the code names source and function where they are given."""
    return _told(decision, _Call(source, func, {}))


def _open(
    call: _Call,
    func: Callable[[Any], Any] | None,
    workload: str | None,
    records: int | None,
    max_workers: int | None,
) -> Explanation:
    """Explain by what is known; where that is too little, what each answer would lead to."""
    known = func or _any_function
    decision = decide(known, workload, records, max_workers)
    if decision is not None:
        return _told(decision, call)
    lines = ["It depends on what the function does.", ""]
    for does, kind in (
        ("does next to nothing", "trivial"),
        ("mostly waits", "io"),
        ("mostly computes", "cpu"),
    ):
        found = decide(known, kind, records, max_workers)
        assert found is not None
        lines += [
            f"If it {does}, workload={kind!r}:",
            *_wrapped(_sentence(_taken(found)), "  "),
            "",
        ]
    missing = "the source" if call.source is None else "the function"
    lines += _wrapped(
        f"If you do not know, say {missing} too: explain_strategy(source, func) tries the first "
        f"records, {SAMPLED} at most, and goes by what they took."
    )
    return Explanation(None, "", (), "", "\n".join(lines))


def _question(branch: str) -> Question:
    return next(each for each in (*QUESTIONS, *TRIED) if each.branch == branch)


def _beware_of(decision: Decision) -> tuple[str, ...]:
    found = _BEWARE_OF_BRANCH.get(decision.branch, _BEWARE[decision.strategy])
    return found if decision.warning is None else (_sentence(decision.warning), *found)


def _told(decision: Decision, call: _Call) -> Explanation:
    why = f"{_sentence(decision.reason)} {_question(decision.branch).answer}"
    beware = _beware_of(decision)
    code = call.code(decision)
    lines = [
        *_wrapped(f"Take {_taken(decision)}."),
        "",
        "Why",
        *_wrapped(why, "  "),
        "",
        "What to watch out for",
        *(line for each in beware for line in _wrapped(each, "  - ", "    ")),
        "",
        "What to write",
        *(f"  {line}" for line in code.splitlines()),
    ]
    return Explanation(decision, why, beware, code, "\n".join(lines))


def _taken(decision: Decision) -> str:
    name, _, rest = MODELS[decision.strategy].partition(": ")
    if not rest:
        return name
    return f"{decision.max_workers} {name}: {rest}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _tree() -> str:
    """Return the questions, with what is taken where the answer is yes."""
    lines = _wrapped(
        "Is there no function of your own: are records to be converted, filtered, counted, made "
        "into tables? Then mrrc itself uses all processors: jobs=0 of mrrc.convert and "
        "mrrc.columns, --jobs 0 of the commands."
    )
    lines += ["", *_wrapped("Otherwise, of a function that is called with each record:"), ""]
    lines += _numbered(QUESTIONS, 1)
    lines += ["", *_wrapped(_UNKNOWN), ""]
    lines += _numbered(TRIED, len(QUESTIONS) + 1)
    lines += ["", *_wrapped(_GOES_ON)]
    return "\n".join(lines)


_UNKNOWN = (
    "The first yes decides. Where it is not known whether the function waits or computes, it is "
    f"tried after the third question: the first records, {SAMPLED} at most, are done in turn."
)
_GOES_ON = (
    "Then it goes on with the fourth question where the function waited, and with the sixth where "
    "it computed."
)


def _numbered(questions: tuple[Question, ...], first: int) -> list[str]:
    lines = []
    for number, each in enumerate(questions, first):
        head = f"{number:>2}. "
        lines += _wrapped(each.asks, head, "    ")
        lines += _wrapped(f"{each.strategy} - {each.answer}", "      ", "      ")
    return lines


class _Call:
    """How the call is written that does the work."""

    def __init__(self, source: Any, func: Any, options: dict[str, Any]) -> None:
        self.source = source
        self._func = _name_of(func)
        self._options = options

    def code(self, decision: Decision) -> str:
        """Return the lines to write."""
        arguments = [self._source(), self._func, f"strategy={decision.strategy!r}"]
        if decision.strategy != "sequential":
            arguments.append(f"max_workers={decision.max_workers}")
        arguments += [f"{name}={_shown(name, value)}" for name, value in self._options.items()]
        call = f"results = list(map_records({', '.join(arguments)}))"
        lines = ["from mrrc.parallel import map_records"]
        if decision.strategy == "processes":
            lines += ["if __name__ == '__main__':", f"    {call}"]
        else:
            lines.append(call)
        return "\n".join(lines)

    def _source(self) -> str:
        if isinstance(self.source, str | list):  # of paths
            return repr(self.source)
        if isinstance(self.source, os.PathLike):
            return repr(os.fspath(self.source))
        return "source"


def _name_of(func: Any) -> str:
    name = getattr(func, "__name__", "")
    sound = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
    return name if sound else "func"


def _shown(name: str, value: Any) -> str:
    return repr(value) if isinstance(value, str | int | float | None) else name
