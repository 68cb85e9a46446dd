#!/bin/bash
# Kills builds at random moments and checks that what is left is the old index or the new one, whole.
# usage: kill-builds.sh BASE QUERIES DIRECTORY [ROWS] [KILLS] [SEED]
#   BASE, QUERIES  vector files; DIRECTORY  for the index, made and removed here
set -u
base=$1 queries=$2 directory=$3 rows=${4:-100000} kills=${5:-20}
RANDOM=${6:-1}
omen=$(dirname "$0")/../../omen
build() {
  exec "$omen" build "$base" "$directory" --rows "0:$rows" --memory 1GB --overwrite --quiet
}
answers() {
  "$omen" search "$directory" --queries "$queries" --row 0 --k 10 --memory 64MB 2>/dev/null | tail -n +1
}

rm -rf "$directory"
started=$(date +%s%N)
(build) > /dev/null 2>&1 || { echo "the build fails without being killed" >&2; exit 1; }
took=$(( ($(date +%s%N) - started) / 1000000 ))
echo "seed ${6:-1}; a whole build takes $took ms"
bad=0 finished=0
for (( i = 1; i <= kills; i++ )); do
  (build) > /dev/null 2>&1 &
  job=$!
  wait_ms=$(( RANDOM * took / 32768 ))
  sleep "$(( wait_ms / 1000 )).$(printf %03d $(( wait_ms % 1000 )))"
  if kill -KILL "$job" 2>/dev/null; then outcome=killed; else outcome=finished; finished=$(( finished + 1 )); fi
  wait "$job" 2>/dev/null
  lines=$(answers | wc -l)
  if "$omen" info "$directory" > /dev/null 2>&1 && (( lines > 10 )); then
    echo "$i: $outcome after $wait_ms ms: the index opens and answers"
  else
    echo "$i: $outcome after $wait_ms ms: NO VALID INDEX"
    bad=$(( bad + 1 ))
  fi
done
(build) > /dev/null 2>&1 || { echo "a build after the kills fails" >&2; bad=$(( bad + 1 )); }
left=$(find "$directory" -mindepth 1 -maxdepth 1 -type d | wc -l)
echo "kills $kills, finished before $finished, without a valid index $bad, index directories left $left"
rm -rf "$directory"
[ "$bad" -eq 0 ] && [ "$left" -eq 1 ]
