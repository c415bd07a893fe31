# SPDX-License-Identifier: MIT
"""A pytest plugin: `import pymarc` means mrrc, for all tests of the process.

It is loaded (``-p as_pymarc``) before any test module is, and makes sure at the
end that pymarc itself had no part in the run.
"""

import sys

import mrrc

mrrc.install_as_pymarc()


def pytest_sessionfinish() -> None:
    import pymarc
    from pymarc.field import Field
    from pymarc.record import Record

    assert pymarc.Record is Record is mrrc.Record
    assert pymarc.Field is Field is mrrc.Field
    for name, module in sys.modules.items():
        if name.split(".")[0] == "pymarc":
            assert module.__name__.split(".")[0] == "mrrc", f"{name} is {module.__name__}"
