#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
"""Runs dpdk-test-compress-perf and compares telemetry with what it and the model say: telemetry.sh.

The program ends its device as soon as its work is done. To be asked at that moment it is held: what
it logs goes to a pipe that is filled once it works, and its next line is the driver's at the close.
"""

import argparse
import json
import os
import re
import select
import signal
import subprocess
import sys
import time

SEGMENT = 4096
SEGMENTS = 256
ITERATIONS = 3
# One pass to verify, and each way two rounds of iterations, the first of which warms up.
PASSES = 1 + 2 * ITERATIONS
LIMIT_SECONDS = 100
TRY_AGAIN = 75
QUESTIONS = ['/hisi_zip/list', '/hisi_zip/stats,0', '/hisi_zip/qp,0,0', '/hisi_zip/regs,0']


def fail(what):
    sys.exit(f'telemetry.py: {what}')


def check(what, got, want):
    if got != want:
        fail(f'{what}: {got}, should be {want}')


class Program:
    """The stock program, and the pipe that its log goes to."""

    def __init__(self, args, data):
        self.prefix = args.file_prefix
        self.asker = None
        self.reader, writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.log = b''
        self.out = os.path.join(args.folder, 'out')
        with open(self.out, 'wb') as out:
            self.process = subprocess.Popen(
                ['dpdk-test-compress-perf', '--no-huge', '-m', '256', '--no-pci', '-l', '0,1',
                 '--file-prefix', self.prefix, '-d', args.plugin,
                 '--vdev', f'compress_hisi_zip_user0,sw=off,path={args.folder}/vf0',
                 '--', '--ptest', 'throughput', '--driver-name', 'compress_hisi_zip',
                 '--input-file', data, '--seg-sz', str(SEGMENT), '--max-num-sgl-segs', '1',
                 '--num-iter', str(ITERATIONS), '--burst-sz', '16', '--compress-level', '1',
                 '--operation', 'comp_and_decomp'],
                stdin=subprocess.DEVNULL, stdout=out, stderr=writer)
        os.close(writer)

    def read_log(self):
        while select.select([self.reader], [], [], 0)[0]:
            piece = os.read(self.reader, 65536)
            if not piece:
                return
            self.log += piece

    def hold(self):
        """Whatever it logs next blocks. With a description of our own: that of the program has to
        go on blocking."""
        writer = os.open(f'/proc/self/fd/{self.reader}', os.O_WRONLY | os.O_NONBLOCK)
        try:
            for size in (4096, 1):
                try:
                    while True:
                        os.write(writer, b'\n' * size)
                except BlockingIOError:
                    pass
        finally:
            os.close(writer)

    def ask(self, questions):
        """Answers of dpdk-telemetry.py by question, or {} as long as nobody answers."""
        if self.asker is None or self.asker.poll() is not None:
            self.asker = subprocess.Popen(
                ['dpdk-telemetry.py', '-f', self.prefix], text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, env={**os.environ, 'PYTHONUNBUFFERED': '1'})
        answers = {}
        for question in questions:
            try:
                self.asker.stdin.write(question + '\n')
                self.asker.stdin.flush()
            except BrokenPipeError:
                pass
            line = self.asker.stdout.readline()
            # Else it says that it does not reach the program, and ends.
            if not line.startswith('{"/hisi_zip/'):
                self.asker.communicate()
                return {}
            (name, value), = json.loads(line).items()
            answers[name.rsplit('/', 1)[1]] = value
        return answers

    def finish(self):
        """Lets it go, and waits for it."""
        if self.asker is not None:
            self.asker.communicate()
        end = time.monotonic() + LIMIT_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            self.read_log()
            time.sleep(0.05)
        self.read_log()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        log = self.log.decode(errors='replace')
        with open(self.out, encoding='utf-8') as out:
            text = out.read()
        if self.process.returncode != 0:
            fail(f'the program ended with {self.process.returncode}\n{log}\n{text}')
        return log, text


def numbers(answers):
    """All counters that only grow, by their place."""
    found = {}
    for part in ('stats', 'qp'):
        if not answers[part]:
            continue
        for key, value in answers[part].items():
            if isinstance(value, dict):
                found.update({(part, key, k): int(v) for k, v in value.items()
                              if k not in ('in_flight', 'ratio')})
            elif isinstance(value, int) and key not in ('in_flight', 'queue_pairs'):
                found[part, key] = value
    return found


def watch(program, total):
    """Asks until all operations are done; returns the last answers and how many there were."""
    end = time.monotonic() + LIMIT_SECONDS
    before, seen, held = {}, 0, False
    while time.monotonic() < end and program.process.poll() is None:
        answers = program.ask(QUESTIONS)
        if answers and answers['stats']:
            now = numbers(answers)
            for place, value in before.items():
                if value > now.get(place, value):
                    fail(f'{place} went back from {value} to {now[place]}')
            before, seen = now, seen + 1
            # It closes its device: queue pairs are gone, and it is held in the line about that.
            if answers['stats']['dequeued'] == total and answers['stats']['queue_pairs'] == 0:
                return (answers, seen) if held else (None, seen)
            if answers['stats']['dequeued'] > 0 and not held:
                program.read_log()
                program.hold()
                held = True
        if not held:
            program.read_log()
        time.sleep(0.02)
    return None, seen


def compare_info(args, answers):
    """What hisi-zip-info shows of the application; its function is not to be had."""
    command = [args.info, '--file-prefix', args.file_prefix]
    done = subprocess.run(command + ['--json'], capture_output=True, timeout=60, check=True)
    device, = json.loads(done.stdout)['devices']
    check('health', device['health'], 'ok')
    for key, value in (('generation', 'V3'), ('transport', 'process'), ('sw', 'off')):
        check(key, device['info'][key], value)
    for key in ('enqueued', 'dequeued', 'errors', 'compress', 'decompress'):
        check(f'{key} of hisi-zip-info', device['stats'][key], answers['stats'][key])
    done = subprocess.run(command + ['--device', 'compress_hisi_zip_user0'], capture_output=True,
                          timeout=60, check=True, text=True)
    if not re.search(rf"^    hw_ops +{answers['stats']['hw_ops']}$", done.stdout, re.M):
        fail(f'hisi-zip-info shows\n{done.stdout}')
    done = subprocess.run(command + ['--device', '7'], capture_output=True, timeout=60, text=True)
    check('status for a device that is not there', done.returncode, 2)
    done = subprocess.run([args.info, '--path', f'{args.folder}/vf0', '--driver', args.plugin],
                          capture_output=True, timeout=60, text=True)
    check('status for a function in use', done.returncode, 2)
    if 'busy' not in done.stderr or done.stdout:
        fail(f'hisi-zip-info of a function in use: {done.stdout}{done.stderr}')


def model_counters(args):
    """Has the model write its counters, and reads them."""
    path = os.path.join(args.folder, 'stats')
    if os.path.exists(path):
        os.unlink(path)
    os.kill(args.model_pid, signal.SIGUSR1)
    end = time.monotonic() + 30
    while not os.path.exists(path):
        if time.monotonic() > end:
            fail('the model writes no counters')
        time.sleep(0.05)
    with open(path, encoding='utf-8') as lines:
        return dict(line.split(None, 1) for line in lines)


def compare(answers, counters, size):
    """What telemetry says at the end, with what was to be done and with the model's counters."""
    stats = answers['stats']
    ops = SEGMENTS * PASSES
    comp, decomp = stats['compress'], stats['decompress']
    check('list', answers['list'], {'0': 'compress_hisi_zip_user0'})
    for what, got in (('compress', comp), ('decompress', decomp)):
        check(f'{what} hw_ops', got['hw_ops'], ops)
        check(f'{what} sw_ops', got['sw_ops'], 0)
        check(f'{what} in_flight', got['in_flight'], 0)
    check('enqueued', stats['enqueued'], 2 * ops)
    check('dequeued', stats['dequeued'], 2 * ops)
    check('errors', stats['errors'], 0)
    check('compress bytes_in', comp['bytes_in'], size * PASSES)
    check('decompress bytes_out', decomp['bytes_out'], size * PASSES)
    check('decompress bytes_in', decomp['bytes_in'], comp['bytes_out'])
    for what, got in (('compress', comp), ('decompress', decomp)):
        check(f'{what} ratio', got['ratio'], f"{comp['bytes_in'] / comp['bytes_out']:.3f}")
    for key, want in (('sqes', 2 * ops), ('errors', 0), ('illegal_accesses', 0),
                      ('bytes_in', comp['bytes_in'] + decomp['bytes_in']),
                      ('bytes_out', comp['bytes_out'] + decomp['bytes_out'])):
        check(f'{key} of the model', int(counters[f'total.{key}']), want)
    for key in ('sq', 'cq'):
        rung = comp[f'{key}_doorbells'] + decomp[f'{key}_doorbells']
        # One that is overwritten by the next before the model looks is no event.
        if int(counters[f'total.{key}_shadow_doorbells']) > rung:
            fail(f'the model saw more {key} doorbells than the {rung} that were rung')


def compare_words(answers, log, text):
    """What the program and the driver say in words."""
    stats = answers['stats']
    check('ops of the program', int(re.search(r'Number of ops: (\d+)', text)[1]), SEGMENTS)
    # lcore, level, compressed size, ratio, and two speeds
    figures = [line.split() for line in text.splitlines() if re.match(r'\s*1\s+1\s+\d+\s', line)]
    check('compressed bytes', stats['compress']['bytes_out'], int(figures[0][2]) * PASSES)
    said = re.search(r'ops hw (\d+), sw (\d+), compress (\d+), decompress (\d+), errors (\d+), '
                     r'sq doorbells (\d+), cq doorbells (\d+)', log)
    comp, decomp = stats['compress'], stats['decompress']
    check('the line at the close', [int(n) for n in said.groups()],
          [stats['hw_ops'], stats['sw_ops'], comp['hw_ops'], decomp['hw_ops'], stats['errors'],
           comp['sq_doorbells'] + decomp['sq_doorbells'],
           comp['cq_doorbells'] + decomp['cq_doorbells']])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--plugin', required=True)
    parser.add_argument('--model-pid', type=int, required=True)
    parser.add_argument('--info', required=True)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--file-prefix', required=True)
    args = parser.parse_args()

    data = os.path.join(args.folder, 'data')
    with open(data, 'wb') as out:
        for i in range(SEGMENTS * SEGMENT // 32):
            out.write(b'%08x of many words in a file' % (i * 2654435761 % 2 ** 32))
    size = os.path.getsize(data)
    check('size of the input', size, SEGMENTS * SEGMENT)
    program = Program(args, data)
    try:
        answers, seen = watch(program, 2 * SEGMENTS * PASSES)
        counters = model_counters(args) if answers else None
        if answers:
            compare_info(args, answers)
        log, text = program.finish()
    finally:
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait()
    if answers is None:
        return TRY_AGAIN
    compare(answers, counters, size)
    compare_words(answers, log, text)
    comp = answers['stats']['compress']
    print(f"result: telemetry, {seen} looks: {answers['stats']['dequeued']} operations, "
          f"{comp['bytes_in']} bytes to {comp['bytes_out']} and back, as program and model say")
    return 0


sys.exit(main())
