#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes readers and writers: `run.sh [SECONDS [NAME...]]`, sixty seconds each by default.  Two
# ways read the same input (a fast one and a library's, or all at once and byte by byte), and a
# difference is a crash.  It needs clang with its sanitizer runtime (CLANG names the program).
# What was found before is begun with: fuzz/corpus/NAME, if it is there, and the files of
# tests/data/NAME; new findings go to the corpus, a crash to the folder where this was started.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
seconds="${1:-60}"
shift $(($# > 0 ? 1 : 0))
clang="${CLANG:-$(command -v clang || command -v clang-14)}"
read -r -a flags <<<"$(pkg-config --cflags --libs libxml-2.0 jansson libutf8proc libpcre2-8)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

if (($# == 0)); then
    for source in "$root"/fuzz/fuzz_*.c; do
        name="$(basename "$source" .c)"
        set -- "$@" "${name#fuzz_}"
    done
fi
for name in "$@"; do
    "$clang" -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
        -I"$root/csrc" -I"$root/tests/c" "$root/fuzz/fuzz_$name.c" \
        "$root"/csrc/*.c "$root"/csrc/formats/*.c "${flags[@]}" -o "$folder/$name"
    mkdir -p "$root/fuzz/corpus/$name"
    inputs=("$root/fuzz/corpus/$name")
    [[ -d "$root/tests/data/$name" ]] && inputs+=("$root/tests/data/$name")
    echo "$name: $seconds seconds"
    "$folder/$name" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 "${inputs[@]}" 2>&1 |
        grep -E "ERROR|SUMMARY|stat::number_of_executed|Test unit|differ" || true
done
