# SPDX-License-Identifier: MIT
"""The leader: pymarc's behaviour beside pymarc, and what mrrc adds to it."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrrc import leader as module
from mrrc.exceptions import BadLeaderValue, RecordLeaderInvalid
from mrrc.leader import Leader

TEXT = "00475cas a2200169 i 4500"

# Name, start and size, as MARC 21 has them.
POSITIONS = {
    "record_length": (0, 5),
    "record_status": (5, 1),
    "type_of_record": (6, 1),
    "bibliographic_level": (7, 1),
    "type_of_control": (8, 1),
    "coding_scheme": (9, 1),
    "indicator_count": (10, 1),
    "subfield_code_count": (11, 1),
    "base_address": (12, 5),
    "encoding_level": (17, 1),
    "cataloging_form": (18, 1),
    "multipart_ressource": (19, 1),
    "length_of_field_length": (20, 1),
    "starting_character_position_length": (21, 1),
    "implementation_defined_length": (22, 1),
}

OTHER_NAMES = {
    "record_type": "type_of_record",
    "control_record_type": "type_of_control",
    "character_coding": "coding_scheme",
    "data_base_address": "base_address",
    "descriptive_cataloging_form": "cataloging_form",
    "multipart_level": "multipart_ressource",
    "multipart_resource_record_level": "multipart_ressource",
}


def outcome(action: Callable[[Any], Any], leader: Any) -> tuple[Any, ...]:
    """What an action gives or raises, and the leader after it."""
    try:
        result = action(leader)
    except Exception as error:
        return type(error).__name__, str(error), str(leader)
    return result, str(leader)


def both(action: Callable[[Any], Any], text: str = TEXT) -> None:
    assert outcome(action, Leader(text)) == outcome(action, pymarc.Leader(text))


texts = st.text(max_size=7)
items = st.one_of(
    st.integers(-30, 30),
    st.slices(24),
    st.sampled_from([*POSITIONS, "leader", "no_such_name"]),
)


@given(text=st.text(min_size=24, max_size=24), item=items)
def test_getting_is_pymarcs(text: str, item: Any) -> None:
    both(lambda leader: leader[item], text)


@given(text=st.text(min_size=24, max_size=24), item=items, value=texts)
def test_setting_is_pymarcs(text: str, item: Any, value: str) -> None:
    both(lambda leader: leader.__setitem__(item, value), text)


@pytest.mark.parametrize("name", POSITIONS)
@given(text=st.text(min_size=24, max_size=24), value=texts)
def test_attributes_are_pymarcs(name: str, text: str, value: str) -> None:
    both(lambda leader: getattr(leader, name), text)
    both(lambda leader: setattr(leader, name, value), text)


@pytest.mark.parametrize("name", POSITIONS)
def test_attribute_is_its_characters(name: str) -> None:
    start, size = POSITIONS[name]
    leader = Leader(TEXT)
    assert getattr(leader, name) == TEXT[start : start + size]
    setattr(leader, name, "x" * size)
    assert str(leader) == TEXT[:start] + "x" * size + TEXT[start + size :]
    with pytest.raises(BadLeaderValue):
        setattr(leader, name, "x" * (size + 1))


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"], ("a", "b"), [], 1.5])
@pytest.mark.parametrize("item", [5, slice(5, 6), slice(None, 5), "record_status", "leader"])
def test_odd_values_are_refused_as_in_pymarc(item: Any, value: Any) -> None:
    def kind(leader: Any) -> Any:
        try:
            leader[item] = value
        except Exception as error:
            return type(error).__name__, leader.leader
        return leader.leader

    assert kind(Leader(TEXT)) == kind(pymarc.Leader(TEXT))


@pytest.mark.parametrize("length", [0, 23, 25])
def test_only_24_characters_make_a_leader(length: int) -> None:
    with pytest.raises(RecordLeaderInvalid) as caught:
        Leader(" " * length)
    assert str(caught.value) == str(pymarc.exceptions.RecordLeaderInvalid())


def test_without_text_it_is_a_new_records_leader() -> None:
    assert str(Leader()) == str(pymarc.Record().leader)


def test_text_and_other_attributes_can_be_set() -> None:
    leader = Leader(TEXT)
    leader.leader = TEXT.replace("c", "n")
    assert leader.record_status == "n"
    leader.checked = True  # type: ignore[attr-defined]
    assert leader.checked  # type: ignore[attr-defined]


def test_compares_by_identity() -> None:
    leader = Leader(TEXT)
    assert leader == leader
    assert leader != Leader(TEXT)
    assert len({leader, Leader(TEXT)}) == 2


def test_copies_are_independent() -> None:
    leader = Leader(TEXT)
    for other in (copy.copy(leader), copy.deepcopy(leader)):
        other[5] = "d"
        assert leader.record_status == "c"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(protocol: int) -> None:
    leader = pickle.loads(pickle.dumps(Leader(TEXT), protocol))
    assert type(leader) is Leader
    assert vars(leader) == {"leader": TEXT}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_pymarc(protocol: int) -> None:
    class Unpickler(pickle.Unpickler):
        def find_class(self, module_name: str, name: str) -> Any:
            assert not module_name.startswith("mrrc")
            return super().find_class(module_name.replace("pymarc", "mrrc"), name)

    import io

    dump = pickle.dumps(pymarc.Leader(TEXT), protocol)
    assert str(Unpickler(io.BytesIO(dump)).load()) == TEXT


def test_as_a_sequence() -> None:
    leader = Leader(TEXT)
    assert len(leader) == 24
    assert list(leader) == list(TEXT)
    assert list(reversed(leader)) == list(reversed(TEXT))
    assert "c" in leader
    assert eval(repr(leader), {"Leader": Leader}).leader == TEXT


@pytest.mark.parametrize(("name", "pymarcs"), OTHER_NAMES.items())
def test_other_names(name: str, pymarcs: str) -> None:
    leader = Leader(TEXT)
    assert getattr(leader, name) == getattr(leader, pymarcs)
    setattr(leader, name, "7" * POSITIONS[pymarcs][1])
    assert getattr(leader, pymarcs) == "7" * POSITIONS[pymarcs][1]


def test_entry_map() -> None:
    leader = Leader(TEXT)
    assert leader.reserved == "4500"
    leader.reserved = "4600"
    assert str(leader) == TEXT[:20] + "4600"
    with pytest.raises(BadLeaderValue):
        leader.reserved = "450"


def test_documentation_of_positions() -> None:
    for name in [*POSITIONS, *OTHER_NAMES, "reserved"]:
        assert getattr(Leader, name).__doc__.endswith(").")
    assert Leader.base_address.__doc__ == "Base address of data (12-16)."


# Values ---------------------------------------------------------------------------


@pytest.mark.parametrize("position", range(-1, 30))
def test_values_of_a_position(position: int) -> None:
    values = Leader.get_valid_values(position)
    assert (values is not None) == (position in (5, 6, 7, 8, 9, 17, 18, 19))
    assert Leader.is_valid_value(position, "\x00") == (values is None)
    assert Leader.get_value_description(position, "\x00") is None
    for value, meaning in (values or {}).items():
        assert len(value) == 1
        assert meaning
        assert Leader.is_valid_value(position, value)
        assert Leader.describe_value(position, value) == meaning


def test_a_blank_is_a_blank() -> None:
    assert Leader.is_valid_value(8, " ")
    assert not Leader.is_valid_value(8, "#")


def test_tables_cannot_be_changed() -> None:
    values = Leader.get_valid_values(5)
    assert values is not None
    values.clear()
    assert Leader.is_valid_value(5, "n")
    with pytest.raises(TypeError):
        Leader.RECORD_STATUS_VALUES["x"] = "y"  # type: ignore[index]


def test_obsolete_types_have_a_meaning_but_are_not_valid() -> None:
    assert Leader.RECORD_TYPE_VALUES["h"] == "Microform"
    assert not Leader.is_valid_value(6, "h")


def test_functions_of_the_module() -> None:
    assert module.get_leader_valid_values(9) == {" ": "MARC-8", "a": "UCS/Unicode"}
    assert module.get_leader_is_valid_value(9, "a")
    assert module.get_leader_value_description(7, "s") == "Serial"
