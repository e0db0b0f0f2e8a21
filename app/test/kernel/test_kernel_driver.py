# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Linux's own hisi_zip driver, in an arm64 guest, judges the model of a V3 physical function.

Arguments: as kernel_guest.py says.
"""

import re

import kernel_guest

# What the driver says, at most ten times in five seconds, of a page that does not compress into
# a page; zswap then keeps it as it is.
NO_ROOM = re.compile(r"hisi_zip [0-9a-f:.]+: compress fail in qp\d+: 14, output: ")


class KernelDriver(kernel_guest.Case):
    """What the driver and the model say of each other."""

    HW = "v3"
    LIMIT = 600.0

    @classmethod
    def summary(cls):
        seen, counters = cls.guest.seen, cls.guest.counters
        return (f"self-test {seen.get('probe_selftest')}, {seen.get('probe_send_cnt')} sent,"
                f" {seen.get('probe_recv_cnt')} received, the model saw"
                f" {counters.get('probe', {}).get('total.sqes')}; with those of zswap"
                f" {seen.get('swap_send_cnt')} sent, {seen.get('swap_recv_cnt')} received, the"
                f" model saw {counters.get('swap', {}).get('total.sqes')};"
                f" {seen.get('noise_files')} files read back right,"
                f" {seen.get('noise_err_bd_cnt')} pages that did not compress")

    def test_boot(self):
        """By UEFI, to the end, where the modules go."""
        self.check_boot("0x30")

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

    def test_messages(self):
        """No warning or error of the driver but of noise, and no trouble of the kernel."""
        noise_from = float(self.guest.seen.get("noise_from", "inf"))
        for text in self.kernel_messages():
            when = re.match(r"\[ *([0-9.]+)\]", text)
            with self.subTest(text):
                self.assertTrue(NO_ROOM.search(text) and float(when[1]) >= noise_from)

    def test_model(self):
        """Nothing that a chip would not bear."""
        self.check_model()
        self.assertGreater(self.counted("end", "sq_chip_doorbells"), 0)


if __name__ == "__main__":
    kernel_guest.main()
