#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
"""Checks the tree against its budgets: sizes, floors, names, licences, copies, open ends.

Each finding is a line "file:line: what"; a finding that only warns says so. Exit 1 if any fails.
"""

import collections
import os
import re
import statistics
import subprocess
import sys

LINE_COLUMNS = 100
FILE_LINES_WARN = 400
FILE_LINES = 700
FUNCTION_LINES = 80
FUNCTION_MEDIAN = 18
FUNCTION_P90 = 45
EQUAL_LINES = 10

# What a folder's files may include of the others. Folders that are not named may include all.
FLOORS = {
    'lib/hisi_hw': set(),
    'lib/deflate': set(),
    'lib/vfio_user': set(),
    'lib/zip_model': {'lib/hisi_hw', 'lib/deflate'},
    'lib/zip_worker': {'lib/zip_model'},
    'drivers/common/hisi_qm': {'lib/hisi_hw'},
    'drivers/compress/hisi_zip': {'drivers/common/hisi_qm', 'lib/hisi_hw', 'lib/deflate'},
}
# Below the first seam, transports also know what they carry.
TRANSPORT = re.compile(r'drivers/common/hisi_qm/(hisi_qm_)?transport_\w+\.[ch]$')
TRANSPORT_FLOORS = {'lib/vfio_user', 'lib/zip_model', 'lib/zip_worker'}

FORBIDDEN = [
    ('lib/', re.compile(r'#\s*include\s*[<"](rte_|bus_|dev_driver)'), 'lib includes DPDK'),
    ('lib/zip_model/', re.compile(r'#\s*include\s*<(pthread|threads|sys/socket|sys/un)\.h>'),
     'the model knows threads or sockets'),
    ('lib/zip_worker/', re.compile(r'#\s*include\s*<sys/(socket|un)\.h>'),
     'the workers know sockets'),
    ('lib/', re.compile(r'\b(_?exit|abort)\s*\('), 'a library ends the process'),
    ('drivers/', re.compile(r'\b(_?exit|abort)\s*\('), 'a library ends the process'),
]
OPEN_END = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b')
INCLUDE = re.compile(r'#\s*include\s*"([^"]+)"')
DEFINITION = re.compile(r'^(?:[\w\s*]*?[\s*])?(\w+)\(')
LICENSED = ('.c', '.h', '.sh', '.py', '.map', '.rst', '.supp', 'meson.build',
            'meson_options.txt')

findings = []


def fail(path, line, what):
    findings.append(f'{path}:{line}: {what}')


def tracked_files():
    try:
        out = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard'],
                             capture_output=True, text=True, check=True).stdout
        return sorted(p for p in out.splitlines() if os.path.isfile(p))
    except (OSError, subprocess.CalledProcessError):
        return sorted(os.path.relpath(os.path.join(d, f), '.') for d, _, files in os.walk('.')
                      if not re.match(r'\./(build|\.git)', d) for f in files)


def read_lines(path):
    with open(path, encoding='utf-8', errors='surrogateescape') as f:
        return f.read().splitlines()


def check_text(path, lines):
    if path.endswith(LICENSED):
        if not any('SPDX-License-Identifier: BSD-3-Clause' in l for l in lines[:3]):
            fail(path, 1, 'no SPDX line')
    if not path.endswith(('.c', '.h', '.sh', '.py', 'meson.build')):
        return
    if len(lines) > FILE_LINES:
        fail(path, len(lines), f'{len(lines)} lines, at most {FILE_LINES}')
    elif len(lines) > FILE_LINES_WARN:
        print(f'{path}:{len(lines)}: warning: {len(lines)} lines, better under {FILE_LINES_WARN}')
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(8)) > LINE_COLUMNS:
            fail(path, number, f'{len(line.expandtabs(8))} columns, at most {LINE_COLUMNS}')
        if OPEN_END.search(line):
            fail(path, number, 'left open: ' + line.strip())


def check_floors(path, lines, owner):
    folder = os.path.dirname(path)
    allowed = FLOORS.get(folder)
    if allowed is not None and TRANSPORT.match(path):
        allowed = allowed | TRANSPORT_FLOORS
    for number, line in enumerate(lines, 1):
        for prefix, pattern, what in FORBIDDEN:
            if path.startswith(prefix) and pattern.search(line):
                fail(path, number, what)
        include = INCLUDE.search(line)
        if allowed is None or not include:
            continue
        target = owner.get(os.path.basename(include.group(1)), folder)
        if target != folder and target not in allowed:
            fail(path, number, f'{folder} includes {include.group(1)} of {target}')


def functions(lines):
    """Yields (name, line of the name, lines of the body, is it static) of each function."""
    start = None
    for i, line in enumerate(lines):
        if line == '{' and i > 0 and re.search(r'[)\w]\s*$', lines[i - 1]):
            start = i
        elif start is not None and line.startswith('}'):
            if line == '}':
                yield (*head_of(lines, start), i - start + 1)
            start = None


def belongs_to_head(line):
    return line and not line.startswith(('#', '}', '/', ' *')) and not line.endswith(';')


def head_of(lines, brace):
    first = brace - 1
    while first > 0 and belongs_to_head(lines[first - 1]):
        first -= 1
    head = ' '.join(lines[first:brace])
    for i in range(first, brace):
        match = DEFINITION.match(lines[i])
        if match and not match.group(1).startswith('__'):
            return match.group(1), i + 1, bool(re.search(r'\bstatic\b', head))
    return '?', first + 1, True


def check_functions(path, lines, sizes):
    prefix = os.path.basename(os.path.dirname(path)) + '_'
    named = path.startswith(('lib/', 'drivers/'))
    for name, number, static, size in functions(lines):
        sizes.append(size)
        if size > FUNCTION_LINES:
            fail(path, number, f'{name}() has {size} lines, at most {FUNCTION_LINES}')
        # RTE_INIT makes its function a static one.
        if named and not static and name != 'RTE_INIT' and not name.startswith(prefix):
            fail(path, number, f'{name}() is exported but does not begin with {prefix}')
        if name.startswith(('rte_', 'vfu_')):
            fail(path, number, f'{name}() is a name of others')


def check_copies(sources):
    """Ten equal lines twice become a function; what says little in a line does not count."""
    seen = {}
    for path, lines in sources.items():
        code = [(i, l.strip()) for i, l in enumerate(lines, 1)]
        code = [(i, l) for i, l in code if len(l) > 2 and
                not l.startswith(('#include', '*', '/*', '//'))]
        last = 0
        for k in range(len(code) - EQUAL_LINES + 1):
            window = tuple(l for _, l in code[k:k + EQUAL_LINES])
            other = seen.setdefault(window, (path, code[k][0], k))
            if other[0] == path and k - other[2] < EQUAL_LINES:
                continue
            if k >= last:
                fail(path, code[k][0], f'{EQUAL_LINES} lines equal to {other[0]}:{other[1]}')
                last = k + EQUAL_LINES


def check_sizes(sizes):
    if len(sizes) < 10:
        return
    median = statistics.median(sizes)
    p90 = statistics.quantiles(sizes, n=10)[8]
    print(f'{len(sizes)} functions: median {median:.0f} lines, 90th percentile {p90:.0f}, '
          f'longest {max(sizes)}')
    if median > FUNCTION_MEDIAN:
        fail('tree', 0, f'functions have {median} lines in the median, at most {FUNCTION_MEDIAN}')
    if p90 > FUNCTION_P90:
        fail('tree', 0, f'a tenth of the functions has over {p90:.0f} lines, '
                        f'at most {FUNCTION_P90}')


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
    texts = {p: read_lines(p) for p in tracked_files()
             if not p.endswith(('.png', '.svg')) and os.path.getsize(p) < 1 << 20}
    sources = {p: l for p, l in texts.items() if p.endswith(('.c', '.h'))}
    owner = {os.path.basename(p): os.path.dirname(p) for p in sources if p.endswith('.h')}
    sizes = []

    for path, lines in texts.items():
        check_text(path, lines)
    for path, lines in sources.items():
        check_floors(path, lines, owner)
        check_functions(path, lines, sizes)
    check_copies(sources)
    check_sizes(sizes)
    for finding in findings:
        print(finding)
    kinds = collections.Counter(f.split(':')[0] for f in findings)
    print(f'{len(texts)} files, {len(findings)} findings in {len(kinds)} files')
    return 1 if findings else 0


sys.exit(main())
