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
