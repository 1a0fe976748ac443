#!/usr/bin/env bash
# Runs every fuzz target on its seeds.
#   tests/fuzz/run.sh BUILD_DIR [SECONDS_EACH]     6 seconds each where none are said
# Findings are kept below BUILD_DIR/findings; inputs that reach new code, below BUILD_DIR/grown.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1 seconds=${2:-6}
export ASAN_OPTIONS=allocator_may_return_null=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
for target in safetensors model_config adapter_config tokenizer expression data_set; do
    mkdir -p "$build/grown/$target" "$build/findings"
    echo "fuzzing $target for $seconds s"
    "$build/tests/fuzz/${target}_fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="$build/findings/$target-" -print_final_stats=1 -verbosity=0 -close_fd_mask=0 -use_value_profile=1 \
        "$build/grown/$target" "$here/corpus/$target" 2>&1 | grep -E '^stat::(number_of_executed_units|average|peak)|ERROR|SUMMARY|Test unit' || [ "${PIPESTATUS[0]}" -eq 0 ]
done
