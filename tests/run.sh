#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs every check of the project, or those named:
#
#     bash tests/run.sh                 all, fastest first
#     bash tests/run.sh -e quick        one environment of tox.ini
#     bash tests/run.sh -e py311 -- -k leader
#
# Arguments go to tox.  tox stands in a virtual environment of its own, .venv-tests; the
# last line sums up the tests of all environments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/packages.sh
. tools/packages.sh
need_packages gcc libc6-dev python3-dev python3-venv pkg-config libxml2-dev libjansson-dev \
    libutf8proc-dev libpcre2-dev libxml2-utils yaz git spin
need_python

# tox finds an interpreter by its name on PATH, and pyenv's stand-ins answer to every name.
for folder in "$HOME"/.pyenv/versions/*/bin; do
    if [[ -d "$folder" ]]; then PATH="$PATH:$folder"; fi
done
export PATH

venv="$PWD/.venv-tests"
if ! "$venv/bin/python" -c 'import tox' 2>/dev/null; then
    "$PYTHON" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'tox>=4.30'
fi

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
status=0
"$venv/bin/python" -m tox run "$@" 2>&1 | tee "$log" || status=$?
"$PYTHON" tools/sum_up.py "$log" "$status"
exit "$status"
