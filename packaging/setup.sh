#!/usr/bin/env bash
# Installs what Viva Voce needs to build: Debian packages and the pinned LibTorch. Safe to run again.
#   packaging/setup.sh            everything
#   packaging/setup.sh --check    only say what is missing; exit 1 when something is
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/common.sh"
check_only=no
[ "${1:-}" = --check ] && check_only=yes

install_packages() {
    local missing=() line name why
    while IFS=$'\t' read -r name why; do
        case $name in ''|'#'*) continue ;; esac
        if ! dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii'; then
            missing+=("$name"); line+="  $name: $why"$'\n'
        fi
    done <"$here/debian-packages.tsv"
    [ ${#missing[@]} -eq 0 ] && { say "Debian packages: all${1:+ $1} present"; return; }
    say "Debian packages to install (${#missing[@]}):"; printf '%s' "$line"
    [ $check_only = yes ] && exit 1
    command -v apt-get >/dev/null || die "this system has no apt-get: install the packages above by its own means, then run this again"
    local sudo=()
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null || die "run this as root, or install sudo"; sudo=(sudo); }
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${missing[@]}" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "apt-get could not install them (log: $log)"; }
    say "Debian packages: installed"
}

log=$(mktemp -t viva-setup.XXXXXX)
install_packages
. "$here/lib/libtorch.sh"
if [ $check_only = yes ]; then
    libtorch_complete || { say "LibTorch $torch_version is not in $torch_home"; exit 1; }
    exit 0
fi
libtorch_install
rm -f "$log"
