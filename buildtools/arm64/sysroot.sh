#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# sysroot.sh
#
# Gets the arm64 packages of this system's Debian that all of the project is built with, unpacked
# into a folder in HISI_ZIP_CACHE (/var/cache/hisi_zip); prints the folder. The system's apt
# sources are read, nothing of the system is changed, and root is not needed where that folder may
# be written. A second run downloads nothing. Exit status 77: it cannot run here.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../apt.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../judges/tools-root.sh"

packages=(libc6-dev libisal-dev zlib1g-dev liblz4-dev libnuma-dev libcmocka-dev)
log=$tools_cache/arm64.log

# Of the DPDK that the driver headers are of: the two must be of one release.
find_version()
{
    version=$(dpkg-query -W -f '${Version}' libdpdk-dev 2> /dev/null || true)
    [ -n "$version" ] ||
        skip "it builds with the arm64 packages of the installed libdpdk-dev, which is not there"
    sysroot=$tools_cache/arm64-2-${version#*:} # the number changes when what is made here does
}

fetch()
{
    apt_prepare "$work" deb
    : > "$work/status" # nothing is installed: what the packages need comes along
    cat >> "$work/apt.conf" <<-END
	#clear APT::Architectures;
	APT::Architecture "arm64";
	APT::Architectures { "arm64"; };
	Acquire::Languages "none";
	Dir::State::status "$work/status";
	END
    # A source that does not know arm64 makes update fail; what counts is what there is.
    apt-get -c "$work/apt.conf" -qq update || true
    apt-get -c "$work/apt.conf" -qq install -y --no-install-recommends --download-only \
        "libdpdk-dev=$version" "${packages[@]}"
}

unpack()
{
    local new=$sysroot.new deb link

    rm -rf "$new"
    mkdir -p "$new"
    for deb in "$work"/cache/archives/*.deb; do
        dpkg-deb -x "$deb" "$new" || return 1
    done
    # Absolute links would lead out of the folder.
    find "$new/usr/lib" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
        ln -sfrT "$new$(readlink "$link")" "$link"
    done
    # Meson puts the folders of programs into the PATH of tests.
    rm -rf "${new:?}"/{bin,sbin,etc,var} "${new:?}"/usr/{bin,sbin,share/{doc,man,locale}} \
        "${new:?}"/usr/lib/aarch64-linux-gnu/librte_*.a
    mv "$new" "$sysroot"
}

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
find_version
if [ ! -d "$sysroot" ]; then
    mkdir -p "$tools_cache" 2> /dev/null || true
    [ -w "$tools_cache" ] ||
        skip "$tools_cache cannot be written; choose another folder with HISI_ZIP_CACHE"
    exec 9> "$tools_cache/arm64.lock"
    flock -w 600 9 || die "another run prepares $sysroot for too long"
fi
if [ ! -d "$sysroot" ]; then
    say "preparing $sysroot, once; the log is $log" >&2
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if ! { fetch && unpack; } > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        tools_mirror_answers || skip "$(tools_mirror) does not answer"
        die "cannot prepare $sysroot, see $log;" \
            "if the archive no longer has libdpdk-dev $version, upgrade that"
    fi
fi
echo "$sysroot"
