#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Reads mutants of real records with the address and undefined-behaviour sanitizers:
# `mutants.sh COUNT FILE...`, with what fuzz/mutants.py makes of the files.  A crash ends it, among
# the thousand behind the number last said; `--first N` begins with another one.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
read -r -a flags <<<"$(pkg-config --cflags --libs libxml-2.0 jansson libutf8proc libpcre2-8)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

"${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fsanitize=address,undefined \
    -fno-sanitize-recover=undefined -I"$root/csrc" -I"$root/tests/c" "$root/fuzz/mutants.c" \
    "$root"/csrc/*.c "$root"/csrc/formats/*.c "${flags[@]}" -lpthread -o "$folder/mutants"
"${PYTHON:-python}" "$root/fuzz/mutants.py" --write "$@" | "$folder/mutants"
