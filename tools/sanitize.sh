#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the C tests and the Python tests with the address and undefined-behaviour
# sanitizers: `sanitize.sh FOLDER [PYTEST ARGUMENT...]`.  FOLDER takes the build, which is
# never installed.  Python itself is not instrumented, so the sanitizers' libraries are
# loaded before it, its own allocator is off, and leaks are looked for in the C tests only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="$1"
shift

bash tests/c/run.sh --sanitize
bash tests/c/run.sh --sanitize --portable utf8 iso2709 lines line xml_text marcxml_write \
    marcxml_plain marcjson_write marcjson_plain

CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g" \
    LDFLAGS="-fsanitize=address,undefined" \
    python setup.py --quiet build --build-base "$folder/build" --build-lib "$folder/lib"

export PYTHONPATH="$folder/lib" PYTHONMALLOC=malloc
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
cc="${CC:-gcc}"
preload="$("$cc" -print-file-name=libasan.so) $("$cc" -print-file-name=libubsan.so)"
cd tests
LD_PRELOAD="$preload" python -c 'import sys, mrrc; sys.exit(not mrrc.__file__.startswith(sys.argv[1]))' \
    "$folder/lib"
LD_PRELOAD="$preload" exec python -m pytest "$@"
