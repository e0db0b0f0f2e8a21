#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# driver-headers.sh [--out DIR] [--source TREE]
#
# Puts the headers that a DPDK driver is built with into DIR (build/dpdk-driver-headers) where the
# installed DPDK lacks them, from the distribution's source package of exactly the installed
# version. The system's apt sources are read, never changed. A second run downloads nothing.
#
# --source, or HISI_ZIP_DPDK_SOURCE in the environment, is for a distribution whose archive lacks
# that source: an unpacked DPDK of the installed version, or of another stable release of the same
# series if its public headers, which the driver headers build on, are the installed ones.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/apt.sh"

headers=(
    lib/eal/include/bus_driver.h
    lib/eal/include/dev_driver.h
    lib/compressdev/rte_compressdev_internal.h
    lib/compressdev/rte_compressdev_pmd.h
    drivers/bus/pci/bus_pci_driver.h
    drivers/bus/vdev/bus_vdev_driver.h
)

# Public headers that these include, or whose structures they work on.
public=(
    lib/eal/include/rte_dev.h
    lib/compressdev/rte_comp.h
    lib/compressdev/rte_compressdev.h
    drivers/bus/pci/rte_bus_pci.h
    drivers/bus/vdev/rte_bus_vdev.h
)

out=$top/build/dpdk-driver-headers
source=${HISI_ZIP_DPDK_SOURCE:-}
while [ $# -gt 0 ]; do
    case $1 in
    --out) [ $# -ge 2 ] || die "--out needs a folder"; out=$2; shift 2 ;;
    --source) [ $# -ge 2 ] || die "--source needs a folder"; source=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1'; valid: --out DIR, --source TREE, --help" ;;
    esac
done

has_driver_headers()
{
    local header
    for header in "${headers[@]}"; do
        [ -e "$1/${header##*/}" ] || return 1
    done
}

# Sets dpdk, its release, and src and version: the source package that it was built from.
find_installed()
{
    local package

    dpdk=$(pkg-config --modversion libdpdk) ||
        die "DPDK is not installed (no libdpdk.pc); run buildtools/setup.sh"
    include=$(pkg-config --variable=includedir libdpdk)
    if has_driver_headers "$include"; then
        say "DPDK $dpdk in $include has its driver headers, nothing to fetch"
        exit 0
    fi
    src=DPDK version=$dpdk
    package=$(dpkg-query -S "$include/rte_compressdev.h" 2>/dev/null | cut -d: -f1) || package=
    if [ -z "$package" ]; then
        [ -z "$source" ] || return 0
        die "DPDK $dpdk in $include is not from a Debian package and has no driver headers;" \
            "build it with -Denable_driver_sdk=true, or name its source tree with --source"
    fi
    read -r src version < <(dpkg-query -W -f '${source:Package} ${source:Version}\n' "$package")
}

fetch_source()
{
    local there

    say "fetching the source package of $src $version for its driver headers"
    # An archive without sources makes update fail; what counts is whether our version is there.
    apt-get -c "$work/apt.conf" -qq update > "$work/update.log" 2>&1 || true
    there=$(apt-cache -c "$work/apt.conf" showsrc "$src" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -Vu | tr '\n' ' ')
    if [ -z "$there" ]; then
        cat "$work/update.log" >&2
        die "no configured archive offers the source package $src"
    fi
    case " $there" in
    *" $version "*) ;;
    *)
        die "the archives no longer have $src $version, which is installed; they have: $there" \
            $'\n'"upgrade with: apt-get update && apt-get install libdpdk-dev, then run this again"
        ;;
    esac
    (cd "$work" && apt-get -c "$work/apt.conf" -qq source --download-only --only-source \
        "$src=$version" > "$work/source.log" 2>&1) ||
        {
            cat "$work/source.log" >&2
            die "cannot download the source of $src $version; --source takes a DPDK source tree"
        }
}

# True if a patch of the distribution changes a header that we take.
patched()
{
    local archive pattern

    archive=$(find "$work" -maxdepth 1 -name '*.debian.tar.*')
    [ -n "$archive" ] || return 1
    pattern=$(printf '%s|' "${headers[@]}")
    tar -xOf "$archive" --wildcards 'debian/patches/*' 2>/dev/null |
        grep -qE "^\+\+\+ [^/]+/(${pattern%|})([[:space:]]|\$)"
}

extract()
{
    local header orig tree=$work/tree

    mkdir -p "$work/out"
    if patched; then
        command -v dpkg-source > /dev/null ||
            die "a Debian patch changes driver headers; install dpkg-dev to have it applied"
        dpkg-source -x "$work"/*.dsc "$tree" > "$work/extract.log"
    else
        mkdir "$tree"
        orig=$(find "$work" -maxdepth 1 -name '*.orig.tar.*' ! -name '*.asc')
        tar -xf "$orig" -C "$tree" --strip-components=1 --wildcards "${headers[@]/#/*/}" ||
            die "cannot extract the driver headers from the source of $src $version"
    fi
    for header in "${headers[@]}"; do
        cp "$tree/$header" "$work/out/"
    done
    echo "$stamp" > "$work/out/version"
}

# Puts the headers of the folder "source" into $work/out if they fit the installed DPDK.
take_tree()
{
    local have header where

    have=$(cat "$source/VERSION" 2> /dev/null) ||
        die "$source: no file VERSION, which each DPDK source tree has"
    [[ $have =~ ^[0-9]{2}\.[0-9]{2}\.[0-9]+$ && ${have%.*} == "${dpdk%.*}" ]] ||
        die "$source: DPDK $have; installed is $dpdk: a release of ${dpdk%.*} is needed"
    if [ "$have" != "$dpdk" ]; then
        for header in "${public[@]}"; do
            where=$include/${header##*/}
            cmp -s "$source/$header" "$where" || die "$source: its $header (DPDK $have) and" \
                "$where ($dpdk) differ: DPDK $dpdk itself is needed"
        done
    fi
    mkdir "$work/out"
    for header in "${headers[@]}"; do
        cp "$source/$header" "$work/out/" || die "$source lacks $header"
    done
    echo "$stamp" > "$work/out/version"
}

find_installed
stamp="$src $version"
[ -z "$source" ] || stamp+=" from DPDK $(cat "$source/VERSION" 2> /dev/null || true) in $source"
# What a tree gave once for this version still fits it when no tree is named.
if [[ "$(cat "$out/version" 2> /dev/null) " == "$stamp "* ]] && has_driver_headers "$out"; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$source" ]; then
    take_tree
else
    command -v apt-get > /dev/null || die "the driver headers come from apt, which is not here"
    apt_prepare "$work" deb-src
    fetch_source
    extract
fi
mkdir -p "$out"
cp "$work"/out/* "$out/"
say "driver headers of $stamp are in $out"
