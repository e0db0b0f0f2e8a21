#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# setup.sh [sanitize] [guest] [arm64]
#
# Installs the Debian packages that build and tests need, as root; without root it says what is
# missing. Nothing is done where all is there. "sanitize" adds clang and its runtimes, "guest" what
# the suites that boot a guest need, "arm64" a cross compiler and user emulation. A DPDK that was
# not installed from packages is left alone.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

packages=(gcc libc6-dev meson ninja-build pkg-config python3 strace xz-utils
    libisal-dev zlib1g-dev liblz4-dev libcmocka-dev pigz)
for group; do
    case $group in
    sanitize) packages+=(clang libclang-rt-dev) ;;
    guest) packages+=(debootstrap) ;;
    arm64) packages+=(gcc-aarch64-linux-gnu qemu-user-static) ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown group '$group'; valid: sanitize, guest, arm64" ;;
    esac
done
if ! pkg-config --exists libdpdk 2> /dev/null || ! command -v dpdk-test > /dev/null ||
    ! command -v dpdk-telemetry.py > /dev/null; then
    packages+=(libdpdk-dev dpdk-dev)
    # In bookworm's dpdk-dev, and in "dpdk" of what came later.
    [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = bookworm ] || packages+=(dpdk)
fi

missing_packages()
{
    local package

    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed ||
            echo "$package"
    done
}

command -v dpkg-query > /dev/null ||
    die "packages are only known for Debian; install by hand: ${packages[*]}"
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ]; then
    die "these packages are missing: ${missing[*]}" \
        $'\n'"as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
fi
say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Another program may be at it, and an archive may not answer at once.
apt=(apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
"${apt[@]}" update || { sleep 20 && "${apt[@]}" update; }
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" > /dev/null ||
    die "cannot install ${missing[*]}"
