#!/bin/bash
# Corrupts single bytes and single pages over all files of an index, verifies, opens and searches it after each, and prints
# a table: trials, detected by omen verify --full, damaged file named, refused by open, refused by search, answers
# unchanged, wrong distances, other answers.
# usage: corruptions.sh [CORRUPTIONS] [SEED]
set -eu
cd "$(dirname "$0")/../.."
mvn -q --batch-mode verify -pl tools -am -Dtest=CorruptionTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Domen.corruptions="${1:-10000}" -Domen.seed="${2:-1}"
cat tools/target/corruptions.txt
