#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# faults.sh [--test PROGRAM] [--model PROGRAM] [embedded] [process]
#
# Runs the PMD tests' group "faults" once with each fault of the model, on the embedded model and
# on a model process, and compares the checks that fail with the table below. A fault that no
# check notices, or that another check than its own notices, ends the script with 1.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# The fault; the checks that fail then, and no others, where ? marks one that also may pass; what
# the driver does about it. All checks are in app/test/pmd/pmd_test_faults.c. Where
# works_again_after_a_stop is not in a row it passes: stop returned every op, and after start the
# same queue pairs worked.
table='
none||all checks pass
wrong-phase:queue=0:nth=9|every_op_comes_back|waits for the entry until stop, ERROR then
wrong-phase:queue=1:nth=9|every_op_comes_back|the same, decompression
lost-completion:queue=0:nth=9|every_op_succeeds nothing_is_logged|ERROR with the next completion
lost-completion:queue=0:nth=32|every_op_comes_back|none follows: ERROR at stop
produced:queue=0:nth=9|every_result_is_right|not noticed by the driver: zlib does
produced:queue=1:nth=9|every_result_is_right|the same, decompression
flipped-bit:queue=0:nth=9:value=500|every_result_is_right|not noticed by the driver: zlib does
flipped-bit:queue=1:nth=9:value=5000|every_result_is_right|the same, decompression
status:queue=0:nth=9:value=16|every_op_succeeds|ERROR, the word in debug_status
status:queue=1:nth=9:value=255|every_op_succeeds|the same, an unknown code
hang-queue:queue=0:nth=9|every_op_comes_back|ERROR at stop
aeq-event:queue=0:nth=9:value=0|nothing_is_logged ?every_op_succeeds|CQ overflow: the queue is dead
aeq-event:queue=1:nth=9:value=1|nothing_is_logged ?every_op_succeeds|EQ overflow: all is lost
aeq-event:queue=0:nth=9:value=2|nothing_is_logged ?every_op_succeeds|CQE error: the queue is dead
stuck-mailbox:nth=1|device_probe_timed_out|the probe fails after a bounded wait
stuck-mailbox:nth=2|device_starts|so does start: the event queue cannot be set up
stuck-mailbox:nth=8|device_starts|the same: a queue cannot
'

test=$top/build/app/test/pmd/hisi-zip-test-pmd model=$top/build/app/hisi-zip-model
transports=()
while [ $# -gt 0 ]; do
    case $1 in
    --test) [ $# -ge 2 ] || die "--test needs a program"; test=$2; shift 2 ;;
    --model) [ $# -ge 2 ] || die "--model needs a program"; model=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    embedded | process) transports+=("$1"); shift ;;
    *) die "unknown argument '$1'; valid: --test, --model, --help, embedded, process" ;;
    esac
done
[ ${#transports[@]} -gt 0 ] || transports=(embedded process)
[ -x "$test" ] || die "no $test; build first"
# Where by chance a destination has no room for more, the driver sees that too much was produced.
export HISI_ZIP_TEST_SEED=${HISI_ZIP_TEST_SEED:-1}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The checks that failed, in alphabetical order.
failed_checks()
{
    sed -nE 's/^\[ +(FAILED|ERROR) +\] ([a-z_]+)$/\2/p' "$log" | sort -u | tr '\n' ' '
}

# agree CHECKS: whether those failed that had to, and no others.
agree()
{
    local check left=" $got"

    for check in $1; do
        case $left in
        *" ${check#\?} "*) left=${left/ ${check#\?} / } ;;
        *) [ "${check#\?}" != "$check" ] || return 1 ;;
        esac
    done
    [ "$left" = ' ' ]
}

# run_fault TRANSPORT FAULT CHECKS
run_fault()
{
    local args=(--group faults --transport "$1" --model "$model") rc=0 got

    [ "$2" = none ] || args+=(--fault "$2")
    timeout 60 "$test" "${args[@]}" > "$log" 2>&1 || rc=$?
    got=$(failed_checks)
    agree "$3" && { [ -n "$3" ] || [ $rc = 0 ]; } && return 0
    cat "$log" >&2
    say "$1, $2: should fail: ${3:-no check}; failed: ${got:-no check} (exit code $rc)" >&2
    return 1
}

bad=0
for transport in "${transports[@]}"; do
    while IFS='|' read -r fault checks why; do
        [ -n "$fault" ] || continue
        if run_fault "$transport" "$fault" "$checks"; then
            printf '%-9s %-37s %s: %s\n' "$transport" "$fault" "${checks:-ok}" "$why"
        else
            bad=$((bad + 1))
        fi
    done <<< "$table"
done
[ $bad = 0 ] || die "$bad faults are not as the table says"
