# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""What the tests with Linux's own hisi_zip driver share: a run of the arm64 guest on a model.

Arguments of such a test: the model's program, prepare.sh, boot.sh, guest_init.sh. The guest runs
once; the tests look at what it and the model's counters said. Whatever fails, the console's log is
kept.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit"))
import model_program  # pylint: disable=wrong-import-position

PREPARE_LIMIT = 900.0

# Said of each module that was not built with the kernel.
KNOWN = re.compile(r"uacce: loading out-of-tree module taints kernel"
                   r"|module verification failed: signature and/or required key missing")
OURS = re.compile(r"hisi|uacce|zip", re.IGNORECASE)
BROKEN = re.compile(r"\bBUG\b|\bWARNING\b|\bOops\b|Call trace|Kernel panic|stall", re.IGNORECASE)


def prepare():
    """The folder of the guest; ends the test as skipped where none can be made."""
    done = subprocess.run([sys.argv[2]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, timeout=PREPARE_LIMIT, check=False)
    if done.returncode == 77:
        sys.exit(77)
    if done.returncode != 0:
        sys.exit("no guest")
    return done.stdout.strip()


class Guest:
    """A run of the guest on a model of its own."""

    def __init__(self, folder, work, hw):
        self.seen = {}      # what the guest said
        self.messages = []  # its kernel's messages, with their priority
        self.counters = {}  # the model's, by mark
        self.log = open(os.path.join(work, "console.log"), "w", encoding="utf-8",
                        errors="replace")
        self.model = model_program.Model(
            [os.path.join(work, "socket") + ",function=pf"], "--hw", hw, "--shadow", "off",
            "--stats")
        self.qemu = subprocess.Popen([sys.argv[3], folder, work, sys.argv[4]],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)

    def run(self, limit):
        """To the end of the guest, in so many seconds from the start of QEMU."""
        end = time.monotonic() + limit
        pending = b""
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.qemu.stdout], [], [], left)[0]:
                raise TimeoutError("the guest takes too long")
            data = os.read(self.qemu.stdout.fileno(), 65536)
            if not data:
                break
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                self.take(line.decode(errors="replace").rstrip("\r"))
        self.qemu.wait(10)
        self.mark("end")

    def take(self, line):
        """One line of the console."""
        self.log.write(line + "\n")
        self.log.flush()
        word, _, rest = line.partition(" ")
        if word == "@":
            key, _, value = rest.partition(" ")
            self.seen[key] = value
        elif word == "@mark":
            self.mark(rest)
            self.qemu.stdin.write(b"\n")
            self.qemu.stdin.flush()
        elif word == "@dmesg":
            self.messages.append(rest)

    def mark(self, name):
        """Reads the model's counters."""
        self.model.process.send_signal(signal.SIGUSR1)
        self.counters[name] = {key: value if key.endswith(".path") else int(value)
                               for key, value in self.model.stats().items()}

    def close(self):
        """Ends QEMU and the model, which have no other children."""
        if self.qemu.poll() is None:
            self.qemu.kill()
        self.qemu.wait(10)
        self.qemu.stdin.close()
        self.qemu.stdout.close()
        self.model.end()
        self.log.close()


class Case(unittest.TestCase):
    """The tests of one run; a class of its own names the model and the limit."""

    HW = None     # as the model's option
    LIMIT = None  # seconds from the start of QEMU to its end

    @classmethod
    def setUpClass(cls):
        folder = prepare()
        cls.work = tempfile.mkdtemp(prefix="hisi-zip-")
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        cls.guest = Guest(folder, cls.work, cls.HW)
        cls.failed = False
        start = time.monotonic()
        try:
            cls.guest.run(cls.LIMIT)
        except BaseException:
            cls.keep()
            raise
        finally:
            cls.guest.close()
        print(f"result: kernel {cls.guest.seen.get('kernel')}, {cls.HW},",
              f"{time.monotonic() - start:.0f} s: {cls.summary()}")

    @classmethod
    def summary(cls):
        """What the run did, in a line."""
        raise NotImplementedError

    @classmethod
    def tearDownClass(cls):
        if cls.failed:
            cls.keep()

    @classmethod
    def keep(cls):
        """Leaves the console's log, and shows its end."""
        kept = os.path.join(os.getcwd(), f"kernel-console-{cls.HW}.log")
        shutil.copy(os.path.join(cls.work, "console.log"), kept)
        with open(kept, encoding="utf-8") as log:
            print("".join(log.readlines()[-40:]), f"the whole is in {kept}", sep="")

    def run(self, result=None):
        """As the base class does, and remembers that something failed."""
        before = len(result.failures) + len(result.errors)
        super().run(result)
        type(self).failed |= len(result.failures) + len(result.errors) > before

    def said(self, key):
        """A number that the guest said."""
        self.assertIn(key, self.guest.seen)
        return int(self.guest.seen[key])

    def counted(self, mark, key):
        """A counter of the model at a mark."""
        self.assertIn(mark, self.guest.counters)
        return self.guest.counters[mark]["total." + key]

    def kernel_messages(self):
        """Those that need an excuse: of our modules from warnings up, and of a broken kernel."""
        self.assertGreater(len(self.guest.messages), 100)
        for line in self.guest.messages:
            level, _, text = line.partition(">")
            ours = int(level.lstrip("<")) % 8 <= 4 and OURS.search(text)
            if (ours or BROKEN.search(text)) and not KNOWN.search(text):
                yield text

    def check_boot(self, revision):
        """By UEFI, with the function of this revision, to the end."""
        self.assertNotIn("gave_up", self.guest.seen)
        self.assertEqual(self.said("uefi"), 1)
        self.assertEqual(self.guest.seen["device"].split()[1], "0xa250")
        self.assertEqual(self.guest.seen["revision"], revision)
        self.assertEqual(self.said("unloaded"), 1)

    def check_model(self):
        """The model saw nothing that a chip would not bear, and the chip's doorbells only."""
        for key in ("sq_shadow_doorbells", "cq_shadow_doorbells", "dropped_doorbells",
                    "other_dropped_doorbells", "mailbox_failures", "mailbox_ignored", "eqes_lost",
                    "aeqes", "aeqes_lost", "dma_read_faults", "dma_write_faults",
                    "illegal_accesses"):
            with self.subTest(key):
                self.assertEqual(self.counted("end", key), 0)


def main():
    """Runs the tests of the calling file; the status is 77 where one of them could not run."""
    sys.stdout.reconfigure(line_buffering=True)
    # Whoever ends this test ends QEMU and the model, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    result = unittest.main(argv=[sys.argv[0], "-v"], exit=False).result
    sys.exit((77 if result.skipped else 0) if result.wasSuccessful() else 1)
