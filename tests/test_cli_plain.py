# SPDX-License-Identifier: MIT
"""print: lines as marc21 has them, MARCMaker, and forms of Unicode."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path
from unicodedata import normalize

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records, with_bad

MARC21 = shutil.which("marc21") or os.environ.get("MRRC_MARC21")

RECORD = make.iso2709(
    [
        make.control_field("001", "c1"),
        make.data_field("245", "  ", ("a", "a$b{c} \u00fc u\u0308 \ufb01 \\"), ("b", "")),
        make.data_field("600", "1 ", ("a", "\x98Der\x9c x")),
        make.data_field("700", " 1", ("a", "e")),
    ]
)


def marc21(*arguments: object) -> bytes:
    if MARC21 is None:
        pytest.skip("marc21 is not here")
    return subprocess.run([MARC21, *map(str, arguments)], check=True, capture_output=True).stdout


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.mrc"
    path.write_bytes(RECORD * 2)
    return path


def test_lines(source: Path) -> None:
    done = mrrc("print", "--limit", 1, source)
    assert (done.status, done.err) == (0, "")
    assert done.text == (
        f"LDR {RECORD[:24].decode()}\n"
        "001 c1\n"
        "245 $a a$b{c} \u00fc u\u0308 \ufb01 \\ $b\n"
        "600/1# $a \x98Der\x9c x\n"
        "700/#1 $a e\n"
        "\n"
    )
    assert mrrc("print", source).text == done.text * 2


@pytest.mark.parametrize("form", ["nfc", "nfd", "nfkc", "nfkd"])
def test_forms(source: Path, form: str) -> None:
    wanted = normalize(form.upper(), mrrc("print", source).text)
    assert mrrc("print", "--translit", form, source).text == wanted
    plain = mrrc("print", "--format", "mnemonic", source).text
    found = mrrc("print", "--format", "mnemonic", "--translit", form, source).text
    assert found == normalize(form.upper(), plain)


def test_what_a_form_makes_a_sign_of_the_format_is_none(source: Path) -> None:
    # a fullwidth dollar sign and a small brace become plain ones
    odd = make.iso2709([make.data_field("500", "  ", ("a", "\uff04x\ufe5b"))])
    done = mrrc("print", "--format", "mnemonic", "--translit", "nfkc", stdin=odd)
    assert done.lines[1] == "=500  \\\\$a{dollar}x{lcub}"
    back = mrrc("convert", "--from", "mrk", "--to", "marc", stdin=done.out)
    assert b"\x1fa$x{\x1e" in back.out


def test_marcmaker(source: Path) -> None:
    wanted = mrrc("convert", "--to", "mrk", source).out
    assert mrrc("print", "--format", "mnemonic", source).out == wanted
    for name in ("x.mrk", "x.mrk.gz", "x.txt"):
        assert mrrc("print", source, "-o", name) == (0, b"", "")
    assert Path("x.mrk").read_bytes() == wanted
    assert gzip.decompress(Path("x.mrk.gz").read_bytes()) == wanted
    assert Path("x.txt").read_bytes() == mrrc("print", source).out
    assert mrrc("print", "--format", "default", source, "-o", "x.mrk").status == 0
    assert Path("x.mrk").read_bytes() == Path("x.txt").read_bytes()


def test_a_field_is_a_line(source: Path) -> None:
    broken = make.iso2709([make.data_field("500", "  ", ("a", "one\r\ntwo"))])
    assert mrrc("print", stdin=broken).lines[1:] == ["500 $a one\u240d\u240atwo", ""]


def test_bad_records_and_none(source: Path) -> None:
    done = mrrc("print", stdin=with_bad([RECORD] * 3, 2))
    assert done.status == 1 and "record 2" in done.err
    assert done.text == mrrc("print", source).text
    assert mrrc("print", "--where", "999?", source).status == 1
    assert mrrc("print", "--format", "nothing", source).status == 2


@pytest.mark.parametrize("how", [[], ["--format", "default"], ["--translit", "nfd"]])
def test_lines_are_those_of_marc21(how: list[str], source: Path) -> None:
    source.write_bytes(b"".join(each for each in sample_records() if each[9:10] == b"a") + RECORD)
    assert mrrc("print", "-q", *how, source).out == marc21("print", "-s", *how, source)


def test_marcmaker_is_that_of_marc21(source: Path) -> None:
    """But for dollar signs, and blanks of control fields, for which MARCMaker has backslashes."""
    source.write_bytes(b"".join(sample_records()[:7]))
    how = ["--format", "mnemonic", "--translit", "nfkd"]
    wanted = marc21("print", *how, source).decode().replace("[dollar]", "{dollar}").splitlines()
    found = mrrc("print", "-q", *how, source).lines
    assert len(found) == len(wanted)
    for ours, theirs in zip(found, wanted):
        control = ours.startswith(("=LDR", "=00"))
        assert (ours.replace("\\", " ") if control else ours) == theirs


def test_other_formats(source: Path) -> None:
    mrrc("convert", SAMPLE, "-o", "x.xml")
    found, wanted = mrrc("print", "x.xml"), mrrc("print", "-q", SAMPLE)
    assert [line for line in found.lines if line[:3] != "LDR"] == [
        line for line in wanted.lines if line[:3] != "LDR"
    ]
