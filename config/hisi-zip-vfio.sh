#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# hisi-zip-vfio.sh status
# hisi-zip-vfio.sh vfs PF NUMBER
# hisi-zip-vfio.sh bind FUNCTION...
# hisi-zip-vfio.sh unbind FUNCTION...
# hisi-zip-vfio.sh hugepages MIB
# hisi-zip-vfio.sh allow USER FUNCTION...
#
# What an administrator does before applications can use the ZIP engine by vfio-pci; as root. PF and
# FUNCTION are PCI addresses, such as 0000:75:00.0. Nothing of it outlives a reboot.
#
#   status     lists the functions, their drivers, IOMMU groups and who may open these
#   vfs        has the kernel's driver, which is bound to PF, make NUMBER virtual functions, left
#              without a driver; they share the queues that its parameter pf_q_num leaves
#   bind       gives functions to vfio-pci
#   unbind     gives them back to the kernel's driver, if there is one
#   hugepages  reserves memory in pages of 2 MiB, and mounts /dev/hugepages where nothing is
#   allow      lets a user open the groups of functions, and use hugepages in /dev/hugepages/USER

set -eu

devices=/sys/bus/pci/devices
drivers=/sys/bus/pci/drivers

die()
{
    echo "${0##*/}: $*" >&2
    exit 1
}

is_number()
{
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# The name of what a link of a function points to, or "none".
linked()
{
    if [ -e "$devices/$1/$2" ]; then basename "$(readlink -f "$devices/$1/$2")"; else echo none; fi
}

check_function()
{
    [ -d "$devices/$1" ] || die "there is no PCI function $1"
    [ "$(cat "$devices/$1/vendor")" = 0x19e5 ] || die "$1 is no function of this vendor"
    case $(cat "$devices/$1/device") in
    0xa250 | 0xa251) ;;
    *) die "$1 is no ZIP engine" ;;
    esac
}

usage()
{
    sed -n '5,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

status()
{
    found=
    for path in "$devices"/*; do
        [ "$(cat "$path/vendor" 2> /dev/null)" = 0x19e5 ] || continue
        function=${path##*/}
        case $(cat "$path/device") in
        0xa250) kind=PF ;;
        0xa251) kind=VF ;;
        *) continue ;;
        esac
        found=1
        group=$(linked "$function" iommu_group)
        owner=-
        [ ! -e "/dev/vfio/$group" ] || owner=$(stat -c %U "/dev/vfio/$group")
        echo "$function $kind revision $(cat "$path/revision") driver" \
            "$(linked "$function" driver) group $group owner $owner"
    done
    [ -n "$found" ] ||
        echo "${0##*/}: there is no function of a ZIP engine (19e5:a250, 19e5:a251)" >&2
}

make_vfs()
{
    check_function "$1"
    is_number "$2" || die "'$2' is no number of virtual functions"
    [ -e "$devices/$1/sriov_numvfs" ] || die "$1 has no virtual functions"
    [ "$(linked "$1" driver)" = hisi_zip ] ||
        die "$1 is not bound to the kernel's driver hisi_zip: without it no VF gets queues"
    max=$(cat "$devices/$1/sriov_totalvfs")
    [ "$2" -le "$max" ] || die "$1 can have $max virtual functions"
    # The kernel would give them to its own driver at once.
    echo 0 > "$devices/$1/sriov_drivers_autoprobe"
    # From some to another number there is no way but by none.
    echo 0 > "$devices/$1/sriov_numvfs"
    echo "$2" > "$devices/$1/sriov_numvfs"
    status
}

# rebind FUNCTION DRIVER: an empty name lets the kernel choose.
rebind()
{
    [ ! -e "$devices/$1/driver" ] || echo "$1" > "$devices/$1/driver/unbind"
    echo "$2" > "$devices/$1/driver_override"
    echo "$1" > "$drivers/../drivers_probe"
}

bind()
{
    [ -d "$drivers/vfio-pci" ] || modprobe vfio-pci || die "the kernel has no vfio-pci"
    for function; do
        check_function "$function"
        [ -e "$devices/$function/iommu_group" ] ||
            die "$function is in no IOMMU group: is the IOMMU (SMMU) on in firmware and kernel?"
        rebind "$function" vfio-pci
        [ "$(linked "$function" driver)" = vfio-pci ] || die "$function was not bound, see dmesg"
    done
}

unbind()
{
    for function; do
        check_function "$function"
        rebind "$function" ''
    done
}

hugepages()
{
    is_number "$1" || die "'$1' is no number of MiB"
    count=$((($1 + 1) / 2)) file=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
    [ -e "$file" ] || die "this kernel has no hugepages of 2 MiB"
    echo "$count" > "$file"
    got=$(cat "$file")
    [ "$got" -ge "$count" ] || die "there is memory for $got hugepages only, of $count"
    if ! grep -q ' /dev/hugepages hugetlbfs ' /proc/mounts; then
        mkdir -p /dev/hugepages
        mount -t hugetlbfs -o pagesize=2M none /dev/hugepages
    fi
}

allow()
{
    user=$1
    id -u "$user" > /dev/null 2>&1 || die "there is no user $user"
    shift
    for function; do
        check_function "$function"
        group=$(linked "$function" iommu_group)
        [ -e "/dev/vfio/$group" ] || die "$function is not bound to vfio-pci"
        chown "$user" "/dev/vfio/$group"
    done
    chmod 0666 /dev/vfio/vfio
    mkdir -p "/dev/hugepages/$user"
    chown "$user" "/dev/hugepages/$user"
    chmod 0700 "/dev/hugepages/$user"
}

case ${1:-} in
--help | -h) usage; exit 0 ;;
esac
verb=${1:-}
[ $# = 0 ] || shift
case $verb:$# in
status:0) status ;;
vfs:2) make_vfs "$@" ;;
bind:[1-9]*) bind "$@" ;;
unbind:[1-9]*) unbind "$@" ;;
hugepages:1) hugepages "$@" ;;
allow:[2-9] | allow:[1-9][0-9]*) allow "$@" ;;
*) usage >&2; exit 2 ;;
esac
