#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds mrrc into a virtual environment of its own, looks into a file of MARC records of any
# format, and makes MARCXML and JSON of it:
#
#     bash examples/quickstart.sh [FILE]
#
# Without FILE it takes examples/sample.mrc.  Compiler, headers and Python's venv are
# installed where they are missing (Debian and Ubuntu).  The environment stands in
# build/quickstart, or where MRRC_QUICKSTART_VENV says, and is used again the next time.
set -euo pipefail
started="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/packages.sh
. tools/packages.sh

if (($# > 1)); then
    echo "usage: bash examples/quickstart.sh [FILE]" >&2
    exit 2
fi
need_packages gcc libc6-dev python3-dev python3-venv pkg-config libxml2-dev libjansson-dev \
    libutf8proc-dev libpcre2-dev
need_python

venv="${MRRC_QUICKSTART_VENV:-$PWD/build/quickstart}"
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    echo "making a virtual environment in $venv" >&2
    mkdir -p "$(dirname "$venv")"
    "$PYTHON" -m venv --clear "$venv"
fi
# What was installed is named by the source it was built from.
stamp="$(cat setup.py mrrc_build.py pyproject.toml csrc/*.[ch] csrc/formats/*.c \
    $(find mrrc -name '*.py' | LC_ALL=C sort) | cksum)"
if [[ "$(cat "$venv/built-from" 2>/dev/null)" != "$stamp" ]]; then
    echo "building and installing mrrc" >&2
    # What an earlier build left there would be packed in again, files removed since included.
    rm -rf build/lib build/lib.* build/bdist.*
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check .
    printf '%s\n' "$stamp" >"$venv/built-from"
fi

file="${1:-$PWD/examples/sample.mrc}"
script="$PWD/examples/quickstart.py"
cd "$started"
exec "$venv/bin/python" "$script" "$file"
