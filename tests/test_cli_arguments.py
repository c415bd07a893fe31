# SPDX-License-Identifier: MIT
"""Arguments taken apart."""

import argparse
import io
import sys

import pytest
from command_line import SAMPLE, mrrc

from mrrc.cli.arguments import (
    Parser,
    files_of,
    number,
    positive,
    recovery_of,
    size,
    takes_files,
    takes_target,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("500000", 500_000), ("500K", 512_000), ("10m", 10 << 20), ("1G", 1 << 30), ("2kB", 2048)],
)
def test_sizes(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5M", "K", "10T", "٣"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a size"):
        size(text)


def test_numbers() -> None:
    assert (number("0"), number("17"), positive("1")) == (0, 17, 1)
    for text in ("", "-1", "1_000", "٣", "1e3"):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a number"):
            number(text)
    with pytest.raises(argparse.ArgumentTypeError, match="at least one"):
        positive("0")


def parsed(*arguments: str) -> argparse.Namespace:
    parser = Parser("try", "a page")
    takes_files(parser)
    takes_target(parser)
    return parser.parsed(list(arguments))


def test_names_of_formats_are_made_one() -> None:
    found = parsed("--from", "MARC21", "--to", "marcmaker", "a", "b")
    assert (found.source_format, found.target_format) == ("marc", "mrk")
    assert found.files == ["a", "b"]


def test_what_is_meant_without_options() -> None:
    found = parsed()
    assert vars(found) == {
        "files": [],
        "allow_list": [],
        "deny_list": [],
        "filter_list_column": "cn",
        "filter_list_source": "001",
        "query_normalization": None,
        "source_format": None,
        "encoding": "detect",
        "recovery": None,
        "validation_level": "structural",
        "jobs": 1,
        "skip": 0,
        "limit": None,
        "strict": False,
        "skip_invalid": False,
        "where": None,
        "similarity": 80,
        "filter_normalization": None,
        "fold": "",
        "quiet": False,
        "progress": False,
        "output": "-",
        "compression": None,
        "target_format": None,
        "target_encoding": None,
        "unmapped": "ncr",
    }


def test_filters_are_brought_into_a_form() -> None:
    composed, apart = "245$a =? 'caf\u00e9'", "245$a =? 'cafe\u0301'"
    assert str(parsed("--where", composed).where) == composed
    assert str(parsed("--where", composed, "--filter-normalization", "nfd").where) == apart
    assert str(parsed("--filter-normalization", "nfc", "--where", apart).where) == composed
    wide = parsed("--where", "245$a == '\uff21'", "--filter-normalization", "nfkc")
    assert str(wide.where) == "245$a == 'A'"
    with pytest.raises(SystemExit):
        parsed("--filter-normalization", "NFX")


def test_a_form_may_be_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    composed, apart = "245$a =? 'caf\u00e9'", "245$a =? 'cafe\u0301'"
    monkeypatch.setenv("MARC21_FILTER_NORMALIZATION", "nfd")
    assert str(parsed("--where", composed).where) == apart
    assert str(parsed("--where", composed, "--filter-normalization", "nfc").where) == composed
    monkeypatch.setenv("MARC21_FILTER_NORMALIZATION", "")
    assert str(parsed("--where", composed).where) == composed
    monkeypatch.setenv("MARC21_QUERY_NORMALIZATION", "nfkc")
    found = parsed("--filter-list-source", "035$\uff41")
    assert found.filter_list_source == "035$a"
    monkeypatch.setenv("MARC21_QUERY_NORMALIZATION", "NFX")
    with pytest.raises(SystemExit):
        parsed()
    assert "MARC21_QUERY_NORMALIZATION: 'NFX' is not one of nfc" in capsys.readouterr().err


def test_what_is_made_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert parsed("--fold", "NFC,Case", "--where", "245$a == 'x'").where.fold == "case,nfc"
    for wrong in ("capitals", "nfc,nfd"):
        with pytest.raises(SystemExit):
            parsed("--fold", wrong)
    assert "argument --fold" in capsys.readouterr().err


def test_likeness_is_that_of_the_filter() -> None:
    found = parsed("--where", "245$a =* 'x'", "--similarity", "0")
    assert found.where.similarity == 0
    for text in ("101", "-1", "x", ""):
        with pytest.raises(SystemExit):
            parsed("--similarity", text)


def test_a_filter_that_is_none_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--where", "245ab")
    assert "--where: a $ stands before a subfield code" in capsys.readouterr().err


def test_modes() -> None:
    for mode in ("lenient", "permissive", "strict"):
        assert recovery_of(parsed("--recovery", mode)) == mode
        assert recovery_of(parsed("--strict", "--recovery", mode)) == mode
    assert recovery_of(parsed("--recovery", "pymarc")) is None
    assert recovery_of(parsed()) == "lenient"
    assert recovery_of(parsed("--strict")) == "strict"
    with pytest.raises(SystemExit):
        parsed("--recovery", "none")


def test_levels_of_validation() -> None:
    assert parsed("--validation-level", "strict_marc").validation_level == "strict_marc"
    with pytest.raises(SystemExit):
        parsed("--validation-level", "strict")


@pytest.mark.parametrize("name", ["detect", "marc-8", "MARC8", "utf-8", "cp1252"])
def test_encodings(name: str) -> None:
    assert parsed("--encoding", name).encoding == name


def test_standard_input_where_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert files_of(["a"]) == ["a"]
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert files_of([]) == ["-"]
    monkeypatch.setattr(sys, "stdin", None)
    assert files_of([]) == ["-"]
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert files_of(["-"]) == ["-"]
    with pytest.raises(ValueError, match="which file"):
        files_of([])


@pytest.mark.parametrize("command", ["count", "hash", "describe", "dedup"])
def test_short_options_of_marc21(command: str) -> None:
    short = mrrc(command, "-s", "-p", "-l", "1", SAMPLE)
    assert short == mrrc(command, "--skip-invalid", "--progress", "--limit", "1", SAMPLE)
    assert short == mrrc(command, "--limit", "1", SAMPLE)
    assert short.status == 0


@pytest.mark.parametrize("options", [("-s", "--strict"), ("-p", "-q")])
def test_options_that_contradict_each_other(options: tuple[str, str]) -> None:
    done = mrrc("count", *options, SAMPLE)
    assert done.status == 2
    assert "not allowed with argument" in done.err
