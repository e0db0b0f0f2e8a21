#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# autotest.sh embedded|vfio-user PLUGIN MODEL on|off [v3|v2-sw|v2-hw|pf]
# autotest.sh none PLUGIN MODEL only
#
# Runs compressdev_autotest of the distribution's dpdk-test on the plug-in with sw=on or sw=off, on
# a V3 function (v3), a V2 one with v2_inflate=sw or =hw, or a V3 physical function; or with
# sw=only, which needs none.
# Passes if each case that the driver's capabilities allow passed, those that they do not allow were
# unsupported, and the model saw every operation that the driver says the engine did. With sw=off
# that is all of them: what is done in software proves nothing. With sw=on software may only have
# done what the engine cannot: fixed Huffman codes, and on V2 decompression.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/run.sh"

transport=$1
plugin=$2
# shellcheck disable=SC2034
model=$3
sw=$4
kind=${5:-v3}

# field NAME: the number behind a line of the suite's summary.
field()
{
    sed -n "s/.*Tests $1 *: *\([0-9]*\).*/\1/p" "$log"
}

fail()
{
    cat "$log" >&2
    die "$transport, sw=$sw, $kind: $*"
}

command -v dpdk-test > /dev/null || { say "no dpdk-test here (package dpdk-dev)"; exit 77; }
prepare_run
log=$work/log
vdev=compress_hisi_zip_user0
vdev+=,sw=$sw
model_options=()
case $kind in
v3) ;;
v2-*) model_options=(--hw v2) vdev+=,v2_inflate=${kind#v2-} ;;
pf) served=,function=pf ;;
*) die "unknown kind '$kind'; valid: v3, v2-sw, v2-hw, pf" ;;
esac
if [ "$transport" = vfio-user ]; then
    vdev+=,path=$work/vf0
elif [[ $kind == v2-* ]]; then
    vdev+=,hw=v2
fi
seen=0
for left in 2 1 0; do
    [ "$transport" != vfio-user ] || start_model "${model_options[@]}"
    status=0
    # By lines: what the driver says when a case closes the device stands before its outcome.
    DPDK_TEST=compressdev_autotest timeout -k 5 90 stdbuf -oL dpdk-test --no-huge -m 512 \
        --no-pci --file-prefix "$file_prefix" -d "$plugin" --vdev "$vdev" \
        > "$log" 2>&1 < /dev/null || status=$?
    [ $status != 0 ] || break
    { [ $left != 0 ] && autotest_was_late "$log"; } || fail "dpdk-test ended with status $status"
    echo "result: $transport, sw=$sw, $kind: later than dpdk-test waits, once more"
    [ "$transport" != vfio-user ] || stop_model
done
if [ "$transport" = vfio-user ]; then
    stop_model
    seen=$(model_sqes)
elif [ "$transport" = embedded ]; then
    seen=$(embedded_sqes "$log")
fi

judge_autotest "$log" "$sw" "$kind" "$transport, sw=$sw, $kind"
passed=$(field Passed) failed=$(field Failed) unsupported=$(field Unsupported)
read -r engine software < <(driver_ops "$log") || fail "the driver counted nothing"
echo "result: $transport, sw=$sw, $kind: $passed passed, $failed failed," \
    "$unsupported unsupported;" \
    "$engine operations by the engine, $software in software, the model saw $seen"
[ "$failed" = 0 ] || fail "cases failed"
[ -z "$judged" ] || fail "$judged"
[ "$(case_ops "$log" | awk '{ n += $3 } END { print n }')" = "$engine" ] ||
    fail "the cases' operations do not add up to those of the device"
[ $((passed + unsupported)) = "$autotest_cases" ] || fail "not all cases were run"
[ "$engine" -gt 0 ] || [ "$sw" = only ] || fail "no operation reached the engine"
[ "$engine" = "$seen" ] || fail "the driver counts $engine operations, the model $seen"
[ "$sw" != off ] || [ "$software" = 0 ] || fail "$software operations were done in software"
