# SPDX-License-Identifier: MIT
"""Sphinx: the pages of the documentation, the reference from the docstrings.

Warnings are errors in `tox -e docs`.  The examples of a page run in a passing folder that
holds a copy of the sample file.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "mrrc"
author = "mrrc contributors"
copyright = "mrrc contributors"
_version: dict[str, str] = {}
exec((ROOT / "mrrc" / "_version.py").read_text(encoding="utf-8"), _version)
release = version = _version["__version__"]

extensions = ["sphinx.ext.autodoc", "sphinx.ext.doctest", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "MARC records, behind pymarc's API, at the speed of C"}
html_show_copyright = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"

doctest_test_doctest_blocks = "default"
doctest_global_setup = f"""
import os, shutil, tempfile
os.chdir(tempfile.mkdtemp())
shutil.copy({str(ROOT / "examples" / "sample.mrc")!r}, "sample.mrc")
os.mkdir("examples")
shutil.copy("sample.mrc", "examples")
"""
doctest_global_cleanup = "shutil.rmtree(os.getcwd())"
