#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# boot.sh GUEST WORK INIT
#
# Boots prepare.sh's folder GUEST by UEFI, with the function that is served at WORK/socket and with
# INIT as its first program; standard input and output are its serial console. WORK is a folder of
# this run's own. Needs root. Becomes QEMU, so that its end is QEMU's.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../judges/tools-root.sh"

[ $# = 3 ] || { usage >&2; exit 2; }
guest=$1 work=$2 init=$3 memory=${HISI_ZIP_GUEST_MB:-384}
# Mounts end with their namespace; exec keeps the process id, which marks it as ours.
[ "${HISI_ZIP_UNSHARED:-}" = $$ ] || HISI_ZIP_UNSHARED=$$ exec unshare --mount "$0" "$@"
# On a busy host the guest's clock jumps: that is nothing for its kernel to warn of.
cmdline='console=ttyAMA0 panic=-1 quiet nowatchdog'
cmdline+=' workqueue.cpu_intensive_thresh_us=30000000'
mount --bind "$work" "$tools/mnt"
cp -r "$guest/tree" "$guest/vmlinuz" "$work/"
install -m 755 "$init" "$work/tree/init"
chroot "$tools" sh -c 'cd /mnt/tree && find . | cpio --quiet -o -H newc | gzip -1 > /mnt/initrd.gz'
exec chroot "$tools" qemu-system-aarch64 -accel tcg -cpu cortex-a72 -smp 1 -m "${memory}M" \
    -M virt,gic-version=3,memory-backend=m0 \
    -object "memory-backend-memfd,id=m0,size=${memory}M,share=on" \
    -nodefaults -no-user-config -display none -serial stdio -no-reboot \
    -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd -kernel /mnt/vmlinuz -initrd /mnt/initrd.gz \
    -append "$cmdline" \
    -device '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"/mnt/socket"}}'
