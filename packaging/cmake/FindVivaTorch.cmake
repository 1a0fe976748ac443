# LibTorch without a CUDA toolkit: viva::torch links libtorch_cpu and libc10 of the pinned wheel (packaging/lib/libtorch.sh).
# VIVA_TORCH_ROOT (variable or environment) names a torch folder that is already there.
if(NOT VIVA_TORCH_ROOT)
    if(DEFINED ENV{VIVA_TORCH_ROOT})
        set(VIVA_TORCH_ROOT "$ENV{VIVA_TORCH_ROOT}")
    else()
        set(_cache "$ENV{VIVA_CACHE}")
        if(NOT _cache)
            set(_cache "$ENV{XDG_CACHE_HOME}/vivavoce")
            if(NOT DEFINED ENV{XDG_CACHE_HOME})
                set(_cache "$ENV{HOME}/.cache/vivavoce")
            endif()
        endif()
        set(VIVA_TORCH_ROOT "${_cache}/libtorch-2.11.0/torch")
    endif()
endif()
find_library(VIVA_TORCH_CPU torch_cpu PATHS "${VIVA_TORCH_ROOT}/lib" NO_DEFAULT_PATH)
find_library(VIVA_TORCH_C10 c10 PATHS "${VIVA_TORCH_ROOT}/lib" NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(VivaTorch REQUIRED_VARS VIVA_TORCH_CPU VIVA_TORCH_C10
    REASON_FAILURE_MESSAGE "LibTorch 2.11.0 is not in ${VIVA_TORCH_ROOT}: run packaging/setup.sh, or set VIVA_TORCH_ROOT")
if(VivaTorch_FOUND AND NOT TARGET viva::torch)
    add_library(viva::torch INTERFACE IMPORTED)
    set_target_properties(viva::torch PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${VIVA_TORCH_ROOT}/include;${VIVA_TORCH_ROOT}/include/torch/csrc/api/include"
        INTERFACE_LINK_LIBRARIES "${VIVA_TORCH_CPU};${VIVA_TORCH_C10}")
endif()
