# SPDX-License-Identifier: MIT
"""Checks a trace of the real pool against the rules that pool.pml spells out.

Each time a thread gives the pool's mutex up, what it has changed since it got it, and whom it
has woken, has to be what one of the model's steps does from there; and nothing changes while
nobody has it. ``verification/trace.sh`` makes traces.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Unlike(Exception):
    """The pool did what the model does not."""


class State(NamedTuple):
    """What the mutex guards."""

    taken: int
    given: int
    taking: bool
    hungry: bool
    ended: bool
    stopped: bool
    done: tuple[bool, ...]

    def marked(self, slot: int, value: bool) -> State:
        return self._replace(done=(*self.done[:slot], value, *self.done[slot + 1 :]))


class Step(NamedTuple):
    """One way to hold the mutex: what becomes of the state, who is woken, how it is given up."""

    rule: str
    state: State
    woken: tuple[str, ...]
    how: str
    phase: str


ROOM, READY = "signal room", "signal ready"
ALL_ROOM, ALL_READY = "broadcast room", "broadcast ready"


def go_on(rule: str, state: State, woken: tuple[str, ...]) -> Step:
    """A worker at the head of its loop."""
    if state.stopped or state.ended:
        return Step(f"{rule} leave", state, woken, "unlock", "gone")
    if state.taking or state.hungry or state.taken - state.given == len(state.done):
        return Step(f"{rule} wait", state, woken, "wait room", "loop")
    return Step(f"{rule} take", state._replace(taking=True), woken, "unlock", "taking")


def worker(phase: str, slot: int, state: State) -> Iterator[Step]:
    if phase == "loop":
        yield go_on("loop", state, ())
    elif phase == "taking":
        left = state._replace(taking=False)
        yield Step("taken", left._replace(taken=left.taken + 1), (ROOM,), "unlock", "running")
        yield go_on("hungry", left._replace(hungry=True), (ALL_ROOM, READY))
        yield go_on("end", left._replace(ended=True), (ALL_ROOM, READY))
    elif phase == "running":
        woken = (READY,) if slot == state.given % len(state.done) else ()
        yield go_on("done", state.marked(slot, True), woken)


def look(state: State) -> str:
    if state.stopped:
        return "closed"
    if state.hungry:
        return "more"
    if state.given < state.taken:
        return "ready" if state.done[state.given % len(state.done)] else "waiting"
    return "end" if state.ended else "waiting"


def consumer(phase: str, state: State) -> Iterator[Step]:
    seen = look(state)
    if seen == "waiting":
        yield Step("wait", state, (), "wait ready", "waiting")
    yield Step(f"look {seen}", state, (), "unlock", "idle")
    if phase != "idle":
        return
    slot = state.given % len(state.done)
    if state.given < state.taken and state.done[slot]:
        given = state.marked(slot, False)._replace(given=state.given + 1)
        yield Step("give back", given, (ROOM,), "unlock", "idle")
    yield Step("fed", state._replace(hungry=False), (ALL_ROOM,), "unlock", "idle")
    yield stop(state)


def stop(state: State) -> Step:
    return Step("stop", state._replace(stopped=True), (ALL_ROOM, ALL_READY), "unlock", "idle")


def steps(role: str, phase: str, slot: int, state: State) -> Iterator[Step]:
    if role.startswith("w"):
        return worker(phase, slot, state)
    if role.startswith("c"):
        return consumer(phase, state)
    return iter([stop(state)])


class Pool:
    """One pool's trace so far."""

    def __init__(self, slots: int, rules: Counter[str]) -> None:
        self.state = State(0, 0, False, False, False, False, (False,) * slots)
        self.phases: dict[str, tuple[str, int]] = {}
        self.holder: str | None = None
        self.woken: list[str] = []
        self.rules = rules

    def event(self, role: str, state: State, what: str) -> None:
        if what == "lock":
            if self.holder is not None:
                raise Unlike(f"{role} has the mutex, and so has {self.holder}")
            if state != self.state:
                raise Unlike(f"changed while nobody had the mutex: {self.state} to {state}")
            self.holder, self.woken = role, []
            return
        if role != self.holder:
            raise Unlike(f"{role} does not have the mutex: {what}")
        if what.startswith(("signal", "broadcast")):
            self.woken.append(what)
            return
        first = "loop" if role.startswith("w") else "idle"
        phase, slot = self.phases.get(role, (first, 0))
        for step in steps(role, phase, slot, self.state):
            if (step.state, list(step.woken), step.how) == (state, self.woken, what):
                break
        else:
            raise Unlike(f"{role} ({phase}): from {self.state} by {self.woken} to {state}, {what}")
        self.rules[f"{role[0]} {step.rule}"] += 1
        if step.phase == "taking":
            slot = state.taken % len(state.done)
        self.phases[role] = (step.phase, slot)
        self.state, self.holder = state, None
        if not state.given <= state.taken <= state.given + len(state.done):
            raise Unlike(f"more under way than there are slots: {state}")

    def end(self) -> None:
        left = {role: phase for role, (phase, _) in self.phases.items() if role[0] == "w"}
        if any(phase != "gone" for phase in left.values()):
            raise Unlike(f"threads that did not end: {left}")


def replay(lines: Iterable[str]) -> Counter[str]:
    """Check a trace, of one pool after another; return how often each rule was used.

    Raises:
        Unlike: the pool did what the model does not.
    """
    rules: Counter[str] = Counter()
    pool: Pool | None = None
    for number, line in enumerate(lines, 1):
        role, *rest = line.split()
        try:
            if role == "pool":
                if pool is not None:
                    pool.end()
                pool = Pool(int(rest[0]), rules)
                continue
            assert pool is not None
            taking, hungry, ended, stopped = (flag == "1" for flag in rest[2:6])
            marks = tuple(mark == "1" for mark in rest[6])
            state = State(int(rest[0]), int(rest[1]), taking, hungry, ended, stopped, marks)
            pool.event(role, state, " ".join(rest[7:]))
        except Unlike as error:
            raise Unlike(f"line {number}: {error}") from None
    if pool is not None:
        pool.end()
    return rules


#: What a trace has to have come by, to say anything: a step of each kind.
WANTED = {
    *("w loop wait", "w loop take", "w loop leave", "w taken", "w done take", "w done wait"),
    *("w hungry wait", "w end leave", "c wait", "c look ready", "c look waiting", "c look more"),
    *("c look end", "c look closed", "c give back", "c fed", "c stop", "s stop"),
}


def main() -> int:
    try:
        rules = replay(sys.stdin)
    except Unlike as error:
        print(f"replay: {error}", file=sys.stderr)
        return 1
    for rule, count in sorted(rules.items()):
        print(f"{count:8}  {rule}")
    missing = sorted(WANTED - rules.keys())
    if missing:
        print(f"replay: the trace has nothing of {missing}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
