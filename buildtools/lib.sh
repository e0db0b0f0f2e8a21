# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
# shellcheck shell=bash

# What the scripts of this folder share; sourced, never run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say()
{
    printf '%s: %s\n' "${0##*/}" "$*"
}

die()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The text at the top of the calling script, from its fifth line to the first that is no comment.
usage()
{
    sed -n '5,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

# build DIR [meson option...]: configures DIR where that is due, and builds it. In continuous
# integration, and with HISI_ZIP_WERROR=true, warnings are errors.
build()
{
    local dir=$1 log=$1/build.log headers=$top/build/dpdk-driver-headers
    local options verb=(setup) werror=${HISI_ZIP_WERROR:-false}

    [ "${CI:-}" != true ] || werror=true
    options=("-Ddriver_headers=$headers" "-Dwerror=$werror" "${@:2}")
    "$top/buildtools/driver-headers.sh" --out "$headers" || return 1
    mkdir -p "$dir"
    [ ! -e "$dir/build.ninja" ] || verb+=(--reconfigure)
    if [ "$(cat "$dir/configured-with" 2> /dev/null)" != "${options[*]}" ]; then
        meson "${verb[@]}" "$dir" "$top" "${options[@]}" > "$log" || { cat "$log" >&2; return 1; }
        echo "${options[*]}" > "$dir/configured-with"
    fi
    if ! ninja -C "$dir" -n 2> /dev/null | tail -n 1 | grep -q 'no work to do'; then
        say "building into $dir, which takes a minute or more; the log is $log"
    fi
    ninja -C "$dir" > "$log" || { cat "$log" >&2; return 1; }
}
