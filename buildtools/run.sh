# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
# shellcheck shell=bash disable=SC2154,SC2034

# What is needed to run a stock DPDK program on the plug-in; sourced after lib.sh. At exit what was
# started is ended, and what was put down is removed.

plugin=$top/build/drivers/librte_compress_hisi_zip.so
model=$top/build/app/hisi-zip-model
# The distribution's compressdev_autotest: its cases, those that ask for fixed Huffman codes, which
# the engine lacks, and those that ask for streams to decompress, which a V2 engine lacks as well.
autotest_cases=27
autotest_fixed="deflate_stateless_fixed deflate_stateless_fixed_oos_recoverable out_of_space_buffer"
autotest_streams="deflate_stateful_decomp deflate_stateful_decomp_checksum"
launcher=() # of the model: what pins it
served= # what follows the path of the model's first socket, such as ",queues=16"
file_prefix=hisi_zip_$$
runtime=${XDG_RUNTIME_DIR:-/tmp}/dpdk # EAL's folder for what it never removes
[ "$(id -u)" != 0 ] || runtime=/var/run/dpdk
work=
private=
model_pid=

cleanup()
{
    [ -z "$model_pid" ] || { kill "$model_pid" && wait "$model_pid"; } 2> /dev/null || true
    [ -z "$work" ] || rm -rf "$work"
    [ -z "$private" ] || rm -rf "$private"
    rm -rf "$runtime/$file_prefix"
    rmdir "$runtime" 2> /dev/null || true
}

# EAL loads no plug-in from below a folder that all may write, and none is mapped where programs
# may not be executed, as is the rule for /run on some systems.
fit_for_plugins()
{
    local dir

    dir=$(realpath "$1" 2> /dev/null) || return 1
    [ -w "$dir" ] || return 1
    while [ "$dir" != / ]; do
        [ -z "$(find "$dir" -maxdepth 0 -perm -o+w)" ] || return 1
        dir=$(dirname "$dir")
    done
}

# Sets work, a folder for what runs leave, and plugin, a copy in a folder that EAL accepts.
prepare_run()
{
    local base bases=("${XDG_RUNTIME_DIR:-}")

    trap cleanup EXIT
    trap 'exit 130' INT TERM
    work=$(mktemp -d)
    if [ -n "${HOME:-}" ]; then
        bases=("$HOME/.cache" "${bases[@]}")
        mkdir -p "$HOME/.cache" 2> /dev/null || true
    fi
    [ "$(id -u)" != 0 ] || bases=(/run /var/cache "${bases[@]}")
    for base in "${bases[@]}"; do
        fit_for_plugins "$base" || continue
        private=$(mktemp -d "$base/hisi_zip.XXXXXX") || continue
        install -m 700 /bin/true "$private/probe"
        if "$private/probe" 2> /dev/null; then
            cp "$plugin" "$private/" && plugin=$private/${plugin##*/}
            return 0
        fi
        rm -rf "$private"
        private=
    done
    die "no folder to load the plug-in from: EAL refuses those below a world-writable one" \
        "(tried ${bases[*]})"
}

# start_model [option...]: the model's process, serving $work/vf0, its counters in $work/stats.
start_model()
{
    local tries

    rm -f "$work/stats"
    "${launcher[@]}" "$model" --socket "$work/vf0$served" --stats="$work/stats" "$@" \
        > "$work/model.log" 2>&1 &
    model_pid=$!
    for ((tries = 100; tries > 0; tries--)); do
        [ ! -S "$work/vf0" ] || return 0
        kill -0 "$model_pid" 2> /dev/null || break
        sleep 0.1
    done
    cat "$work/model.log" >&2
    die "the model did not start"
}

# Ends the model, which writes its counters.
stop_model()
{
    local status=0

    kill "$model_pid" || true
    wait "$model_pid" || status=$?
    model_pid=
    [ $status = 0 ] || { cat "$work/model.log" >&2; die "the model ended with status $status"; }
}

# The entries that a model counted, by its file of counters or by the log of the program it was in.
model_sqes()
{
    awk '$1 == "total.sqes" { print $2 }' "$work/stats"
}

embedded_sqes()
{
    sed -n 's/.*: embedded model: sqes \([0-9]*\),.*/\1/p' "$1" | tail -n 1
}

# driver_ops LOG: prints the operations that the driver gave to the engine, and those in software.
driver_ops()
{
    sed -n 's/.*: ops hw \([0-9]*\), sw \([0-9]*\),.*/\1 \2/p' "$1" | tail -n 1
}

# case_ops LOG: a line for each case of a suite whose output and log came line by line: its name and
# outcome, how many operations the engine did, software did, and software did again.
case_ops()
{
    awk '
        function after(label)
        {
            match($0, label " [0-9]+")
            return substr($0, RSTART + length(label), RLENGTH - length(label)) + 0
        }
        /: ops hw [0-9]/ { hw = after("ops hw"); sw = after("sw"); redone = after("redone in sw") }
        /\+ TestCase/ {
            sub(/^test_compressdev_/, "", $(NF - 1))
            print $(NF - 1), $NF, hw - last_hw, sw - last_sw, redone - last_redone
            last_hw = hw; last_sw = sw; last_redone = redone
        }' "$1"
}

# autotest_lacking SW KIND: the cases that have to be unsupported with sw=SW on a function of KIND,
# which begins with v2 or does not; their names in order. All others have to pass.
autotest_lacking()
{
    case $1,$2 in
    off,v2*) echo "$autotest_streams $autotest_fixed" ;;
    off,*) echo "$autotest_fixed" ;;
    esac
}

# autotest_was_late LOG: an operation took longer than the 100 ms that the distribution's test gives
# it, as may be where the machine is busy with something else. Whoever runs the test does so again.
autotest_was_late()
{
    grep -q 'Not all operations could be dequeued' "$1"
}

# may_be_software SW KIND CASE: whether the engine cannot do some of a case's operations.
may_be_software()
{
    [ "$1" != only ] || return 0
    [ "$1" = on ] || return 1
    [ "$2" != v2-sw ] || return 0
    [[ $2 != v2-* || " $autotest_streams " != *" $3 "* ]] || return 0
    [[ " $autotest_fixed " == *" $3 "* ]]
}

# judge_autotest LOG SW KIND LABEL: a line for each case, with its outcome and what did its
# operations; sets judged to what is wrong with them, if anything is.
judge_autotest()
{
    local log=$1 sw=$2 kind=$3 label=$4 passed=0 names=() lacking
    local name outcome engine software redone

    judged=
    while read -r name outcome engine software redone; do
        echo "case: $label: $name $outcome, engine $engine, software $software, redone $redone"
        case $outcome in
        succeeded) passed=$((passed + 1)) ;;
        unsupported) names+=("$name") ;;
        *) judged+="$name $outcome; " ;;
        esac
        [ "$software" = 0 ] || may_be_software "$sw" "$kind" "$name" ||
            judged+="$name: $software operations were done in software; "
        [ "$redone" = 0 ] || [ "$kind" = v2-hw ] ||
            judged+="$name: $redone operations were done again; "
    done < <(case_ops "$log")
    lacking=$(printf '%s\n' "${names[@]}" | sort | xargs)
    [ "$lacking" = "$(autotest_lacking "$sw" "$kind")" ] ||
        judged+="unsupported are '$lacking', not '$(autotest_lacking "$sw" "$kind")'; "
    [ $((passed + $(wc -w <<< "$lacking"))) = "$autotest_cases" ] ||
        judged+="$passed passed of $autotest_cases; "
}
