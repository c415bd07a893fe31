# SPDX-License-Identifier: MIT
"""MARCMakerReader beside pymarc's: the same records of the same text."""

import io
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import Raised, shape

import mrrc
from mrrc.marcmaker import MARCMakerReader

LEADER = "=LDR  00755cam  22002414a 4500"
ONE = f"{LEADER}\n=001  x1\n=008  85\\\\\\\\\n=245  10$aTítulo$c日本$a𝄞\n=CAT  \\\\$a1\n"
TWO = "=001  x2\n=500  \\\\$ay\n"


def outcome(package: Any, target: Any) -> list[Any]:
    """The records of a reader and its errors, up to its end."""
    found: list[Any] = []
    reader = package.MARCMakerReader(target)
    while True:
        try:
            found.append(shape(next(reader)))
        except StopIteration:
            return found
        except Exception as error:
            found.append(str(error))


TEXTS = {
    "two records": f"{ONE}\n{TWO}",
    "no line end at the end": f"{ONE}\n{TWO}".removesuffix("\n"),
    "an empty line at the end": f"{ONE}\n",
    "two empty lines": f"{ONE}\n\n{TWO}",
    "three empty lines": f"{ONE}\n\n\n{TWO}",
    "empty lines first": f"\n\n{ONE}",
    "nothing": "",
    "a line end": "\n",
    "no equals sign": f"{ONE}001  x\n\n{TWO}",
    "one blank": f"{ONE}=001 x\n\n{TWO}",
    "nothing behind the tag": f"{ONE}=001\n\n=001  \n\n=245\n\n=245  \n\n=245  1\n\n=245  10\n",
    "no subfield": "=245  10$\n",
    "no code": "=245  10$$ax$$by\n",
    "no code at the end": "=245  10$ax$\n",
    "another character for the first mark": "=245  10#ax$by\n",
    "a short leader": "=LDR  00755cam\n=001  x\n",
    "a leader of another script": f"=LDR  {'é' * 24}\n=001  x\n",
    "two leaders": f"{LEADER}\n=LDR  {24 * '9'}\n=001  x\n",
    "a leader behind a field": f"=001  x\n{LEADER}\n",
    "a tag below 010 of letters": "=00A  10$ax\n",
    "a tag of another script": "=é45  10$ax\n",
    "a structural character": "=245  10$ax\x1fby\n=001  a\x1e\n",
    "a surrogate": "=245  10$a\ud800\n",
    "a code of another script": "=245  éü$ßx\n",
    "mnemonics": "=245  10$a{dollar}{acute}e\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_pymarc_makes_of_it(name: str) -> None:
    text = TEXTS[name]
    if "\x1e" in text:
        # for pymarc a line ends here
        assert [one[3][0][5] for one in outcome(mrrc, text)] == [[("Subfield", "a", "x\x1fby")]]
        return
    assert outcome(mrrc, text) == outcome(pymarc, text)


@given(st.lists(make.utf8_records(), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_generated_records(chunks: list[bytes]) -> None:
    text = "\n".join(str(pymarc.Record(chunk)) for chunk in chunks)
    ends = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    if not any(character in text for character in ends):
        assert outcome(mrrc, text) == outcome(pymarc, text)


@given(st.integers(0, 120), st.sampled_from(["=", "$", "\n", " ", "x", "\\", "", "\n\n"]))
@settings(max_examples=200, deadline=None)
def test_damaged_texts(place: int, put: str) -> None:
    text = f"{ONE}\n{TWO}"
    text = text[:place] + put + text[place + 1 :]
    assert outcome(mrrc, text) == outcome(pymarc, text)


def test_a_value_keeps_what_other_readers_take_for_a_line_end() -> None:
    """pymarc refuses the rest of such a value, or drops it where it is empty."""
    for character in "\x0b\x0c\x85\u2028\u2029":
        (record,) = MARCMakerReader(f"=245  10$aA{character}B{character}\n")
        assert record["245"]["a"] == f"A{character}B{character}"


def test_line_ends_of_other_systems(tmp_path: Path) -> None:
    text = f"{ONE}\n{TWO}"
    expected = outcome(pymarc, text)
    for end in ("\r\n", "\r"):
        other = text.replace("\n", end)
        path = tmp_path / "a.mrk"
        path.write_bytes(other.encode())
        assert outcome(mrrc, str(path)) == outcome(pymarc, str(path)) == expected
        # pymarc refuses these
        assert outcome(mrrc, other) == outcome(mrrc, other.encode()) == expected


def test_targets(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    path.write_text(ONE, encoding="utf-8")
    expected = outcome(pymarc, ONE)
    for target in (str(path), path, ONE.encode(), bytearray(ONE.encode())):
        assert outcome(mrrc, target) == expected
    for package in (mrrc, pymarc):
        for file in (io.StringIO(ONE), path.open(encoding="utf-8")):
            assert outcome(package, file) == expected
            assert file.closed
    binary = path.open("rb")
    assert outcome(mrrc, binary) == expected
    assert binary.closed
    with pytest.raises(TypeError):
        MARCMakerReader(5)
    with pytest.raises(FileNotFoundError):
        MARCMakerReader(tmp_path / "none.mrk")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", None])
def test_encodings(encoding: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    text = ONE.replace("日本", "").replace("𝄞", "")
    path.write_text(text, encoding=encoding)
    for package in (mrrc, pymarc):
        (record,) = package.MARCMakerReader(str(path), encoding=encoding)
        assert record["245"]["a"] == "Título"


def test_a_wrong_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    path.write_text(ONE, encoding="utf-16")
    with pytest.raises(UnicodeDecodeError) as caught:
        MARCMakerReader(path)
    assert isinstance(caught.value, mrrc.EncodingError)
    assert (caught.value.source, caught.value.byte_offset) == (str(path), 0)


def test_errors_know_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    path.write_text(f"{TWO}\n=001  x\n245  10$ax\n\n{TWO}", encoding="utf-8")
    reader = MARCMakerReader(path)
    assert next(reader)["001"].data == "x2"
    with pytest.raises(mrrc.PymarcException) as caught:
        next(reader)
    assert isinstance(caught.value, mrrc.exceptions.TextFormatError)
    assert (caught.value.source, caught.value.record_index, caught.value.line) == (str(path), 2, 5)
    assert isinstance(caught.value.__cause__, ValueError)
    assert next(reader)["001"].data == "x2"


def test_records_know_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk"
    path.write_text(f"{ONE}\n{TWO}", encoding="utf-8")
    assert [one._place() for one in MARCMakerReader(path)] == [
        (str(path), 1, None),
        (str(path), 2, None),
    ]


def test_a_line_may_be_parsed_by_a_subclass() -> None:
    for package in (mrrc, pymarc):

        class Mine(package.MARCMakerReader):  # type: ignore[name-defined,misc]
            def _parse_line(self, line: str) -> Any:
                return super()._parse_line(line.replace("x2", "x3"))

        assert [record["001"].data for record in Mine(TWO)] == ["x3"]


def test_a_short_line_raises_as_pymarcs() -> None:
    for line in ("", "=", "001  x", "=001 x", "=245  ", "=245  1"):
        raised = []
        for package in (mrrc, pymarc):
            with pytest.raises((ValueError, IndexError)) as caught:
                package.MARCMakerReader("")._parse_line(line)
            raised.append(Raised(caught.value))
        assert raised[0] == raised[1]


def test_it_is_a_reader() -> None:
    reader = MARCMakerReader(f"{ONE}\n{TWO}")
    assert isinstance(reader, mrrc.Reader)
    assert mrrc.reader.MARCMakerReader is MARCMakerReader is mrrc.MARCMakerReader
    assert iter(reader) is reader
    assert reader.records == [ONE.removesuffix("\n"), TWO]


@pytest.mark.shared
def test_library_of_congress(loc_books: Path) -> None:
    records = [record for record in mrrc.MARCReader(loc_books) if record]
    text = "\n".join(map(str, records))
    again = list(MARCMakerReader(text))
    assert list(map(str, again)) == list(map(str, records))
