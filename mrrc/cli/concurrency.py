# SPDX-License-Identifier: MIT
"""The command concurrency: what this computer has, and which way of working suits a job.

The choice is that of the library, and the trial only says whether it holds here and now. Nothing
of the files is changed, and no more of them is read than the trial takes.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import select
import shlex
import stat
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Any, NamedTuple

from mrrc.cli.arguments import Command, Parser, check_standard_input, takes_format
from mrrc.cli.messages import Messages, put, shown_name, status_of
from mrrc.cli.trial import FUNCTIONS, IN_C, Sample, Trial, Way, take_sample, tried
from mrrc.concurrency.environment import environment_report, in_bytes
from mrrc.concurrency.explanation import explained
from mrrc.files import open_source
from mrrc.parallel.strategy import Decision, decide, recommended_workers

__all__ = ["COMMANDS"]

_PAGE = """\
mrrc concurrency - what this computer has, and which way of working suits a job

Usage: mrrc concurrency [OPTION]... [FILE]...

Without a file: how many processors there are to be used and why, whether
threads of Python compute side by side, how processes are started, and how much
memory there is.

With files it says, too, which way of working suits a job on them: one worker,
threads, processes or coroutines; why, what to watch out for, and what to
write. Then it tries them in turn on the first records. What a way gains is
shown beside a control, which is what loops that share nothing, or bare waits,
gain at the same moment: no more is to be had. Standard input is read only
where it is named, as "-".

Examples
  What does this computer have?

      mrrc concurrency

  Is it worth it to convert the file with several threads?

      mrrc concurrency delivery.mrc

  And to call a function of one's own, which computes, with each record?

      mrrc concurrency --job python-cpu delivery.mrc

  The same for a program, after ten seconds of trial.

      mrrc concurrency --job python-cpu --seconds 10 --json delivery.mrc

Options
  --job JOB           what is to be done with the files:
                      count         count records
                      convert       convert them, which is usual here
                      extract       make a table of some fields
                      python-light  call a function that does next to nothing
                      python-cpu    call a function that computes
                      python-io     call a function that waits, as for a server
  --seconds N         about how long to try, 2 if nothing is said; 0 for no
                      trial
  --json              for programs: one object, in JSON
  --from FORMAT       the format of the files, where neither their names nor
                      their first bytes tell it; 'mrrc formats' lists all
  --encoding NAME     how the text is encoded, where the file itself says
                      something else or nothing
"""

#: What the library knows of the jobs.
_WORKLOADS = {"python-light": "trivial", "python-cpu": "cpu", "python-io": "io"}

#: Bytes below which the threads of C would have next to nothing to share.
_WORTH_THREADS = 1 << 20

#: Bytes read of what cannot be read twice.
_PIPED = 1 << 22

#: What a control has to gain for a trial to say something.
_IDLE = 1.3

#: How much longer the choice may take than the fastest way for it to be borne out.
_CLOSE = 1.15

#: Seconds that are no matter.
_NOTHING = 0.05

#: Coroutines that are tried at once, as many as `map_records` has under way.
_COROUTINES = 32

_MOST_SECONDS = 3600.0

#: Seconds that a sample, or a pipe, has at least.
_PATIENCE = 0.5

#: Of the time of the trial, which part may go into reading the sample.
_SAMPLING = 0.25

_COMMANDS = {
    "count": "mrrc count {files}{jobs}",
    "convert": "mrrc convert {files}{jobs} --to FORMAT -o TARGET",
    "extract": "mrrc extract SELECTOR... {files}{jobs}",
}


def _positive_seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= _MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time from 0 to 3600 seconds")
    return found


def _options(parser: Parser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--job", choices=(*IN_C, *FUNCTIONS), metavar="JOB")
    parser.add_argument("--seconds", type=_positive_seconds, default=2.0, metavar="N")
    parser.add_argument("--json", action="store_true")
    takes_format(parser)


class _Files(NamedTuple):
    """What is known of the files together.

    Attributes:
        names: those that can be used.
        sample: records of the first that has some.
        records: how many there are in all; None where that is not known.
        exact: whether they were counted, and not estimated.
        size: bytes of all; None where that is not known.
    """

    names: list[str]
    sample: Sample | None
    records: int | None
    exact: bool
    size: int | None


class _Advice(NamedTuple):
    """What to do."""

    job: str
    decision: Decision
    why: str
    beware: tuple[str, ...]
    code: str


# -- the files --


class _Piped(io.BytesIO):
    """What a pipe has given, as a file with the pipe's name."""

    def __init__(self, data: bytes, name: str, whole: bool) -> None:
        super().__init__(data)
        self.name = name
        self.whole = whole


def _is_piped(name: str) -> bool:
    return name == "-" or not stat.S_ISREG(os.stat(name).st_mode)


def _piped(name: str, seconds: float) -> _Piped:
    """Return what a pipe gives within a time.

    Raises:
        OSError: it cannot be read.
        TimeoutError: it has given nothing.
    """
    check_standard_input(name)
    if name != "-":
        # nobody may ever write to it
        number = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return _received(number, name, seconds)
        finally:
            os.close(number)
    try:
        number = sys.stdin.fileno()
    except (OSError, ValueError):  # a stand-in
        data = sys.stdin.buffer.read(_PIPED + 1)
        return _Piped(data[:_PIPED], "<stdin>", len(data) <= _PIPED)
    return _received(number, "<stdin>", seconds)


def _received(number: int, name: str, seconds: float) -> _Piped:
    end = time.monotonic() + max(seconds, _PATIENCE)
    data = bytearray()
    while len(data) < _PIPED:
        ready, _, _ = select.select([number], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            if not data:
                raise TimeoutError(f"nothing came within {max(seconds, _PATIENCE):g} s")
            return _Piped(bytes(data), name, False)
        try:
            block = os.read(number, 1 << 16)
        except BlockingIOError:
            continue
        if not block:
            return _Piped(bytes(data), name, True)
        data += block
    return _Piped(bytes(data), name, False)


def _looked_at(arguments: argparse.Namespace, messages: Messages, folder: Path) -> _Files:
    """Take a sample, and estimate how many records there are."""
    names: list[str] = []
    sample: Sample | None = None
    whole = True
    sizes: list[int | None] = []
    seconds = max(arguments.seconds * _SAMPLING, _PATIENCE)
    for name in arguments.files:
        try:
            source: Any = name
            size = None
            if _is_piped(name):
                source = _piped(name, arguments.seconds)
            else:
                size = _size_of(name)
            is_empty = size == 0 or (source is not name and not source.getvalue())
            if sample is None and not is_empty:
                found = take_sample(
                    source, arguments.source_format, arguments.encoding, folder, seconds
                )
                whole = found.whole and (source is name or source.whole)
                _tell(found, name, source is name or source.whole, messages)
                if found.records:
                    sample = found
        except Exception as error:
            if status_of(error) is None:
                raise
            messages.trouble(error, name)
            continue
        names.append(name)
        sizes.append(0 if is_empty else size)
    return _counted(names, sample, whole, sizes)


def _tell(sample: Sample, name: str, to_its_end: bool, messages: Messages) -> None:
    """Say what of a file is not in the trial; of what was cut here the last record is no fault."""
    left_out = sample.left_out - (not to_its_end)
    if left_out > 0:
        messages.say(
            f"{shown_name(name)}: {left_out} record{'s' if left_out > 1 else ''} cannot be read, "
            f"and {'are' if left_out > 1 else 'is'} not in the trial"
        )
        messages.status = max(messages.status, 1)
    if sample.end is not None and to_its_end:
        messages.trouble(sample.end, name)


def _size_of(name: str) -> int | None:
    """Return the bytes of a file; None where it is compressed, and what is in it has another size.

    Raises:
        OSError: it cannot be read.
    """
    with open_source(name) as opened:
        return None if opened.compression is not None else os.path.getsize(name)


def _counted(
    names: list[str], sample: Sample | None, whole: bool, sizes: list[int | None]
) -> _Files:
    known = [size for size in sizes if size is not None]
    size = sum(known) if len(known) == len(sizes) else None
    if sample is None:
        return _Files(names, None, 0 if names else None, bool(names), size)
    if whole and sum(each != 0 for each in sizes) == 1:
        return _Files(names, sample, sample.records, True, size)
    records = None if size is None else max(1, size * sample.records // max(sample.size, 1))
    return _Files(names, sample, records, False, size)


# -- the advice --


def _advised(job: str, files: _Files) -> _Advice:
    if job in IN_C:
        return _in_c(job, files)
    decision = decide(FUNCTIONS[job], _WORKLOADS[job], files.records)
    assert decision is not None
    names = files.names[0] if len(files.names) == 1 else files.names or None
    told = explained(decision, None if names == "-" else names)
    return _Advice(job, decision, told.why, told.beware, told.code)


def _in_c(job: str, files: _Files) -> _Advice:
    """Choose for what mrrc does by itself."""
    cores = recommended_workers("cpu")
    size = files.size
    if files.exact and files.sample is not None:
        size = files.sample.size
    if cores == 1:
        decision = Decision("sequential", 1, "there is one processor for it")
    elif job == "count" and (files.sample is None or files.sample.format == "marc"):
        reason = "of ISO 2709 leaders and directories are looked at only, as fast as they are read"
        decision = Decision("sequential", 1, reason)
    elif size is not None and size < _WORTH_THREADS:
        reason = f"there are less than {in_bytes(_WORTH_THREADS)} to be shared"
        decision = Decision("sequential", 1, reason)
    else:
        reason = "it is done in C, where the global lock is not held, and the records are shared"
        decision = Decision("threads", cores, reason)
    threads = decision.strategy == "threads"
    beware = []
    if threads:
        beware.append(
            "Each thread holds some blocks of the file and what is made of them, some MiB in all, "
            "whatever the size of the file."
        )
    if threads and size is None and files.names:
        beware.append("What is compressed is unpacked by one thread, and the others wait for it.")
    names = " ".join(map(shlex.quote, files.names)) or "FILE"
    code = _COMMANDS[job].format(files=names, jobs=f" --jobs {cores}" if threads else "")
    why = f"{decision.reason[:1].upper()}{decision.reason[1:]}."
    return _Advice(job, decision, why, tuple(beware), code)


def _ways(job: str) -> list[Way]:
    """Return what comes into question for a job; the first is one worker."""
    cores = recommended_workers("cpu")
    found = [Way("sequential", 1)]
    if job == "python-io":
        return [*found, Way("threads", recommended_workers("io")), Way("asyncio", _COROUTINES)]
    if cores > 1:
        found.append(Way("threads", cores))
        if job not in IN_C:
            found.append(Way("processes", cores))
    return found


def _verdict(advice: _Advice, trial: Trial, files: _Files) -> tuple[str, str]:
    """Return what the trial says of the choice, as a word and as a sentence."""
    if len(trial.timed) == 1:
        return "agrees", "There is nothing to choose from: one processor does all."
    controls = [each.control for each in trial.timed if each.control is not None]
    if advice.job != "python-io" and max(controls) < _IDLE:
        return "busy", (
            "The processors have other work at the moment: the control gains next to nothing, so "
            "the trial says little. Try again later."
        )
    times = 1.0 if files.records is None else files.records / trial.records
    # a function as it is cannot become a coroutine
    open_to_it = [each for each in trial.timed if each.way.strategy != "asyncio"]
    best = min(open_to_it, key=lambda each: each.estimate(times))
    own = next(each for each in trial.timed if each.way.strategy == advice.decision.strategy)
    longer = own.estimate(times) - best.estimate(times)
    if longer <= max((_CLOSE - 1) * best.estimate(times), _NOTHING):
        if advice.job == "python-io":
            return "agrees", f"The trial bears the choice out. {_COROUTINES_NEED}"
        return "agrees", "The trial bears the choice out."
    return "differs", (
        f"In the trial {_named(best.way)} would have been sooner, by {longer:.2g} s for "
        f"{'all records' if files.records else 'these records'}: try once more, with --seconds 10."
    )


_COROUTINES_NEED = "Coroutines are for a function that is written with 'async def'."

_NAMES = {"sequential": "one worker", "asyncio": "coroutines"}


def _named(way: Way) -> str:
    name = _NAMES.get(way.strategy, way.strategy)
    return name if way.strategy == "sequential" else f"{way.workers} {name}"


# -- what is said --


def _as_text(advice: _Advice, files: _Files) -> str:
    lines = []
    if files.names:
        lines += [f"{', '.join(map(shown_name, files.names))}: {_of(files)}", ""]
    decision = advice.decision
    lines.append(f"{'job':<15}{advice.job}")
    lines.append(f"{'take':<15}{_named(Way(decision.strategy, decision.max_workers))}")
    lines += _paragraph("why", advice.why)
    for number, each in enumerate(advice.beware):
        lines += _paragraph("" if number else "watch out", each)
    head = "write"
    for line in advice.code.splitlines():
        lines.append(f"{head:<15}{line}")
        head = ""
    return "\n".join(lines) + "\n"


def _of(files: _Files) -> str:
    assert files.sample is not None
    if files.records is None:
        count = "records, nobody knows how many,"
    else:
        count = f"{'' if files.exact else 'about '}{files.records:,} records"
    size = "" if files.size is None else f", {in_bytes(files.size)}"
    return f"{count} of {files.sample.format}{size}"


def _paragraph(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        79,
        initial_indent=f"{head:<15}",
        subsequent_indent=" " * 15,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _trial_as_text(trial: Trial, sentence: str) -> str:
    starts = any(each.start > 0 for each in trial.timed)
    lines = [
        "",
        f"{'trial':<15}{trial.records:,} records, {trial.rounds} "
        f"{'round' if trial.rounds == 1 else 'rounds'}, {trial.seconds:.1f} s",
        f"{'':<15}{'':<16}{'seconds':>9}{'gain':>8}{'control':>9}{'  to start' if starts else ''}",
    ]
    for each in trial.timed:
        line = f"{'':<15}{_named(each.way):<16}{each.seconds:>9.4f}"
        if each.gain is not None and each.control is not None:
            line += f"{each.gain:>8.2f}{each.control:>9.2f}"
            if starts:
                line += f"{each.start:>8.2f} s"
        lines.append(line)
    lines += _paragraph("", sentence)
    return "\n".join(lines) + "\n"


def _as_data(
    job: str | None, files: _Files, advice: _Advice | None, trial: Trial | None, verdict: str | None
) -> dict[str, Any]:
    data: dict[str, Any] = {"environment": environment_report()._asdict(), "job": job}
    data["files"] = files.names
    data["format"] = None if files.sample is None else files.sample.format
    data["records"] = files.records
    data["exact"] = files.exact
    data["bytes"] = files.size
    data["choice"] = None
    if advice is not None:
        decision = advice.decision
        data["choice"] = {
            "strategy": decision.strategy,
            "max_workers": decision.max_workers,
            "reason": decision.reason,
            "why": advice.why,
            "beware": advice.beware,
            "code": advice.code,
        }
    data["trial"] = None
    if trial is not None:
        data["trial"] = {
            "records": trial.records,
            "rounds": trial.rounds,
            "seconds": trial.seconds,
            "ways": [
                {
                    "strategy": each.way.strategy,
                    "workers": each.way.workers,
                    "seconds": each.seconds,
                    "start": each.start,
                    "gain": each.gain,
                    "control": each.control,
                    "share": each.share(),
                }
                for each in trial.timed
            ],
            "verdict": verdict,
        }
    return data


# -- the command --


def _concurrency(arguments: argparse.Namespace, messages: Messages) -> None:
    job = arguments.job or ("convert" if arguments.files else None)
    with tempfile.TemporaryDirectory(prefix="mrrc-trial-") as folder:
        files = _Files([], None, None, False, None)
        if arguments.files:
            files = _looked_at(arguments, messages, Path(folder))
            if not files.names:
                return
        advice = None
        if job is not None and not (files.names and files.sample is None):
            advice = _advised(job, files)
        if not arguments.json:
            put(f"{environment_report()}\n")
            if files.names and files.sample is None:
                names = ", ".join(map(shown_name, files.names))
                put(f"\n{names}: no records, so there is nothing to share out\n")
            if advice is not None:
                put("\n" + _as_text(advice, files))
        trial = verdict = None
        if advice is not None and files.sample is not None and arguments.seconds > 0:
            seconds = arguments.seconds * (1 - _SAMPLING)
            trial = tried(advice.job, _ways(advice.job), files.sample, seconds)
            verdict, sentence = _verdict(advice, trial, files)
            if not arguments.json:
                put(_trial_as_text(trial, sentence))
        if arguments.json:
            data = _as_data(job, files, advice, trial, verdict)
            put(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    if arguments.files and files.sample is None:
        messages.found(0)


COMMANDS = {"concurrency": Command(_PAGE, _options, _concurrency)}
