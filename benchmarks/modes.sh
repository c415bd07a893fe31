#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the modes of reading cost on data in which nothing is amiss: `modes.sh FILE [RECORDS]`
# counts the instructions that the core takes in each, with callgrind, and says how many there
# are to one of the default mode.  The status is 1 where a mode takes over a twentieth more.
# Instructions do not depend on what else the machine does.
set -euo pipefail
(($# > 0)) || { echo "usage: modes.sh FILE [RECORDS]" >&2; exit 2; }
file="$1" records="${2:-20000}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
read -r -a flags <<<"$(pkg-config --cflags --libs libxml-2.0 jansson libutf8proc)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"${CC:-cc}" -std=c11 -O2 -g -I"$root/csrc" "$root/benchmarks/c_modes.c" \
    "$root"/csrc/*.c "$root"/csrc/formats/*.c "${flags[@]}" -o "$folder/c_modes"

slow=0 base=0
for mode in default strict lenient permissive detect; do
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$folder/log" \
        "$folder/c_modes" "$file" "$mode" "$records" >"$folder/said"
    count="$(sed -n 's/.*Collected : //p' "$folder/log")"
    [[ "$mode" == default ]] && base="$count"
    awk -v mode="$mode" -v count="$count" -v base="$base" -v said="$(cat "$folder/said")" \
        'BEGIN { printf "%-11s %14d instructions  %.4f  (%s)\n", mode, count, count / base, said
                 exit count / base > 1.05 }' || slow=1
done
exit "$slow"
