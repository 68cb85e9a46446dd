#!/bin/bash
# Kills every kind of writer at random moments and checks that what is left is the old version or the new one, whole.
# usage: kill-writers.sh BASE DIRECTORY [ROWS] [KILLS] [SEED]
#   BASE  a vector file; DIRECTORY  for everything that is written, made and removed here
#   environment: OMEN  the program; WRITERS  those to kill
set -u
base=$1 directory=$2 rows=${3:-20000} kills=${4:-50}
RANDOM=${5:-1}
omen=${OMEN:-$(dirname "$0")/../../omen}
index=$directory/index restored=$directory/restored repaired=$directory/repaired archive=$directory/archive
older=$directory/older newer=$directory/newer

build() { exec "$omen" build "$base" "$index" --rows "0:$rows" --memory 1GB --overwrite --quiet; }
rebuild() { exec "$omen" build "$base" "$index" --rows "$rows:$(( rows + rows / 2 ))" --memory 1GB --overwrite --quiet; }
snapshot() { exec "$omen" snapshot "$index" "$archive" --overwrite; }
restore() { exec "$omen" restore "$newer" "$restored" --overwrite; }
repair() { exec "$omen" repair "$index" "$repaired"; }

whole() { [ ! -e "$1/manifest.omen" ] || "$omen" verify "$1" --full > /dev/null 2>&1; }
# What each writer has written, whole; nothing counts as whole if there was nothing before.
check() {
  case $1 in
    build | rebuild) [ -e "$index/manifest.omen" ] && whole "$index" ;;
    snapshot) rm -rf "$directory/check" && "$omen" restore "$archive" "$directory/check" > /dev/null 2>&1 && whole "$directory/check" ;;
    restore) [ -e "$restored/manifest.omen" ] && whole "$restored" ;;
    repair) whole "$repaired" && whole "$index" ;;
  esac
}
# What must be there before a writer begins: another index to restore over, and nothing to repair into.
prepare() {
  case $1 in
    restore) rm -rf "$restored" && "$omen" restore "$older" "$restored" > /dev/null 2>&1 ;;
    repair) rm -rf "$repaired" ;;
  esac
}
must() {
  ("$@") > /dev/null 2>&1 || { echo "fails without being killed: $*" >&2; exit 1; }
}

rm -rf "$directory" && mkdir -p "$directory"
read -ra writers <<< "${WRITERS:-build rebuild snapshot restore repair}"
must build
must "$omen" snapshot "$index" "$older"
must rebuild
must "$omen" snapshot "$index" "$newer"
declare -A took
for writer in "${writers[@]}"; do
  prepare "$writer"
  started=$(date +%s%N)
  must "$writer"
  took[$writer]=$(( ($(date +%s%N) - started) / 1000000 ))
done
echo "seed ${5:-1}; whole, in ms:$(for writer in "${writers[@]}"; do printf ' %s %s' "$writer" "${took[$writer]}"; done)"
bad=0 finished=0
for (( i = 1; i <= kills; i++ )); do
  writer=${writers[$(( i % ${#writers[@]} ))]}
  prepare "$writer"
  ("$writer") > /dev/null 2>&1 &
  job=$!
  wait_ms=$(( RANDOM * ${took[$writer]} / 32768 ))
  sleep "$(( wait_ms / 1000 )).$(printf %03d $(( wait_ms % 1000 )))"
  if kill -KILL "$job" 2>/dev/null; then outcome=killed; else outcome=finished; finished=$(( finished + 1 )); fi
  wait "$job" 2>/dev/null
  if check "$writer"; then result=whole; else result="NOT WHOLE"; bad=$(( bad + 1 )); fi
  echo "$i: $writer $outcome after $wait_ms ms: $result"
done
for writer in "${writers[@]}"; do
  prepare "$writer"
  ("$writer") > /dev/null 2>&1 && check "$writer" || { echo "$writer fails after the kills" >&2; bad=$(( bad + 1 )); }
done
left=$(find "$index" -mindepth 1 -maxdepth 1 | wc -l)
echo "kills $kills, finished before $finished, not whole $bad, entries left in the index $left"
rm -rf "$directory"
[ "$bad" -eq 0 ] && [ "$left" -eq 2 ]
