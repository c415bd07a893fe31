#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Has Spin search every state of pool.pml and rwlock.pml, in several sizes and situations, none of
# which may fail; and of their mutants, each of which has to: what would not notice a signal left
# out says nothing about those that are there.  The last line counts verdicts.  With arguments only
# the models that these name: run.sh rwlock.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
right=0 wrong=0 model=

# verdict WANTED DEFINES...: whether the search of all states finds nothing, or something.
verdict() {
    local wanted="$1" found search=(-DSAFETY) how=()
    shift
    if [[ "$*" == *FAIRLY* ]]; then search=(-DNFAIR=5) how=(-a -f); fi
    spin -a "$@" "$here/$model.pml" >/dev/null
    "${CC:-cc}" -O2 -w -DVECTORSZ=2048 "${search[@]}" -o pan pan.c
    ./pan -m2000000 "${how[@]}" >report
    if grep -q "max search depth too small\|out of memory" report; then
        found=unfinished
    elif grep -q "errors: 0" report; then
        found=holds
    else
        found=fails
    fi
    local states
    states="$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' report)"
    if [[ "$found" == "$wanted" ]]; then
        right=$((right + 1))
        echo "ok      $found ($states states): $model $*"
    else
        wrong=$((wrong + 1))
        echo "FAILED  $found, not $wanted ($states states): $model $*"
        grep "pan:" report || true
    fi
}

holds() { verdict holds "$@"; }
fails() { verdict fails "$@"; }

pool() {
    # Sizes, with and without a third thread that stops the pool at any time.
    local size
    for size in "-DWORKERS=2 -DSLOTS=1 -DPIECES=3" "-DWORKERS=2 -DSLOTS=2 -DPIECES=4" \
        "-DWORKERS=2 -DSLOTS=3 -DPIECES=5" "-DWORKERS=3 -DSLOTS=2 -DPIECES=4" \
        "-DWORKERS=3 -DSLOTS=3 -DPIECES=5"; do
        read -r -a size <<<"$size"
        holds "${size[@]}"
        if [[ "${size[*]}" != *WORKERS=3*SLOTS=3* ]]; then holds "${size[@]}" -DSTOPS; fi
        holds "${size[@]}" -DALONE -DSTOPS -DFAULT=2
    done
    holds -DHUNGRY=0 -DSTOPS
    holds -DHUNGRY=4 -DSTOPS -DALONE       # hunger where the end would be
    holds -DPIECES=0 -DHUNGRY=9 -DSTOPS -DALONE
    holds -DFAULT=0 -DALONE
    holds -DTIMEOUTS -DSTOPS
    holds -DBLOCKS -DSTOPS -DALONE         # a source that gives nothing
    holds -DBESIDE -DSTOPS
    holds -DBESIDE -DWORKERS=3
    holds -DFAIRLY
    holds -DFAIRLY -DSTOPS -DFAULT=1

    # A signal or a broadcast left out.
    fails -DBREAK_SIGNAL_TAKEN -DBESIDE
    fails -DBREAK_SIGNAL_GIVEN
    fails -DBREAK_SIGNAL_READY
    fails -DBREAK_SIGNAL_END
    fails -DBREAK_SIGNAL_HUNGRY
    fails -DBREAK_BROADCAST_END -DALONE
    fails -DBREAK_BROADCAST_FED
    fails -DBREAK_BROADCAST_STOP -DALONE -DSTOPS
    fails -DBREAK_READY_STOP -DSTOPS
    fails -DBREAK_WAKE -DBLOCKS -DSTOPS
    # A mutex given up before the wait begins: the wake-up between the two is lost.
    fails -DBREAK_WAIT_ROOM
    fails -DBREAK_WAIT_READY
    # No bound, two that take, a slot that is not looked at, or not looked at again.
    fails -DBREAK_BOUND
    fails -DBREAK_TAKING
    fails -DBREAK_DONE
    fails -DBREAK_CLEAR
    fails -DBREAK_LOOK_AGAIN
    # The end, or a fault, told before what was read before it.
    fails -DBREAK_END_FIRST
    fails -DBREAK_END_FIRST -DFAULT=2
}

rwlock() {
    # None, one and all of them give up waiting; and other sizes.
    local giving size
    for giving in 0 1 4; do
        holds -DGIVES_UP=$giving
        holds -DGIVES_UP=$giving -DAGAIN_TOO -DGOES_ON_READING
    done
    for size in "-DREADERS=3 -DWRITERS=1" "-DREADERS=1 -DWRITERS=3" \
        "-DREADERS=2 -DWRITERS=1 -DTURNS=2" "-DREADERS=1 -DWRITERS=2 -DTURNS=2"; do
        read -r -a size <<<"$size"
        holds "${size[@]}" -DGIVES_UP=1 -DAGAIN_TOO
    done
    holds -DTURNS=2
    holds -DBESIDE
    holds -DBESIDE -DGIVES_UP=1
    holds -DFAIRLY -DGIVES_UP=1

    # A notify left out, or one where all have to be told.
    fails -DBREAK_NOTIFY_READERS
    fails -DBREAK_NOTIFY_ONE_READER -DBESIDE
    fails -DBREAK_NOTIFY_WRITER
    fails -DBREAK_HAND_ON_READ
    fails -DBREAK_HAND_ON_WRITE
    fails -DBREAK_HAND_ON_FAILED -DGIVES_UP=1
    # The mutex given up before the wait begins, or no second look behind it.
    fails -DBREAK_WAIT
    fails -DBREAK_LOOK_AGAIN
    # Readers before writers that wait, also those who read already; and a reader that asks to write.
    fails -DBREAK_PREFERENCE
    fails -DBREAK_AGAIN -DAGAIN_TOO
    fails -DBREAK_UPGRADE
}

if (($# == 0)); then set -- pool rwlock; fi
for model in "$@"; do "$model"; done

echo "$right verdicts as wanted, $wrong not"
((wrong == 0))
