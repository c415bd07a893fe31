#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the Python tests so many times in a row under stress, and ends with the first that fails:
#
#     bash tests/stress.sh              ten times, the tests of what threads share
#     bash tests/stress.sh 10 .         ten times, all of them
#     bash tests/stress.sh 3 test_pipeline.py -k close
#
# Under stress the interpreter switches between threads as often as it can, delays have more
# places, and the tests marked `stress` run too. What follows the number goes to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
times="${1:-10}"
shift || true
if (($# == 0)); then
    shopt -s nullglob
    set -- test_thread*.py test_concurrency*.py test_delays.py test_leaks.py test_pitfalls*.py \
        test_pipeline*.py test_bridge_pipelines.py test_parallel*.py test_aio.py test_jobs.py
fi
export MRRC_STRESS=1
for ((turn = 1; turn <= times; turn++)); do
    echo "stress: run $turn of $times"
    "${PYTHON:-python}" -m pytest -q -p no:cacheprovider -o faulthandler_timeout=600 "$@"
done
echo "stress: $times runs passed"
