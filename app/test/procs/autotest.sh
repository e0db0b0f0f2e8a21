#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# autotest.sh PLUGIN [option of test_procs.py...]
#
# Runs compressdev_autotest of the distribution's dpdk-test on the plug-in in a secondary, while the
# primary, dpdk-test too, is idle. Passes if as many cases pass as in a primary.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/run.sh"

plugin=$1
shift
command -v dpdk-test > /dev/null || { say "no dpdk-test here (package dpdk-dev)"; exit 77; }
prepare_run
status=0
"$(dirname "$0")/test_procs.py" autotest --plugin "$plugin" --passes "$autotest_cases" \
    "$@" || status=$?
exit $status
