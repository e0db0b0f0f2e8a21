#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# driver-headers.sh [--out DIR]
#
# Puts the headers that a DPDK driver is built with into DIR (build/dpdk-driver-headers) where the
# installed DPDK lacks them, from the distribution's source package of exactly the installed
# version. The system's apt sources are read, never changed. A second run downloads nothing.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

headers=(
    lib/eal/include/bus_driver.h
    lib/eal/include/dev_driver.h
    lib/compressdev/rte_compressdev_internal.h
    lib/compressdev/rte_compressdev_pmd.h
    drivers/bus/pci/bus_pci_driver.h
    drivers/bus/vdev/bus_vdev_driver.h
)

out=$top/build/dpdk-driver-headers
while [ $# -gt 0 ]; do
    case $1 in
    --out) [ $# -ge 2 ] || die "--out needs a folder"; out=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) die "unknown option '$1'; valid: --out DIR, --help" ;;
    esac
done

has_driver_headers()
{
    local header
    for header in "${headers[@]}"; do
        [ -e "$1/${header##*/}" ] || return 1
    done
}

# Sets src and version: the source package that the installed headers were built from.
find_installed()
{
    local dpdk package

    dpdk=$(pkg-config --modversion libdpdk) ||
        die "DPDK is not installed (no libdpdk.pc); run buildtools/setup.sh"
    include=$(pkg-config --variable=includedir libdpdk)
    if has_driver_headers "$include"; then
        say "DPDK $dpdk in $include has its driver headers, nothing to fetch"
        exit 0
    fi
    package=$(dpkg-query -S "$include/rte_compressdev.h" 2>/dev/null | cut -d: -f1) || package=
    [ -n "$package" ] ||
        die "DPDK $dpdk in $include is not from a Debian package and has no driver headers;" \
            "build it with -Denable_driver_sdk=true"
    read -r src version < <(dpkg-query -W -f '${source:Package} ${source:Version}\n' "$package")
}

# One apt of our own below $work: the system's sources with every "deb" turned to "deb-src".
prepare_apt()
{
    local etc file

    mkdir -p "$work"/{lists/partial,cache/archives/partial,parts,state}
    etc=$(apt-config shell etc Dir::Etc/d list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)
    eval "$etc"
    # shellcheck disable=SC2154
    for file in "$list" "${parts%/}"/*.list; do
        [ -r "$file" ] || continue
        sed -nE 's/^[[:space:]]*deb(-src)?[[:space:]]/deb-src /p' "$file" | grep -v cdrom: |
            sort -u > "$work/parts/$(basename "$file")" || true
    done
    for file in "${parts%/}"/*.sources; do
        [ -r "$file" ] || continue
        sed -E 's/^Types:.*/Types: deb-src/' "$file" > "$work/parts/$(basename "$file")"
    done
    cat > "$work/apt.conf" <<-END
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	Dir::State "$work/state";
	Dir::State::lists "$work/lists";
	Dir::Cache "$work/cache";
	Dir::Etc::sourcelist "$work/none";
	Dir::Etc::sourceparts "$work/parts";
	APT::Sandbox::User "root";
	Acquire::Retries "3";
	END
}

fetch_source()
{
    local there

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
        { cat "$work/source.log" >&2; die "cannot download the source of $src $version"; }
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
    echo "$src $version" > "$work/out/version"
}

find_installed
if [ "$(cat "$out/version" 2>/dev/null)" = "$src $version" ] && has_driver_headers "$out"; then
    exit 0
fi
command -v apt-get > /dev/null || die "the driver headers come from apt, which is not here"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prepare_apt
fetch_source
extract
mkdir -p "$out"
cp "$work"/out/* "$out/"
say "driver headers of $src $version are in $out"
