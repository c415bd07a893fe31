# SPDX-License-Identifier: MIT
"""The leader of a record: 24 characters, read and changed by name or position.

Values are text, lengths and addresses included, as they stand in the record.
A leader is changed in place and checks lengths only: which values MARC 21
allows can be asked for, but none is refused.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, Final, overload

from mrrc.constants import LEADER_LEN
from mrrc.exceptions import BadLeaderValue, RecordLeaderInvalid

__all__ = [
    "Leader",
    "get_leader_is_valid_value",
    "get_leader_valid_values",
    "get_leader_value_description",
]

_BLANK: Final = " " * 10 + "22" + " " * 8 + "4500"

# MARC 21 Format for Bibliographic Data, Leader.
_STATUS: Final = {
    "a": "Increase in encoding level",
    "c": "Corrected or revised",
    "d": "Deleted",
    "n": "New",
    "p": "Increase in encoding level from prepublication",
}
_TYPE: Final = {
    "a": "Language material",
    "c": "Notated music",
    "d": "Manuscript notated music",
    "e": "Cartographic material",
    "f": "Manuscript cartographic material",
    "g": "Projected medium",
    "i": "Nonmusical sound recording",
    "j": "Musical sound recording",
    "k": "Two-dimensional nonprojectable graphic",
    "m": "Computer file",
    "o": "Kit",
    "p": "Mixed materials",
    "r": "Three-dimensional artifact or naturally occurring object",
    "t": "Manuscript language material",
}
# b and h are obsolete: old records have them, records made now may not.
_TYPE_EVER: Final = dict(sorted({**_TYPE, "b": "Notated music", "h": "Microform"}.items()))
_LEVEL: Final = {
    "a": "Monographic component part",
    "b": "Serial component part",
    "c": "Collection",
    "d": "Subunit",
    "i": "Integrating resource",
    "m": "Monograph/Item",
    "s": "Serial",
}
_CONTROL: Final = {" ": "No specified type", "a": "Archival"}
_CODING: Final = {" ": "MARC-8", "a": "UCS/Unicode"}
_ENCODING_LEVEL: Final = {
    " ": "Full level",
    "1": "Full level, material not examined",
    "2": "Less-than-full level, material not examined",
    "3": "Abbreviated level",
    "4": "Core level",
    "5": "Partial (preliminary) level",
    "7": "Minimal level",
    "8": "Prepublication level",
    "u": "Unknown",
    "z": "Not applicable",
}
_FORM: Final = {
    " ": "Non-ISBD",
    "a": "AACR 2",
    "c": "ISBD punctuation omitted",
    "i": "ISBD punctuation included",
    "n": "Non-ISBD punctuation omitted",
    "u": "Unknown",
}
_MULTIPART: Final = {
    " ": "Not specified or not applicable",
    "a": "Set",
    "b": "Part with independent title",
    "c": "Part with dependent title",
}
_VALUES: Final[Mapping[int, Mapping[str, str]]] = MappingProxyType(
    {
        5: _STATUS,
        6: _TYPE,
        7: _LEVEL,
        8: _CONTROL,
        9: _CODING,
        17: _ENCODING_LEVEL,
        18: _FORM,
        19: _MULTIPART,
    }
)


class _Characters:
    """One or more neighbouring characters of a leader, as an attribute.

    Setting takes exactly as many characters, else ``BadLeaderValue`` says so in
    pymarc's words, which count four where there are five.
    """

    def __init__(self, start: int, size: int, name: str, kept: str | None = None) -> None:
        self._start = start
        self._stop = start + size
        self._refusal = kept or f"{name} is 1 char field"
        last = f"-{self._stop - 1:02}" if size > 1 else ""
        self.__doc__ = f"{name} ({start:02}{last})."

    @overload
    def __get__(self, leader: None, owner: type) -> "_Characters": ...

    @overload
    def __get__(self, leader: "Leader", owner: type) -> str: ...

    def __get__(self, leader: "Leader | None", owner: type) -> "_Characters | str":
        if leader is None:
            return self
        if self._stop - self._start == 1:
            return leader.leader[self._start]
        return leader.leader[self._start : self._stop]

    def __set__(self, leader: "Leader", value: str) -> None:
        if len(value) != self._stop - self._start:
            raise BadLeaderValue(f"{self._refusal}, got {value}")
        leader[self._start] = value


class Leader:
    """The leader of a record.

    Characters are reached by name, position or slice::

        >>> leader = Leader("00475cas a2200169 i 4500")
        >>> leader.record_status, leader[5], leader["record_status"], leader[:5]
        ('c', 'c', 'c', '00475')
        >>> leader.record_status = "n"
        >>> str(leader)
        '00475nas a2200169 i 4500'

    Writing a record computes its length and base address; the leader in memory
    keeps what it had. Leaders compare by identity; compare ``str(leader)`` for
    their content.

    Args:
        leader: 24 characters; a record made from nothing has the text that is
            used when none is given.

    Raises:
        RecordLeaderInvalid: ``leader`` is not 24 characters long.
    """

    leader: str
    """The text itself."""

    RECORD_STATUS_VALUES: ClassVar[Mapping[str, str]] = MappingProxyType(_STATUS)
    """What the values of position 05 mean."""

    RECORD_TYPE_VALUES: ClassVar[Mapping[str, str]] = MappingProxyType(_TYPE_EVER)
    """What the values of position 06 mean or once meant."""

    BIBLIOGRAPHIC_LEVEL_VALUES: ClassVar[Mapping[str, str]] = MappingProxyType(_LEVEL)
    """What the values of position 07 mean."""

    ENCODING_LEVEL_VALUES: ClassVar[Mapping[str, str]] = MappingProxyType(_ENCODING_LEVEL)
    """What the values of position 17 mean."""

    CATALOGING_FORM_VALUES: ClassVar[Mapping[str, str]] = MappingProxyType(_FORM)
    """What the values of position 18 mean."""

    def __init__(self, leader: str | None = None) -> None:
        if leader is None:
            leader = _BLANK
        if len(leader) != LEADER_LEN:
            raise RecordLeaderInvalid
        self.leader = leader

    record_length = _Characters(0, 5, "Record length", "Record length is 4 chars field")
    record_status = _Characters(5, 1, "Record status")
    type_of_record = _Characters(6, 1, "Type of record")
    bibliographic_level = _Characters(7, 1, "Bibliographic level")
    type_of_control = _Characters(8, 1, "Type of control")
    coding_scheme = _Characters(9, 1, "Character coding scheme")
    indicator_count = _Characters(10, 1, "Indicator count")
    subfield_code_count = _Characters(11, 1, "Subfield code count")
    base_address = _Characters(
        12, 5, "Base address of data", "Base address of data is 4 chars field"
    )
    encoding_level = _Characters(17, 1, "Encoding level")
    cataloging_form = _Characters(18, 1, "Descriptive cataloging form")
    multipart_ressource = _Characters(19, 1, "Multipart resource record level")
    length_of_field_length = _Characters(20, 1, "Length of the length-of-field portion")
    starting_character_position_length = _Characters(
        21, 1, "Length of the starting-character-position portion"
    )
    implementation_defined_length = _Characters(
        22, 1, "Length of the implementation-defined portion"
    )

    # The same under the names that mrrc's users know.
    record_type = type_of_record
    control_record_type = type_of_control
    character_coding = coding_scheme
    data_base_address = base_address
    descriptive_cataloging_form = cataloging_form
    multipart_level = multipart_ressource
    multipart_resource_record_level = multipart_ressource
    reserved = _Characters(20, 4, "Entry map", "Entry map is 4 chars field")

    def __getitem__(self, item: int | slice | str) -> str:
        """The characters at a position, in a slice, or of the name given.

        Raises:
            IndexError: the position is beyond the leader.
            AttributeError: there is no such name.
        """
        if isinstance(item, int | slice):
            return self.leader[item]
        value: str = getattr(self, item)
        return value

    def __setitem__(self, item: int | slice | str, value: str) -> None:
        """Puts ``value`` over as many characters as it has, from a position on.

        Of a slice only the start counts; a name is set like the attribute.

        Raises:
            IndexError: the position is negative.
            BadLeaderValue: the value would reach beyond the leader.
            TypeError: the slice has no start.
        """
        if isinstance(item, str):
            setattr(self, item, value)
            return
        start: int = item.start if isinstance(item, slice) else item
        if start < 0:
            raise IndexError("Position must be positive")
        stop = start + len(value)
        if stop > LEADER_LEN:
            raise BadLeaderValue(f"{value} is too long to be inserted at {start}")
        self.leader = self.leader[:start] + value + self.leader[stop:]

    def __str__(self) -> str:
        return self.leader

    def __repr__(self) -> str:
        return f"Leader({self.leader!r})"

    def __len__(self) -> int:
        return len(self.leader)

    def __iter__(self) -> Iterator[str]:
        return iter(self.leader)

    @staticmethod
    def get_valid_values(position: int) -> dict[str, str] | None:
        """The values that MARC 21 defines for a position, with what they mean.

        Args:
            position: from 0.

        Returns:
            Meaning by value, or ``None`` where MARC 21 has no list of values.
        """
        values = _VALUES.get(position)
        return None if values is None else dict(values)

    @staticmethod
    def is_valid_value(position: int, value: str) -> bool:
        """Whether MARC 21 defines a value for a position; true where it has no list."""
        values = _VALUES.get(position)
        return values is None or value in values

    @staticmethod
    def get_value_description(position: int, value: str) -> str | None:
        """What a value means in a position, or ``None`` where MARC 21 does not say."""
        return _VALUES.get(position, {}).get(value)

    describe_value = get_value_description


get_leader_valid_values = Leader.get_valid_values
get_leader_is_valid_value = Leader.is_valid_value
get_leader_value_description = Leader.get_value_description
