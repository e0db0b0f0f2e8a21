#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# build.sh
#
# Builds all of the project for arm64, with Debian's cross compiler and arm64 packages, into
# build/arm64/. Warnings are errors. Tests there run under user emulation:
# meson test -C build/arm64 --suite unit. Exit status 77: it cannot run here.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

dir=$top/build/arm64

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
for tool in aarch64-linux-gnu-gcc qemu-aarch64-static; do
    command -v "$tool" > /dev/null ||
        { say "skipped: no $tool; as root run buildtools/setup.sh arm64" >&2; exit 77; }
done
sysroot=$("$top/buildtools/arm64/sysroot.sh")
where="[constants]
sysroot = '$sysroot'"
if [ "$(cat "$dir/sysroot.ini" 2> /dev/null)" != "$where" ]; then
    rm -rf "$dir"
    mkdir -p "$dir"
    echo "$where" > "$dir/sysroot.ini"
fi
build "$dir" --cross-file "$top/config/aarch64-linux-gnu.ini" --cross-file "$dir/sysroot.ini" \
    -Dwerror=true
say "built $dir"
