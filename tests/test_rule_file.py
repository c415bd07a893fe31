# SPDX-License-Identifier: MIT
"""Files of rules: what they find, and what is said of mistakes in them."""

import sys
import threading
from pathlib import Path

import pytest
import records as make

from mrrc import MARCReader, Record, _bridge
from mrrc.rule_file import RuleFile, RuleFileError


def rules(text: str) -> RuleFile:
    return RuleFile(text.encode())


def record(number: str | None = "1", *fields: make.FieldBytes) -> Record:
    first = [] if number is None else [make.control_field("001", number)]
    title = make.data_field("245", "10", ("a", "x"))
    found = next(MARCReader(make.iso2709([*first, title, *fields])))
    assert found is not None
    return found


ISBN = make.data_field("020", "  ", ("a", "0306406152"))


def test_all_keys() -> None:
    file = rules(
        """
        scope = "LDR/6 == 'a'"

        [rule.ISBN]
        validator = "filter"
        matcher = "020$a"
        invert-match = true
        scope = "245$a"
        message = "no ISBN"
        level = "Warning"
        description = "All books have one."
        link = "https://example.org/isbn"

        [rule."b c"]
        filter = "245$a"
        """
    )
    assert str(file.scope) == "LDR/6 == 'a'"
    first, second = file.rules
    assert (first.id, first.message, first.level, first.invert) == (
        "ISBN",
        "no ISBN",
        "warning",
        True,
    )
    assert str(first.scope) == "245$a"
    assert (first.description, first.link) == ("All books have one.", "https://example.org/isbn")
    assert (second.id, second.level, second.invert, second.scope) == ("b c", "error", False, None)
    found = file.check(record(), 7)
    assert [(each.record, each.control_number, each.rule) for each in found] == [
        (7, "1", "ISBN"),
        (7, "1", "b c"),
    ]
    assert [each.severity for each in found] == ["warning", "error"]
    assert [each.message for each in found] == ["no ISBN", "matches 245$a"]
    assert [each.rule for each in file.check(record("1", ISBN))] == ["b c"]


def test_usual_messages() -> None:
    file = rules(
        "[rule.a]\nmatcher = '001?'\ninvert-match = true\n"
        "[rule.b]\nmatcher = '!001?'\ndescription = 'what for'\n"
    )
    assert [each.message for each in file.check(record(None))] == [
        "does not match 001?",
        "what for",
    ]


def test_what_a_scope_leaves_out_is_no_finding() -> None:
    """marc21 has the records outside of a rule's scope as violations."""
    for invert in ("true", "false"):
        rule = f'matcher = "245$a"\ninvert-match = {invert}\nscope = "LDR/6 == \'z\'"\n'
        assert rules(f"[rule.a]\n{rule}").check(record()) == []
        general = (
            f"scope = \"LDR/6 == 'z'\"\n[rule.a]\nmatcher = '245$a'\ninvert-match = {invert}\n"
        )
        assert rules(general).check(record()) == []


def test_a_record_without_a_control_number() -> None:
    """marc21 ends with a panic there."""
    (found,) = rules("[rule.a]\nmatcher = '245$a'").check(record(None))
    assert (found.control_number, found.rule) == (None, "a")


def test_findings_come_in_order() -> None:
    """marc21 has another order in each run."""
    names = [f"r{number}" for number in range(30)]
    file = rules("".join(f"[rule.{name}]\nmatcher = '245$a'\n" for name in names))
    found = [(each.record, each.rule) for each in file.check_all([record()] * 3)]
    assert found == [(number, name) for number in (1, 2, 3) for name in names]


def test_many_groups() -> None:
    """Each group that marc21 opens counts against a limit that is never taken back."""
    text = "".join(f"[rule.r{n}]\nmatcher = '(001?) && (245$a)'\n" for n in range(20))
    assert len(rules(text).check(record())) == 20


def test_more_records_than_are_checked_at_once() -> None:
    file = rules("[rule.a]\nmatcher = '020$a'")
    many = [record("1", ISBN) if number % 3 == 0 else record("1") for number in range(1200)]
    assert [each.record for each in file.check_all(many, 1)] == list(range(1, 1201, 3))


def test_records_that_cannot_be_packed() -> None:
    odd = Record(make.iso2709([make.control_field("001", "a\x1fb"), ISBN]))
    assert [each.rule for each in rules("[rule.a]\nmatcher = '020$a'").check(odd)] == ["a"]


def test_a_filter_that_takes_too_long() -> None:
    file = rules("[rule.a]\nmatcher = \"245$b =~ '^(a|a?)+$'\"\n[rule.b]\nmatcher = '245$b'")
    slow = record("1", make.data_field("245", "00", ("b", "a" * 60 + "!")))
    found = file.check(slow)
    assert found[-1].rule == "b"
    for each in found[:-1]:  # an engine may be quick enough
        assert (each.rule, each.severity) == ("a", "error")
        assert each.message == "the record took too long to be checked"


def test_records_of_a_view_in_part() -> None:
    file = rules("[rule.A]\nmatcher = '020$a'\n[rule.B]\nmatcher = '020$a'\ninvert-match = true")
    packed = [record("1", ISBN)._pack(), record("2")._pack(), record("3", ISBN)._pack()]
    view = _bridge.view_of(packed)
    found = [(index, rule.id) for index, rule in file.found_in(view, 0, 3)]
    assert found == [(0, "A"), (1, "B"), (2, "A")]
    assert [(index, rule.id) for index, rule in file.found_in(view, 1, 2)] == [(1, "B")]
    assert file.found_in(view, 3, 3) == []


def test_threads() -> None:
    file = rules("[rule.a]\nmatcher = '020$a'")
    many = [record("1", ISBN)] * 600
    counts: list[int] = []
    work = [
        threading.Thread(target=lambda: counts.append(len(list(file.check_all(many)))))
        for _ in range(4)
    ]
    for each in work:
        each.start()
    for each in work:
        each.join()
    assert counts == [600] * 4


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[rule.a\n", 1, "not TOML"),
        ("[rule.a]\nmatcher = '001?'\n[rule.a]\nmatcher = '001?'", 3, "not TOML"),
        ("x = '''", 1, "not TOML"),
        ("", None, "there is no rule"),
        ("rule = 1", None, "there is no rule"),
        ("rule.a = 1", None, "rule a: a rule is a table"),
        ("rules = 1", 1, "'rules' means nothing here"),
        ("scope = 1\n[rule.a]\nmatcher = '001?'", 1, "scope: has to be a text"),
        ("\nscope = '001?'\n[rule.a]\nmatcher = '001 =='", 4, "rule a: matcher: "),
        ("[rule.a]\nmessage = 'x'", 1, "rule a: there is no matcher"),
        ("[rule.a]\nmatcher = '001?'\ninvert_match = true", 3, "did you mean 'invert-match'?"),
        ("[rule.a]\nmatcher = '001?'\nzzz = true", 3, "zzz: means nothing here; there are"),
        ("[rule.a]\nmatcher = '001?'\ninvert-match = 'yes'", 3, "has to be true or false"),
        ("[rule.a]\nmatcher = 1", 2, "matcher: has to be a text"),
        ("[rule.a]\nmatcher = '001?'\nvalidator = 'regex'", 3, "the only validator is 'filter'"),
        ("[rule.a]\nmatcher = '001?'\nfilter = '001?'", 3, "means the same as matcher"),
        ("[rule.a]\nmatcher = '001?'\nlevel = 'fatal'", 3, "not 'fatal'"),
        (
            "[rule.x]\nmatcher='001?'\n[ rule . \"a b\" ]\nmatcher = '001 == x'",
            4,
            "rule a b: matcher",
        ),
        ("[rule.a]\nmatcher = '001?'\nscope = '245a'", 3, "rule a: scope: "),
    ],
    ids=str,
)
def test_mistakes_have_a_place(text: str, line: int | None, said: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        rules(text)
    assert said in str(caught.value)
    assert caught.value.line == line
    place = "<rules>: " if line is None else f"<rules>: line {line}: "
    assert str(caught.value).startswith(place)


def test_what_hardly_means_what_it_says() -> None:
    file = rules("[rule.a]\nmatcher = '001?'\n[rule.b]\nmatcher = '008/35?'")
    (warning,) = file.warnings
    assert warning.startswith("<rules>: line 4: rule b: matcher: ")


def test_a_mistake_in_a_filter_is_shown() -> None:
    with pytest.raises(RuleFileError) as caught:
        rules("[rule.a]\nmatcher = \"001 == 'x' &&\"")
    text = str(caught.value).splitlines()
    assert text[1] == "  001 == 'x' &&"
    assert text[2].strip() == "^"


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xef\xbb\xbf[rule.a]\nmatcher = '001?'\n")
    assert RuleFile(path).path == str(path)
    assert len(RuleFile(str(path)).check(record())) == 1
    path.write_bytes(b"[rule.a]\nmatcher = '\xff'\n")
    with pytest.raises(RuleFileError, match=r"r\.toml: line 2: the text is not UTF-8"):
        RuleFile(path)
    with pytest.raises(FileNotFoundError):
        RuleFile(tmp_path / "missing.toml")


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="Python reads TOML itself")
def test_without_tomli(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomli", None)
    with pytest.raises(ModuleNotFoundError, match="needs the package tomli"):
        rules("[rule.a]\nmatcher = '001?'")
