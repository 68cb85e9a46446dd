#!/bin/bash
# Ten million vectors on one machine: generated, built in 2 GB, measured in 640 MB.
# usage: ten-million.sh DIRECTORY [COUNT]
#   DIRECTORY  for the vectors (1.3 GB), the index (5 GB) and scratch files (5 GB); kept
set -eu
directory=$1 count=${2:-10000000}
omen=$(dirname "$0")/../../omen
mkdir -p "$directory"
base=$directory/base.u8bin queries=$directory/query.u8bin truth=$directory/truth.ibin
[ -f "$truth" ] || {
  "$omen" dataset synthetic "$base" --count "$count" --dimension 128 --type uint8 --seed 7 --queries "$queries"
  "$omen" groundtruth "$base" "$queries" "$truth" --k 10
}
"$omen" build "$base" "$directory/index" --memory 2GB --overwrite
"$omen" eval "$directory/index" --queries "$queries" --truth "$truth" --memory 640MB --search-list-size 20,30,50,80
