# SPDX-License-Identifier: MIT
"""What is said on standard error, and the status that comes of it."""

import errno
import logging
import sys
import warnings

import pytest

from mrrc.cli.messages import Messages, described, say, shown_name, status_of
from mrrc.exceptions import (
    BadSubfieldCode,
    BadSubfieldCodeWarning,
    BaseAddressNotFound,
    BytesBetweenRecords,
    EncodingError,
    RecordLengthInvalid,
    RepairWarning,
    TextFormatError,
    TruncatedRecord,
    WriterError,
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            BaseAddressNotFound(source="a.mrc", record_index=17, byte_offset=4711),
            "a.mrc: record 17: Unable to locate base address of record (byte 4711)",
        ),
        (
            WriterError(
                "too long", source="a.mrc", record_index=2, record_control_number=" 12 ",
                field_tag="500",
            ),
            "a.mrc: record 2 (001 12): field 500: too long",
        ),
        (
            TextFormatError(
                message="no such line", source="a.mrk", record_index=1, line=3, column=5,
                byte_offset=40, found=b"xx",
            ),
            "a.mrk: record 1: invalid line: no such line, seen: b'xx' "
            "(line 3, column 5, byte 40)",
        ),
        (EncodingError("utf-8", b"\xff", 0, 1, "invalid start byte", record_index=1), None),
        (TruncatedRecord(), "given: Record length in leader is greater than the length of data"),
        (OSError(errno.ENOENT, "No such file", "b.mrc"), "b.mrc: No such file"),
        (OSError(errno.EIO, "Input/output error"), "given: Input/output error"),
        (OSError("it is closed"), "given: it is closed"),
        (ValueError("'given' is empty"), "given: is empty"),
        (EOFError("given: the gzip data ends"), "given: the gzip data ends"),
        (ValueError("no format"), "given: no format"),
    ],
)  # fmt: skip
def test_described(error: Exception, said: str | None) -> None:
    text = described(error, "given")
    if said is None:
        assert text.startswith("given: record 1: 'utf-8' codec can't decode byte 0xff")
    else:
        assert text == said


def test_standard_streams_have_names() -> None:
    assert [shown_name(name) for name in ("-", "<stdin>", "<stdout>", b"a")] == [
        "standard input",
        "standard input",
        "standard output",
        "a",
    ]
    assert described(ValueError("'<stdin>' is empty"), "-") == "standard input: is empty"


def test_status() -> None:
    assert status_of(TruncatedRecord()) == status_of(EncodingError("x")) == 1
    for error in (OSError(), EOFError(), ValueError(), LookupError(), ModuleNotFoundError()):
        assert status_of(error) == 2
    for fault in (KeyError(), TypeError(), AssertionError()):
        assert status_of(fault) is None


def test_the_gravest_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with Messages() as messages:
        messages.found(1)
        assert messages.status == 0
        messages.found(0)
        assert messages.status == 1
        messages.trouble(OSError(errno.ENOENT, "No such file"), "a")
        messages.bad_record(TruncatedRecord(record_index=3), "b")
        assert messages.status == 2
    assert capsys.readouterr().err == (
        "mrrc: a: No such file\n"
        "mrrc: b: record 3: Record length in leader is greater than the length of data; "
        "what follows in the file is not read\n"
    )


def test_warnings_and_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Messages() as messages:
        messages.writes("out.xml", ["in.mrc"])
        messages.place = lambda number: ("in.mrc", number + 10)
        warnings.warn(RepairWarning("mended", source="in.mrc", record_index=1), stacklevel=1)
        warnings.warn(
            RepairWarning("replaced", source="out.xml", record_index=1, byte_offset=3),
            stacklevel=1,
        )
        warnings.warn(BadSubfieldCodeWarning(b"\xc3x"), stacklevel=1)
        logging.getLogger("pymarc").warning("missing indicators: %s", b"x")
    assert messages.status == 0
    assert capsys.readouterr().err.splitlines() == [
        "mrrc: in.mrc: record 1: mended",
        "mrrc: in.mrc: record 11: replaced",
        "mrrc: The subfield contained a non-ASCII subfield code: b'\\xc3x'",
        "mrrc: missing indicators: b'x'",
    ]


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with Messages(quiet=True) as messages:
        warnings.warn(RepairWarning("mended"), stacklevel=1)
        logging.getLogger("pymarc").warning("missing indicators")
        messages.bad_record(TruncatedRecord(), "b")
    assert capsys.readouterr().err.count("\n") == 1


def test_other_warnings_go_their_way() -> None:
    with pytest.warns(UserWarning, match="else"), Messages():
        warnings.warn("something else", UserWarning, stacklevel=1)


def test_nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    say("lost")
    with Messages() as messages:
        messages.trouble(ValueError("lost"))
    assert messages.status == 2


# -- listeners and notes --


class Heard:
    """A listener that takes everything but what it is told to leave."""

    def __init__(self, takes: bool) -> None:
        self.kinds: list[tuple[str, str | None, int | None]] = []
        self._takes = takes

    def hear(self, kind: str, error: BaseException, source: str | None, number: int | None) -> bool:
        self.kinds.append((kind, source, number))
        return self._takes


@pytest.mark.parametrize("takes", [True, False])
def test_a_listener_hears_of_everything(takes: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with Messages() as messages:
        messages.listener = listener = Heard(takes)
        messages.flaw(BadSubfieldCode(record_index=2), "x")
        messages.passed_over(BytesBetweenRecords(found=b"\n"), "x")
        assert messages.status == 0
        messages.passed_over(BytesBetweenRecords(found=b"junk"), "x")
        messages.bad_record(RecordLengthInvalid(record_index=3), "x")
        messages.repaired(RepairWarning("was mended", record_index=4))
    assert listener.kinds == [
        ("flaw", "x", 2),
        ("stray", "x", None),
        ("stray", "x", None),
        ("bad", "x", 3),
        ("flaw", None, 4),
    ]
    assert messages.status == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == (2 if takes else 5)  # a loss is always said


def test_notes_are_for_who_wants_them(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        with Messages(quiet=quiet) as messages:
            messages.note("was written anew", "x.mrc", 3)
        assert messages.status == 0
    assert capsys.readouterr().err == "mrrc: x.mrc: record 3: was written anew\n"
