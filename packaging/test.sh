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
if [ $quick = no ]; then
    # The thread contract under TSan, readers and store under ASan and UBSan. LibTorch stays out of these builds.
    build_preset dev-tsan viva_sanitizer_tests
    build_preset dev-asan viva_sanitizer_tests
    say "tests under TSan"
    ctest --preset dev-tsan -L sanitize
    say "tests under ASan and UBSan"
    ctest --preset dev-asan -L sanitize
fi
say "all tests"
ctest --preset ci --timeout 900
