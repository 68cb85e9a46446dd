#!/bin/bash
# Gives every parser many damaged inputs, on one thread of the lowest priority, and says how many and how they ended.
# usage: fuzz.sh [FACTOR] [SEED] [TESTS]
#   FACTOR  times the inputs of a usual test run (250: more than 10 million in all)
#   SEED    another sequence of inputs (0: each parser's own)
#   TESTS   which of them (default: all)
# Inputs that get through to where they must not are left in MODULE/target/fuzz, with how to replay them on the console.
set -u
factor=${1:-250} seed=${2:-0} tests=${3:-*FuzzTest,HostileIndexTest}
cd "$(dirname "$0")/../.." || exit 1
report=$(mktemp)
folder=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$folder" "$report"' EXIT
nice -n 19 mvn --batch-mode --no-transfer-progress -q verify -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false \
  -Domen.fuzz.factor="$factor" -Domen.seed="$seed" -Domen.fuzz.report="$report" -Djava.io.tmpdir="$folder"
outcome=$?
sort "$report"
awk '{ all += $2 } END { printf "parsers %d, inputs %d\n", NR, all }' "$report"
[ "$outcome" -eq 0 ] && echo "no input got through" || echo "SOMETHING GOT THROUGH OR NOTHING RAN" >&2
exit "$outcome"
