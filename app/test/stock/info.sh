#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# info.sh INFO PLUGIN MODEL
#
# hisi-zip-info on idle functions of a model's process, on one that an application has lost, and
# what it says where there is nothing to be shown. What it shows of a running application is tested
# with telemetry.sh.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/run.sh"

info=$1
plugin=$2
# shellcheck disable=SC2034
model=$3
looks=0
prepare_run

# fails TEXT ARGUMENT...: the program ends with status 2, no output, and TEXT in its message.
fails()
{
    local text=$1 rc=0
    shift
    "$info" "$@" > "$work/out" 2> "$work/err" || rc=$?
    [ $rc = 2 ] || die "hisi-zip-info $*: status $rc, should be 2"
    [ ! -s "$work/out" ] || die "hisi-zip-info $*: it shows $(cat "$work/out")"
    grep -q -- "$text" "$work/err" || { cat "$work/err" >&2; die "hisi-zip-info $*: no '$text'"; }
    looks=$((looks + 1))
}

# shows PATH=VALUE...: what the last answer, which is JSON to others as well, has there.
shows()
{
    python3 -m json.tool < "$work/out" > "$work/pretty" || die "no JSON: $(cat "$work/out")"
    python3 - "$work/pretty" "$@" <<-'END' || die "it shows $(cat "$work/pretty")"
	import json, sys
	for wanted in sys.argv[2:]:
	    path, text = wanted.split('=')
	    value, = json.load(open(sys.argv[1]))['devices']
	    for key in path.split('.'):
	        value = value[key]
	    if str(value) != text:
	        sys.exit(f'{path} is {value}, should be {text}')
	END
}

# idle GENERATION FUNCTION DEVICE-ID MODEL-OPTION...: a function that nobody uses, shown both ways.
idle()
{
    local generation=$1 function=$2 id=$3
    shift 3
    served=,function=$function start_model "$@"
    "$info" --path "$work/vf0" --driver "$plugin" --json > "$work/out"
    shows health=ok "info.generation=$generation" "info.function=$function" \
        "info.device_id=$id" info.state=stopped "info.path=$work/vf0" stats.hw_ops=0 \
        'queue_pairs=[]' registers.eq_int_mask=0x00000001
    "$info" --path "$work/vf0" --driver "$plugin" --registers > "$work/out"
    grep -q '^compress_hisi_zip_user0: ok$' "$work/out" || die "no health: $(cat "$work/out")"
    grep -q "^  generation  *$generation\$" "$work/out" || die "no version: $(cat "$work/out")"
    grep -q '^    eq_int_mask  *0x00000001$' "$work/out" || die "no registers: $(cat "$work/out")"
    stop_model
    [ "$(model_sqes)" = 0 ] || die "operations on an idle function"
    [ "$(awk '$1 == "total.illegal_accesses" { print $2 }' "$work/stats")" = 0 ] ||
        die "illegal accesses"
    looks=$((looks + 2))
}

# await STATUS: until the program ends with it, for the application that runs here.
await()
{
    local rc

    for _ in {1..200}; do
        rc=0
        "$info" --file-prefix "$file_prefix" "${@:2}" > "$work/out" 2> "$work/err" || rc=$?
        [ $rc != "$1" ] || return 0
        sleep 0.1
    done
    cat "$work/application.log" "$work/out" "$work/err" >&2
    die "hisi-zip-info ends with $rc, should be $1"
}

# A function that dies under an application is in bad health, and the exit status says so.
lost()
{
    local application

    command -v dpdk-test > /dev/null || { say "no dpdk-test here (package dpdk-dev)"; exit 77; }
    start_model
    mkfifo "$work/input"
    dpdk-test --no-huge -m 64 --no-pci --file-prefix "$file_prefix" -d "$plugin" \
        --vdev "compress_hisi_zip_user0,path=$work/vf0" \
        < "$work/input" > "$work/application.log" 2>&1 &
    application=$!
    exec 3> "$work/input"
    await 0
    grep -q '^compress_hisi_zip_user0: ok$' "$work/out" || die "no health: $(cat "$work/out")"
    kill -9 "$model_pid"
    wait "$model_pid" 2> /dev/null || true
    model_pid=
    await 1
    grep -q '^compress_hisi_zip_user0: lost$' "$work/out" || die "no loss: $(cat "$work/out")"
    await 1 --json
    shows health=lost info.state=lost registers=None
    exec 3>&-
    wait "$application" || die "status $? of the application: $(cat "$work/application.log")"
    looks=$((looks + 3))
}

# hardware.md 1.1: device ids.
idle V3 vf 0xa251
idle V2 vf 0xa251 --hw v2
idle V3 pf 0xa250

export RUNTIME_DIRECTORY=$work
lost
fails 'no application answers' --file-prefix nobody
fails 'no application answers' --json
fails 'does the model run' --path "$work/nothing" --driver "$plugin"
fails 'no such PCI function' --address 0000:ff:1f.7
fails 'no such PCI function' --address nonsense
# Another device of this machine: it is left alone.
for other in /sys/bus/pci/devices/0000:*; do
    [ "$(cat "$other/vendor" 2> /dev/null || echo 0x19e5)" != 0x19e5 ] || continue
    fails 'valid are 19e5:a250 and 19e5:a251' --address "${other##*/}"
    fails 'valid are 19e5:a250 and 19e5:a251' --address "${other#*:}"
    break
done
fails 'EAL does not start' --path "$work/nothing" --driver "$work/nothing.so"
fails 'valid are 1 to 107' --path "$(printf '%0108d' 0)"
fails 'valid are 1 to 107' --path a,b
fails 'valid are' --file-prefix ../etc
fails 'valid are' --address ../../0000:00:00.0
fails 'valid are 0 to 65535' --instance -1
fails 'valid are 0 to 65535' --instance 70000
fails 'not together' --path a --address b
fails 'not together' --path a --file-prefix b
fails 'not together' --path a --device 0
fails 'only with' --driver a
fails 'options only' 0
fails 'help' --nonsense
"$info" --help | grep -q '^usage: hisi-zip-info'
"$info" --version | grep -q '^hisi-zip-info [0-9]'
[ -z "$(find "$work" -maxdepth 1 -name 'hisi-zip-info.*')" ] || die "folders are left"
echo "result: hisi-zip-info, $looks looks at idle functions, at a lost one and at nothing"
