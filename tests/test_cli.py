# SPDX-License-Identifier: MIT
"""The command line as a whole: its help, how it ends whatever happens, and its page, which is
tried from top to bottom."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import SAMPLE, command, mrrc, program, sample_records

import mrrc as package
from mrrc.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "command-line.rst"
NAMES = [name for commands in COMMANDS.values() for name in commands]

# -- help --


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]], ids=" ".join)
def test_help_names_every_command(arguments: list[str]) -> None:
    done = mrrc(*arguments)
    assert (done.status, done.err) == (0, "")
    for name in NAMES:
        assert re.search(rf"^  {name} +\w", done.text, re.MULTILINE)
    assert max(map(len, done.lines)) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command(name: str) -> None:
    done = mrrc(name, "--help")
    assert (done.status, done.err) == (0, "")
    assert done == mrrc("help", name) == mrrc(name, "-h")
    assert done.lines[0].startswith(f"mrrc {name} - ")
    assert f"Usage: mrrc {name}" in done.text
    assert "\nExamples\n" in done.text
    assert max(map(len, done.lines)) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_help_and_parser_agree_on_the_options(name: str) -> None:
    from mrrc.cli import _command

    known = _command(name)
    assert known is not None
    takes = {
        option for action in known.parser(name)._actions for option in action.option_strings
    } - {"-h", "--help"}
    text = known.page.partition("Examples")[0] + known.page.partition("\nOptions")[2]
    says = set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", text))
    assert takes <= says
    assert says - takes <= ({"--from", "--to"} if name == "formats" else {"--help"})


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_the_help_can_be_parsed(name: str) -> None:
    from mrrc.cli import _command

    examples = re.findall(r"^ {6}mrrc (.*)$", mrrc(name, "--help").text, re.MULTILINE)
    assert examples
    for example in examples:
        called, *arguments = shlex.split(re.split(r" [|>] ", example)[0])
        known = _command(called)
        assert known is not None
        known.parser(called).parsed(arguments)


def test_names_may_be_cut_short() -> None:
    for name in ("count", "cou", "cnt"):
        assert mrrc(name, SAMPLE) == (0, b"21\n", "")
    assert (
        mrrc("concat", "--help")
        == mrrc("cat", "-h")
        == mrrc("help", "mer")
        == mrrc("help", "merge")
    )
    done = mrrc("co", SAMPLE)
    assert (done.status, done.out) == (2, b"")
    assert "there is no command 'co'; did you mean count or convert or concurrency?" in done.err
    assert mrrc("c", SAMPLE).status == mrrc("x", SAMPLE).status == mrrc("", SAMPLE).status == 2


def test_version() -> None:
    assert mrrc("--version") == (0, f"mrrc {package.__version__}\n".encode(), "")


# -- mistakes --


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which command?"),
        (["cuont"], "did you mean 'count'?"),
        (["xyzzy"], "there are: count, show"),
        (["--count"], "there is no option '--count'"),
        (["help", "cuont"], "did you mean 'count'?"),
        (["count", "--bogus"], "unrecognized arguments: --bogus"),
        (["count", "--limit"], "expected one argument"),
        (["count", "--limit", "-1"], "'-1' is not a number"),
        (["count", "--limit", "few"], "'few' is not a number"),
        (["count", "--encoding", "klingon"], "there is no encoding 'klingon'"),
        (["count", "--from", "marcx"], "there is no format 'marcx'; there are: marc,"),
        (["count", "--li", "1"], "unrecognized arguments"),
        (["count", "--limt", "1"], "unrecognized arguments: --limt; did you mean '--limit'?"),
        (["describe", "--recover=strict"], "did you mean '--recovery'?"),
        (["count", "--bogus", "--limt"], "unrecognized arguments: --bogus --limt\n"),
        (["convert", SAMPLE], "into which format?"),
        (["split", SAMPLE], "required"),
        (["formats", "x"], "unrecognized arguments"),
    ],
    ids=str,
)
def test_mistakes_end_with_2_and_a_line(arguments: list[str], said: str) -> None:
    done = mrrc(*arguments)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith("mrrc")
    assert said in done.err
    assert len(done.err.splitlines()) <= 2


def test_options_may_stand_anywhere() -> None:
    assert mrrc("count", SAMPLE, "--limit", "30", SAMPLE).lines[-1] == "30 total"


def test_a_name_that_looks_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLE, "-q.mrc")
    assert mrrc("count", "--limit", "30", "--", "-q.mrc").out == b"21\n"
    assert mrrc("extract", "001", "--", "-q.mrc").out.count(b"\n") == 22
    assert mrrc("formats", "--", "-q.mrc").status == 2


# -- how it ends --


def test_missing_files_are_named_and_passed_over(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.mrc"
    done = mrrc("count", missing, SAMPLE)
    assert done.status == 2
    assert done.err == f"mrrc: {missing}: No such file or directory\n"
    assert done.lines[-1] == "21 total"


def test_a_folder(tmp_path: Path) -> None:
    done = mrrc("count", tmp_path)
    assert (done.status, done.out) == (2, b"")
    assert done.err == f"mrrc: {tmp_path}: Is a directory\n"


@pytest.mark.parametrize(
    "name",
    [
        "count",
        "show",
        "head",
        "merge",
        "extract",
        "convert",
        "dedup",
        "hash",
        "partition",
        "sample",
        "concurrency",
    ],
)
def test_no_records_is_1(name: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mrc"
    empty.touch()
    needed = {"extract": ["001"], "convert": ["--to", "mrk"], "partition": ["001"]}
    arguments = {**needed, "sample": ["-q", "5"]}.get(name, [])
    done = mrrc(name, *arguments, empty)
    if name == "hash":
        assert done.out == b"001,sha256\n"
    assert (done.status, done.err) == (1, "")


def test_what_is_no_marc(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear colleague,\n")
    done = mrrc("show", letter)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"mrrc: {letter}: is of no format that is known")


def test_names_are_shown_without_what_a_terminal_obeys() -> None:
    assert mrrc("count", "a\x1b[2Jb").err == "mrrc: a\\x1b[2Jb: No such file or directory\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["formats"],
        ["count", SAMPLE],
        ["show", SAMPLE],
        ["convert", SAMPLE, "--to", "mrk"],
        ["head", SAMPLE],
        ["extract", "001", SAMPLE],
        ["extract", "001", SAMPLE, "--to", "jsonl"],
        ["dedup", SAMPLE],
        ["dedup", SAMPLE, "--to", "mrk"],
        ["sample", "5", SAMPLE],
        ["hash", SAMPLE],
        ["concurrency"],
        ["diff", "-q", "--from", "marc", SAMPLE, os.devnull],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_full_disk(arguments: list[object]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "mrrc: standard output: No space left on device\n"


@pytest.mark.parametrize(
    "name", ["show", "convert", "head", "extract", "formats", "dedup", "hash", "sample", "repair"]
)
def test_a_closed_pipe_is_no_matter(name: str) -> None:
    arguments = {"convert": ["--to", "mrk"], "extract": ["--long"], "head": ["-n", "100"]}
    arguments.update({"dedup": ["--strategy", "hash"], "sample": ["99"]})
    files = [] if name == "formats" else [SAMPLE] * 20
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command(name, *arguments.get(name, []), *files), stdout=writing, stderr=subprocess.PIPE
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    target = tmp_path / "target.xml"
    target.write_text("as it was")
    process = subprocess.Popen(
        command("convert", "--from", "marc", fifo, "-o", target),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with open(fifo, "wb") as file:  # opens when the command reads
        file.write(sample_records()[0])
        file.flush()
        deadline = time.monotonic() + 30
        while len(os.listdir(tmp_path)) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (128 + number, b"", b"")
    assert target.read_text() == "as it was"
    assert sorted(os.listdir(tmp_path)) == ["fifo", "target.xml"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_standard_stream_is_closed(closed: str) -> None:
    name = "" if closed == "<&-" else shlex.quote(str(SAMPLE))
    line = f"{shlex.join(command('count'))} {name} {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    if closed == "2>&-":
        assert (done.returncode, done.stdout) == (0, "21\n")
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert "closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_python_m_mrrc() -> None:
    assert program("count", SAMPLE) == (0, b"21\n", "")


def test_a_command_imports_what_it_needs_only() -> None:
    code = (
        "import sys; from mrrc.cli import main; main(['count', sys.argv[1]]);"
        "print([name for name in ('mrrc.cli.extract', 'mrrc.cli.transfer', 'rich', 'difflib')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, SAMPLE], capture_output=True, text=True)
    assert done.stdout == "21\n[]\n"


# -- the page --


def blocks(page: str) -> list[tuple[str, str]]:
    """The commands of a page, and what it says comes of each."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"^\.\. code-block:: console\n\n((?: {3}.*\n|\n)+)", page, re.M):
        for part in re.split(r"^   \$ ", block, flags=re.M)[1:]:
            line, _, out = part.partition("\n")
            found.append((line, re.sub(r"^ {3}", "", out, flags=re.M).rstrip("\n")))
    return found


def matches(expected: str, got: str) -> bool:
    """Whether an output is as expected, where ``...`` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.split("...")))
    return re.fullmatch(pattern, got.rstrip("\n"), re.DOTALL) is not None


def test_the_page_is_true(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    for each in (SAMPLE, SAMPLE.parent / "rules.toml"):
        shutil.copy(each, tmp_path / "examples")
    programs = tmp_path / "bin"
    programs.mkdir()
    own = programs / "mrrc"
    own.write_text(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
    own.chmod(own.stat().st_mode | stat.S_IXUSR)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        # the package under test, wherever it stands
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    examples = blocks(PAGE.read_text(encoding="utf-8"))
    assert len(examples) > 20
    for line, expected in examples:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        got = done.stdout.decode()
        assert matches(expected, got), f"$ {line}\n{got}"
    shown = {shlex.split(line)[1] for line, _ in examples if line.startswith("mrrc ")}
    assert set(NAMES) <= shown
