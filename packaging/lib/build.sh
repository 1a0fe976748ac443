# Configures and builds one preset; quiet when there is nothing to do.
build_preset() { # preset, targets...
    local preset=$1; shift
    cd "$root"
    export VIVA_TORCH_ROOT=${VIVA_TORCH_ROOT:-$torch_home/torch}
    export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
    # A build tree made by another checkout or another LibTorch is configured again.
    if [ ! -f "build/$preset/build.ninja" ] || ! grep -qxF "VIVA_TORCH_ROOT:UNINITIALIZED=$VIVA_TORCH_ROOT" "build/$preset/CMakeCache.txt"; then
        say "configuring ($preset)"
        cmake --preset "$preset" -DVIVA_TORCH_ROOT:UNINITIALIZED="$VIVA_TORCH_ROOT" ${VIVA_CMAKE_ARGS:-} >"$log" 2>&1 \
            || { tail -n 30 "$log" >&2; die "configuring failed"; }
    fi
    local pending; pending=$(ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -c '^\[' || true)
    if [ "$pending" -gt 1 ]; then
        say "building $preset (the first time takes some minutes)"
    fi
    if [ -t 1 ]; then
        ninja -C "build/$preset" "$@" || die "the build failed"
    else
        ninja -C "build/$preset" --quiet "$@" >"$log" 2>&1 || { grep -v '^ninja: Entering' "$log" | tail -n 60 >&2; die "the build failed"; }
    fi
}
