#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# run.sh CASE PLUGIN MODEL PROGRAM INFO
#
# Boots a guest whose functions are served by models, has its vfio-pci give them to DPDK programs
# behind a virtual IOMMU, and compares what these say with what the models counted. A case is one
# guest, for booting takes longer than most of what is tried:
#
#   functions  the distribution's compressdev_autotest, and its dpdk-test-compress-perf verifying a
#              file, on a VF and a PF of V3 and of V2 with doorbells at the chip's address, on a VF
#              of V3 with a doorbell window for each queue, and on one with shadow doorbells
#   programs   two dpdk-test-compress-perf at once, on a VF each, verify a file; a PF gives queues
#              to a VF of another process, and is reset meanwhile; a primary and a secondary
#              share a VF; a user without rights, and a token for VFs; hisi-zip-info on functions
#              that are idle
#   faults     operations on memory that the IOMMU never knew, or that is taken away meanwhile; an
#              event of the function comes by its interrupt; functions that are closed, or whose
#              process is killed, with operations in flight
#
# PROGRAM is the project's hisi-zip-test-guest, INFO its hisi-zip-info. Of a model's counters
# dma_read_faults and dma_write_faults say what was outside of the memory that the IOMMU lets the
# function reach: 0 but where a case provokes them.

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

# Checks of what a function, MODEL_NUMBER, was seen to do by its model.

# counter FUNCTION KEY: nothing where the model does not know it.
counter()
{
    awk -v key="socket.${1##*_}.$2" '$1 == key { print $2 }' "$work/${1%_*}/stats"
}

# must_be FUNCTION KEY [!=] VALUE
must_be()
{
    local value
    value=$(counter "$1" "$2")
    case $3 in
    '!=') [[ -n $value && $value != "$4" ]] || guest_fail "function $1: $2 is '$value'" ;;
    *) [ "$value" = "$3" ] || guest_fail "function $1: $2 is '$value', not $3" ;;
    esac
}

# Doorbells of function $1 by the way $2, on: shadow, off: the chip's, window: the chip's through
# the windows of queues; and by no other.
must_ring()
{
    local used=chip unused=shadow windows=0
    [ "$2" != on ] || used=shadow unused=chip
    must_be "$1" "sq_${used}_doorbells" != 0
    must_be "$1" "sq_${unused}_doorbells" 0
    must_be "$1" "cq_${unused}_doorbells" 0
    [ "$2" != window ] || windows=$(counter "$1" sq_chip_doorbells)
    must_be "$1" window_doorbells "$windows"
}

# The functions made no access to memory that the guest's IOMMU did not give them, nor one that it
# had taken back, and nothing of the bus was misused.
must_be_clean()
{
    local function
    for function; do
        must_be "$function" dma_read_faults 0
        must_be "$function" dma_write_faults 0
        must_be_used_well "$function"
    done
}

must_be_used_well()
{
    local key
    for key in illegal_accesses mailbox_failures mailbox_ignored dropped_doorbells \
        other_dropped_doorbells aeqes_lost eqes_lost; do
        must_be "$1" $key 0
    done
}

# must_count FUNCTION SW STEP...: it did all operations of the steps, by the PCI driver, without an
# error; with SW being "on" those that the driver gave to the engine, the rest and the errors being
# software's.
must_count()
{
    local function=$1 sw=$2 step engine software ends sum=0
    shift 2
    for step; do
        guest_step "$step" > "$work/step"
        grep -q 'Probe PCI driver: compress_hisi_zip (19e5:a25[01])' "$work/step" ||
            guest_fail "$step: no PCI device of the driver"
        read -r engine software < <(driver_ops "$work/step") ||
            guest_fail "$step: the driver counted nothing"
        [ "$sw" = on ] || [ "$software" = 0 ] ||
            guest_fail "$step: $software operations were done in software"
        [ "$engine" -gt 0 ] || guest_fail "$step: no operation reached the engine"
        sum=$((sum + engine))
    done
    # The end of a stream is a status of its own, and what it says is good.
    ends=$(counter "$function" errors.0x13)
    [ "$sw" = on ] || must_be "$function" errors "${ends:-0}"
    must_be "$function" sqes "$sum"
}

# must_pass FUNCTION NAME SW: the distribution's test did.
must_pass()
{
    local passed failed kind=v3
    [[ $2 != *-v2 ]] || kind=v2-hw
    guest_step "$2" > "$work/step"
    passed=$(sed -n 's/.*Tests Passed *: *\([0-9]*\).*/\1/p' "$work/step")
    failed=$(sed -n 's/.*Tests Failed *: *\([0-9]*\).*/\1/p' "$work/step")
    judge_autotest "$work/step" "$3" "$kind" "$2, sw=$3"
    [ -z "$judged" ] || guest_fail "$2: $judged"
    [ "$failed" = 0 ] || guest_fail "$2: '$passed' passed, '$failed' failed"
    echo "result: $2: $passed passed, $failed failed, a file verified; the model saw" \
        "$(counter "$1" sqes) operations, $(counter "$1" sq_chip_doorbells) doorbells of the chip" \
        "and $(counter "$1" sq_shadow_doorbells) shadow ones"
}

# Function, name, devargs, and the way of its doorbells. Raw DEFLATE, which V2 has not, is
# decompressed by its engine with software behind it.
autotests='
v3_0 vf-v3 sw=off,shadow=off off
v3_1 vf-v3-shadow sw=on,shadow=on on
isolation_0 vf-v3-isolation sw=off,shadow=off window
pfv3_0 pf-v3 sw=off,shadow=off off
v2_0 vf-v2 sw=on,v2_inflate=hw,shadow=off off
pfv2_0 pf-v2 sw=on,v2_inflate=hw,shadow=off off
'

autotest_job()
{
    local function name devargs way
    while read -r function name devargs way; do
        echo "autotest $name \$$function,$devargs"
        echo "perf perf-$name \$$function,$devargs 1"
    done < <(sed '/^$/d' <<< "$autotests")
}

case_functions()
{
    local function name devargs way sw
    guest_serve v3 "vf vf" --hw v3
    guest_serve isolation vf --hw v3 --db-isolation on
    guest_serve pfv3 pf --hw v3
    guest_serve v2 vf --hw v2
    guest_serve pfv2 pf --hw v2
    guest_boot 600 < <(autotest_job)
    if [ -z "${HISI_ZIP_GUEST_AGAIN:-}" ] && autotest_was_late "$work/console"; then
        echo "result: functions: later than dpdk-test waits, once more"
        guest_end
        HISI_ZIP_GUEST_AGAIN=yes exec "$here/run.sh" "${arguments[@]}"
    fi
    while read -r function name devargs way; do
        sw=${devargs#sw=} sw=${sw%%,*}
        guest_must_succeed "$name" "perf-$name"
        must_pass "$function" "$name" "$sw"
        must_count "$function" "$sw" "$name" "perf-$name"
        must_ring "$function" "$way"
        must_be_clean "$function"
    done < <(sed '/^$/d' <<< "$autotests")
}

case_programs()
{
    guest_serve alone "vf vf vf"
    guest_serve pair "pf vf"
    guest_serve shared vf
    guest_cpus=2
    guest_boot 420 <<-'END'
	at_once perf first "$alone_0,shadow=off" 4
	at_once perf second "$alone_1,shadow=off" 4
	together

	at_once verb pf "$pair_0,vf_queues=1:64"
	until [ -e /tmp/pf-ready ] || grep -q '^@ end' /tmp/at-once.pf; do sleep 0.1; done
	at_once verb vf "$pair_1"
	together

	at_once verb primary "$shared_0"
	until [ -e /tmp/primary-ready ] || grep -q '^@ end' /tmp/at-once.primary; do sleep 0.1; done
	verb secondary "$shared_0" --proc-type secondary --file-prefix primary
	touch /tmp/secondary-ended
	together

	echo zip:x:1000:1000::/tmp:/bin/sh >> /etc/passwd
	hisi-zip-vfio.sh allow zip "$alone_2"
	hisi-zip-vfio.sh status | sed 's/^/@ user /'
	ulimit -l unlimited
	step user 60 su zip -c "XDG_RUNTIME_DIR=/tmp exec hisi-zip-test-guest -l 0 -m 64 \
	    --no-telemetry --file-prefix user --huge-dir /dev/hugepages/zip -a $alone_2 -- basic"
	hisi-zip-vfio.sh unbind "$alone_2"
	hisi-zip-vfio.sh status | sed 's/^/@ unbound /'
	hisi-zip-vfio.sh bind "$alone_2"
	verb basic "$alone_2" --vfio-vf-token 2ab74924-c335-45f4-9b16-8569e5b08258

	step info-vf 60 hisi-zip-info --address "$alone_2" --registers
	step info-pf 60 hisi-zip-info --address "$pair_0" --registers
	END
    check_processes
    check_pair
    check_shared
    check_user
    check_info
}

check_processes()
{
    local overlap
    guest_must_succeed first second
    overlap=$(awk '$2 == "begin" && ($3 == "first" || $3 == "second") { if ($4 > from) from = $4 }
        $2 == "end" && ($3 == "first" || $3 == "second") { if (to == 0 || $5 < to) to = $5 }
        END { print(to > from ? to - from : 0) }' "$work/console")
    [ "$overlap" != 0 ] || guest_fail "the processes did not run at once"
    must_count alone_0 off first
    must_count alone_1 off second
    must_ring alone_0 off
    must_ring alone_1 off
    must_be_clean alone_0 alone_1
    echo "result: processes: both verified, $overlap s at once; the model saw" \
        "$(counter alone_0 sqes) and $(counter alone_1 sqes) operations"
}

check_pair()
{
    guest_must_succeed pf vf
    must_be_clean pair_0 pair_1
    must_be pair_1 sqes != 0
    [[ $(guest_step vf) == *'its PF is about to be reset'* ]] || guest_fail "the VF was not told"
    echo "result: pair: the VF works, is told that its PF is reset, and works again"
}

check_shared()
{
    guest_must_succeed primary secondary
    must_count shared_0 off primary
    must_be_clean shared_0
    echo "result: shared: $(guest_step primary | sed -n 's/^guest: \(.* round trips .*\)/\1/p');" \
        "the model saw $(counter shared_0 sqes) operations"
}

check_user()
{
    guest_must_succeed user basic
    must_be_clean alone_2
    grep -q '^@ user .* owner zip$' "$work/console" || guest_fail "the group has another owner"
    grep -q '^@ unbound .* driver none ' "$work/console" || guest_fail "it was not unbound"
    grep -q 'VF token incorrectly provided' "$work/console" || guest_fail "no token was shown"
    echo "result: user: a user without rights compressed; EAL showed the kernel a token"
}

check_info()
{
    guest_must_succeed info-vf info-pf
    guest_step info-vf | grep -q '^  device_id  *0xa251$' || guest_fail "the VF is not shown"
    guest_step info-pf | grep -q '^  device_id  *0xa250$' || guest_fail "the PF is not shown"
    guest_step info-pf | grep -q '^    abnormal_int_status  *0x00000000$' ||
        guest_fail "the PF shows no registers of its own"
    echo "result: info: hisi-zip-info shows a VF and a PF that nobody uses"
}

# The model "late" takes three seconds for an operation: time to take memory away. With "closed"
# more than three are in flight.
case_faults()
{
    guest_serve plain vf
    guest_serve late vf --pace-ns 3000000000
    guest_serve event vf --fault aeq-event:queue=0:nth=1:value=0
    guest_serve closed "vf vf" --pace-ns 100000000
    guest_boot 400 <<-'END'
	verb unmapped "$plain_0"
	verb late "$late_0"
	verb irq "$event_0"
	verb close "$closed_0"
	at_once verb killed "$closed_1"
	until grep -qE 'in flight|^@ end' /tmp/at-once.killed; do sleep 0.1; done
	kill -9 $(pidof hisi-zip-test-guest)
	together
	verb basic "$closed_1"
	END
    check_iommu
    check_event
    check_closed
}

check_iommu()
{
    guest_must_succeed unmapped late
    must_be_used_well plain_0
    must_be plain_0 errors 2
    must_be plain_0 dma_read_faults != 0
    must_be plain_0 dma_write_faults != 0
    must_be_used_well late_0
    must_be late_0 errors 1
    must_be late_0 dma_read_faults != 0
    echo "result: iommu: never mapped: $(counter plain_0 errors) operations are errors, the model" \
        "refused $(counter plain_0 dma_read_faults) reads and $(counter plain_0 dma_write_faults)" \
        "writes; unmapped too soon: $(counter late_0 errors) error," \
        "$(counter late_0 dma_read_faults) late reads"
}

check_event()
{
    guest_must_succeed irq
    must_be_clean event_0
    must_be event_0 aeqes 1
    must_be event_0 irqs != 0
    echo "result: event: $(guest_step irq | sed -n 's/^guest: \(vector.*\)/\1/p')," \
        "$(guest_step irq | sed -n 's/^guest: \(event.*\)/\1/p')"
}

check_closed()
{
    guest_must_succeed close basic
    [ "$(guest_status killed)" = 137 ] || guest_fail "the process was not killed"
    must_be_clean closed_0 closed_1
    echo "result: closed: closed and killed with operations in flight; the functions reached" \
        "for no memory afterwards"
}

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
[ $# = 5 ] || { usage >&2; exit 2; }
case_name=$1 plugin=$2 model=$3 arguments=("$@")
guest_plugin=$(realpath "$plugin") guest_programs=("$(realpath "$4")" "$(realpath "$5")")
guest_plugin=${guest_plugin#"$guest_dpdk"} guest_programs=("${guest_programs[@]#"$guest_dpdk"}")
"$here/prepare.sh"
prepare_run
trap guest_end EXIT
case $case_name in
functions | programs | faults) "case_$case_name" ;;
*) die "unknown case '$case_name'" ;;
esac
