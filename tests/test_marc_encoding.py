# SPDX-License-Identifier: MIT
"""What the names of encodings mean; test_reader_encodings.py reads with them."""

import pytest

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
