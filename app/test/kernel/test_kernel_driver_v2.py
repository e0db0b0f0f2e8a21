# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Linux's own hisi_zip driver, in an arm64 guest, judges the model of a V2 physical function.

The driver has no algorithm for V2, whose engine knows neither raw DEFLATE nor LZ4. It brings the
function up, reads its registers and contexts, resets it, lets it go and takes it again. Its queues
work for queue_work.ko, whose requests are zlib's, and whose results the kernel's zlib looked at.

Arguments: as kernel_guest.py says.
"""

import re

import kernel_guest

# Lines of debugfs: 8 cores of 22 registers each.
CORE_REGISTERS = 176
# As the driver wrote them: hardware.md 6.2; 2.2.6 for the one that says idle.
REGISTERS = {"QM_ARUSR_MCFG1": 0x40001070, "QM_AWUSR_MCFG1": 0x40001070,
             "QM_AXI_M_CFG_ENABLE": 0xffffffff, "QM_CACHE_CTL": 0x1833, "QM_IN_IDLE_ST": 1}
# Mailbox commands that make a function work: EQC, AEQC and two tables of contexts.
BRING_UP = 4
DUMPS = 4
# queue_work.c: slots of a round; guest_init.sh: rounds until the contexts are read.
SLOTS = 32
ROUNDS = 40


class KernelDriverV2(kernel_guest.Case):
    """What the driver and the model say of each other."""

    HW = "v2"
    LIMIT = 480.0

    @classmethod
    def summary(cls):
        end = cls.guest.counters.get("end", {})
        requests = cls.guest.seen.get("busy_reset_requests", "queue_work.c was not built: no")
        return (f"{requests} requests, the model saw {end.get('total.sqes')};"
                f" {end.get('total.mailbox_commands')} mailbox commands,"
                f" {end.get('total.mailbox_failures')} refused, {end.get('total.resets')} resets")

    def need_work(self):
        """Only where queue_work.ko could be built for this kernel."""
        if "gave_up" not in self.guest.seen and "work" not in self.guest.seen:
            self.skipTest("no queue_work.ko")

    def check_function(self, mark):
        """The driver works with the function, and the device had no event or error for it."""
        self.assertEqual(self.guest.seen.get(mark + "_status"), "work")
        self.assertEqual(self.said(mark + "_qm_state"), 1)
        for key in ("aeq_irq", "abnormal_irq", "err_irq", "create_qp_err", "mb_err", "dev_state"):
            self.assertEqual(self.said(f"{mark}_{key}"), 0, key)
        for key, value in REGISTERS.items():
            self.assertEqual(int(self.guest.seen.get(f"{mark}_{key}", "0"), 16), value, key)
        self.assertEqual(self.said(mark + "_core_registers"), CORE_REGISTERS)

    def context(self, name, nth):
        """The dwords of a context, as the driver shows what the device gave it."""
        texts = [line.partition("] ")[2] for line in self.guest.messages]
        start = [i for i, text in enumerate(texts) if text.endswith(f": {name} DUMP")]
        self.assertGreater(len(start), nth, name)
        dwords = []
        for text in texts[start[nth] + 1:]:
            found = re.match(r"DW\d+: ([0-9A-F]{4}) ([0-9A-F]{4})$", text)
            if not found:
                break
            dwords.append(int(found[1] + found[2], 16))
        return dwords

    def test_boot(self):
        """By UEFI, to the end, where the modules go."""
        self.check_boot("0x21")

    def test_probe(self):
        """The function works; no algorithm comes with it."""
        self.check_function("probe")
        self.assertEqual(self.guest.seen.get("algorithm"), "")
        self.assertGreaterEqual(self.counted("probe", "mailbox_commands"), BRING_UP + DUMPS)

    def test_contexts(self):
        """The device gives back the event queues' contexts: hardware.md A.2. Bases are hidden."""
        hidden = 0xffffffff
        for name, last in (("EQC", 0x107ff), ("AEQC", 0x103ff)):
            with self.subTest(name):
                self.assertEqual(self.context(name, 0), [0, hidden, hidden, 0, 0, 0, last])

    def test_work(self):
        """Requests there and back, by V2's doorbells, all of them right."""
        self.need_work()
        self.assertEqual(self.said("work_requests"), ROUNDS * 2 * SLOTS)
        self.assertEqual(self.counted("work", "sqes"), ROUNDS * 2 * SLOTS)
        self.assertEqual(self.counted("work", "sq_chip_doorbells"), ROUNDS * 2 * SLOTS)
        self.assertEqual(self.counted("work", "bytes_in"), self.counted("work", "bytes_out"))
        self.assertGreater(self.counted("work", "cq_chip_doorbells"), 0)
        self.assertGreater(self.counted("work", "irqs"), 0)

    def test_queue_contexts(self):
        """Queue 0 after 1280 requests: tails, their wraps, and the phase of the second time round.

        The head of the CQ and whether it is armed are the driver's, which may lag.
        """
        self.need_work()
        sqc, cqc = self.context("SQC", 1), self.context("CQC", 1)
        for context, depth in ((sqc, 0x73ff), (cqc, 0x43ff)):
            self.assertEqual(context[0] >> 16, 0x100)
            self.assertEqual(context[3:6], [depth, 0, 0x400000])
        self.assertEqual(sqc[0] & 0xffff, 0x100)
        self.assertEqual(sqc[6:], [0x100000, 0])
        self.assertEqual(cqc[6] & 1, 0)
        self.assertEqual(cqc[7], 0)

    def test_busy_reset(self):
        """A reset while requests are under way: the driver drains by dumps, and none is lost."""
        self.need_work()
        self.assertGreater(self.said("busy_reset_requests"), self.said("work_requests"))
        self.assertGreater(self.counted("busy_reset", "resets"), self.counted("work", "resets"))
        self.assertEqual(self.counted("busy_reset", "sqes"), self.said("busy_reset_requests"))
        self.assertEqual(self.counted("end", "sqes"), self.counted("busy_reset", "sqes"))

    def test_drain(self):
        """Queues that are given back are dumped until they are empty, and the function works."""
        self.need_work()
        self.check_function("work")
        self.assertGreater(self.counted("drained", "mailbox_commands"),
                           self.counted("busy_reset", "mailbox_commands"))

    def test_reset(self):
        """A function level reset, after which the function works."""
        self.assertIn("flr", self.guest.seen.get("reset_method", ""))
        self.check_function("reset")
        self.assertGreater(self.counted("reset", "resets"), self.counted("probe", "resets"))
        self.assertGreaterEqual(self.counted("reset", "mailbox_commands"),
                                self.counted("probe", "mailbox_commands") + BRING_UP)

    def test_rebind(self):
        """Unbound and bound again, the function works."""
        self.check_function("rebind")
        self.assertGreaterEqual(self.counted("rebind", "mailbox_commands"),
                                self.counted("unbind", "mailbox_commands") + BRING_UP)

    def test_uacce(self):
        """Bound for user space, with a reset, it works as well: hardware.md 11."""
        for key, value in (("algorithms", "zlib gzip"), ("api", "hisi_qm_v2"), ("isolate", "0"),
                           ("region_mmio_size", "8192")):
            self.assertEqual(self.guest.seen.get("uacce_" + key, "").strip(), value)
        self.assertGreater(self.said("uacce_available_instances"), 0)
        self.check_function("uacce")
        self.assertGreater(self.counted("uacce", "resets"), self.counted("rebind", "resets"))

    def test_messages(self):
        """No warning or error of the driver, and no trouble of the kernel."""
        self.assertEqual(list(self.kernel_messages()), [])

    def test_model(self):
        """Nothing that a chip would not bear; V2 has no doorbell of a window."""
        self.check_model()
        self.assertEqual(self.counted("end", "errors"), 0)
        self.assertEqual(self.counted("end", "window_doorbells"), 0)


if __name__ == "__main__":
    kernel_guest.main()
