#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# telemetry.sh PLUGIN MODEL INFO
#
# Runs the distribution's dpdk-test-compress-perf on the plug-in with a model's process, asks it by
# the distribution's dpdk-telemetry.py while it works, and once when it has done all operations.
# Passes if the counters never go back, and at the end are what the program was to do, what it says
# that it did, and what the model counted; and if hisi-zip-info shows the same of the application,
# and is refused by its function, which is not disturbed.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/run.sh"

plugin=$1
# shellcheck disable=SC2034
model=$2
for program in dpdk-test-compress-perf dpdk-telemetry.py; do
    command -v $program > /dev/null || { say "no $program here (package dpdk-dev)"; exit 77; }
done
prepare_run
# The program has to be at work for long enough to be met there: on a machine that is busy with
# something else once more, slower.
for pace_us in 1000 4000 16000; do
    start_model --pace-ns "${pace_us}000"
    rc=0
    python3 "$top/app/test/stock/telemetry.py" --plugin "$plugin" --model-pid "$model_pid" \
        --info "$3" --folder "$work" --file-prefix "$file_prefix" || rc=$?
    stop_model
    [ $rc = 75 ] || exit $rc
    say "the program was done before it was met at work"
done
exit 1
