#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# demo.sh [--embedded] [--file FILE]...
#
# Installs what is missing, builds, and lets the distribution's own dpdk-test-compress-perf compress
# and decompress real files with the driver, in operations of 4 KiB and 64 KiB, each verified; then
# the same with compress_isal. Ends with a table.
#
#   --embedded   the device model runs in the program, not in a process behind vfio-user
#   --file FILE  compresses FILE (repeatable) and not a choice of this machine's files

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/run.sh"

sample_bytes=$((16 << 20))
iterations=4
transport=vfio-user
files=()
while [ $# -gt 0 ]; do
    case $1 in
    --embedded) transport=embedded ;;
    --file)
        [ $# -ge 2 ] || die "--file needs a file"
        if [ ! -r "$2" ] || [ ! -f "$2" ]; then die "cannot read the file $2"; fi
        [ -s "$2" ] || die "the file $2 is empty"
        files+=("$2")
        shift
        ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1'; valid: --embedded, --file FILE, --help" ;;
    esac
    shift
done

# A third each of text, source and programs, as far as the machine has them; whole files of at most
# 1 MiB, then as much more of the largest kind as is short.
machine_files()
{
    local third=$((sample_bytes / 3 + 1))

    kind $third /usr/share/common-licenses /usr/share/doc /usr/share/i18n/locales /usr/share/perl5
    kind $third /usr/include /usr/lib/python3 /usr/lib/python3.11 /usr/share/perl
    kind $((3 * third)) /usr/bin /usr/lib
}

# kind BYTES FOLDER...: that much of what the folders hold, in an order that stays.
kind()
{
    local bytes=$1
    shift
    { find "$@" -type f -size +1k -size -1024k ! -name '*.gz' ! -name '*.pyc' -print0 || true; } \
        2> /dev/null | LC_ALL=C sort -z | { xargs -0 cat || true; } 2> /dev/null |
        head -c "$bytes" || true
}

make_sample()
{
    if [ ${#files[@]} -gt 0 ]; then
        cat "${files[@]}" > "$work/sample"
        return
    fi
    machine_files | head -c "$sample_bytes" > "$work/sample" || true
    [ "$(stat -c %s "$work/sample")" = "$sample_bytes" ] ||
        die "this machine has less than 16 MiB of files to show; name some with --file"
}

# One processor for the main lcore, one for the worker, one for the engine. Where there are but two,
# the lcores share one: a main lcore that waits would take half of the engine's. Sets lcores for
# that, own for a worker that is its own engine, and pins the model.
place()
{
    local cpus worker

    mapfile -t cpus < <(python3 -c 'import os; print(*sorted(os.sched_getaffinity(0)), sep="\n")')
    worker=${cpus[0]}
    [ ${#cpus[@]} -lt 3 ] || worker=${cpus[2]}
    lcores=0@${cpus[0]},1@$worker
    own=0@${cpus[0]},1@${cpus[1]:-$worker}
    launcher=(taskset -c "${cpus[1]:-$worker}")
}

# perf LABEL SEGMENTS LCORES DRIVER EAL-OPTION...: sets ratio, comp, decomp and ops.
perf()
{
    local label=$1 segments=$2 lcores=$3 driver=$4 log=$work/perf.log command
    shift 4
    command=(dpdk-test-compress-perf --no-huge -m "$memory" --no-pci --file-prefix "$file_prefix"
        --lcores "$lcores" "$@" -- --ptest throughput --driver-name "$driver"
        --input-file "$work/sample" --seg-sz 4096 --max-num-sgl-segs "$segments"
        --num-iter "$iterations" --burst-sz 32 --compress-level 1 --operation comp_and_decomp)
    printf '\n%s: %s\n' "$label" "${command[*]}"
    timeout -k 5 "$limit" "${command[@]}" > "$log" 2>&1 ||
        { cat "$log" >&2; die "$label: dpdk-test-compress-perf failed"; }
    # It goes on, and returns success, after operations that failed while it measured.
    ! grep -q 'not successful' "$log" || { cat "$log" >&2; die "$label: operations failed"; }
    ops=$(sed -n 's/.*Number of ops: //p' "$log")
    # lcore, level, size, ratio, compress, decompress
    read -r ratio comp decomp < <(awk 'NF == 6 && $1 == 1 && $2 == 1 {print $4, $5, $6}' "$log") ||
        { cat "$log" >&2; die "$label: no figures in the output"; }
}

# on_model SEGMENTS: the driver's run; sets seen, the operations that the model counted.
on_model()
{
    local vdev=compress_hisi_zip_user0

    if [ $transport = embedded ]; then
        perf "compress_hisi_zip, embedded model" "$1" "$lcores" compress_hisi_zip -d "$plugin" \
            --vdev "$vdev"
        seen=$(embedded_sqes "$work/perf.log")
    else
        start_model --level 1
        perf "compress_hisi_zip over vfio-user" "$1" "$lcores" compress_hisi_zip -d "$plugin" \
            --vdev "$vdev,path=$work/vf0"
        stop_model
        seen=$(model_sqes)
    fi
    # One pass each way to verify, and each way two rounds, the first of which warms up.
    [ "$seen" = $((ops * (2 + 4 * iterations))) ] ||
        die "the model saw ${seen:-no} operations, but there were $((ops * (2 + 4 * iterations)))"
}

row()
{
    local line

    on_model "$2"
    line=$(printf '%-8s %7s %6s %7s %13s' "$1" "$ratio" "$comp" "$decomp" "$seen")
    perf "compress_isal, placed likewise" "$2" "$lcores" compress_isal --vdev compress_isal
    line+=$(printf '    %6s %6s %7s' "$ratio" "$comp" "$decomp")
    perf "compress_isal, a processor of its own" "$2" "$own" compress_isal --vdev compress_isal
    table+=$(printf '%s    %6s %7s' "$line" "$comp" "$decomp")$'\n'
}

"$top/buildtools/setup.sh"
build "$top/build"
prepare_run
place
make_sample
mebibytes=$((($(stat -c %s "$work/sample") + (1 << 20) - 1) >> 20))
memory=$((256 + 8 * mebibytes))
limit=$((120 + 2 * mebibytes))
[ $mebibytes -le 64 ] || iterations=1
table=
row '4 KiB' 1
row '64 KiB' 16

echo
echo "$mebibytes MiB of ${files[*]:-files of this machine}, level 1, every operation verified."
echo "Gbit/s of plain data; \"own\": compress_isal with a processor of its own."
echo
printf '         %-36s    %-20s    %s\n' "compress_hisi_zip, $transport" \
    compress_isal 'compress_isal, own'
printf '%-8s %7s %6s %7s %13s    %6s %6s %7s    %6s %7s\n%s' 'op size' 'ratio %' comp decomp \
    'ops in model' ratio comp decomp comp decomp "$table"
