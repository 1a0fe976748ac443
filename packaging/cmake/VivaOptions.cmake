# What every target shares: C++20, warnings, sanitizers, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# -g1 keeps objects with LibTorch headers small; stack traces stay readable.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

option(VIVA_WARNINGS_AS_ERRORS "Treat warnings as errors" OFF)
set(VIVA_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

find_program(VIVA_CCACHE ccache)
if(VIVA_CCACHE)
    # pch_defines,time_macros: without them ccache refuses objects built with the shared precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${VIVA_CCACHE})
endif()

# Every first-party target links viva_options (PRIVATE): include root, warnings, sanitizers.
add_library(viva_options INTERFACE)
target_include_directories(viva_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(viva_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> $<$<BOOL:${VIVA_WARNINGS_AS_ERRORS}>:-Werror>)
if(VIVA_SANITIZE)
    target_compile_options(viva_options INTERFACE -fsanitize=${VIVA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(viva_options INTERFACE -fsanitize=${VIVA_SANITIZE})
endif()

# viva_library(name SOURCES ... [PUBLIC libs...] [PRIVATE libs...]): a static library of one folder.
function(viva_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE viva_options ${ARG_PRIVATE})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
endfunction()

# viva_list_entries(out list.def): what the rows of a list name behind the comma: metrics/wer.cpp in VIVA_REWARDS(werRewards, metrics/wer.cpp).
# Such a list is the one place where a reward, a command or a page is entered; the C++ beside it includes the same rows.
function(viva_list_entries out list)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${list}")
    file(STRINGS "${list}" rows REGEX "^VIVA_[A-Z]+\\(.*\\)$")
    set(entries)
    foreach(row IN LISTS rows)
        string(REGEX REPLACE "^[^,]*,(.*)\\)$" "\\1" words "${row}")
        separate_arguments(words UNIX_COMMAND "${words}")
        list(APPEND entries ${words})
    endforeach()
    set(${out} ${entries} PARENT_SCOPE)
endfunction()

# viva_torch_library: the same, with LibTorch private and the one precompiled torch header of viva_nn.
function(viva_torch_library name)
    viva_library(${name} ${ARGN})
    viva_use_torch(${name})
endfunction()

function(viva_use_torch name)
    target_link_libraries(${name} PRIVATE viva::torch)
    # LibTorch's include folder carries a newer {fmt} than Debian's library: its headers win, so they must bring the code too.
    target_compile_definitions(${name} PRIVATE FMT_HEADER_ONLY)
    get_target_property(kind ${name} TYPE)
    if(kind STREQUAL "EXECUTABLE")
        # CMake would say -fPIE, and GCC then refuses the precompiled header made with -fPIC.
        set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
        target_compile_options(${name} PRIVATE -fPIC)
    endif()
    if(TARGET viva_torch_pch AND NOT name STREQUAL viva_torch_pch)
        target_precompile_headers(${name} REUSE_FROM viva_torch_pch)
        # Even so torch's templates cost seconds a source: several sources share them.
        set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
    endif()
endfunction()
