# SPDX-License-Identifier: MIT
"""What the names of encodings mean; test_reader_encodings.py reads with them."""

from typing import Any

import pytest

from mrrc import MARCReader
from mrrc.marc_encoding import marc_encoding


def test_what_encodings_mean() -> None:
    assert marc_encoding(None) == ("iso8859-1", False, 0)
    for encoding in ("marc-8", "MARC8", "marc_8"):
        codec, force_utf8, flags = marc_encoding(encoding)
        assert (codec, force_utf8) == ("iso8859-1", False) and flags
    assert marc_encoding("Detect")[2] != marc_encoding("marc-8")[2]
    assert marc_encoding("UTF8") == ("iso8859-1", True, 0)
    assert marc_encoding("cp1251") == ("cp1251", False, 0)
    assert marc_encoding("ISO-8859-1") == ("latin-1", False, 0)
    with pytest.raises(LookupError):
        marc_encoding("no-such-codec")
    with pytest.raises(LookupError, match="'hex' is not a text encoding"):
        marc_encoding("hex")


@pytest.mark.parametrize("encoding", [5, b"utf-8", ["detect"]])
def test_what_is_no_name(encoding: Any) -> None:
    with pytest.raises(TypeError, match="encoding is a name or None, not "):
        MARCReader(b"", encoding=encoding)
    reader = MARCReader(b"")
    with pytest.raises(TypeError, match="encoding is a name or None, not "):
        reader.encoding = encoding
    assert reader.encoding is None


@pytest.mark.parametrize("encoding", ["marc-8", "utf-8", "cp1251"])
def test_two_that_say_how_text_is_encoded(encoding: str) -> None:
    with pytest.raises(ValueError, match="only 'detect' goes with it"):
        MARCReader(b"", encoding=encoding, unimarc=True)
    reader = MARCReader(b"", encoding=encoding)
    with pytest.raises(ValueError, match="only 'detect' goes with it"):
        reader.unimarc = True
    assert reader.unimarc is False
    reader.encoding = "detect"
    reader.unimarc = True
    with pytest.raises(ValueError, match="only 'detect' goes with it"):
        reader.encoding = encoding
    assert reader.encoding == "detect"
