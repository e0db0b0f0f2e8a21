#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# compress_file.sh PROGRAM PLUGIN MODEL TRANSPORT PART
#
# Runs a part of the tests of examples/compress_file. TRANSPORT is embedded, process, alone (the
# embedded model, no worker lcore), workers (three of them), v2 (the embedded model) or the vdev of
# another driver.
#
#   files    there and back, with gzip as the judge of what was written
#   foreign  what gzip and pigz wrote, and whatever else a gzip file may have
#   damage   files that are not what they should be
#   failure  what goes wrong elsewhere; nothing is left behind
#   large    a file of more than 4 GiB

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../../../buildtools/run.sh"

program=$1
plugin=$2
# shellcheck disable=SC2034
model=$3
transport=$4
part=$5
corpus=${HISI_ZIP_CORPUS:-$top/../shared/corpus}
vdev=compress_hisi_zip_user0
lcores=2
ran=0
mounted=

unmount()
{
    [ -z "$mounted" ] || umount "$mounted"
    mounted=
}

# set_eal DEVARGS: sets eal to the options before "--".
set_eal()
{
    local cpus any lcore

    cpus=$(python3 -c 'import os; print(*sorted(os.sched_getaffinity(0)), sep=",")')
    any="0@($cpus)"
    for ((lcore = 1; lcore < lcores; lcore++)); do any+=",$lcore@($cpus)"; done
    eal=(--no-huge -m 256 --no-pci --no-telemetry --file-prefix "$file_prefix" --lcores "$any")
    [[ $vdev != compress_hisi_zip* ]] || eal+=(-d "$plugin")
    eal+=(--vdev "$vdev$1")
}

# cf OPTION...: runs the program; its log is $work/log.
cf()
{
    ran=$((ran + 1))
    timeout -k 5 300 "$program" "${eal[@]}" -- "$@" 2> "$work/log"
}

fail()
{
    cat "$work/log" >&2
    die "$transport, $part: $*"
}

# Fails if the folder of outputs has anything in it.
expect_nothing_left()
{
    [ -z "$(ls -A "$out")" ] || fail "$1 left $(ls -A "$out")"
}

# expect_failure TEXT OPTION...: the program fails, says TEXT, and leaves nothing behind.
expect_failure()
{
    local text=$1 rc=0
    shift
    cf "$@" > "$work/stdout" || rc=$?
    [ $rc = 1 ] || fail "'$*' ended with $rc, not 1 after '$text'"
    grep -q "^compress_file: .*$text" "$work/log" || fail "'$*' did not say '$text'"
    expect_nothing_left "'$*'"
}

# The engine did all that the driver did, unless it is V2's decompression.
expect_engine()
{
    local engine software

    [[ $vdev == compress_hisi_zip* ]] || return 0
    read -r engine software < <(driver_ops "$work/log") || fail "the driver counted nothing"
    [ "$transport" = v2 ] || [ "$software" = 0 ] || fail "$software operations in software"
    [ "$transport" = process ] || [ "$engine" = "$(embedded_sqes "$work/log")" ] ||
        fail "the driver counts $engine operations, the model another number"
    operations=$((operations + engine))
}

# Streams are the engine's, but for requests that only deliver.
expect_stream()
{
    local engine software

    [[ $vdev == compress_hisi_zip* ]] || return 0
    read -r engine software < <(driver_ops "$work/log") || fail "the driver counted nothing"
    [ "$engine" -gt 0 ] || fail "no operation of a stream by the engine, $software in software"
    operations=$((operations + engine))
}

# there_and_back FILE [option...]
there_and_back()
{
    local file=$1
    shift
    cf "$@" "$file" "$out/gz" || fail "$file was not compressed"
    expect_engine
    [ "$(ls -A "$out")" = gz ] || fail "there is more than the output: $(ls -A "$out")"
    gzip -t < "$out/gz" || fail "gzip does not accept $file"
    gzip -dc < "$out/gz" | cmp - "$file" || fail "gzip reads something else from $file"
    cf -d - - < "$out/gz" > "$work/back" || fail "$file did not come back"
    expect_engine
    cmp "$work/back" "$file" || fail "$file came back as something else"
    rm "$out/gz"
}

make_files()
{
    python3 - "$1" <<-'END'
	import os, random, sys
	random.seed(1)
	words = [b'queue ', b'engine ', b'of ', b'the ', b'burst\n', b'window, ', b'code ']
	text = b''.join(random.choice(words) for _ in range(200000))
	files = {
	    'empty': b'', 'byte': b'x', 'three': b'abc', 'text': text,
	    'random': random.randbytes(700000), 'zeros': bytes(3000000),
	    'mixed': text[:300000] + random.randbytes(300000) + bytes(300000) + text[:99],
	    'seg': text[:61440], 'seg+1': text[:61441], 'chunk': (text * 2)[:262144],
	    'chunk+1': random.randbytes(262145), 'random_seg': random.randbytes(61440),
	}
	for name, data in files.items():
	    with open(os.path.join(sys.argv[1], name), 'wb') as f:
	        f.write(data)
	END
}

# Sets corpus_files, to none where there is no corpus.
find_corpus()
{
    mapfile -t corpus_files < <(find "$corpus" -mindepth 2 -type f 2> /dev/null | sort)
}

# Progress on a terminal: rate, ratio, and time left. Each operation takes 5 ms.
try_terminal()
{
    set_eal ",pace_ns=5000000"
    python3 - "$program" "${eal[@]}" -- -c 4K "$in/mixed" "$out/gz" <<-'END' || return 1
	import os, pty, re, subprocess, sys
	terminal, side = pty.openpty()
	program = subprocess.Popen(["timeout", "60"] + sys.argv[1:], stderr=side)
	os.close(side)
	seen = b''
	while True:
	    try:
	        piece = os.read(terminal, 4096)
	    except OSError:
	        break
	    if not piece:
	        break
	    seen += piece
	figures = rb'\r\d+\.\d MB, \d+ MB/s, ratio \d+\.\d\d'
	if program.wait() or not re.search(figures + rb', \d+ %, \d+ s left', seen) or \
	        not re.search(figures + rb'\x1b\[K\r?\n', seen):
	    sys.exit(f'progress: {program.returncode}, {seen}')
	END
    rm "$out/gz"
}

part_files()
{
    local file nb=0

    make_files "$in"
    find_corpus
    for file in "$in"/* "${corpus_files[@]}"; do
        there_and_back "$file"
        nb=$((nb + 1))
    done
    there_and_back "$in/mixed" -c 4K
    if [[ $transport != compress_zlib* ]]; then
        there_and_back "$in/mixed" -c 1M -l 9
        there_and_back "$in/zeros" --chunk 1M
    fi
    # A pipe at both ends, in small pieces.
    (cat "$in/text"; sleep 0.2; cat "$in/text") | cf - - > "$work/piped" || fail "no pipe"
    gzip -dc < "$work/piped" | cmp - <(cat "$in/text" "$in/text") || fail "the pipe lost data"
    [ "$transport" != embedded ] || try_terminal || fail "no progress on a terminal"
    summary="$nb files there and back, ${#corpus_files[@]} of them of the corpus,"
    summary+=" $operations operations by the engine"
}

# Whatever RFC 1952 allows, one file for each.
make_foreign()
{
    python3 - "$1" "$in/text" <<-'END'
	import gzip, os, struct, sys, zlib
	text = open(sys.argv[2], 'rb').read()
	folder = sys.argv[1]

	def member(data, flags=0, extra=b'', name=b'', comment=b'', level=6):
	    head = b'\x1f\x8b\x08' + bytes([flags]) + b'\x11\x22\x33\x44\x02\x03'
	    head += struct.pack('<H', len(extra)) + extra if flags & 4 else b''
	    head += name + b'\0' if flags & 8 else b''
	    head += comment + b'\0' if flags & 16 else b''
	    head += struct.pack('<H', zlib.crc32(head) & 0xffff) if flags & 2 else b''
	    z = zlib.compressobj(level, zlib.DEFLATED, -15)
	    return (head + z.compress(data) + z.flush() +
	            struct.pack('<II', zlib.crc32(data), len(data)))

	def put(file, data, plain):
	    open(os.path.join(folder, file + '.gz'), 'wb').write(data)
	    open(os.path.join(folder, file), 'wb').write(plain)

	put('name', member(text, 8, name=b'a name'), text)
	put('all', member(text, 31, b'AB\x02\0xy', b'n' * 70000, b'c' * 300000), text)
	put('extra', member(text, 4, b'x' * 65535), text)
	put('bad_extra', member(text, 4, b'HZ\xff\xffx'), text)
	put('short_field', member(text, 4, b'HZ\x02\0xy'), text)
	put('zero_field', member(text, 4, b'HZ\x08\0' + bytes(8)), text)
	put('huge_field', member(text, 4, b'HZ\x08\0' + b'\xff' * 8), text)
	put('members', b''.join(member(text[i:i + 777], i % 32 & ~4) for i in range(0, 99999, 777)),
	    text[:(99999 + 776) // 777 * 777])
	put('empty', member(b''), b'')
	put('empties', member(b'') * 5 + member(b'x') + member(b'') * 5, b'x')
	put('padded', member(text) + bytes(1000000), text)
	put('stored', member(text, level=0), text)
	# Streams that end near the end of what an operation of 61440 bytes takes, or with it.
	edges = b''
	for n in list(range(61427, 61440)) + [122865]:
	    cuts = [text[:n]] if n < 65536 else [text[:61435], text[61435:n]]
	    body = b''.join(struct.pack('<BHH', i == len(cuts) - 1, len(c), len(c) ^ 0xffff) + c
	                    for i, c in enumerate(cuts))
	    edges += (b'\x1f\x8b\x08' + bytes(7) + body +
	              struct.pack('<II', zlib.crc32(text[:n]), n))
	    put('edge%u' % n, edges[-len(body) - 18:], text[:n])
	put('edges', edges, b''.join(text[:n] for n in list(range(61427, 61440)) + [122865]))
	END
}

# read_all COMMAND...: what it writes of each file of the corpus is read, as members of one file.
read_all()
{
    local file

    for file in "${corpus_files[@]}"; do
        "$@" -c "$file"
    done > "$work/gz"
    cf -d "$work/gz" - > "$work/back" || fail "$* of the corpus is not read"
    cat "${corpus_files[@]}" | cmp - "$work/back" || fail "$* of the corpus is read wrongly"
}

# The corpus by each level of gzip, and by pigz.
read_corpus()
{
    local level

    find_corpus
    [ ${#corpus_files[@]} -gt 0 ] || return 0
    for level in 1 2 3 4 5 6 7 8 9; do
        read_all gzip -$level
        expect_stream
    done
    ! command -v pigz > /dev/null || for level in 1 6 9; do
        read_all pigz -p 2 -b 128 -$level
    done
}

part_foreign()
{
    local file level nb=0 ours=$work/ours

    command -v pigz > /dev/null || [ "${CI:-}" != true ] || fail "pigz is not installed"
    make_files "$in"
    make_foreign "$work/foreign"
    for file in "$work"/foreign/*.gz; do
        gzip -t < "$file" || fail "gzip does not know $file"
        cf -d "$file" "$out/plain" || fail "$file is not read"
        cmp "$out/plain" "${file%.gz}" || fail "$file is read as something else"
        rm "$out/plain"
        nb=$((nb + 1))
    done
    read_corpus
    for file in "$in/text" "$in/mixed" "$in/random"; do
        for level in 1 2 3 4 5 6 7 8 9; do
            gzip -$level -c "$file" > "$work/gz"
            cf -d "$work/gz" - > "$work/back" || fail "gzip -$level of $file is not read"
            cmp "$work/back" "$file" || fail "gzip -$level of $file is read wrongly"
            expect_stream
            nb=$((nb + 1))
        done
        command -v pigz > /dev/null || continue
        for level in "-p 2 -b 128" "-p 2 -i -b 128" "-p 1 -9"; do
            # shellcheck disable=SC2086
            pigz $level -c "$file" > "$work/gz"
            cf -d "$work/gz" - > "$work/back" || fail "pigz $level of $file is not read"
            cmp "$work/back" "$file" || fail "pigz $level of $file is read wrongly"
            nb=$((nb + 1))
        done
    done
    # Our members among those of others.
    cf "$in/mixed" - > "$ours" || fail "not compressed"
    cat "$ours" "$work/foreign/all.gz" "$ours" "$ours" "$work/foreign/empties.gz" > "$work/gz"
    cf -d "$work/gz" - > "$work/back" || fail "members of several kinds are not read"
    cat "$in/mixed" "$work/foreign/all" "$in/mixed" "$in/mixed" "$work/foreign/empties" |
        cmp - "$work/back" || fail "members of several kinds are read wrongly"
    summary="$((nb + 1)) files of others, and ${#corpus_files[@]} of the corpus each way,"
    summary+=" $operations operations by the engine"
    command -v pigz > /dev/null || summary+=", none of pigz: it is not installed"
}

# patched FILE OFFSET XOR: the file with a byte changed, from the end if the offset is negative.
patched()
{
    python3 - "$@" <<-'END'
	import sys
	data = bytearray(open(sys.argv[1], 'rb').read())
	data[int(sys.argv[2])] ^= int(sys.argv[3], 0)
	sys.stdout.buffer.write(data)
	END
}

part_damage()
{
    local kind file size at

    make_files "$in"
    cf "$in/mixed" "$work/ours.gz" || fail "not compressed"
    gzip -c "$in/mixed" > "$work/other.gz"
    for kind in ours other; do
        file=$work/$kind.gz
        size=$(stat -c %s "$file")
        for at in 1 5 11 23 24 1000 $((size / 2)) $((size - 9)) $((size - 8)) $((size - 1)); do
            head -c $at "$file" > "$work/gz"
            expect_failure ends -d "$work/gz" "$out/plain"
        done
        patched "$file" -8 1 > "$work/gz"
        expect_failure 'checksum of the member at byte' -d "$work/gz" "$out/plain"
        patched "$file" -4 1 > "$work/gz"
        expect_failure 'length of the member at byte' -d "$work/gz" "$out/plain"
        patched "$file" 40000 0xff > "$work/gz"
        expect_failure . -d "$work/gz" "$out/plain"
        (cat "$file"; echo rubbish) > "$work/gz"
        expect_failure 'not gzip' -d "$work/gz" "$out/plain"
        (cat "$file"; printf '\0\0'; cat "$file") > "$work/gz"
        expect_failure 'not gzip' -d "$work/gz" "$out/plain"
        patched "$file" 2 1 > "$work/gz"
        expect_failure 'method 9' -d "$work/gz" "$out/plain"
        patched "$file" 3 0x80 > "$work/gz"
        expect_failure 'flags 0x8' -d "$work/gz" "$out/plain"
    done
    # Lengths in the field that are not those of the member.
    for at in 16 17 18 20 21 22; do
        patched "$work/ours.gz" $at 0x01 > "$work/gz"
        expect_failure . -d "$work/gz" "$out/plain"
    done
    : > "$work/gz"
    expect_failure 'ends within a header' -d "$work/gz" "$out/plain"
    expect_failure 'not a gzip file' -d "$in/text" "$out/plain"
    printf '\x1f\x8b\x08\x02\0\0\0\0\0\x03\x55\x55\x03\0\0\0\0\0\0\0\0\0' > "$work/gz"
    expect_failure 'checksum of a header' -d "$work/gz" "$out/plain"
    summary="$ran damaged files refused"
}

# Ends the program in the middle of its input.
stop_by()
{
    local signal=$1 pid rc=0

    rm -f "$work/fifo"
    mkfifo "$work/fifo"
    "$program" "${eal[@]}" -- "$work/fifo" "$out/gz" 2> "$work/log" &
    pid=$!
    exec 3> "$work/fifo"
    cat "$in/random" "$in/random" >&3
    for _ in {1..100}; do
        [ -z "$(ls -A "$out")" ] || break
        sleep 0.1
    done
    [ -n "$(ls -A "$out")" ] || fail "no output was begun"
    kill "-$signal" $pid
    wait $pid || rc=$?
    exec 3>&-
    [ $rc = 1 ] || fail "SIG$signal: ended with $rc"
    grep -q 'stopped by a signal' "$work/log" || fail "SIG$signal is not told of"
    expect_nothing_left "SIG$signal"
}

# Pipes that do not block, the input late and the output not read for a while.
try_without_blocking()
{
    python3 - "$in/random" timeout -k 5 60 "$program" "${eal[@]}" -- - - 2> "$work/log" <<-'END'
	import gzip, os, subprocess, sys, threading, time
	data = open(sys.argv[1], 'rb').read()
	source, feed = os.pipe()
	result, sink = os.pipe()
	os.set_blocking(source, False)
	os.set_blocking(sink, False)
	program = subprocess.Popen(sys.argv[2:], stdin=source, stdout=sink)
	os.close(source)
	os.close(sink)
	def write():
	    time.sleep(0.5)
	    with os.fdopen(feed, 'wb') as file:
	        file.write(data)
	threading.Thread(target=write).start()
	time.sleep(1)
	with os.fdopen(result, 'rb') as file:
	    back = gzip.decompress(file.read())
	sys.exit(program.wait() or back != data)
	END
}

# Standard streams that are closed, and some that do not block.
try_standard()
{
    local rc=0

    "$program" "${eal[@]}" -- "$in/text" "$out/gz" <&- >&- 2>&- || fail "no standard streams: $?"
    gzip -dc < "$out/gz" | cmp - "$in/text" || fail "no standard streams: something else"
    rm "$out/gz"
    expect_failure 'standard input: Bad file descriptor' - "$out/gz" <&-
    cf "$in/text" - >&- || rc=$?
    [ $rc = 1 ] && grep -q '^compress_file: standard output: Bad file' "$work/log" ||
        fail "no standard output: $rc"
    try_without_blocking || fail "without blocking"
    ! grep '^compress_file:' "$work/log" || fail "without blocking: it complains"
}

part_failure()
{
    local rc=0 device=("${eal[@]: -2}")

    make_files "$in"
    eal=("${eal[@]:0:${#eal[@]}-2}")
    expect_failure 'there is no compression device; ' "$in/text" "$out/gz"
    eal+=("${device[@]}")
    expect_failure 'No such file' "$work/none" "$out/gz"
    expect_failure 'Is a directory' "$work" "$out/gz"
    expect_failure 'No such file' "$in/text" "$work/none/gz"
    expect_failure 'no such compression device' -D none "$in/text" "$out/gz"
    cf "$in/text" > /dev/null 2>&1 || rc=$?
    [ $rc = 2 ] || fail "a missing argument: $rc"
    rc=0
    cf -c 3 "$in/text" "$out/gz" || rc=$?
    [ $rc = 2 ] && grep -q 'from 4096 to 1048576' "$work/log" || fail "a wrong argument: $rc"
    rc=0
    cf --none "$in/text" "$out/gz" || rc=$?
    [ $rc = 2 ] && grep -q "compress_file: unrecognized option '--none'" "$work/log" &&
        grep -q 'compress_file: --help' "$work/log" || fail "an unknown option: $rc"
    # What is there stays there.
    echo old > "$work/there"
    expect_failure 'File exists; --force' "$in/text" "$work/there"
    [ "$(cat "$work/there")" = old ] || fail "the old file is gone"
    expect_failure 'not a gzip' -d -f "$in/text" "$work/there"
    [ "$(cat "$work/there")" = old ] || fail "the old file is gone"
    cf -f "$in/text" "$work/there" || fail "--force does not"
    gzip -t < "$work/there" || fail "--force wrote something else"
    # Full disks.
    expect_failure 'No space left' "$in/random" /dev/full
    if mount -t tmpfs -o size=64k hisi_zip "$out" 2> /dev/null; then
        mounted=$out
        expect_failure 'No space left' "$in/random" "$out/gz"
        cf "$in/random" - > "$work/gz"
        expect_failure 'No space left' -d "$work/gz" "$out/plain"
        unmount
    else
        say "no mount here: a full disk was only tried with /dev/full"
    fi
    # A reader that goes away.
    (cf "$in/random" - || echo $? > "$work/rc") | head -c 1 > /dev/null
    [ "$(cat "$work/rc")" = 1 ] && grep -q 'Broken pipe' "$work/log" || fail "a broken pipe"
    stop_by TERM
    stop_by INT
    try_standard
    if [ "$transport" = embedded ]; then
        set_eal ",faults=status:queue=0:nth=2:value=255"
        expect_failure 'operation failed at byte 262144 .*: status ERROR, debug_status 0x.*ff;' \
            "$in/random" "$out/gz"
        set_eal ",faults=status:queue=1:nth=2:value=255"
        expect_failure 'operation failed at byte' -d "$work/gz" "$out/plain"
    fi
    summary="nothing left behind"
}

part_large()
{
    local size=$((4100 << 20)) file=$work/large begin=$SECONDS

    truncate -s $((size - 10)) "$file"
    printf 0123456789 >> "$file"
    cf -c 1M "$file" "$out/gz" || fail "not compressed"
    expect_engine
    gzip -dc < "$out/gz" | cmp - "$file" || fail "gzip reads something else"
    cf -d "$out/gz" - | cmp - "$file" || fail "it came back as something else"
    expect_engine
    summary="$size bytes there and back in $((SECONDS - begin)) s, $operations operations"
}

operations=0
corpus_files=()
[[ $part =~ ^(files|foreign|damage|failure|large)$ ]] || die "unknown part '$part'"
prepare_run
trap 'unmount; cleanup' EXIT
in=$work/in out=$work/out
mkdir "$in" "$out" "$work/foreign"
case $transport in
embedded) set_eal "" ;;
alone) lcores=1; set_eal "" ;;
workers) lcores=4; set_eal ",workers=2" ;;
v2) set_eal ",hw=v2" ;;
process) start_model; set_eal ",path=$work/vf0" ;;
*) vdev=$transport; set_eal "" ;;
esac
"part_$part"
echo "result: compress_file, $transport: $summary"
