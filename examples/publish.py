# SPDX-License-Identifier: MIT
"""Makes a file for others of a file of one's own: `publish.py SOURCE TARGET`.

Source and target are files of any format, which their names tell: `publish.py all.mrc out.xml.gz`.
Records marked as deleted are passed over; local fields (9XX) and subfields 9 are left
out.  What cannot be read is named and passed over.  The target is put in place when all is
written.  Exit status: 0, 1 where a record could not be read, 2 where a file could not be
read or written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import mrrc
from mrrc import MARCReader, MrrcException, Record

DELETED = "d"


class Publication:
    """The records of a source as they are to be published."""

    def __init__(self, source: str) -> None:
        self.reader = mrrc.read(source)
        self.deleted = 0
        self.bad = 0

    def records(self) -> Iterator[Record]:
        """Yields the records that are published."""
        while True:
            try:
                for record in self.reader:
                    if record is None:  # in ISO 2709, as pymarc has it
                        if isinstance(self.reader, MARCReader):
                            self.say(self.reader.current_exception)
                    elif record.leader[5] == DELETED:
                        self.deleted += 1
                    else:
                        shorten(record)
                        yield record
                return
            except MrrcException as error:  # in other formats; the reader goes on behind it
                self.say(error)

    def say(self, error: object) -> None:
        """Names a record that cannot be read."""
        self.bad += 1
        print(f"not read: {error}", file=sys.stderr)


def shorten(record: Record) -> None:
    """Takes out of a record what is of no use to others."""
    for field in list(record.fields):
        if field.tag.startswith("9"):
            record.remove_field(field)
        elif not field.control_field:
            while field.delete_subfield("9") is not None:
                pass


def main() -> int:
    """Runs with the arguments of the command line."""
    if len(sys.argv) != 3:
        print("usage: publish.py SOURCE TARGET", file=sys.stderr)
        return 2
    source, target = sys.argv[1:]
    try:
        publication = Publication(source)
        with publication.reader:
            written = mrrc.write(publication.records(), target)
    except (OSError, EOFError, ValueError, MrrcException) as error:
        print(f"publish.py: {error}", file=sys.stderr)
        return 2
    print(f"{target}: {written:,} records; {publication.deleted:,} deleted ones passed over")
    return 1 if publication.bad else 0


if __name__ == "__main__":
    sys.exit(main())
