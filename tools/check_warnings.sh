#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles every file of the core with warnings as errors, under gcc and, where it is
# there, clang.  With optimisation, because some warnings need the flow of data.  cffi's
# generated file is not ours to mend and is not among them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

flags=(-std=c11 -O2 -Wall -Wextra -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Werror -Icsrc)
read -r -a cflags <<<"$(pkg-config --cflags libxml-2.0 jansson libutf8proc libpcre2-8)"
status=0
for compiler in gcc clang; do
    path="$(command -v "$compiler" || compgen -c "$compiler-" | grep -E "^$compiler-[0-9]+$" |
        sort -V | tail -n 1 || true)"
    if [[ -z "$path" ]]; then
        echo "$compiler: not here"
        continue
    fi
    count=0
    for source in csrc/*.c csrc/formats/*.c; do
        "$path" "${flags[@]}" "${cflags[@]}" -c "$source" -o /dev/null || status=1
        count=$((count + 1))
    done
    echo "$path: $count files"
done
exit "$status"
