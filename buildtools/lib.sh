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

# build DIR [meson option...]: configures DIR where that is due, and builds it.
build()
{
    local dir=$1 options stamp log
    shift
    "$top/buildtools/driver-headers.sh" --out "$top/build/dpdk-driver-headers"
    options="-Ddriver_headers=$top/build/dpdk-driver-headers $*"
    stamp=$dir/configured-with
    log=$dir/build.log
    mkdir -p "$dir"
    # shellcheck disable=SC2086
    if [ ! -e "$dir/build.ninja" ]; then
        meson setup "$dir" "$top" $options > "$log" || { cat "$log" >&2; return 1; }
    elif [ "$(cat "$stamp" 2> /dev/null)" != "$options" ]; then
        meson setup --reconfigure "$dir" "$top" $options > "$log" ||
            { cat "$log" >&2; return 1; }
    fi
    echo "$options" > "$stamp"
    ninja -C "$dir" > "$log" || { cat "$log" >&2; return 1; }
}
