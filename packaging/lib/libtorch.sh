# The pinned LibTorch: the C++ part of the official wheel, fetched by pip (so that its proxy and mirror settings hold), checked by SHA-256.
torch_version=2.11.0
torch_home=$cache/libtorch-$torch_version
torch_wheels="torch==2.11.0 7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a
nvidia-cuda-cupti==13.0.85 4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8
nvidia-cuda-runtime==13.0.96 7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548"

has_nvidia_driver() { [ -e /proc/driver/nvidia/version ] || ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; }

# Complete when every file listed at install time still has its size; the listing itself is written last.
libtorch_complete() {
    [ -n "${VIVA_TORCH_ROOT:-}" ] && return 0
    [ -f "$torch_home/files.txt" ] || return 1
    has_nvidia_driver && [ ! -f "$torch_home/with-cuda" ] && return 1
    (cd "$torch_home" && while read -r size file; do
        [ "$(stat -c %s "$file" 2>/dev/null)" = "$size" ] || { echo "LibTorch: $file is damaged, fetching again" >&2; exit 1; }
    done <files.txt)
}

pip_fetch() { # folder, requirement
    python3 -m pip download --quiet --progress-bar on --no-deps --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 --abi abi3 --abi none \
        --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
        --disable-pip-version-check -d "$1" "$2"
}

libtorch_cuda_wheels() { # the NVIDIA packages that the wheel itself pins
    python3 - "$1" <<'PY'
import sys, zipfile, re
z = zipfile.ZipFile(sys.argv[1])
meta = z.read(next(n for n in z.namelist() if n.endswith("METADATA"))).decode()
for line in meta.splitlines():
    m = re.match(r"Requires-Dist: (nvidia-[a-z0-9-]+==[0-9.]+)", line)
    if m: print(m[1])
    m = re.match(r"Requires-Dist: cuda-toolkit\[([a-z,]+)\]==([0-9.]+)", line)
    if m: print(f"cuda-toolkit=={m[2]} {m[1]}")
PY
}

libtorch_unpack() { # wheel, target: C++ parts only, Python sources left out
    python3 - "$1" "$2" <<'PY'
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
for n in z.namelist():
    if n.startswith(("torch/lib/", "torch/include/", "nvidia/")) or "licenses/" in n:
        if not n.endswith((".py", "libtorch_python.so")): z.extract(n, sys.argv[2])
PY
}

libtorch_install() {
    [ -n "${VIVA_TORCH_ROOT:-}" ] && { say "LibTorch: using VIVA_TORCH_ROOT=$VIVA_TORCH_ROOT"; return; }
    libtorch_complete && { say "LibTorch $torch_version: present in $torch_home"; return; }
    say "LibTorch $torch_version: fetching about 550 MB (once; it stays in $torch_home)"
    local work; work=$(mkdir -p "$cache" && mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    local req sum wheel
    while read -r req sum; do
        pip_fetch "$work" "$req" || die "could not fetch $req; check the network or pip's proxy and mirror settings"
        wheel=$(ls "$work"/"$(echo "${req%%==*}" | tr - _)"-*.whl)
        echo "$sum  $wheel" | sha256sum --check --quiet || die "$req does not have the expected SHA-256"
    done <<<"$torch_wheels"
    if has_nvidia_driver; then
        say "NVIDIA driver found: fetching the CUDA libraries the wheel pins (about 2.5 GB, once)"
        local extras
        while read -r req extras; do
            if [ -n "$extras" ]; then
                python3 -m pip download --quiet --only-binary=:all: --disable-pip-version-check -d "$work" "${req%%==*}[$extras]==${req##*==}" || die "could not fetch $req"
            else pip_fetch "$work" "$req" || die "could not fetch $req"; fi
        done < <(libtorch_cuda_wheels "$(ls "$work"/torch-*.whl)")
    fi
    say "unpacking"
    rm -rf "$work/out"; mkdir "$work/out"
    for wheel in "$work"/*.whl; do libtorch_unpack "$wheel" "$work/out"; done
    if has_nvidia_driver; then touch "$work/out/with-cuda"
    else rm -f "$work"/out/torch/lib/libtorch_cuda*.so "$work"/out/torch/lib/libtorch_nvshmem.so; fi
    (cd "$work/out" && find torch/lib nvidia -name '*.so*' -type f -printf '%s %p\n' >files.txt)
    rm -rf "$torch_home"; mv "$work/out" "$torch_home"
    rm -rf "$work"; trap - EXIT
}
