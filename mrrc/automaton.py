# SPDX-License-Identifier: MIT
"""Code lists and patterns, compiled into automata that look at each character once.

A validator runs them in C, over values that anybody may have made, so there is no backtracking
and no regular expression engine. Of regular expressions what schemas use is understood: the
rest is refused with its place, never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["Automaton", "PatternError", "compile_values", "each_of", "pattern", "word"]

#: A set of characters is a number with a bit for each: ASCII, anything beyond it, and
#: the marks before the first character and behind the last.
_OTHER, _BEGIN, _END = 128, 129, 130
_ASCII = (1 << 128) - 1
_ANY = _ASCII | 1 << _OTHER
_EVERYTHING = _ANY | 1 << _BEGIN | 1 << _END

SYMBOLS = 129
STATES_MAX = 2000
_REPEAT_MAX = 1000


class PatternError(ValueError):
    """A pattern that is not understood; the message says where and why."""


# A regular expression is a tree: ("set", bits), ("all", parts), ("any", parts),
# ("repeat", part, least, most or None).
Node = tuple[object, ...]


@dataclass
class Automaton:
    """A deterministic automaton; state 0 is the first.

    Attributes:
        classes: of each of the 129 symbols the class of symbols it belongs to.
        steps: of each state the next one, by class.
        accepts: of each state what a value that ends there is, 0 for no value of the list.
    """

    classes: bytes
    steps: list[list[int]]
    accepts: bytes = field(default=b"")

    def __call__(self, text: str) -> int:
        """Return what a value is, 0 where it is none of the list."""
        state = 0
        for character in text:
            state = self.steps[state][self.classes[min(ord(character), _OTHER)]]
        return self.accepts[state]


def _bits(characters: Iterable[str]) -> int:
    found = 0
    for character in characters:
        if ord(character) > 127:
            raise PatternError(f"{character!r} is not ASCII, and only that can be looked for")
        found |= 1 << ord(character)
    return found


def _whole(node: Node) -> Node:
    """Make of what a value has to be what finds it between the marks."""
    return ("all", [("set", 1 << _BEGIN), node, ("set", 1 << _END)])


def word(text: str) -> Node:
    """Return what matches one text and nothing else."""
    return _whole(("all", [("set", _bits(character)) for character in text]))


def sets(bits: Sequence[str]) -> Node:
    """Return what matches a text of which each place has its own set of characters."""
    return _whole(("all", [("set", _bits(characters)) for characters in bits]))


def each_of(characters: Iterable[str]) -> Node:
    """Return what matches any text of these characters."""
    return _whole(("repeat", ("set", _bits(characters)), 0, None))


def pattern(text: str) -> Node:
    """Return what finds a regular expression anywhere in a value, as ECMA 262 means it.

    Raises:
        PatternError: it has something that is not understood.
    """
    found = _Parser(text).parse()
    around: Node = ("repeat", ("set", _EVERYTHING), 0, None)
    return ("all", [around, found, around])


_DIGITS = _bits("0123456789")
_WORDS = _DIGITS | _bits("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACES = _bits(" \t\n\r\f\v")
_CLASSES = {
    "d": _DIGITS,
    "D": _ANY & ~_DIGITS,
    "w": _WORDS,
    "W": _ANY & ~_WORDS,
    "s": _SPACES,
    "S": _ANY & ~_SPACES,
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}


class _Parser:
    """Reads a regular expression: alternatives, groups, classes, quantifiers, ^ and $."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def parse(self) -> Node:
        found = self.alternatives()
        if self.at < len(self.text):
            raise self.refuse("there is no ( for this )")
        return found

    def refuse(self, reason: str) -> PatternError:
        return PatternError(f"{reason}, at {self.at + 1} of the pattern {self.text!r}")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def alternatives(self) -> Node:
        self.depth += 1
        if self.depth > 50:
            raise self.refuse("groups stand too deep in one another")
        found = [self.sequence()]
        while self.take("|"):
            found.append(self.sequence())
        self.depth -= 1
        return found[0] if len(found) == 1 else ("any", found)

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            mark = {"^": _BEGIN, "$": _END}.get(self.peek())
            if mark is None:
                part = self.quantified(self.atom())
            else:
                self.at += 1
                part = ("set", 1 << mark)
                if parts and parts[-1] == part:
                    continue  # a mark is there once, and "^^" asks for it twice
            parts.append(part)
        return ("all", parts)

    def atom(self) -> Node:
        if self.take("("):
            if self.take("?") and not self.take(":"):
                raise self.refuse("looking ahead or behind and named groups are not understood")
            found = self.alternatives()
            if not self.take(")"):
                raise self.refuse("a ) is missing")
            return found
        if self.take("["):
            return ("set", self.characters())
        if self.take("."):
            return ("set", _ANY & ~_bits("\n\r"))
        if self.peek() in ("*", "+", "?", "{"):
            raise self.refuse("there is nothing to repeat")
        return ("set", self.character())

    def character(self) -> int:
        """Take one character, or an escape that stands for one or for a class."""
        seen = self.peek()
        if not seen:
            raise self.refuse("something is missing")
        self.at += 1
        if seen != "\\":
            if ord(seen) > 127:
                self.at -= 1
                raise self.refuse("only ASCII can be looked for")
            return _bits(seen)
        seen = self.peek()
        self.at += 1
        if seen in _CLASSES:
            return _CLASSES[seen]
        if seen in _CONTROLS:
            return _bits(_CONTROLS[seen])
        if seen and seen.isascii() and not seen.isalnum():
            return _bits(seen)
        self.at -= 1
        raise self.refuse(f"the escape \\{seen} is not understood")

    def characters(self) -> int:
        negated = self.take("^")
        found = 0
        while not self.take("]"):
            first = self.character()
            ranged = self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "")
            if ranged:
                self.at += 1
                last = self.character()
                if first.bit_count() != 1 or last.bit_count() != 1 or last < first:
                    raise self.refuse("a range goes from one character up to another")
                first = (last << 1) - first  # the bits from the one to the other
            found |= first
        return _ANY & ~found if negated else found

    def quantified(self, part: Node) -> Node:
        least, most = self.quantity()
        if (least, most) == (1, 1):
            return part
        self.take("?")  # how greedy it is makes no difference to whether it is there
        if self.peek() in ("*", "+", "{"):
            raise self.refuse("there is nothing to repeat")
        return ("repeat", part, least, most)

    def quantity(self) -> tuple[int, int | None]:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.take(sign):
                return least, most
        if not self.take("{"):
            return 1, 1
        inside, brace, _ = self.text[self.at :].partition("}")
        first, comma, second = inside.partition(",")
        numbers = [first, *([second] if second else [])]
        if not brace or not all(each.isascii() and each.isdigit() for each in numbers):
            raise self.refuse("a quantity is {n}, {n,} or {n,m}")
        least = int(first)
        limit = int(second) if second else None if comma else least
        if max(least, limit or 0) > _REPEAT_MAX or (limit is not None and limit < least):
            raise self.refuse(f"a quantity goes up, and to {_REPEAT_MAX} at most")
        self.at += len(inside) + 1
        return least, limit


class _Net:
    """A nondeterministic automaton: of each state its steps, and where it is at the same time."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []  # a set of symbols, and the next state
        self.beside: list[list[int]] = []

    def state(self) -> int:
        if len(self.steps) > 20 * STATES_MAX:
            raise PatternError("the pattern is too large")
        self.steps.append((0, 0))
        self.beside.append([])
        return len(self.steps) - 1

    def add(self, node: Node, start: int) -> int:
        """Add what matches a node from a state on; return the state behind it."""
        kind = node[0]
        if kind == "set":
            here, end = self.state(), self.state()
            self.beside[start].append(here)
            self.steps[here] = (node[1], end)  # type: ignore[assignment]
            return end
        if kind == "all":
            for part in node[1]:  # type: ignore[attr-defined]
                start = self.add(part, start)
            return start
        if kind == "any":
            end = self.state()
            for part in node[1]:  # type: ignore[attr-defined]
                self.beside[self.add(part, start)].append(end)
            return end
        _, part, least, most = node
        assert isinstance(part, tuple) and isinstance(least, int)
        for _ in range(least):
            start = self.add(part, start)
        if most is None:
            again = self.state()
            self.beside[start].append(again)
            self.beside[self.add(part, again)].append(again)
            end = self.state()
            self.beside[again].append(end)
            return end
        assert isinstance(most, int)
        end = self.state()
        for _ in range(most - least):
            self.beside[start].append(end)
            start = self.add(part, start)
        self.beside[start].append(end)
        return end

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        found = set(states)
        waiting = list(found)
        while waiting:
            for other in self.beside[waiting.pop()]:
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return frozenset(found)


def _classes(symbols: set[int]) -> tuple[bytes, list[int]]:
    """Put symbols that no set tells apart into one class; return also a symbol of each class."""
    parts = [_EVERYTHING]
    for bits in symbols:
        parts = [piece for part in parts for piece in (part & bits, part & ~bits) if piece]
    of = bytearray(SYMBOLS)
    examples: list[int] = []
    for part in parts:
        members = [symbol for symbol in range(SYMBOLS) if part >> symbol & 1]
        if members:
            for symbol in members:
                of[symbol] = len(examples)
            examples.append(members[0])
    return bytes(of), examples


def compile_values(alternatives: Sequence[tuple[Node, int]]) -> Automaton:
    """Compile what values there are, each with what it is (1 to 255; the lowest counts).

    Raises:
        PatternError: too many states would be needed.
    """
    net = _Net()
    first = net.state()
    meanings: dict[int, int] = {}
    for node, meaning in alternatives:
        end = net.add(node, first)
        meanings[end] = min(meaning, meanings.get(end, 255))
    classes, examples = _classes({bits for bits, _ in net.steps if bits})

    def step(states: frozenset[int], symbol: int) -> frozenset[int]:
        return net.closure(
            net.steps[state][1] for state in states if net.steps[state][0] >> symbol & 1
        )

    begin = step(net.closure([first]), _BEGIN)
    numbers = {begin: 0}
    order = [begin]
    steps: list[list[int]] = []
    accepts = bytearray()
    for states in order:  # grows on the way
        row = []
        for symbol in examples:
            target = step(states, symbol)
            if target not in numbers:
                if len(order) >= STATES_MAX:
                    raise PatternError("the pattern needs too many states")
                numbers[target] = len(order)
                order.append(target)
            row.append(numbers[target])
        steps.append(row)
        accepts.append(
            min((meanings[each] for each in step(states, _END) if each in meanings), default=0)
        )
    return _smallest(Automaton(classes, steps, bytes(accepts)))


def _smallest(automaton: Automaton) -> Automaton:
    """Make one state of those that no value tells apart."""
    parts: list[int] = list(automaton.accepts)
    count = len(set(parts))
    while True:
        known: dict[tuple[int, ...], int] = {}
        parts = [
            known.setdefault((parts[state], *(parts[target] for target in row)), len(known))
            for state, row in enumerate(automaton.steps)
        ]
        if len(known) == count:
            break
        count = len(known)
    firsts = [parts.index(part) for part in range(count)]  # numbered as they are met, so 0 stays
    return Automaton(
        automaton.classes,
        [[parts[target] for target in automaton.steps[state]] for state in firsts],
        bytes(automaton.accepts[state] for state in firsts),
    )
