# SPDX-License-Identifier: MIT
"""convert, head, merge and split."""

import gzip
import io
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records, with_bad

import mrrc as package
from mrrc.formats import FORMATS

WRITTEN = [each.name for each in FORMATS.values() if each.writes]
BAD = with_bad(sample_records(), 2)


def written(format: str, data: bytes = SAMPLE.read_bytes()) -> bytes:
    memory = io.BytesIO()
    with package.read(data, "marc") as reader:
        package.write([record for record in reader if record is not None], memory, format)
    return memory.getvalue()


# -- convert --


@pytest.mark.parametrize("format", WRITTEN)
def test_convert(format: str, tmp_path: Path) -> None:
    target = tmp_path / f"x{FORMATS[format].suffixes[0]}"
    assert mrrc("convert", SAMPLE, "-o", target) == (0, b"", "")
    assert target.read_bytes() == written(format)
    assert mrrc("convert", "--to", format, stdin=SAMPLE.read_bytes()).out == written(format)


@pytest.mark.parametrize("format", WRITTEN)
def test_convert_of_several_is_convert_of_one(format: str) -> None:
    once = mrrc("convert", "--to", format, SAMPLE)
    parts = mrrc("convert", "--to", format, SAMPLE, "-", "--limit", "21", stdin=b"")
    assert parts == once


def test_convert_leaves_bad_records_out(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(BAD)
    for more in ([], ["--limit", "30"]):
        done = mrrc("convert", path, "--to", "mrk", *more)
        assert done.status == 1
        assert done.err.startswith(f"mrrc: {path}: record 2: ")
        assert done.err.endswith(" (byte 1973)\n") and done.err.count("\n") == 1
        assert done.out == written("mrk", BAD)


@pytest.mark.parametrize("more", [[], ["--limit", "30"]])
def test_strict_leaves_the_target_as_it_was(tmp_path: Path, more: list[str]) -> None:
    path, target = tmp_path / "bad.mrc", tmp_path / "x.xml"
    path.write_bytes(BAD)
    target.write_text("as it was")
    done = mrrc("convert", "--strict", path, "-o", target, *more)
    assert done.status == 1
    assert f"{path}: record 2" in done.err
    assert target.read_text() == "as it was"


def test_a_file_becomes_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_bytes(written("mrk"))
    assert mrrc("convert", path, "-o", path) == (0, b"", "")
    assert path.read_bytes() == written("mrk")


def test_repairs_are_told(tmp_path: Path) -> None:
    path = tmp_path / "odd.mrc"
    path.write_bytes(make.iso2709([make.data_field("245", "00", ("a", "x\x01y"))]))
    for more in ([], ["--limit", "1"]):
        done = mrrc("convert", path, "--to", "marcxml", *more)
        assert done.status == 0
        assert f"mrrc: {path}: record 1: field 245: the format has no place for U+0001" in done.err
        assert mrrc("convert", "-q", path, "--to", "marcxml", *more).err == ""


def test_marc8(tmp_path: Path) -> None:
    target = tmp_path / "x.mrc"
    assert mrrc("convert", SAMPLE, "--to-encoding", "marc-8", "-o", target).status == 0
    data = target.read_bytes()
    assert {each[9:10] for each in data.split(b"\x1d")[:-1]} == {b" "}
    assert mrrc("convert", target, "--to", "mrk").out.count(b"\n=245") == 21
    done = mrrc("convert", SAMPLE, "--to", "mrk", "--to-encoding", "marc-8")
    assert (done.status, done.out) == (2, b"")
    assert "is written in 'utf-8', not 'marc-8'" in done.err


@pytest.mark.parametrize(
    ("how", "status", "value"), [("ncr", 0, b"&#x1F600;"), ("replace", 0, b"?"), ("raise", 1, b"")]
)
@pytest.mark.parametrize("more", [[], ["--limit", "9"]], ids=["whole", "limit"])
def test_unmapped(how: str, status: int, value: bytes, more: list[str]) -> None:
    data = make.iso2709([make.data_field("245", "00", ("a", "<\U0001f600>"))])
    options = ["--to", "marc", "--to-encoding", "marc-8", "--unmapped", how]
    done = mrrc("convert", "-", *options, *more, stdin=data)
    assert done.status == status
    if status == 0:
        assert b"<" + value + b">" in done.out
    else:
        assert done.out == b""
        assert "standard input: record 1: field 245: MARC-8 has no code for U+1F600" in done.err


def test_encoding_of_the_source() -> None:
    data = make.iso2709([make.data_field("245", "00", ("a", "Эмма".encode("cp1251")))], coding=" ")
    done = mrrc("convert", "-", "--encoding", "cp1251", "--to", "mrk", stdin=data)
    assert "=245  00$aЭмма" in done.text
    text = "=LDR  00000nam a2200000 a 4500\n=245  00$aÉmile\n\n".encode("latin-1")
    done = mrrc("convert", "-", "--encoding", "latin-1", "--to", "mrk", stdin=text)
    assert "$aÉmile" in done.text


def test_compressed_target(tmp_path: Path) -> None:
    target = tmp_path / "x.mrk.gz"
    assert mrrc("convert", SAMPLE, "-o", target).status == 0
    assert gzip.decompress(target.read_bytes()) == written("mrk")


def test_a_format_that_cannot_be_read() -> None:
    done = mrrc("convert", "--from", "csv", SAMPLE, "--to", "mrk")
    assert (done.status, done.out) == (2, b"")
    assert "can be written only" in done.err


# -- head --


def test_head() -> None:
    records = sample_records()
    assert mrrc("head", SAMPLE).out == b"".join(records[:10])
    assert mrrc("head", "-n", "2", SAMPLE).out == b"".join(records[:2])
    assert mrrc("head", "--limit", "2", "--skip", "3", SAMPLE).out == b"".join(records[3:5])
    assert mrrc("head", "-n", "0", SAMPLE) == (1, b"", "")
    assert mrrc("head", "-n", "22", SAMPLE, SAMPLE).out.count(b"\x1d") == 22


def test_head_keeps_the_format(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(written("marcxml"))
    assert mrrc("head", "-n", "99", path).out == written("marcxml")
    assert mrrc("head", "-n", "99", path, "--to", "mrk").out == written("mrk")
    assert mrrc("head", "-n", "99", path, "-o", tmp_path / "x.json").status == 0
    assert (tmp_path / "x.json").read_bytes() == written("marcjson")


def test_head_of_a_missing_file_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "x.mrc"
    assert mrrc("head", tmp_path / "missing.mrc", "-o", target).status == 2
    assert not target.exists()


# -- merge --


def test_merge(tmp_path: Path) -> None:
    paths = []
    for format in ("marcxml", "mrk", "marcjson", "line"):
        path = tmp_path / f"x{FORMATS[format].suffixes[0]}"
        path.write_bytes(written(format))
        paths.append(path)
    target = tmp_path / "all.mrc"
    assert mrrc("merge", *paths, "-o", target) == (0, b"", "")
    assert target.read_bytes() == 4 * written("marc")
    done = mrrc("merge", *paths, "--to", "jsonl")
    assert done.out == 4 * written("jsonl")
    assert mrrc("merge", *paths).out == mrrc("merge", *paths, "--to", "marcxml").out


def test_merge_names_the_place_in_the_source(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(BAD)
    done = mrrc("merge", SAMPLE, path, "--to", "mrk")
    assert done.status == 1
    assert done.err.startswith(f"mrrc: {path}: record 2: ")
    assert done.out.count(b"=LDR") == 41


# -- split --


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_split_by_number(folder: Path) -> None:
    done = mrrc("split", "-n", "10", SAMPLE)
    names = ["sample-0001.mrc", "sample-0002.mrc", "sample-0003.mrc"]
    assert done.lines == [
        f"{names[0]}  10 records",
        f"{names[1]}  10 records",
        f"{names[2]}  1 record",
    ]
    assert listed(folder) == names
    assert b"".join(map(Path.read_bytes, map(Path, names))) == written("marc")


@pytest.mark.parametrize("format", [name for name in WRITTEN if FORMATS[name].reads])
def test_split_by_size(folder: Path, format: str) -> None:
    suffix = FORMATS[format].suffixes[0]
    done = mrrc("split", "--size", "10K", "-q", SAMPLE, "-o", f"part-{{}}{suffix}")
    assert done == (0, b"", "")
    names = listed(folder)
    assert len(names) > 2
    assert names[-1] == f"part-{len(names):04}{suffix}"
    counts = [int(mrrc("count", name).out) for name in names]
    assert sum(counts) == 21
    for name, count in zip(names, counts):
        assert Path(name).stat().st_size <= 10 << 10 or count == 1
    if format != "mods":  # which is another text once it was read
        assert mrrc("merge", *names).out == written(format)


def test_split_by_size_wastes_no_room(folder: Path) -> None:
    mrrc("split", "--size", "10K", SAMPLE)
    sizes = [len(each) for each in written("marc").split(b"\x1d")[:-1]]
    parts = [Path(name).read_bytes() for name in listed(folder)]
    assert b"".join(parts) == written("marc")
    at = 0
    for part in parts[:-1]:
        at += part.count(b"\x1d")
        assert len(part) + sizes[at] + 1 > 10 << 10


def test_a_record_longer_than_the_size(folder: Path) -> None:
    done = mrrc("split", "--size", "1K", SAMPLE)
    assert len(done.lines) > 15
    assert b"".join(Path(name).read_bytes() for name in listed(folder)) == written("marc")


def test_split_of_standard_input_and_compressed(folder: Path) -> None:
    done = mrrc("split", "-n", "20", "--to", "mrk", stdin=SAMPLE.read_bytes())
    assert done.lines[0] == "records-0001.mrk  20 records"
    Path("x.y.mrc.gz").write_bytes(gzip.compress(SAMPLE.read_bytes()))
    assert mrrc("split", "-n", "20", "x.y.mrc.gz").lines[1] == "x.y-0002.mrc  1 record"
    assert mrrc("split", "-n", "21", SAMPLE, "-o", "{}.xml.gz").status == 0
    assert gzip.decompress(Path("0001.xml.gz").read_bytes()) == written("marcxml")


def test_split_leaves_bad_records_out(folder: Path) -> None:
    long = make.iso2709([make.data_field("245", "00", ("a", "x\x01y"))])
    Path("bad.mrc").write_bytes(BAD + long)
    for how in (["-n", "5"], ["--size", "9K"]):
        done = mrrc("split", *how, "bad.mrc", "-o", "{}.xml")
        assert done.status == 1
        said = done.err.splitlines()
        assert len(said) == 2
        assert said[0].startswith("mrrc: bad.mrc: record 2: ")
        assert said[1].startswith("mrrc: bad.mrc: record 22: field 245: ")
        assert sum(int(line.split()[1]) for line in done.lines) == 21


@pytest.mark.parametrize("how", [["-n", "2"], ["--size", "9K"]])
def test_split_of_what_cannot_be_written(folder: Path, how: list[str]) -> None:
    field = package.Field("500", subfields=[package.Subfield("a", "x" * 10_000)])
    Path("long.jsonl").write_text(package.Record(fields=[field]).to_marcjson() + "\n")
    done = mrrc("split", *how, "long.jsonl", "-o", "{}.mrc")
    assert (done.status, done.out) == (1, b"")
    assert "over the limit of 9999" in done.err
    assert listed(folder) == ["long.jsonl"]


def test_split_gives_an_unfinished_part_up(folder: Path) -> None:
    Path("bad.mrc").write_bytes(with_bad(sample_records(), 8))
    for how in (["-n", "5"], ["--size", "9K"]):
        done = mrrc("split", "--strict", *how, "bad.mrc", "-o", "{}.xml")
        assert done.status == 1
        assert sorted(line.split()[0] for line in done.lines) == [
            name for name in listed(folder) if name != "bad.mrc"
        ]
        for line in done.lines:
            Path(line.split()[0]).unlink()


def test_split_needs_a_place_for_the_number(folder: Path) -> None:
    done = mrrc("split", "-n", "2", SAMPLE, "-o", "part.mrc")
    assert done.status == 2
    assert "needs {} where the number of a part is to stand" in done.err
    assert listed(folder) == []


def test_split_as_marc21_has_it(folder: Path) -> None:
    done = mrrc("split", "10", SAMPLE, "-o", "a/b")
    assert done.lines == ["a/b/0.mrc  10 records", "a/b/1.mrc  10 records", "a/b/2.mrc  1 record"]
    parts = [Path("a/b", name).read_bytes() for name in ("0.mrc", "1.mrc", "2.mrc")]
    assert b"".join(parts) == written("marc")
    mrrc("convert", SAMPLE, "-o", "x.xml")
    assert mrrc("split", "20", "x.xml").lines == ["./0.xml  20 records", "./1.xml  1 record"]
    done = mrrc("split", "20", "--filename", "p-{}.mrc.gz", "-q", stdin=SAMPLE.read_bytes())
    assert done == (0, b"", "")
    assert parts[2].endswith(gzip.decompress(Path("p-1.mrc.gz").read_bytes()))
    how = ["--size", "20K", "--filename", "{}.mrk", "-o", "c"]
    assert mrrc("split", *how, SAMPLE).lines == ["c/0.mrk  14 records", "c/1.mrk  7 records"]
    assert mrrc("split", "-n", "20", "--outdir", "e", SAMPLE).lines[0] == "e/0.mrc  20 records"
    # a name with a place for the number is one, wherever the number of records stands
    assert mrrc("split", "20", SAMPLE, "-o", "d-{}.mrc").lines[0] == "d-0001.mrc  20 records"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ([], "the size of a part is required"),
        ([SAMPLE], "the size of a part is required"),
        (["0", SAMPLE], "a part has at least one record"),
        (["2", SAMPLE, "--filename", "x"], "'x' needs {} where the number"),
        (["2", SAMPLE, "--filename", "a/{}.mrc"], "and no folder"),
        (["2", SAMPLE, "-o", "x", "--outdir", "y"], "two folders"),
        (["2", SAMPLE, "-o", "-"], "several files cannot go to standard output"),
    ],
)
def test_split_that_makes_no_sense(folder: Path, how: list[str], why: str) -> None:
    done = mrrc("split", *how)
    assert done.status == 2 and why in done.err
    assert listed(folder) == []


@pytest.mark.parametrize("how", [["-n", "5"], ["--size", "5K"]])
def test_a_part_does_not_take_the_place_of_the_source(how: list[str], folder: Path) -> None:
    data = SAMPLE.read_bytes()
    Path("sample-0002.mrc").write_bytes(data)
    done = mrrc("split", *how, "sample-0002.mrc", "-o", "sample-{}.mrc")
    assert done.status == 2
    assert "part 'sample-0002.mrc' would take the place of what is read" in done.err
    assert Path("sample-0002.mrc").read_bytes() == data


def test_a_flaw_is_told_of_as_where_nothing_is_converted(tmp_path: Path) -> None:
    bad = make.iso2709([make.control_field("001", "id2"), ("245", b"1\x1faTitle")])
    path = tmp_path / "in.mrc"
    path.write_bytes(make.sample() + b"\n" + bad)
    converted = mrrc("convert", path, "--to", "jsonl").err.splitlines()
    shown = mrrc("show", path).err.splitlines()
    assert sorted(converted) == sorted(shown)
    assert f"mrrc: {path}: record 2 (001 id2): field 245: only one indicator" in "".join(converted)
    assert "bytes that belong to no record: white space between records" in "".join(converted)
