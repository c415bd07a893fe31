# SPDX-License-Identifier: MIT
"""Threads: shared readers and records, and that C works with the GIL released.

Nothing is timed. Where threads have to meet in a narrow place, the interpreter switches
between them as often as it can; where it has to be seen that a thread gave way of its own
accord, it never switches, so that another runs only when C has let it.
"""

import hashlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import many_threads
import pytest
import records as make
from many_threads import switching
from side_by_side import shape

import mrrc
from mrrc import structure

THREADS = 8
DATA = [make.sample(number) for number in range(1000)]
FILE = b"".join(DATA)
BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])


def at_once(work: Callable[[], Any], threads: int = THREADS) -> list[Any]:
    """What each of several threads makes of the same work, all begun together."""
    return many_threads.at_once(work, threads)


SOURCES: dict[str, Callable[[bytes, Path], Any]] = {
    "path": lambda data, folder: (folder / "x.mrc", (folder / "x.mrc").write_bytes(data))[0],
    "bytes": lambda data, folder: data,
    "file": lambda data, folder: (
        (folder / "x.mrc").write_bytes(data),
        (folder / "x.mrc").open("rb"),
    )[1],
}
sources = pytest.mark.parametrize("source", SOURCES)


# One reader, many threads ------------------------------------------------------------


@sources
def test_each_record_goes_to_one_thread(source: str, tmp_path: Path) -> None:
    with mrrc.MARCReader(SOURCES[source](FILE, tmp_path)) as reader:
        found = at_once(lambda: [record.as_marc() for record in reader])
    assert Counter(one for some in found for one in some) == Counter(DATA)
    # what one thread gets stays in the order of the file
    for some in found:
        numbers = [DATA.index(one) for one in some[:20]]
        assert numbers == sorted(numbers)


@sources
def test_bad_records_go_to_one_thread_too(source: str, tmp_path: Path) -> None:
    data = b"".join(BAD if number % 7 == 3 else one for number, one in enumerate(DATA))
    with mrrc.MARCReader(SOURCES[source](data, tmp_path)) as reader:
        found = at_once(lambda: [record and record.as_marc() for record in reader])
    want = [None if number % 7 == 3 else one for number, one in enumerate(DATA)]
    assert Counter(one for some in found for one in some) == Counter(want)


@sources
def test_every_way_to_read_at_once(source: str, tmp_path: Path) -> None:
    reader = mrrc.MARCReader(SOURCES[source](FILE, tmp_path))
    turn = iter(range(THREADS))

    def work() -> list[bytes]:
        way = next(turn) % 3
        found: list[Any] = []
        if way == 0:
            while (record := reader.read_record()) is not None:
                found.append(record)
        elif way == 1:
            for batch in reader.batches(11):
                found.extend(batch)
        else:
            found.extend(reader)
        return [record.as_marc() for record in found]

    found = at_once(work)
    assert Counter(one for some in found for one in some) == Counter(DATA)
    reader.close()


@sources
def test_the_end_is_the_end_for_all(source: str, tmp_path: Path) -> None:
    with mrrc.MARCReader(SOURCES[source](FILE[: len(DATA[0])], tmp_path)) as reader:
        assert sum(at_once(lambda: len(list(reader)))) == 1
        assert at_once(lambda: next(reader, "end")) == ["end"] * THREADS


def test_one_reader_a_thread(tmp_path: Path) -> None:
    path = SOURCES["path"](FILE, tmp_path)

    def work() -> list[bytes]:
        with mrrc.MARCReader(path) as reader:
            return [record.as_marc() for record in reader]

    assert at_once(work) == [DATA] * THREADS


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "a file each"])
def test_many_readers_many_times(apart: bool, threads: int, tmp_path: Path) -> None:
    """Each reader gives what it gives alone, however often they are opened at once."""

    def digest(path: Path) -> str:
        found = hashlib.sha256()
        with mrrc.MARCReader(path) as reader:
            for record in reader:
                assert record is not None
                found.update(record.as_marc())
                found.update(str(record.title).encode())
        return found.hexdigest()

    paths = [tmp_path / f"{number if apart else 0}.mrc" for number in range(threads)]
    for number, path in enumerate(paths):
        path.write_bytes(b"".join(DATA[: 100 + number if apart else 100]))
    alone = [digest(path) for path in paths]
    for _ in range(20):
        turn = iter(range(threads))

        def work(turn: Iterator[int] = turn) -> tuple[int, str]:
            mine = next(turn)
            return mine, digest(paths[mine])

        assert [found for _, found in sorted(at_once(work, threads))] == alone


def test_closing_beside_reading(tmp_path: Path) -> None:
    """A thread reads on, or is told; it never sees half a record."""
    path = SOURCES["path"](FILE, tmp_path)
    for place in (0, 3, 60, 400):
        reader = mrrc.MARCReader(path)

        def work(reader: mrrc.MARCReader = reader, place: int = place) -> list[bytes]:
            found = []
            try:
                for record in reader:
                    found.append(record.as_marc())
                    if len(found) == place:
                        reader.close()
            except ValueError as error:
                assert "closed" in str(error)
            return found

        found = [one for some in at_once(work, 4) for one in some]
        assert Counter(found) <= Counter(DATA)
        reader.close()


# One record, many threads ----------------------------------------------------------------

LOOKS: dict[str, Callable[[mrrc.Record], Any]] = {
    "[]": lambda r: [r["245"], r["500"]],
    "get_fields": lambda r: r.get_fields("650", "245", "500"),
    "get_fields of all": lambda r: list(r.get_fields()),
    "fields": lambda r: [r.fields, *r.fields],
    "leader": lambda r: [r.leader],
    "subfields": lambda r: [r["245"].subfields],
    "several": lambda r: [r["001"], r.leader, *r.get_fields("880"), r["245"], r.fields],
}


@pytest.mark.parametrize("look", LOOKS)
def test_all_threads_see_the_same_objects(look: str) -> None:
    for record in mrrc.MARCReader(b"".join(DATA[:40])):
        assert record is not None
        found = at_once(lambda record=record: LOOKS[look](record), 4)
        for other in found[1:]:
            assert [id(one) for one in other] == [id(one) for one in found[0]]


MARC8 = [
    make.iso2709(
        [
            make.control_field("001", f"marc8 {number}"),
            make.data_field("245", "10", ("a", b"Caf\xe2e"), ("b", "rest")),
            *[make.data_field("500", "  ", ("a", f"note {note}")) for note in range(8)],
            make.data_field("650", " 0", ("a", "Cats")),
        ],
        coding=" ",
    )
    for number in range(150)
]


@pytest.mark.parametrize("other", LOOKS)
@pytest.mark.parametrize("datas", [DATA[:40], MARC8[:40]], ids=["UTF-8", "MARC-8"])
def test_writing_while_others_look(datas: list[bytes], other: str) -> None:
    """What is written is whole and nothing twice, whatever is handed out meanwhile."""
    for data, record in zip(datas, mrrc.MARCReader(b"".join(datas)), strict=True):
        assert record is not None
        (same,) = mrrc.MARCReader(data)
        assert same is not None
        turn = iter([LOOKS[other], lambda r: r["650"], lambda r: r.as_marc(), LOOKS[other]])

        def work(record: mrrc.Record = record, turn: Any = turn) -> Any:
            next(turn)(record)
            return record.as_marc(), record["245"]

        found = at_once(work, 4)
        assert {marc for marc, _ in found} == {same.as_marc()}
        assert all(title is record["245"] for _, title in found)
        assert shape(record) == shape(same)


@pytest.mark.parametrize("datas", [DATA[:60], MARC8[:60]], ids=["UTF-8", "MARC-8"])
def test_all_ways_to_look_at_once(datas: list[bytes]) -> None:
    for data, record in zip(datas, mrrc.MARCReader(b"".join(datas)), strict=True):
        assert record is not None
        (same,) = mrrc.MARCReader(data)
        assert same is not None
        ways = [*LOOKS.values(), lambda r: r.as_marc(), lambda r: r.title, shape, str]
        turn = iter(ways * 2)

        def work(record: mrrc.Record = record, turn: Any = turn) -> Any:
            next(turn)(record)
            next(turn)(record)
            again = pickle.loads(pickle.dumps(record))
            return record["245"], record.as_marc(), record.title, shape(again)[3]

        found = at_once(work)
        assert all(title is record["245"] for title, *_ in found)
        assert {marc for _, marc, _, _ in found} == {same.as_marc()}
        assert shape(record) == shape(same)
        assert all(fields == shape(same)[3] for *_, fields in found)


def test_encoding_at_once() -> None:
    batch = mrrc.RecordBatch(mrrc.MARCReader(FILE))
    assert set(at_once(batch.encode)) == {FILE}
    records = [record for record in batch if record is not None]
    assert set(at_once(lambda: b"".join(r.as_marc() for r in records))) == {FILE}


def test_errors_at_once() -> None:
    """What one thread is told is not what another did."""

    def work() -> list[str]:
        found = []
        for number in range(100, 150):
            field = mrrc.Field(f"{number}", subfields=[mrrc.Subfield("a", "x" * 10_000)])
            with pytest.raises(mrrc.WriterError) as caught:
                mrrc.Record(fields=[field]).as_marc()
            assert caught.value.field_tag is not None
            found.append(caught.value.field_tag)
        return found

    assert at_once(work) == [[f"{number}" for number in range(100, 150)]] * THREADS


# The GIL ------------------------------------------------------------------------------------


holds_the_gil = pytest.mark.thread_unsafe(reason="sets how the interpreter switches threads")


@contextmanager
def spinner() -> Iterator[Callable[[], int]]:
    """A thread that counts whenever it may run, and gives way at once."""
    count = 0
    stop = False

    def spin() -> None:
        nonlocal count
        while not stop:
            count += 1
            time.sleep(0)

    thread = threading.Thread(target=spin)
    with switching(100):
        thread.start()
        try:
            yield lambda: count
        finally:
            stop = True
            thread.join()


def moved_during(work: Callable[[], Any]) -> bool:
    """Whether another thread ran while this one worked."""
    with spinner() as count:
        while count() == 0:
            time.sleep(0.001)
        before = count()
        work()
        return count() > before


@holds_the_gil
def test_the_detector_itself() -> None:
    """Work that keeps the GIL is seen to keep it."""
    assert not moved_during(lambda: sum(range(3_000_000)))
    assert moved_during(lambda: time.sleep(0.01))


LONG = FILE * 20


@holds_the_gil
def test_reading_a_path_releases_the_gil(tmp_path: Path) -> None:
    with mrrc.MARCReader(SOURCES["path"](LONG, tmp_path)) as reader:
        assert moved_during(lambda: [None for _ in reader])


@holds_the_gil
def test_reading_bytes_releases_the_gil() -> None:
    reader = mrrc.MARCReader(LONG)
    assert moved_during(lambda: [None for _ in reader])


@holds_the_gil
def test_read_record_releases_the_gil(tmp_path: Path) -> None:
    def work() -> None:
        while reader.read_record() is not None:
            pass

    with mrrc.MARCReader(SOURCES["path"](LONG, tmp_path)) as reader:
        assert moved_during(work)


@holds_the_gil
def test_encoding_a_batch_releases_the_gil() -> None:
    batch = mrrc.RecordBatch(mrrc.MARCReader(LONG))
    assert moved_during(lambda: [batch.encode() for _ in range(3)])


def test_a_reader_that_waits_lets_its_writer_run(tmp_path: Path) -> None:
    """A writer in the same process: with the GIL held both would wait for ever."""
    code = """if True:
        import os, sys, threading, mrrc
        sys.setswitchinterval(100)
        data = bytes.fromhex(sys.argv[2])
        os.mkfifo(sys.argv[1])
        def write():
            with open(sys.argv[1], "wb", buffering=0) as file:
                for at in range(0, len(data), 100):
                    file.write(data[at:at + 100])
        threading.Thread(target=write).start()
        print(sum(1 for record in mrrc.MARCReader(sys.argv[1])))
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "fifo"), (DATA[0] * 9).hex()],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(mrrc.__file__).parent.parent,
    )
    assert (done.stdout, done.stderr) == ("9\n", "")


def test_batches_records_and_changes_at_once(tmp_path: Path) -> None:
    """Two threads read one reader, a third sets an argument: each record goes to one of the two."""
    records = 5000
    path = tmp_path / "many.mrc"
    path.write_bytes(
        b"".join(
            mrrc.Record(fields=[mrrc.Field("001", data=f"{number}")]).as_marc()
            for number in range(records)
        )
    )
    with mrrc.MARCReader(path) as reader:
        seen: list[list[str]] = [[], []]

        def one_by_one() -> None:
            seen[0] += [record["001"].data or "" for record in reader if record]

        def by_batches() -> None:
            for batch in reader.batches():
                seen[1] += [record["001"].data or "" for record in batch if record]

        def change() -> None:
            for number in range(100):
                reader.file_encoding = ("cp1252", "iso8859-1")[number % 2]

        threads = [threading.Thread(target=work) for work in (one_by_one, by_batches, change)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(seen[0] + seen[1], key=int) == [f"{number}" for number in range(records)]


@pytest.mark.thread_unsafe(reason="forks, and its other threads would be gone")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_beside_a_thread_that_opens_a_record() -> None:
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with structure.opening:
            held.set()
            done.wait(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        record = mrrc.Record(fields=[mrrc.Field("001", data="1")]).as_marc()
        os._exit(0 if mrrc.Record(record)["001"].data == "1" else 1)
    done.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
