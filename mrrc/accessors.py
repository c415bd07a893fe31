# SPDX-License-Identifier: MIT
"""What catalogues show of a record: title, author, numbers, subjects and so on.

Each is read through the record's own methods, so a subclass that changes those changes these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mrrc.field import Field

if TYPE_CHECKING:
    from mrrc.leader import Leader

isbn_regex = re.compile(r"([0-9\-xX]+)")

# fmt: off
_SERIES = ("440", "490", "800", "810", "811", "830")
_SUBJECTS = (
    "600", "610", "611", "630", "648", "650", "651", "653", "654", "655",
    "656", "657", "658", "662", "690", "691", "696", "697", "698", "699",
)
_ADDED_ENTRIES = (
    "700", "710", "711", "720", "730", "740", "752", "753", "754", "790",
    "791", "792", "793", "796", "797", "798", "799",
)
_NOTES = (
    "500", "501", "502", "504", "505", "506", "507", "508", "510", "511", "513", "514", "515",
    "516", "518", "520", "521", "522", "524", "525", "526", "530", "533", "534", "535", "536",
    "538", "540", "541", "544", "545", "546", "547", "550", "552", "555", "556", "561", "562",
    "563", "565", "567", "580", "581", "583", "584", "585", "586", "590", "591", "592", "593",
    "594", "595", "596", "597", "598", "599",
)
# fmt: on


class Accessors:
    """The part of `Record` that reads particular fields (MARC 21 Format for Bibliographic Data)."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def leader(self) -> Leader: ...

        def get(self, tag: str, default: Field | None = None) -> Field | None: ...

        def get_fields(self, *tags: str) -> list[Field]: ...

    def _two_parts(self, tag: str) -> str | None:
        """Return $a of the first field of a tag, and $b behind it."""
        field = self.get(tag)
        if not field:
            return None
        text = field.get("a")
        if text:
            more = field.get("b")
            if more:
                text += f" {more}"
        return text

    @property
    def title(self) -> str | None:
        """The title: 245 $a and $b."""
        return self._two_parts("245")

    @property
    def issn_title(self) -> str | None:
        """The key title: 222 $a and $b."""
        return self._two_parts("222")

    @property
    def isbn(self) -> str | None:
        """The first 020 $a without hyphens and what stands around the number."""
        field = self.get("020")
        match = isbn_regex.search((field and field.get("a")) or "")
        return match.group(1).replace("-", "") if match else None

    @property
    def issn(self) -> str | None:
        """The first 022 $a."""
        field = self.get("022")
        return field.get("a") if field else None

    @property
    def issnl(self) -> str | None:
        """The linking ISSN: the first 022 $l."""
        field = self.get("022")
        return field.get("l") if field else None

    def _formatted(self, *tags: str) -> str | None:
        for tag in tags:
            field = self.get(tag)
            if field:
                return field.format_field()
        return None

    @property
    def sudoc(self) -> str | None:
        """The Superintendent of Documents number: the first 086."""
        return self._formatted("086")

    @property
    def author(self) -> str | None:
        """The main entry: 100, 110 or 111."""
        return self._formatted("100", "110", "111")

    @property
    def uniformtitle(self) -> str | None:
        """The uniform title: 130 or 240."""
        return self._formatted("130", "240")

    @property
    def series(self) -> list[Field]:
        """Series statements and series added entries."""
        return self.get_fields(*_SERIES)

    @property
    def subjects(self) -> list[Field]:
        """Subject fields, the local ones among them."""
        return self.get_fields(*_SUBJECTS)

    @property
    def addedentries(self) -> list[Field]:
        """Added entries, the local ones among them."""
        return self.get_fields(*_ADDED_ENTRIES)

    @property
    def location(self) -> list[Field]:
        """Location fields: 852."""
        return self.get_fields("852")

    @property
    def notes(self) -> list[Field]:
        """Note fields: 5XX."""
        return self.get_fields(*_NOTES)

    @property
    def physicaldescription(self) -> list[Field]:
        """Physical description fields: 300."""
        return self.get_fields("300")

    def _published(self, code: str) -> str | None:
        for field in self.get_fields("260", "264"):
            if field.tag == "260" or field.indicator2 == "1":
                return field.get(code)
        return None

    @property
    def publisher(self) -> str | None:
        """The publisher: $b of 260, or of 264 with second indicator 1."""
        return self._published("b")

    @property
    def pubyear(self) -> str | None:
        """The date of publication as it stands: $c of 260, or of 264 with second indicator 1."""
        return self._published("c")

    def _first_value(self, tag: str) -> str | None:
        field = self.get(tag)
        return field.get("a") if field else None

    @property
    def uniform_title(self) -> str | None:
        """The first 130 $a."""
        return self._first_value("130")

    @property
    def physical_description(self) -> str | None:
        """The first 300 $a."""
        return self._first_value("300")

    def is_book(self) -> bool:
        """Whether the leader says language material and monograph."""
        return self.leader[6:8] == "am"

    def is_serial(self) -> bool:
        """Whether the leader says serial."""
        return self.leader[7] == "s"

    def is_music(self) -> bool:
        """Whether the leader says notated music or musical sound recording."""
        return self.leader[6] in "cdj"

    def is_audiovisual(self) -> bool:
        """Whether the leader says projected medium."""
        return self.leader[6] == "g"
