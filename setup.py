# SPDX-License-Identifier: MIT
"""What pyproject.toml cannot say: the C core, and the tag of its wheel.

CFFI builds against Python's stable ABI by itself, so one wheel serves every CPython from
3.10 on.  Free-threaded builds have no stable ABI to offer and get a wheel of their own.
"""

import sysconfig

from setuptools import setup

stable_abi = {} if sysconfig.get_config_var("Py_GIL_DISABLED") else {"py_limited_api": "cp310"}

setup(
    cffi_modules=["mrrc_build.py:ffi"],
    options={"bdist_wheel": stable_abi},
)
