#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Drives the pool and pipelines by chance under the thread sanitizer, with gcc and clang, as far as
# they are there: `tsan.sh [SECONDS [SEED]]`, where the seconds are for each.  Ends with 77 where
# no compiler has a thread sanitizer that runs here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
flags=(-std=c11 -O1 -g -fsanitize=thread -Icsrc)
read -r -a cflags <<<"$(pkg-config --cflags libxml-2.0 jansson libutf8proc libpcre2-8)"
read -r -a libs <<<"$(pkg-config --libs libxml-2.0 jansson libutf8proc libpcre2-8)"
# where addresses are too random for its shadow memory, they are not to be random
run=(timeout 600)
if command -v setarch >/dev/null && setarch -R true 2>/dev/null; then run+=(setarch -R); fi
export folder TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}"

compile() {
    local name="${2//\//_}"
    "$1" "${@:3}" -c "$2" -o "$folder/$1/${name%.c}.o"
}
export -f compile

driven=0
for compiler in ${CC:-gcc clang}; do
    path="$(command -v "$compiler" || compgen -c "$compiler-" | grep -E "^$compiler-[0-9]+$" |
        sort -V | tail -n 1 || true)"
    if [[ -z "$path" ]]; then
        echo "$compiler: not here"
        continue
    fi
    name="$(basename "$path")"
    mkdir "$folder/$name"
    echo 'int main(void) { return 0; }' >"$folder/probe.c"
    if ! "$name" "${flags[@]}" "$folder/probe.c" -o "$folder/probe" 2>/dev/null ||
        ! "${run[@]}" "$folder/probe" >/dev/null 2>&1; then
        echo "$name: its thread sanitizer does not run here"
        continue
    fi
    printf '%s\0' csrc/*.c csrc/formats/*.c verification/drive.c |
        xargs -0 -P "$(nproc)" -I '{}' bash -c 'compile "$@"' _ "$name" '{}' "${flags[@]}" \
            "${cflags[@]}"
    "$name" "${flags[@]}" "$folder/$name"/*.o "${libs[@]}" -lpthread -o "$folder/$name/drive"
    "${run[@]}" "$folder/$name/drive" "${1:-10}" 1000000 "${2:-1}"
    echo "$name: nothing found"
    driven=$((driven + 1))
done
((driven > 0)) || exit 77
