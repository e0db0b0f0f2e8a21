#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# prepare.sh
#
# Gets what the suite "kernel" boots: QEMU, an arm64 kernel of Debian, and that kernel's own
# hisi_zip driver, built from its source. All of that comes from Debian's archive, and nothing of it
# is changed or kept in this tree; queue_work.c is this tree's. HISI_ZIP_CACHE is where it goes
# (/var/cache/hisi_zip); prints the folder. A second run downloads nothing. Needs root and
# debootstrap. Exit status 77: it cannot run here.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../judges/tools-root.sh"

guest=$tools_cache/kernel-2 # the number changes when what is made here does
build=/var/cache/kernel-2   # inside the root folder

# field PACKAGE FIELD
field()
{
    tools_inside apt-cache show --no-all-versions "$1" | sed -n "s/^$2: //p" | sed -n 1p
}

# Sets release, the kernel's name of itself, compiler and source, a package with its version.
choose()
{
    local headers

    release=$(cat "$kernel/release")
    headers=linux-headers-$release:arm64
    compiler=$(field "$headers" Depends | grep -o 'gcc-[0-9]*-for-host')
    compiler=${compiler%-for-host}-aarch64-linux-gnu
    source=linux-source-$(cut -d. -f1,2 <<< "$release")
    version=$(field "$headers" Version)
    echo "kernel $release, $source of $version, $compiler"
    [ -n "$version" ]
}

# The headers lie where they belong, since they name each other by absolute paths.
fetch()
{
    rm -rf "${tools:?}$build"
    mkdir -p "$tools$build"
    tools_inside sh -c 'cd "$0" && apt-get -qq download "$@" && for deb in linux-headers-*.deb \
        linux-kbuild-*.deb; do dpkg-deb -x "$deb" / || exit 1; done &&
        dpkg-deb -x linux-source-*.deb .' "$build" "$source=$version" \
        "linux-headers-${release%-arm64}-common" "linux-headers-$release:arm64" \
        "linux-kbuild-${release%-arm64}"
}

# The driver as external modules; the definitions are those of its own configuration.
build_modules()
{
    tools_inside sh -c 'cd "$0" && tar -xf usr/src/$1.tar.xz $1/drivers/crypto/hisilicon \
        $1/drivers/misc/uacce && mkdir mod && cd $1/drivers/crypto/hisilicon &&
        cp -r qm.c sgl.c debugfs.c qm_common.h zip ../../misc/uacce/uacce.c "$0/mod" &&
        rm "$0/mod/zip/Makefile"' "$build" "$source" || return 1
    cat > "$tools$build/mod/Kbuild" <<-'END'
	ccflags-y += -DCONFIG_UACCE_MODULE=1 -DCONFIG_CRYPTO_DEV_HISI_QM_MODULE=1
	ccflags-y += -DCONFIG_CRYPTO_DEV_HISI_ZIP_MODULE=1 -I$(src)
	obj-m := uacce.o hisi_qm.o hisi_zip.o
	hisi_qm-y := qm.o sgl.o debugfs.o
	hisi_zip-y := zip/zip_main.o zip/zip_crypto.o zip/dae_main.o
	END
    make_modules "$build/mod" && build_work
}

make_modules()
{
    tools_inside make -C "/usr/src/linux-headers-$release" "M=$1" ARCH=arm64 \
        CROSS_COMPILE=aarch64-linux-gnu- CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

# A module of our own on what hisi_qm exports, which may change with every kernel: where it does not
# build, the guest does without it, and the tests that need it are skipped.
build_work()
{
    mkdir "$tools$build/work" && cp "$(dirname "$0")/queue_work.c" "$tools$build/work" || return 1
    cat > "$tools$build/work/Kbuild" <<-END
	obj-m := queue_work.o
	KBUILD_EXTRA_SYMBOLS := $build/mod/Module.symvers
	END
    if make_modules "$build/work"; then
        mv "$tools$build/work/queue_work.ko" "$tools$build/mod/"
    else
        echo "queue_work.c does not fit $release"
    fi
}

# What the guest's memory starts with, but for its first program.
make_guest()
{
    local module tree=$guest.new/tree

    rm -rf "$guest.new" "$guest"
    mkdir -p "$tree"/{bin,dev,lib,proc,sys,tmp}
    install -m 755 "$kernel/busybox" "$tree/bin/busybox"
    for module in deflate brd; do
        find "$kernel/modules" -name "$module.ko.xz" -exec xz -dc {} + > "$tree/lib/$module.ko"
        [ -s "$tree/lib/$module.ko" ] || return 1
    done
    for module in "$tools$build"/mod/*.ko; do
        tools_inside aarch64-linux-gnu-strip -g "${module#"$tools"}" || return 1
        cp "$module" "$tree/lib/" || return 1
    done
    for module in uacce hisi_qm hisi_zip; do
        [ -s "$tree/lib/$module.ko" ] || return 1
    done
    cp "$kernel/vmlinuz" "$guest.new/" && mv "$guest.new" "$guest"
}

fetch_all()
{
    tools_kernel arm64 && choose && tools_root "$compiler" && fetch
}

# A kernel that was fetched some time ago may have left the archive, with its headers and source.
prepare()
{
    # Another run may have been at it.
    [ ! -e "$guest/vmlinuz" ] || return 0
    tools_root qemu-system-arm qemu-efi-aarch64 make xz-utils cpio kmod libelf1t64 || return 1
    fetch_all || { rm -rf "${tools_cache:?}/kernel-arm64" && fetch_all; } || return 1
    build_modules && make_guest || return 1
    rm -rf "${tools:?}$build" "$tools"/usr/src/linux-*
}

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
if [ ! -e "$guest/vmlinuz" ]; then
    say "preparing $guest, once; the log is $tools_log" >&2
    tools_prepare prepare
fi
echo "$guest"
