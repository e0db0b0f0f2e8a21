#!/bin/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

# First program of the guest: loads Linux's hisi_zip driver and puts it to work. It judges nothing.
# On V2 the driver has no algorithm: what is left are its registers, contexts, resets and uacce, and
# its queues, which work for queue_work.ko.
# Lines "@ KEY VALUE" are what it saw; "@mark NAME" waits for a line, so that the model's counters
# can be read meanwhile. Busybox only.

compressor=hisi-deflate-acomp

say()
{
    echo "@ $*"
}

mark()
{
    echo "@mark $1"
    read -r -t 60 _
}

end()
{
    dmesg -r | sed 's/^/@dmesg /'
    poweroff -f
    sleep 60
}

give_up()
{
    say gave_up "$*"
    end
}

# try SECONDS COMMAND...
try()
{
    n=$(($1 * 5))
    shift
    until "$@"; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        usleep 200000
    done
}

# What /proc/crypto says of our algorithm.
algorithm()
{
    sed -n "/^driver *: $compressor\$/,/^\$/s/^$1 *: //p" /proc/crypto
}

tested()
{
    [ "$(algorithm selftest)" = passed ]
}

unused()
{
    [ "$(algorithm refcnt)" = 1 ]
}

# say_tasks PREFIX: the driver's counters.
say_tasks()
{
    for name in send_cnt recv_cnt send_busy_cnt err_bd_cnt; do
        say "$1_$name" "$(cat "/sys/kernel/debug/hisi_zip/$device/zip_dfx/$name")"
    done
}

selftest()
{
    try 60 tested || give_up "$1: selftest is '$(algorithm selftest)'"
    say "$1_selftest" "$(algorithm selftest)"
    say "$1_priority" "$(algorithm priority)"
    say_tasks "$1"
    mark "$1"
}

start_system()
{
    /bin/busybox --install -s /bin
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    mount -t devtmpfs devtmpfs /dev
    mount -t debugfs debugfs /sys/kernel/debug
    mkdir /cg /data
    mount -t cgroup2 cgroup2 /cg
    stty -echo
    echo 1 > /proc/sys/kernel/printk
    echo
    say kernel "$(uname -r)"
    [ ! -d /sys/firmware/efi ] || say uefi 1
}

load()
{
    # The software fallback first: without it the self-test passes without a task.
    for module in deflate uacce hisi_qm hisi_zip; do
        insmod "/lib/$module.ko" || give_up "insmod $module"
    done
    device=$(ls /sys/bus/pci/drivers/hisi_zip | grep '^0000:')
    [ -n "$device" ] || give_up "hisi_zip took no device"
    say device "$device" "$(cat "/sys/bus/pci/devices/$device/device")"
    revision=$(cat "/sys/bus/pci/devices/$device/revision")
    say revision "$revision"
}

unload()
{
    for module in hisi_zip hisi_qm uacce; do
        rmmod "$module" || give_up "rmmod $module"
    done
    say unloaded 1
    mark unload
}

reset_function()
{
    say reset_method "$(cat "/sys/bus/pci/devices/$device/reset_method")"
    echo 1 > "/sys/bus/pci/devices/$device/reset" || give_up reset
}

unbind()
{
    echo "$device" > /sys/bus/pci/drivers/hisi_zip/unbind || give_up unbind
    [ -z "$(algorithm selftest)" ] || give_up "$compressor is there without a device"
    mark unbind
}

bind()
{
    echo "$device" > /sys/bus/pci/drivers/hisi_zip/bind || give_up bind
}

# Swap goes through zswap, which compresses with our driver; a small box forces it out.
start_swap()
{
    insmod /lib/brd.ko rd_nr=1 rd_size=262144 || give_up "insmod brd"
    mkswap /dev/ram0 > /dev/null || give_up mkswap
    echo deflate > /sys/module/zswap/parameters/compressor || give_up "zswap compressor"
    echo 90 > /sys/module/zswap/parameters/max_pool_percent
    echo 1 > /sys/module/zswap/parameters/enabled || give_up "zswap on"
    swapon /dev/ram0 || give_up swapon
    echo +memory > /cg/cgroup.subtree_control
    mkdir /cg/box
    echo 20M > /cg/box/memory.max
    mount -t tmpfs -o size=256m tmpfs /data
}

in_box()
{
    sh -c 'echo $$ > /cg/box/cgroup.procs; exec "$@"' sh "$@" || give_up "in the box: $*"
}

fill()
{
    head -c 8388608 /proc/kallsyms > /tmp/text
    for n in 1 2 3 4; do
        in_box cp /tmp/text "/data/text$n"
    done
}

# say_files KEY: how many of the files read back as they were written.
say_files()
{
    good=0
    for file in /data/*; do
        kind=${file#/data/}
        in_box cmp -s "/tmp/${kind%[0-9]}" "$file" && good=$((good + 1))
    done
    say "$1_files" $good
}

say_zswap()
{
    for file in /sys/kernel/debug/zswap/*; do
        say "$1_zswap_${file##*/}" "$(cat "$file")"
    done
    say "$1_swap_used_kb" "$(awk '/ram0/ {print $4}' /proc/swaps)"
}

swap()
{
    start_swap
    fill
    say_zswap filled
    say_files swap
    say_tasks swap
    say_zswap swap
    mark swap
}

# What was compressed before the reset is decompressed after it.
reset()
{
    reset_function
    say_files reset
    say_tasks reset
    mark reset
}

# Pages that do not compress: the room for the output is a page, so the request must fail.
noise()
{
    say noise_from "$(cut -d' ' -f1 /proc/uptime)"
    head -c 2097152 /dev/urandom > /tmp/noise
    # What is kept as it is counts in the box, too.
    echo 28M > /cg/box/memory.max
    for n in 1 2 3; do
        in_box cp /tmp/noise "/data/noise$n"
    done
    say_files noise
    say_tasks noise
    say_zswap noise
    mark noise
}

stop_swap()
{
    umount /data
    swapoff /dev/ram0 || give_up swapoff
    echo lzo > /sys/module/zswap/parameters/compressor
    echo 0 > /sys/module/zswap/parameters/enabled
    try 20 unused || give_up "zswap keeps $compressor"
}

# say_registers PREFIX: what debugfs shows of the function.
say_registers()
{
    debugfs=/sys/kernel/debug/hisi_zip/$device
    say "$1_status" "$(cat "$debugfs/qm/status")"
    say "$1_qm_state" "$(cat "$debugfs/qm/qm_state")"
    for name in aeq_irq abnormal_irq err_irq create_qp_err mb_err dev_state; do
        say "$1_$name" "$(cat "$debugfs/qm/$name")"
    done
    while read -r name _ value; do
        say "$1_$name" "$value"
    done < "$debugfs/qm/regs"
    say "$1_core_registers" "$(cat "$debugfs"/*core*/regs | grep -c '= 0x')"
}

# The driver asks the device for its contexts and shows them in the log.
dump_contexts()
{
    for context in 'sqc 0' 'cqc 0' eqc aeqc; do
        echo "$context" > "/sys/kernel/debug/hisi_zip/$device/qm/cmd" || give_up "dump $context"
    done
}

# With uacce, which does without an algorithm: its device cannot be opened under QEMU.
uacce()
{
    rmmod hisi_zip || give_up "rmmod hisi_zip"
    insmod /lib/hisi_zip.ko uacce_mode=1 || give_up "insmod hisi_zip uacce_mode=1"
    for name in algorithms api available_instances region_mmio_size isolate; do
        say "uacce_$name" "$(tr '\n' ' ' < "/sys/class/uacce/hisi_zip-0/$name")"
    done
    reset_function
    say_registers uacce
    mark uacce
}

# run_rounds N: all through the queues, there and back.
run_rounds()
{
    echo "$1" > /sys/module/queue_work/parameters/run || give_up "run $1 rounds"
}

# say_requests KEY: how many requests completed since the module was loaded.
say_requests()
{
    say "$1_requests" "$(cat /sys/module/queue_work/parameters/run)"
}

# Requests before, during and after a reset; then the queues are drained and given back. The
# module is not there where it did not build for this kernel.
work()
{
    insmod /lib/queue_work.ko || give_up "insmod queue_work"
    say work 1
    run_rounds 40
    say_requests work
    dump_contexts
    mark work
    run_rounds 100 &
    runner=$!
    usleep 300000
    reset_function
    # Not the reset, but the requests, which go on where it ends.
    wait $runner || give_up "requests during a reset"
    run_rounds 2
    say_requests busy_reset
    mark busy_reset
    rmmod queue_work || give_up "rmmod queue_work"
    say_registers work
    mark drained
}

judge_v2()
{
    say algorithm "$(algorithm selftest)"
    say_registers probe
    dump_contexts
    mark probe
    [ ! -e /lib/queue_work.ko ] || work
    reset_function
    say_registers reset
    mark reset
    unbind
    bind
    say_registers rebind
    mark rebind
    uacce
}

judge_v3()
{
    selftest probe
    swap
    reset
    noise
    stop_swap
    unbind
    bind
    selftest rebind
}

start_system
load
case $revision in
0x21) judge_v2 ;;
*) judge_v3 ;;
esac
unload
end
