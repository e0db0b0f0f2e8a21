# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Linux's own hisi_zip driver, in an arm64 guest, judges the model of a V3 physical function.

Arguments: the model's program, prepare.sh, boot.sh, guest_init.sh. The guest runs once; the tests
look at what it and the model's counters said. Whatever fails, the console's log is kept.
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

GUEST_LIMIT = 360.0  # seconds from the start of QEMU to its end
PREPARE_LIMIT = 900.0

# Said of each module that was not built with the kernel.
KNOWN = re.compile(r"uacce: loading out-of-tree module taints kernel"
                   r"|module verification failed: signature and/or required key missing")
OURS = re.compile(r"hisi|uacce|zip", re.IGNORECASE)
# What the driver says, at most ten times in five seconds, of a page that does not compress into
# a page; zswap then keeps it as it is.
NO_ROOM = re.compile(r"hisi_zip [0-9a-f:.]+: compress fail in qp\d+: 14, output: ")
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

    def __init__(self, folder, work):
        self.seen = {}      # what the guest said
        self.messages = []  # its kernel's messages, with their priority
        self.counters = {}  # the model's, by mark
        self.log = open(os.path.join(work, "console.log"), "w", encoding="utf-8",
                        errors="replace")
        self.model = model_program.Model(
            [os.path.join(work, "socket") + ",function=pf"], "--hw", "v3", "--shadow", "off",
            "--stats")
        self.qemu = subprocess.Popen([sys.argv[3], folder, work, sys.argv[4]],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)

    def run(self):
        """To the end of the guest."""
        end = time.monotonic() + GUEST_LIMIT
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


class KernelDriver(unittest.TestCase):
    """What the driver and the model say of each other."""

    @classmethod
    def setUpClass(cls):
        folder = prepare()
        cls.work = tempfile.mkdtemp(prefix="hisi-zip-")
        cls.guest = Guest(folder, cls.work)
        cls.failed = False
        start = time.monotonic()
        try:
            cls.guest.run()
        except BaseException:
            cls.keep()
            raise
        finally:
            cls.guest.close()
        seen = cls.guest.seen
        print(f"result: kernel {seen.get('kernel')}, {time.monotonic() - start:.0f} s: self-test",
              f"{seen.get('probe_selftest')}, {seen.get('probe_send_cnt')} sent,",
              f"{seen.get('probe_recv_cnt')} received, the model saw",
              f"{cls.guest.counters.get('probe', {}).get('total.sqes')}; with those of zswap",
              f"{seen.get('swap_send_cnt')} sent, {seen.get('swap_recv_cnt')} received, the model",
              f"saw {cls.guest.counters.get('swap', {}).get('total.sqes')};",
              f"{seen.get('noise_files')} files read back right,",
              f"{seen.get('noise_err_bd_cnt')} pages that did not compress")

    @classmethod
    def tearDownClass(cls):
        if cls.failed:
            cls.keep()
        shutil.rmtree(cls.work)

    @classmethod
    def keep(cls):
        """Leaves the console's log, and shows its end."""
        kept = os.path.join(os.getcwd(), "kernel-console.log")
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

    def test_boot(self):
        """By UEFI, to the end."""
        self.assertNotIn("gave_up", self.guest.seen)
        self.assertEqual(self.said("uefi"), 1)
        self.assertEqual(self.guest.seen["device"].split()[1], "0xa250")

    def test_selftest(self):
        """Six tasks of the kernel's own test went through the device."""
        self.assertEqual(self.guest.seen.get("probe_selftest"), "passed")
        self.assertEqual(self.said("probe_send_cnt"), 6)
        self.assertEqual(self.said("probe_recv_cnt"), 6)
        self.assertEqual(self.counted("probe", "sqes"), 6)
        self.assertEqual(self.counted("probe", "errors"), 0)

    def test_swap(self):
        """At least 10,000 requests by zswap without an error, and all files read back right."""
        self.assertGreaterEqual(self.said("swap_send_cnt") - self.said("probe_send_cnt"), 10000)
        self.assertEqual(self.said("swap_recv_cnt"), self.said("swap_send_cnt"))
        self.assertEqual(self.said("swap_err_bd_cnt"), 0)
        self.assertEqual(self.counted("swap", "sqes"), self.said("swap_send_cnt"))
        self.assertEqual(self.said("swap_files"), 4)

    def test_reset(self):
        """A function level reset loses nothing; afterwards the device decompresses."""
        self.assertIn("flr", self.guest.seen.get("reset_method", ""))
        self.assertEqual(self.said("reset_files"), 4)
        self.assertGreater(self.counted("reset", "sqes"), self.counted("swap", "sqes"))
        self.assertGreater(self.counted("reset", "resets"), self.counted("swap", "resets"))
        self.assertEqual(self.said("reset_err_bd_cnt"), 0)

    def test_noise(self):
        """Pages that do not compress come back as an error each, and nothing is lost."""
        self.assertEqual(self.said("noise_files"), 7)
        self.assertEqual(self.counted("reset", "errors"), 0)
        self.assertGreater(self.said("noise_err_bd_cnt"), 500)
        self.assertEqual(self.counted("noise", "errors"), self.said("noise_err_bd_cnt"))
        self.assertEqual(self.counted("noise", "errors"), self.counted("end", "errors"))
        self.assertEqual(self.counted("noise", "sqes"), self.said("noise_send_cnt"))

    def test_rebind(self):
        """Unbound and bound again, the device passes the test again."""
        before = self.counted("unbind", "sqes")
        self.assertEqual(self.guest.seen.get("rebind_selftest"), "passed")
        self.assertEqual(self.said("rebind_send_cnt"), 6)
        self.assertEqual(self.said("rebind_recv_cnt"), 6)
        self.assertEqual(self.counted("rebind", "sqes") - before, 6)

    def test_unload(self):
        """The modules go."""
        self.assertEqual(self.said("unloaded"), 1)

    def test_messages(self):
        """No warning or error of the driver but of noise, and no trouble of the kernel."""
        self.assertGreater(len(self.guest.messages), 100)
        noise_from = float(self.guest.seen.get("noise_from", "inf"))
        for line in self.guest.messages:
            level, _, text = line.partition(">")
            if KNOWN.search(text):
                continue
            when = re.match(r"\[ *([0-9.]+)\]", text)
            if NO_ROOM.search(text) and float(when[1]) >= noise_from:
                continue
            with self.subTest(line):
                self.assertFalse(int(level.lstrip("<")) % 8 <= 4 and OURS.search(text))
                self.assertIsNone(BROKEN.search(text))

    def test_model(self):
        """The model saw the chip's doorbells only, and nothing that a chip would not bear."""
        for key in ("sq_shadow_doorbells", "cq_shadow_doorbells", "dropped_doorbells",
                    "other_dropped_doorbells", "mailbox_failures", "mailbox_ignored", "eqes_lost",
                    "aeqes", "aeqes_lost", "dma_read_faults", "dma_write_faults",
                    "illegal_accesses"):
            with self.subTest(key):
                self.assertEqual(self.counted("end", key), 0)
        self.assertGreater(self.counted("end", "sq_chip_doorbells"), 0)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    # Whoever ends this test ends QEMU and the model, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(argv=[sys.argv[0], "-v"])
