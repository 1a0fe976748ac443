#!/usr/bin/env bash
# Installs what is missing, builds, and opens the workbench on the built-in demo.
#   packaging/run.sh [arguments of vivavoce]
#   packaging/run.sh --headless [arguments of viva demo]     the demo in the terminal (also without a display)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
. "$here/lib/libtorch.sh"
. "$here/lib/build.sh"
headless=no
case "${1:-}" in
    --headless) headless=yes; shift ;;
    -h|--help) sed -n '2,4p' "$0" | cut -c3-; exit 0 ;;
esac
if [ $headless = no ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "no display here: running the demo in the terminal (as with --headless)"
    headless=yes
fi
log=$(mktemp -t viva-run.XXXXXX)
trap 'rm -f "$log"' EXIT
"$here/setup.sh"
if [ $headless = yes ]; then
    build_preset release viva
    rm -f "$log"
    exec "$root/build/release/app/viva" demo "$@"
fi
build_preset release vivavoce viva
rm -f "$log"
exec "$root/build/release/app/vivavoce" "$@"
