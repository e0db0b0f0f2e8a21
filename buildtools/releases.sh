#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# releases.sh [release...]
#
# Builds the tree against DPDK releases of Debian and runs the suites pmd and stock there, each in a
# root folder of its own, with the compiler of that Debian release; warnings are errors. Needs root
# and debootstrap. Without arguments all:
#
#   22.11      Debian 12 (bookworm)
#   24.11      Debian 13 (trixie)
#   25.11      Debian testing (forky)
#
# The root folders, about 1 GB each, are made once in HISI_ZIP_CACHE (/var/cache/hisi_zip) from
# Debian's archive. A release whose driver headers the archive does not have is skipped, unless
# HISI_ZIP_DPDK_SOURCE_24_11 (or likewise) names a DPDK source tree of that release: see
# driver-headers.sh --source. The last line is the sum over all: N passed, N failed, N skipped.
#
# With CI=true a release or a test that is skipped counts as failed.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$top/buildtools/judges/tools-root.sh"

declare -A suites=([22.11]=bookworm [24.11]=trixie [25.11]=forky)
inside=/src/hisi_zip # the tree in a root folder, with a build folder of its own
passed=0 failed=0 skipped=0

# Makes the root folder and installs what the build needs.
prepare_release()
{
    if [ ! -d "$tools" ]; then
        tools_make_root || return 1
        # A testing release may be served long after its index was made.
        echo 'Acquire::Check-Valid-Until "no";' > "$tools/etc/apt/apt.conf.d/50hisi_zip"
    fi
    tools_inside "$inside/buildtools/setup.sh" && tools_inside apt-get clean
}

# run_release RELEASE: its suites; what it prints last is test.sh's sum. Exit status 77: skipped.
run_release()
{
    local release=$1 build=$top/build/dpdk-$1 variable=HISI_ZIP_DPDK_SOURCE_${1/./_}
    local tree=${!variable:-} why

    tools_check
    tools_suite=${suites[$release]} tools_backports='' tools=$tools_cache/dpdk-$release
    tools_seconds=1500
    mkdir -p "$build"
    tools_binds=("/sys:/sys" "$top:$inside" "$build:$inside/build")
    if [ -n "$tree" ]; then
        [ -d "$tree" ] || die "$variable: no folder $tree"
        tools_binds+=("$(realpath "$tree"):/src/dpdk")
    fi
    tools_prepare prepare_release
    if ! why=$(tools_inside env ${tree:+HISI_ZIP_DPDK_SOURCE=/src/dpdk} \
        "$inside/buildtools/driver-headers.sh" 2>&1); then
        echo "$why"
        [ -z "$tree" ] || die "the source tree that $variable names does not do"
        skip "no driver headers for $(tools_inside pkg-config --modversion libdpdk)"
    fi
    tools_inside env HISI_ZIP_WERROR=true ${CI:+"CI=$CI"} "$inside/buildtools/test.sh" pmd stock
}

# Adds up a release by what its suites said last.
count_release()
{
    local release=$1 log=$2 rc=$3 p=0 f=0 s=0 sum

    sum=$(tail -n 1 "$log" | grep -xE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped') || sum=
    if [ "$rc" = 77 ]; then
        s=1
    elif [ -n "$sum" ]; then
        read -r p _ f _ s _ <<< "$sum"
        [ "$rc" = 0 ] || [ "$f" != 0 ] || f=1
    else
        f=1
    fi
    echo "== DPDK $release: $p passed, $f failed, $s skipped in $SECONDS s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
for release; do
    [ -n "${suites[$release]:-}" ] ||
        die "unknown release '$release'; valid: 22.11, 24.11, 25.11"
done
[ $# -gt 0 ] || set -- 22.11 24.11 25.11
[ "$(id -u)" != 0 ] || "$top/buildtools/setup.sh" guest
for release; do
    echo "== DPDK $release (${suites[$release]}): at most 2700 s"
    SECONDS=0 rc=0
    mkdir -p "$top/build"
    log=$top/build/dpdk-$release.log
    (run_release "$release") 2>&1 | tee "$log" || rc=${PIPESTATUS[0]}
    count_release "$release" "$log" "$rc"
done
[ "${CI:-}" != true ] || { failed=$((failed + skipped)); skipped=0; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
