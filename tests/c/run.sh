#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds and runs the C tests: `run.sh [--sanitize] [--portable] [NAME...]`, where NAME is that of a
# file of the core ("marc8").  Each test_NAME.c becomes one program with the whole core in
# it, in which buffer.c asks for memory by test_realloc() of check.h, so that a test can
# let the n-th request fail.  The last line counts programs; what is built goes to a passing
# folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

flags=(-std=c11 -g -O1 -Wall -Wextra -Wconversion -Wsign-conversion -Werror
    -DMRRCI_REALLOC=test_realloc -Icsrc -Itests/c)
if [[ "${1:-}" == --sanitize ]]; then
    shift
    flags+=(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
fi
if [[ "${1:-}" == --portable ]]; then # without what only some processors can do
    shift
    flags+=(-DMRRCI_PORTABLE)
fi
read -r -a cflags <<<"$(pkg-config --cflags libxml-2.0 jansson libutf8proc libpcre2-8)"
read -r -a libs <<<"$(pkg-config --libs libxml-2.0 jansson libutf8proc libpcre2-8)"
export CC="${CC:-cc}"

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
export folder
compile() {
    local name="${1//\//_}"
    "$CC" "${@:2}" -c "$1" -o "$folder/${name%.c}.o"
}
export -f compile
printf '%s\0' csrc/*.c csrc/formats/*.c |
    xargs -0 -P "$(nproc)" -I '{}' bash -c 'compile "$@"' _ '{}' "${flags[@]}" "${cflags[@]}"

if (($# > 0)); then
    tests=("${@/#/tests/c/test_}")
    tests=("${tests[@]/%/.c}")
else
    tests=(tests/c/test_*.c)
fi
passed=0 failed=0
for test in "${tests[@]}"; do
    program="$folder/$(basename "$test" .c)"
    status=0
    output="$("$CC" "${flags[@]}" "${cflags[@]}" "$test" "$folder"/*.o "${libs[@]}" -lpthread \
        -o "$program" 2>&1 && "$program" 2>&1)" || status=$?
    last="${output##*$'\n'}"
    # A program that ends well without having said so has not got to its end.
    if ((status == 0)) && [[ "$last" =~ ^([1-9][0-9]*)\ passed,\ 0\ failed$ ]]; then
        passed=$((passed + 1))
        echo "ok      $test (${BASH_REMATCH[1]} checks)"
    else
        failed=$((failed + 1))
        printf '%s\n' "${output/%"$last"/    $last}"
        echo "FAILED  $test (status $status)"
    fi
done
echo "$passed passed, $failed failed"
((failed == 0))
