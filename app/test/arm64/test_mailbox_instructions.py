#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
"""test_mailbox_instructions.py OBJDUMP PLUGIN SPLIT

The mailbox of a chip takes its 16 bytes in one access, each way (hardware.md 3.4). Whatever the
compiler made of the source: the function that sends has one stp of two 64-bit registers behind a
store barrier, and no other store but to its stack; the one that reads has one ldp before a load
barrier. SPLIT is a library that does it in halves: the check has to see that.
"""

import re
import subprocess
import sys
import unittest

OBJDUMP, PLUGIN, SPLIT = sys.argv[1:4]
PAIR = r'x\d+, x\d+, \[x\d+\]'


def instructions(library, function):
    """Of one function, as "mnemonic operands"."""
    text = subprocess.run([OBJDUMP, '-d', '--no-show-raw-insn', library], check=True,
                          capture_output=True, text=True, timeout=20).stdout
    found = re.findall(rf'^[0-9a-f]+ <{function}>:\n((?:.+\n)+)', text, re.M)
    if len(found) != 1:
        raise LookupError(f'{len(found)} functions {function} in {library}')
    lines = [line.split('\t')[1:] for line in found[0].splitlines()]
    return [' '.join(line).split('//')[0].strip() for line in lines]


class Mailbox(unittest.TestCase):
    def check_write(self, library):
        code = instructions(library, 'pci_mb_write')
        stores = [i for i in code if re.match(r'st\w* |cas|swp|ldadd', i) and '[sp' not in i]
        self.assertEqual(len(stores), 1, stores)
        self.assertRegex(stores[0], rf'^stp {PAIR}$')
        self.assertIn('dmb oshst', code[:code.index(stores[0])])

    def check_read(self, library):
        code = instructions(library, 'pci_read')
        pairs = [n for n, i in enumerate(code) if re.match(rf'ldp {PAIR}$', i)]
        self.assertEqual(len(pairs), 1, [code[n] for n in pairs])
        self.assertEqual(code[pairs[0] + 1], 'dmb oshld')

    def test_write(self):
        """One stp, nothing else that could reach the mailbox, and the barrier before it."""
        self.check_write(PLUGIN)

    def test_read(self):
        """One ldp of the register, and the barrier behind it."""
        self.check_read(PLUGIN)

    def test_split(self):
        """Halves are found."""
        with self.assertRaisesRegex(AssertionError, '^2 != 1'):
            self.check_write(SPLIT)
        with self.assertRaisesRegex(AssertionError, '^0 != 1'):
            self.check_read(SPLIT)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
