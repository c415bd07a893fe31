#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the real pool by chance, with what it does written down, and checks that against the
# rules of the model: `trace.sh [ROUNDS [SEED [FILE]]]`.  The trace stays in FILE, if it is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
file="${3:-$folder/trace}"
flags=(-std=c11 -O1 -g -Wall -Wextra -Icsrc -Iverification -DTRACE -D_POSIX_C_SOURCE=200809L)
"${CC:-cc}" "${flags[@]}" -DTRACE_POOL -include verification/trace.h -c csrc/pool.c \
    -o "$folder/pool.o"
"${CC:-cc}" "${flags[@]}" verification/drive.c verification/trace.c csrc/buffer.c csrc/error.c \
    "$folder/pool.o" -lpthread -o "$folder/drive"
timeout 120 "$folder/drive" 60 "${1:-2000}" "${2:-1}" >"$file"
"${PYTHON:-python3}" verification/replay.py <"$file"
