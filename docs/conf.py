# SPDX-License-Identifier: MIT
"""Sphinx: the pages of the documentation, the reference from the docstrings.

Warnings are errors in `tox -e docs`.  The examples are run by tests/test_readme.py.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "mrrc"
author = "mrrc contributors"
copyright = "mrrc contributors"
_version: dict[str, str] = {}
exec((ROOT / "mrrc" / "_version.py").read_text(encoding="utf-8"), _version)
release = version = _version["__version__"]

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "MARC records, behind pymarc's API, at the speed of C"}
html_show_copyright = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
