#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# test.sh [suite...]
#
# Installs what is missing, builds, and runs the suites, each within its time budget; without
# arguments unit, pmd, stock and examples. The last line is the sum over all: N passed, N failed,
# N skipped.
#
#   unit       the parts on their own, and the budgets of the tree
#   pmd        the driver on the embedded model and over a model process
#   stock      dpdk-test of the distribution on the driver, embedded and over a model process
#   examples   the programs of examples/ on the driver, gzip and pigz as judges
#   procs      several processes on one device, on hugepages of its own; as root
#   kernel     Linux's hisi_zip driver in an arm64 guest on the model, V3 with zswap and V2 with a
#              module that uses its queues; as root. The guest, about 700 MB, is made once in
#              HISI_ZIP_CACHE (/var/cache/hisi_zip) from Debian's archive
#   guest      vfio-pci of an x86-64 guest gives the model's functions to DPDK programs behind a
#              virtual IOMMU; as root, with a guest made likewise, about 900 MB
#   arm64      a cross build for arm64 with warnings as errors, and unit of it under user emulation;
#              the packages, about 200 MB, are fetched once likewise. The compiler needs root once
#   sanitize   unit and pmd under the sanitizers: all of asan-gcc, asan-clang, tsan-gcc, tsan-clang,
#              each also a name of its own
#   all        all of these
#
# With CI=true compiler warnings are errors, and a test that is skipped counts as failed.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

declare -A budget=([unit]=300 [pmd]=720 [stock]=300 [examples]=1200 [procs]=1500 [kernel]=2400
    [guest]=1200)
flavours=(asan-gcc asan-clang tsan-gcc tsan-clang)
passed=0 failed=0 skipped=0
suite_pid=

end_suite()
{
    [ -z "$suite_pid" ] || { kill "$suite_pid" && wait "$suite_pid"; } 2> /dev/null || true
    exit 130
}
trap end_suite INT TERM

# Prints "passed failed skipped" of a meson test log.
count_results()
{
    python3 - "$1" <<-'END'
	import json, sys
	count = {}
	for line in open(sys.argv[1]):
	    result = json.loads(line)['result']
	    count[result] = count.get(result, 0) + 1
	ok = count.pop('OK', 0) + count.pop('EXPECTEDFAIL', 0)
	skip = count.pop('SKIP', 0)
	print(ok, sum(count.values()), skip)
	END
}

# run_suite DIR SUITE LABEL [meson test option...]
run_suite()
{
    local dir=$1 suite=$2 label=$3 seconds log rc=0 p=0 f=0 s=0 start=$SECONDS
    shift 3
    seconds=$((${budget[$suite]} * ${multiplier:-1}))
    log=$dir/meson-logs/suite-$suite
    rm -f "$log.json"
    echo "== $label: at most $seconds s"
    # In the background, so that a signal that ends this script is not left until it is through.
    # shellcheck disable=SC2086
    env --default-signal=INT timeout -k 10 "$seconds" ${launcher:-} meson test -C "$dir" \
        --no-rebuild --suite "$suite" --logbase "suite-$suite" --print-errorlogs "$@" \
        > "$log.out" 2>&1 &
    suite_pid=$!
    wait "$suite_pid" || rc=$?
    suite_pid=
    [ ! -e "$log.json" ] || read -r p f s < <(count_results "$log.json")
    if [ $rc -ne 0 ] && [ "$f" = 0 ]; then
        f=1
        [ $rc != 124 ] || echo "$label: stopped, its $seconds s are over"
    fi
    if [ $((p + f + s)) = 0 ]; then
        echo "$label: no such tests in this tree"
        s=1
    fi
    if [ "$f" != 0 ]; then cat "$log.out"; else grep -E '^ *[0-9]+/[0-9]+ ' "$log.out" || true; fi
    grep -hE '^(result|case): [a-z]' "$log.txt" || true
    echo "== $label: $p passed, $f failed, $s skipped in $((SECONDS - start)) s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

build_or_fail()
{
    echo "== build ${1#"$top"/}"
    (build "$@") && return 0
    failed=$((failed + 1))
    return 1
}

# run_flavour KIND-COMPILER: suites unit and pmd under sanitizers, in a build folder of their own.
run_flavour()
{
    local cc=${1#*-} dir=$top/build/$1 options suite
    local multiplier=3 launcher=''

    options=()
    case $1 in
    asan-*) options+=("-Db_sanitize=address,undefined") ;;
    tsan-*)
        options+=(-Db_sanitize=thread)
        # Kernels that randomize much put maps where this sanitizer has its shadow.
        ! setarch -R true 2> /dev/null || launcher='setarch -R'
        ;;
    esac
    [ "$cc" = gcc ] || options+=(-Db_lundef=false)
    mkdir -p "$top/build"
    CC=$cc build_or_fail "$dir" "${options[@]}" || return 0
    for suite in unit pmd; do
        run_suite "$dir" "$suite" "$suite ($1)" -t $multiplier --no-suite tree
    done
}

# A build for arm64, and suite unit of it under user emulation.
run_arm64()
{
    local rc=0 multiplier=4

    echo "== build build/arm64"
    "$top/buildtools/arm64/build.sh" || rc=$?
    case $rc in
    # The whole is bounded; a test alone may take its time on a busy machine.
    0) run_suite "$top/build/arm64" unit "unit (arm64)" -t 8 --no-suite tree ;;
    77) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
}

plain=() sanitized=() groups=() arm64=
for name in "${@:-default}"; do
    case $name in
    default) plain+=(unit pmd stock examples) ;;
    unit | pmd | stock | examples | procs | kernel | guest) plain+=("$name") ;;
    sanitize) sanitized+=("${flavours[@]}") ;;
    arm64) arm64=yes ;;
    asan-gcc | asan-clang | tsan-gcc | tsan-clang) sanitized+=("$name") ;;
    all)
        plain+=(unit pmd stock examples procs kernel guest) arm64=yes sanitized+=("${flavours[@]}")
        ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown suite '$name';" \
        "valid: unit, pmd, stock, procs, examples, kernel, guest, arm64, sanitize," \
        "${flavours[*]}, all" ;;
    esac
done

[ ${#sanitized[@]} = 0 ] || groups+=(sanitize)
# Without root a suite that lacks a compiler is skipped, and those with guests cannot run at all.
[ "$(id -u)" != 0 ] || [ -z "$arm64" ] || groups+=(arm64)
[[ $(id -u) != 0 || ! " ${plain[*]} " =~ " "(kernel|guest)" " ]] || groups+=(guest)
"$top/buildtools/setup.sh" "${groups[@]}"
supp=$top/buildtools/sanitize
export ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0:suppressions=$supp/lsan.supp
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$supp/tsan.supp

if [ ${#plain[@]} -gt 0 ] && build_or_fail "$top/build"; then
    for suite in "${plain[@]}"; do
        run_suite "$top/build" "$suite" "$suite"
    done
fi
[ -z "$arm64" ] || run_arm64
for flavour in "${sanitized[@]}"; do
    run_flavour "$flavour"
done
[ "${CI:-}" != true ] || { failed=$((failed + skipped)); skipped=0; }
echo "== all of it in $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
