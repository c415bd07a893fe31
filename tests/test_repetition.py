# SPDX-License-Identifier: MIT
"""Which selectors may find several values, by MARC 21."""

import pytest

from mrrc.repetition import may_repeat

ONE = (
    "001 003 005 008 008/35-37 008[35:38] 005[0] LDR LDR/6 ldr/0-4 000/6 245$a 245$b 245/10$a "
    "245/*.a 245.a 100$a 245 245^1 300[0] 300[0]$b 020[#]$a 020[0]$z[0] 245$n[0]/0-3 650[1]$a "
    "300[0]/#1^2 100$a[#]"
).split()

SEVERAL = (
    "006 007 007/0 002 00X 650$a 020$a 300$a 245$n 245$a$b 245$[ab] 245$a-c 245$* 6XX$a 24.$a "
    "999$a CAT$a 852$a 400$a 650 650^2 245[0-1]$a 650[0]$x 245$a[0-1] 245$q 100$4 ...$a 24[05]$a"
).split()


@pytest.mark.parametrize("selector", ONE)
def test_one(selector: str) -> None:
    assert not may_repeat(selector)


@pytest.mark.parametrize("selector", SEVERAL)
def test_several(selector: str) -> None:
    assert may_repeat(selector)
