#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# run.sh CASE PLUGIN MODEL PROGRAM
#
# Boots a guest whose functions are served by the model, has its vfio-pci give them to DPDK programs
# behind a virtual IOMMU, and compares what these say with what the model counted. Cases:
#
#   vf-v3      the distribution's compressdev_autotest on a virtual function of V3, with doorbells
#              at the chip's address and with shadow doorbells
#   vf-v2, pf-v3, pf-v2
#              the same on other functions, with doorbells at the chip's address
#   isolation  the same on a virtual function of V3, with a doorbell window for each queue
#   processes  two dpdk-test-compress-perf at once, on a function each, verify a file
#   iommu      operations on memory that the IOMMU never knew, or that is taken away meanwhile
#   events     an event of the function comes by its interrupt
#   close      functions that are closed, or whose process is killed, with operations in flight
#   pair       a PF gives queues to a VF of another process, and is reset meanwhile
#   user       a user without rights, and a token for VFs
#
# PROGRAM is the project's hisi-zip-test-guest. Of the model's counters dma_read_faults and
# dma_write_faults say what was outside of the memory that the IOMMU lets the function reach: 0 but
# where a case provokes them.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../run.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/../judges/tools-root.sh"
# shellcheck source-path=SCRIPTDIR
. "$here/guest.sh"

# counter SOCKET KEY: what the model counted for its socket of that number.
counter()
{
    awk -v key="socket.$1.$2" '$1 == key { print $2 }' "$work/stats"
}

# must_be SOCKET KEY [!=] VALUE
must_be()
{
    local value
    value=$(counter "$1" "$2")
    case $3 in
    '!=') [ "$value" != "$4" ] || guest_fail "function $1: $2 is $value" ;;
    *) [ "$value" = "$3" ] || guest_fail "function $1: $2 is $value, not $3" ;;
    esac
}

# Doorbells of function $1 by the way $2, on: shadow, off: the chip's, and by no other.
must_ring()
{
    local used=chip unused=shadow
    [ "$2" = off ] || used=shadow unused=chip
    must_be "$1" "sq_${used}_doorbells" != 0
    must_be "$1" "sq_${unused}_doorbells" 0
    must_be "$1" "cq_${unused}_doorbells" 0
    if [ "$case_name" = isolation ]; then
        must_be "$1" window_doorbells "$(counter "$1" sq_chip_doorbells)"
    else
        must_be "$1" window_doorbells 0
    fi
}

# The function made no access to memory that the guest's IOMMU did not give it, nor one that it had
# taken back, and nothing of the bus was misused.
must_be_clean()
{
    must_be "$1" dma_read_faults 0
    must_be "$1" dma_write_faults 0
    must_be_used_well "$1"
}

must_be_used_well()
{
    local key
    for key in illegal_accesses mailbox_failures mailbox_ignored dropped_doorbells \
        other_dropped_doorbells aeqes_lost eqes_lost; do
        must_be "$1" $key 0
    done
}

# Function $1 did all operations of step $2, without an error; with $3 being "on" those that the
# driver gave to the engine, the rest and the errors being software's.
must_count()
{
    local engine software
    guest_step "$2" > "$work/step"
    read -r engine software < <(driver_ops "$work/step") ||
        guest_fail "$2: the driver counted nothing"
    if [ "${3:-off}" = off ]; then
        [ "$software" = 0 ] || guest_fail "$2: $software operations were done in software"
        must_be "$1" errors 0
    fi
    [ "$engine" -gt 0 ] || guest_fail "$2: no operation reached the engine"
    must_be "$1" sqes "$engine"
}

# The guest's functions are PCI devices bound to vfio-pci, $1 of them.
must_have_functions()
{
    [ "$(grep -c '^@ function .* driver vfio-pci group [0-9]* ' "$work/console")" = "$1" ] ||
        guest_fail "there are not $1 functions bound to vfio-pci"
}

# autotest_case FUNCTION HW WAYS [model option...]: a function for each way of doorbells.
autotest_case()
{
    local way ways number=0 sockets=(vf0) sw=off devargs=sw=off
    # Raw DEFLATE, which V2 has not, is decompressed by its engine with software behind it.
    [ "$2" = v3 ] || { sw=on; devargs=sw=on,v2_inflate=hw; }
    served=,function=$1
    read -ra ways <<< "$3"
    [ ${#ways[@]} = 1 ] || { sockets+=(vf1); set -- "$@" --socket "$work/vf1,function=$1"; }
    start_model --hw "$2" "${@:4}"
    for way in "${ways[@]}"; do
        echo "autotest $way \$$((++number)),$devargs,shadow=$way"
    done | guest_boot 300 "${sockets[@]}"
    stop_model
    must_have_functions ${#ways[@]}
    guest_must_succeed "${ways[@]}"
    number=0
    for way in "${ways[@]}"; do
        must_pass $number "$way" $sw
        number=$((number + 1))
    done
}

# must_pass SOCKET WAY SW: the distribution's test did, with doorbells of that way.
must_pass()
{
    local passed failed expected=${autotest_passes[$3]}
    passed=$(guest_step "$2" | sed -n 's/.*Tests Passed *: *\([0-9]*\).*/\1/p')
    failed=$(guest_step "$2" | sed -n 's/.*Tests Failed *: *\([0-9]*\).*/\1/p')
    [ "$passed/$failed" = "$expected/0" ] ||
        guest_fail "shadow=$2: $passed passed, $failed failed, not $expected and 0"
    must_count "$1" "$2" "$3"
    must_ring "$1" "$2"
    must_be_clean "$1"
    echo "result: $case_name: shadow=$2: $passed passed, $failed failed; the model saw" \
        "$(counter "$1" sqes) operations, $(counter "$1" sq_chip_doorbells) doorbells of the chip" \
        "and $(counter "$1" sq_shadow_doorbells) shadow ones"
}

case_processes()
{
    local overlap
    start_model --socket "$work/vf1"
    guest_cpus=2
    guest_boot 400 vf0 vf1 <<-'END'
	perf first "$1" 4 > /tmp/first &
	perf second "$2" 4 > /tmp/second
	wait
	cat /tmp/first /tmp/second
	END
    stop_model
    must_have_functions 2
    guest_must_succeed first second
    overlap=$(awk '$2 == "begin" { if ($4 > from) from = $4 }
        $2 == "end" { if (to == 0 || $5 < to) to = $5 }
        END { print(to > from ? to - from : 0) }' "$work/console")
    [ "$overlap" != 0 ] || guest_fail "the processes did not run at once"
    must_count 0 first
    must_count 1 second
    must_be_clean 0
    must_be_clean 1
    echo "result: $case_name: both verified, $overlap s at once; the model saw" \
        "$(counter 0 sqes) and $(counter 1 sqes) operations"
}

# The model takes half a second for an operation: time to take memory away.
case_iommu()
{
    start_model --socket "$work/vf1" --pace-ns 500000000
    guest_boot 200 vf0 vf1 <<-'END'
	verb unmapped "$1"
	verb late "$2"
	END
    stop_model
    guest_must_succeed unmapped late
    must_be_used_well 0
    must_be 0 errors 2
    must_be 0 dma_read_faults != 0
    must_be 0 dma_write_faults != 0
    must_be_used_well 1
    must_be 1 errors 1
    must_be 1 dma_read_faults != 0
    echo "result: $case_name: never mapped: $(counter 0 errors) operations are errors, the model" \
        "refused $(counter 0 dma_read_faults) reads and $(counter 0 dma_write_faults) writes;" \
        "unmapped too soon: $(counter 1 errors) error, $(counter 1 dma_read_faults) late reads"
}

case_events()
{
    start_model --fault aeq-event:queue=0:nth=1:value=0
    guest_boot 150 vf0 <<-'END'
	verb irq "$1"
	END
    stop_model
    guest_must_succeed irq
    must_be_clean 0
    must_be 0 aeqes 1
    must_be 0 irqs != 0
    echo "result: $case_name: $(guest_step irq | sed -n 's/^guest: \(vector.*\)/\1/p')," \
        "$(guest_step irq | sed -n 's/^guest: \(event.*\)/\1/p')"
}

# Each operation takes 50 ms: more than a second is in flight.
case_close()
{
    start_model --socket "$work/vf1" --pace-ns 50000000
    guest_boot 200 vf0 vf1 <<-'END'
	verb close "$1"
	verb killed "$2" > /tmp/killed &
	until grep -q 'in flight' /tmp/killed; do sleep 0.1; done
	kill -9 $(pidof hisi-zip-test-guest)
	wait
	cat /tmp/killed
	verb basic "$2"
	END
    stop_model
    guest_must_succeed close basic
    [ "$(guest_status killed)" = 137 ] || guest_fail "the process was not killed"
    must_be_clean 0
    must_be_clean 1
    echo "result: $case_name: closed and killed with operations in flight; the functions reached" \
        "for no memory afterwards"
}

case_pair()
{
    served=,function=pf
    start_model --socket "$work/vf1"
    guest_boot 250 vf0 vf1 <<-'END'
	verb pf "$1,vf_queues=1:64" > /tmp/pf &
	until [ -e /tmp/pf-ready ] || grep -q '^@ end' /tmp/pf; do sleep 0.1; done
	verb vf "$2"
	wait
	cat /tmp/pf
	END
    stop_model
    guest_must_succeed pf vf
    must_be_clean 0
    must_be_clean 1
    must_be 1 sqes != 0
    [[ $(guest_step vf) == *'its PF is about to be reset'* ]] || guest_fail "the VF was not told"
    echo "result: $case_name: the VF works, is told that its PF is reset, and works again"
}

case_user()
{
    start_model
    guest_boot 150 vf0 <<-'END'
	echo zip:x:1000:1000::/tmp:/bin/sh >> /etc/passwd
	hisi-zip-vfio.sh allow zip "$1"
	hisi-zip-vfio.sh status | sed 's/^/@ user /'
	ulimit -l unlimited
	step user 60 su zip -c "XDG_RUNTIME_DIR=/tmp exec hisi-zip-test-guest -l 0 -m 64 \
	    --no-telemetry --file-prefix user --huge-dir /dev/hugepages/zip -a $1 -- basic"
	hisi-zip-vfio.sh unbind "$1"
	hisi-zip-vfio.sh status | sed 's/^/@ unbound /'
	hisi-zip-vfio.sh bind "$1"
	verb basic "$1" --vfio-vf-token 2ab74924-c335-45f4-9b16-8569e5b08258
	END
    stop_model
    guest_must_succeed user basic
    must_be_clean 0
    grep -q '^@ user .* owner zip$' "$work/console" || guest_fail "the group has another owner"
    grep -q '^@ unbound .* driver none ' "$work/console" || guest_fail "it was not unbound"
    grep -q 'VF token incorrectly provided' "$work/console" || guest_fail "no token was shown"
    echo "result: $case_name: a user without rights compressed; EAL showed the kernel a token"
}

[ "${1:-}" != --help ] || { usage; exit 0; }
[ $# = 4 ] || { usage >&2; exit 2; }
case_name=$1 plugin=$2 model=$3
guest_plugin=$(realpath "$plugin") guest_programs=("$(realpath "$4")")
guest_plugin=${guest_plugin#"$guest_dpdk"} guest_programs=("${guest_programs[@]#"$guest_dpdk"}")
"$here/prepare.sh"
# The distribution's test gives an operation 100 ms, which a busy machine takes from a model.
launcher=(nice -n -10)
prepare_run
trap guest_end EXIT
case $case_name in
vf-v3) autotest_case vf v3 "off on" ;;
vf-v2) autotest_case vf v2 off ;;
pf-v3) autotest_case pf v3 off ;;
pf-v2) autotest_case pf v2 off ;;
isolation) autotest_case vf v3 off --db-isolation on ;;
processes | iommu | events | close | pair | user) "case_$case_name" ;;
*) die "unknown case '$case_name'" ;;
esac
