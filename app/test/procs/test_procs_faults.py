#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""What goes wrong between processes on one device, and that the others go on."""

import time

from procs_host import Device, Host, OPTIONS, progress, run

FOREIGN = "compress_foreign0"


def slow_secondary(host, milliseconds):
    """Starts a process that dawdles within the library's data; does not wait for it."""
    return host.eal(OPTIONS.worker, "secondary", "hz", (), {"PROCS_SLOW_MS": str(milliseconds)})


def await_state(primary, state):
    """Waits until the other driver's device looks like that."""
    end = time.monotonic() + 30
    while primary.do(f"state {FOREIGN}") != [state]:
        assert time.monotonic() < end, primary.messages()


def test_slots():
    """Processes that attach at the same time leave what the library shares as it was."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        # The number that secondaries give ours is here that of another driver's, which they lack.
        primary = host.process("primary", "hz")
        primary.do(f"foreign {FOREIGN}", f"plug compress_hisi_zip_user0 {device.devargs[1:]}",
                   "configure 4", "start")
        for _ in range(3):
            others = [slow_secondary(host, 300) for _ in range(3)]
            # While they are at it our own is what it was, and each is found by its name.
            end = time.monotonic() + 1
            while time.monotonic() < end:
                assert primary.do("state compress_hisi_zip_user0") == ["started"]
                primary.do(f"state {FOREIGN}")
            for other in others:
                other.answer()
                other.do("configure 4", f"setup {others.index(other)}", "start")
            assert primary.do(f"state {FOREIGN}") == ["started"]
            for other in others:
                other.quit()
        # One is killed there: the primary cleans up behind it, and so would the next.
        other = slow_secondary(host, 20000)
        await_state(primary, "stopped")
        other.kill()
        await_state(primary, "started")
        other = host.secondary()
        other.join(primary, 1)
        progress([other], 64)
        other.quit()
        primary.quit()


if __name__ == "__main__":
    run(globals(), __doc__)
