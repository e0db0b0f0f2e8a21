# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
# shellcheck shell=bash disable=SC2016,SC2034

# What the suites that boot a guest share: a root folder of Debian's stable release with tools of
# its backports, such as QEMU, and Debian's own kernels. Sourced after lib.sh, as root. All of it
# comes from Debian's archive; a second run downloads nothing. Who wants a root folder of another
# release, or without backports, changes the variables below.
#
# HISI_ZIP_CACHE is where it lies (/var/cache/hisi_zip), HISI_ZIP_MIRROR the archive (the one that
# this system uses).

tools_suite=trixie
tools_backports=$tools_suite-backports
tools_cache=${HISI_ZIP_CACHE:-/var/cache/hisi_zip}
tools=$tools_cache/$tools_suite # the root folder
tools_log=$tools_cache/tools.log
tools_seconds=600 # that a command inside may take
tools_binds=() # FROM:TO, folders of this system that a command inside sees

# Exit status 77 is meson's for a test that was skipped.
skip()
{
    say "skipped: $*" >&2
    exit 77
}

# Of the first archive of Debian itself that the system is configured with.
tools_mirror()
{
    local uri

    uri=${HISI_ZIP_MIRROR:-$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
        'Created-By: Packages' 2> /dev/null | sed -n 's/^Debian //p' | sed -n 1p)}
    echo "${uri:-http://deb.debian.org/debian}"
}

# What the system's apt goes through, for the tools that ask the environment.
tools_use_proxy()
{
    local proxy=''

    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [ -z "$proxy" ] || [ -n "${http_proxy:-}" ] || export http_proxy=$proxy
}

# tools_inside COMMAND...: in the root folder. Its mounts end with it, whatever happens.
tools_inside()
{
    timeout -k 10 "$tools_seconds" unshare --mount sh -c '
        root=$0
        mount -t proc proc "$root/proc" || exit 1
        while [ "$1" != -- ]; do
            mkdir -p "$root${1#*:}" && mount --rbind "${1%%:*}" "$root${1#*:}" || exit 1
            shift
        done
        shift
        exec chroot "$root" "$@"' "$tools" "${tools_binds[@]}" -- \
        env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} "$@"
}

tools_make_root()
{
    local archive new=$tools.new script=/usr/share/debootstrap/scripts/$tools_suite

    # An older debootstrap has no name for a newer release; they are all made like sid.
    [ -e "$script" ] || script=${script%/*}/sid
    archive=$(tools_mirror)
    rm -rf --one-file-system "$new"
    timeout -k 10 900 debootstrap --variant=minbase --include=ca-certificates,xz-utils \
        "$tools_suite" "$new" "$archive" "$script" || return 1
    printf 'deb %s %s main\n' "$archive" "$tools_suite" \
        ${tools_backports:+"$archive" "$tools_backports"} > "$new/etc/apt/sources.list"
    mv "$new" "$tools"
}

tools_update()
{
    [ -z "${tools_updated:-}" ] || return 0
    tools_inside apt-get -qq update && tools_updated=yes
}

# tools_root PACKAGE...: makes the root folder and installs the packages where that is due.
tools_root()
{
    local package missing=()

    [ -d "$tools" ] || tools_make_root || return 1
    for package; do
        tools_inside dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null |
            grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    tools_update || return 1
    tools_inside apt-get -qq install -y --no-install-recommends -t "$tools_backports" \
        "${missing[@]}" || return 1
    tools_inside apt-get clean
}

# The newest kernel of an architecture in the backports, by its name of itself.
tools_newest_kernel()
{
    tools_inside apt-cache show --no-all-versions -o "APT::Default-Release=$tools_backports" \
        "linux-image-$1:$1" | sed -n 's/^Depends:.* linux-image-\([0-9][^ ]*\).*/\1/p' | sed -n 1p
}

tools_unpack_kernel()
{
    local arch=$1 release=$2 debs=/var/cache/kernel-$1

    rm -rf "${tools:?}$debs"
    mkdir -p "$tools$debs"
    tools_inside sh -c 'cd "$0" && apt-get -qq download "$@" && mkdir tree &&
        for deb in *.deb; do dpkg-deb -x "$deb" tree || exit 1; done' "$debs" \
        "linux-binary-$release:$arch" "linux-modules-$release:$arch" "busybox-static:$arch" ||
        return 1
    rm -rf "$kernel.new"
    mkdir -p "$kernel.new"
    cp "$tools$debs/tree/usr/lib/modules/$release/vmlinuz" "$kernel.new/" &&
        mv "$tools$debs/tree/usr/lib/modules/$release/kernel" "$kernel.new/modules" &&
        cp "$tools$debs/tree/usr/bin/busybox" "$kernel.new/" &&
        echo "$release" > "$kernel.new/release" && mv "$kernel.new" "$kernel" || return 1
    rm -rf "${tools:?}$debs"
}

# tools_kernel ARCH: sets kernel, a folder that holds Debian's newest kernel of amd64 or arm64 as
# vmlinuz, its modules below modules/, its name in release, and a static busybox.
tools_kernel()
{
    local arch=$1 release

    kernel=$tools_cache/kernel-$arch
    [ ! -e "$kernel/release" ] || return 0
    tools_inside dpkg --add-architecture "$arch"
    tools_updated=
    tools_update || return 1
    release=$(tools_newest_kernel "$arch")
    [ -n "$release" ] || { echo "no kernel for $arch in $tools_backports"; return 1; }
    tools_unpack_kernel "$arch" "$release"
}

tools_mirror_answers()
{
    timeout 60 python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' \
        "$(tools_mirror)/dists/$tools_suite/InRelease" 2> /dev/null
}

# Skips where the tools cannot be used.
tools_check()
{
    [ "$(id -u)" = 0 ] || skip "it uses a root folder in $tools_cache, which needs root"
    unshare --mount true 2> /dev/null || skip "it needs a mount namespace, which is not allowed"
}

# tools_prepare COMMAND...: runs it where another run does not disturb, with what it says in the
# log; skips where that is not possible here.
tools_prepare()
{
    tools_check
    command -v debootstrap > /dev/null || skip "no debootstrap; run buildtools/setup.sh guest"
    mkdir -p "$tools_cache"
    exec 9> "$tools_cache/lock"
    flock -w 900 9 || die "another run prepares $tools_cache for too long"
    tools_use_proxy
    if ! "$@" > "$tools_log" 2>&1 9>&-; then
        tail -n 20 "$tools_log" >&2
        tools_mirror_answers || skip "$(tools_mirror) does not answer"
        die "cannot prepare $tools_cache, see $tools_log"
    fi
    exec 9>&-
}
