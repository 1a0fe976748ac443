#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and passes all tests, the sanitizer runs of the
# torch-free part included.
#   packaging/test.sh [--quick]     --quick: no sanitizer builds
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
. "$here/lib/libtorch.sh"
. "$here/lib/build.sh"
quick=no
[ "${1:-}" = --quick ] && quick=yes
log=$(mktemp -t viva-test.XXXXXX)
trap 'rm -f "$log"' EXIT
"$here/setup.sh"
build_preset ci all
say "all tests"
ctest --preset ci --timeout 900 --output-on-failure
# Readers and store under ASan and UBSan, the thread contract under TSan. LibTorch stays out of these builds.
sanitized() { # preset, test programs...
    local preset=$1 pattern; shift
    pattern=$(IFS='|'; echo "$*")
    build_preset "$preset" "$@"
    say "tests under $preset"
    ctest --preset "$preset" -R "^($pattern)\$"
}
if [ $quick = no ]; then
    sanitized dev-tsan viva_run_tests
    sanitized dev-asan viva_base_tests viva_config_tests viva_text_tests viva_tokenizer_tests viva_audio_tests viva_features_tests viva_soundcard_tests viva_data_tests \
        viva_store_tests viva_project_tests viva_modelcard_tests viva_run_tests
    build_preset fuzz safetensors_fuzzer model_config_fuzzer adapter_config_fuzzer tokenizer_fuzzer expression_fuzzer data_set_fuzzer
    say "fuzzing the readers of foreign files and typed formulas, 6 s each"
    "$root/tests/fuzz/run.sh" "$root/build/fuzz" 6
fi
