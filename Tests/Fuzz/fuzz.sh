#!/usr/bin/env bash
# Fuzzes one target: fuzz.sh FUZZER TARGET LIMIT [SEED], LIMIT being -max_total_time=SECONDS or -runs=COUNT.
# New inputs go to .build/fuzz/TARGET/corpus, and what went wrong beside it. Without a seed each run tries
# others.
set -euo pipefail
cd "$(dirname "$0")/../.."
fuzzer=$1
target=$2
limit=$3
seed=${4:-0}
work=.build/fuzz/$target
seeds=(Tests/Fuzz/Corpus/"$target" Tests/Fuzz/Found/"$target")
case $target in
  text) seeds+=("$work/seeds") ;;
  format) seeds+=(pipelines/formats) ;;
  packed | nfcapd) seeds+=("Tests/LogReadersTests/Fixtures/$target") ;;
esac
mkdir -p "$work/corpus" "${seeds[@]}"
# Files that readers take by path: in memory, where there is room.
files=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$files"' EXIT
[ "$target" != text ] || export TIDEMARK_SEEDS=$work/seeds
export TIDEMARK_FUZZ=$target TMPDIR=$files SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16
log=$work/log
if ! "$fuzzer" "$limit" -seed="$seed" -rss_limit_mb=1024 -timeout=10 \
  -print_final_stats=1 -artifact_prefix="$work/" "$work/corpus" "${seeds[@]}" >"$log" 2>&1; then
  tail -n 60 "$log" >&2
  echo "fuzz: $target: found an input, kept in $work; see $log" >&2
  exit 1
fi
echo "fuzz: $target: $(grep -ao 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1)," \
  "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
