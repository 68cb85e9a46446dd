#!/bin/bash
# Kills builds at random moments and checks that what is left is the old index or the new one, whole;
# every other build goes on with what the one before it had finished.
# usage: kill-builds.sh BASE QUERIES DIRECTORY [ROWS] [KILLS] [SEED]
#   BASE, QUERIES  vector files; DIRECTORY  for the index, made and removed here
#   environment: OMEN  the program
set -u
base=$1 queries=$2 directory=$3 rows=${4:-100000} kills=${5:-20}
RANDOM=${6:-1}
omen=${OMEN:-$(dirname "$0")/../../omen}
log=$directory.log
build() {
  exec "$omen" build "$base" "$directory" --rows "0:$rows" --memory 1GB --overwrite "$@"
}
answers() {
  "$omen" search "$directory" --queries "$queries" --row 0 --k 10 --memory 64MB 2>/dev/null | tail -n +1
}
# Kills a build after so many milliseconds: "killed" or "finished" in `outcome`.
kill_after() {
  local wait_ms=$1
  shift
  (build "$@") > "$log" 2>&1 &
  local job=$!
  sleep "$(( wait_ms / 1000 )).$(printf %03d $(( wait_ms % 1000 )))"
  if kill -KILL "$job" 2>/dev/null; then outcome=killed; else outcome=finished; fi
  wait "$job" 2>/dev/null
}
went_on() { grep -q '^resuming, finished already: input, ' "$log"; }

rm -rf "$directory"
started=$(date +%s%N)
(build) > "$log" 2>&1 || { echo "the build fails without being killed" >&2; exit 1; }
took=$(( ($(date +%s%N) - started) / 1000000 ))
echo "seed ${6:-1}; a whole build takes $took ms"
bad=0 finished=0 continued=0
for (( i = 1; i <= kills; i++ )); do
  how=anew
  wait_ms=$(( RANDOM * took / 32768 ))
  if (( i % 2 == 0 )); then
    kill_after "$wait_ms" --resume
    went_on && { how=resumed; continued=$(( continued + 1 )); }
  else
    kill_after "$wait_ms"
  fi
  [ "$outcome" = finished ] && finished=$(( finished + 1 ))
  lines=$(answers | wc -l)
  if "$omen" info "$directory" > /dev/null 2>&1 && (( lines > 10 )); then
    echo "$i: $how, $outcome after $wait_ms ms: the index opens and answers"
  else
    echo "$i: $how, $outcome after $wait_ms ms: NO VALID INDEX"
    bad=$(( bad + 1 ))
  fi
done

# One that is killed late has something to go on with; going on must come to the end.
published=$(sed -n s/^indexId=//p "$directory/manifest.omen")
kill_after $(( took * 3 / 4 ))
state=$(find "$directory" -name build.state)
if [ "$outcome" = finished ]; then
  echo "the build to be resumed was finished before it was killed" >&2; bad=$(( bad + 1 ))
else
  echo "killed after $(( took * 3 / 4 )) ms, finished by then: $(sed -n 's/^phase\.\(.*\)=$/\1/p' "$state" | tr '\n' ' ')"
  started=$(date +%s%N)
  (build --resume) > "$log" 2>&1 || { echo "the resumed build fails" >&2; bad=$(( bad + 1 )); }
  echo "resumed to its end in $(( ($(date +%s%N) - started) / 1000000 )) ms: $(grep '^resuming' "$log")"
  went_on || { echo "it did not go on with anything" >&2; bad=$(( bad + 1 )); }
  [ "$published" != "$(sed -n s/^indexId=//p "$directory/manifest.omen")" ] || { echo "it published nothing" >&2; bad=$(( bad + 1 )); }
  (( $(answers | wc -l) > 10 )) || { echo "it does not answer" >&2; bad=$(( bad + 1 )); }
fi
left=$(find "$directory" -mindepth 1 -maxdepth 1 -type d | wc -l)
states=$(find "$directory" -name 'build.*' | wc -l)
echo "kills $kills, finished before $finished, resumed $continued, without a valid index $bad, index directories left $left, checkpoints left $states"
rm -rf "$directory" "$log"
[ "$bad" -eq 0 ] && [ "$left" -eq 1 ] && [ "$states" -eq 0 ]
