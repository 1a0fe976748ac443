# Shared by the packaging scripts: messages, folders, build.
say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${VIVA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vivavoce}
