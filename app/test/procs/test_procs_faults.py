#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""What goes wrong between processes on one device, and that the others go on."""

import signal
import time

from procs_host import (Device, Host, OPTIONS, ask_telemetry, left_by_eal, progress, run, three,
                        usage_of)

FOREIGN = "compress_foreign0"


def slow_secondary(host, milliseconds):
    """Starts a process that dawdles within the library's data; does not wait for it."""
    return host.eal(OPTIONS.worker, "secondary", "hz", (), {"PROCS_SLOW_SLOT": str(milliseconds)})


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


def cut(host, primary, command):
    """A process is killed when the primary has done what it asked for, and it does not know yet."""
    if command == "attach":
        process = host.eal(OPTIONS.worker, "secondary", "hz", (), {"PROCS_SLOW_ANSWER": "60000"})
    else:
        process = host.secondary()
        process.join(primary, 1, work=None)
        if command == "start":
            process.do("stop")
        elif command == "setup 1":
            process.do("stop", "close", "configure 2")
        else:
            assert process.do("fill 40") == ["40"]
        process.do("dawdle 60000")
        process.send(command)
    end = time.monotonic() + 30
    while "PROCS_SLOW_ANSWER" not in process.messages():
        assert time.monotonic() < end, f"{command}: {process.messages()}"
        time.sleep(0.02)
    process.kill()
    if command != "attach":
        primary.do("free-pools p1")


def test_cut():
    """Processes are killed between what the primary does for them and what they make of it."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        cost = left_by_eal(host)
        primary = host.primary(Device(host).devargs)
        primary.join(primary, 0)
        before, commands = None, ("attach", "setup 1", "start", "stop", "quit")
        for turn, command in enumerate(("start", *commands, *commands)):
            cut(host, primary, command)
            newer = host.secondary()
            newer.join(primary, 1)
            progress([primary, newer], 64)
            newer.quit()
            primary.do("free-pools p1")
            usage = usage_of(primary)
            before = before or usage
            print(f"{command}: heap elements, zones, descriptors, maps, KiB: {usage}")
            # A process that was about to end has given back what it costs EAL.
            assert usage[0] <= before[0] + turn * cost, f"{command}: the heap grows"
            assert usage[1] == before[1], f"{command}: memory zones grow"
        primary.quit()


def start_time(process):
    """When a process started, as the driver tells processes apart: proc(5), stat."""
    with open(f"/proc/{process.popen.pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[19])


def test_forged():
    """The primary believes no process that it is another one."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host).devargs)
        owner, other = host.secondary(), host.secondary()
        owner.join(primary, 1)
        for victim in (owner, primary):
            answer = other.ask("forge compress_hisi_zip_user0 "
                               f"{victim.popen.pid} {start_time(victim)} 1")
            assert answer == -1, f"EPERM, not {answer}"
        assert "in the name of process" in primary.messages()
        progress([owner], 100)
        for process in (other, owner, primary):
            process.quit()


def test_software():
    """Software alone is shared, too, and works without the primary."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(",sw=only", telemetry=True)
        others = [host.secondary() for _ in range(3)]
        everyone = [primary, *others]
        for number, process in enumerate(everyone):
            process.join(primary, number)
        progress(everyone, 200)
        others[0].kill()
        progress([primary, *others[1:]], 200)
        end = time.monotonic() + 30
        while ask_telemetry(host.folder, "/hisi_zip/qp,0,1") is not None:
            assert time.monotonic() < end, "the queue pair of a dead process is still there"
            time.sleep(0.05)
        primary.do("free-pools p1")
        newer = host.secondary()
        newer.do("configure 3")
        assert newer.ask("setup 2") == -16, "EBUSY"
        newer.join(primary, 1)
        progress([primary, newer, *others[1:]], 100)
        newer.quit()
        primary.kill()
        for process in others[1:]:
            progress([process], 200)
            process.do("work nothing", "stop", "shut", "close")
            process.quit()


def told_of_absence(host, name):
    """After how many seconds a secondary knows that there is no such device."""
    began = time.monotonic()
    other = host.process("secondary", "hz", ("--vdev", name))
    took = time.monotonic() - began
    print(f"ready after {took:.1f} s: {other.messages()}")
    assert other.ask("find") == -19, "ENODEV"
    assert "the primary process " in other.messages()
    other.quit()
    return took


def test_absent():
    """A secondary of a primary that has no such device is told so at once."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        name = "compress_hisi_zip_user0"
        primary = host.process("primary", "hz")
        for _ in range(2):
            # Who waits for an answer that cannot come does so each time.
            assert min(told_of_absence(host, name) for _ in range(3)) < 5
            # The same when there was one.
            primary.do(f"plug {name} sw=only", f"unplug {name}")
        primary.quit()


def test_states():
    """Telemetry tells queue pairs apart that are not set up, not started, at work, and failed."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        primary = host.primary(device.devargs, telemetry=True)

        def states():
            shown = [ask_telemetry(host.folder, f"/hisi_zip/qp,0,{number}") for number in (0, 1)]
            return [qp and qp["state"] for qp in shown]

        assert states() == [None, None]
        other = host.secondary()
        primary.do("configure 2", "setup 0")
        other.do("configure 2", "setup 1")
        assert states() == ["stopped", "stopped"]
        primary.do("start")
        assert states() == ["started", "stopped"]
        other.do("start")
        assert states() == ["started", "started"]
        primary.do("stop")
        assert states() == ["stopped", "started"]
        device.model.kill()
        end = time.monotonic() + 30
        while states() != ["stopped", "failed"]:
            assert time.monotonic() < end, states()
            time.sleep(0.05)
        other.do("stop")
        assert states() == ["stopped", "stopped"]
        other.quit()
        primary.quit()


def test_drain():
    """While queues of a process drain for long, others are served."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        # A hundred ops take eight seconds.
        primary = host.primary(Device(host, ("--pace-ns", "80000000", "--workers", "1")).devargs)
        slow, other = host.secondary(), host.secondary()
        other.do("configure 4", "setup 2")
        slow.join(primary, 1, work=None)
        primary.join(primary, 0, work=None)
        for process in (slow, primary):
            assert process.do("fill 100") == ["100"]
            process.send("stop")
            began = time.monotonic()
            turns, longest = 0, 0
            while time.monotonic() < began + 5:
                before = time.monotonic()
                other.do("start", "stop", "setup 2")
                longest = max(longest, time.monotonic() - before)
                turns += 1
            print(f"{turns} starts and stops of another process, the longest in {longest:.2f} s")
            assert process.answer() == []
            took = time.monotonic() - began
            assert took > 6, f"it waited for {took:.1f} s only"
            assert turns > 1 and longest < 4
            missing, _ = process.do("drain 100")
            assert (missing, process.counts()) == ("0", (100, 0, 0)), (missing, process.counts())
            process.do("start")
        # And behind one that is killed, though its id is not free before.
        assert slow.do("fill 100") == ["100"]
        slow.kill()
        began = time.monotonic()
        other.do("start", "stop", "setup 2", "start")
        assert time.monotonic() < began + 4
        newer = host.secondary()
        newer.do("configure 2", "setup 1", "start")
        assert time.monotonic() > began + 4
        newer.quit()
        other.quit()
        primary.quit()


def test_late():
    """A primary that stands still answers late; requests that were sent again are done once."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host).devargs)
        other = host.secondary()
        other.join(primary, 1, work=None)
        for command in ("stop", "start"):
            primary.popen.send_signal(signal.SIGSTOP)
            other.send(command)
            time.sleep(8)
            primary.popen.send_signal(signal.SIGCONT)
            assert other.answer() == [], other.messages()
            other.do("work rounds")
            if command == "stop":
                other.do("work nothing", "start", "work rounds")
            # The answers that came too late are nobody else's.
            progress([other], 64)
            for _ in range(3):
                other.do("work nothing", "stop", "setup 1", "start", "work rounds")
                progress([other], 32)
            other.do("work nothing")
        assert "no answer of the primary" in other.messages()
        other.quit()
        primary.quit()


def test_deaf():
    """Stops, starts and releases that fail: nothing is lost, and they can be repeated."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        # A hundred ops take much longer than a stop waits for ops.
        primary = host.primary(Device(host, ("--pace-ns", "40000000", "--workers", "1")).devargs)
        other = host.secondary()
        other.join(primary, 1, work=None)
        assert other.do("fill 100") == ["100"]
        other.do("deaf 1", "stop")
        assert "their ops stay there: Connection timed out" in other.messages()
        assert other.ask("start") == -110, "ETIMEDOUT"
        # They complete all the same, and no other's are among them.
        missing, _ = other.do("drain 10000")
        assert (missing, other.counts()) == ("0", (100, 0, 0)), (missing, other.counts())
        other.do("deaf 0", "start")
        # Once more, with ops still in flight when the queue pair is started again.
        assert other.do("fill 100") == ["100"]
        other.do("deaf 1", "stop", "deaf 0", "start")
        missing, _ = other.do("drain 100")
        assert (missing, other.counts()) == ("0", (200, 0, 0)), (missing, other.counts())
        other.do("work rounds")
        progress([other], 32)
        other.do("work nothing", "stop", "shut", "deaf 1")
        for _ in range(2):
            assert other.ask("close") == -110, "ETIMEDOUT"
        assert "queue pair 1 is not given back" in other.messages()
        newer = host.secondary()
        newer.do("configure 2")
        assert newer.ask("setup 1") == -16, "EBUSY"
        other.do("deaf 0", "close")
        newer.do("setup 1", "start")
        # The primary gives it to the next one, unheard: that is no error when it is repeated.
        other.do("configure 2", "setup 0", "deaf 2")
        assert other.ask("close") == -110, "ETIMEDOUT"
        newer.do("stop", "setup 0", "start")
        other.do("deaf 0", "close")
        for process in (newer, other, primary):
            process.quit()


def test_starved():
    """Descriptors, or memory for an alarm, run out: a clear error, no more."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        everyone = three(host, device)
        primary = everyone[0]
        # In the primary: nobody attaches, those who have go on.
        primary.do("starve")
        late = host.process("secondary", "hz", ("--vdev", "compress_hisi_zip_user0"))
        assert late.ask("find") == -19, "ENODEV"
        assert "does not share it: Too many open files" in late.messages()
        assert "no descriptor to give the doorbells" in primary.messages()
        late.quit()
        progress(everyone, 100)
        primary.do("feed")
        # Nor does who could not look after the primary.
        late = host.eal(OPTIONS.worker, "secondary", "hz", (), {"PROCS_NO_ALARM": "1"})
        late.answer()
        assert late.ask("find") == -19, "ENODEV"
        assert "cannot watch the primary process: Cannot allocate" in late.messages()
        late.quit()
        late = host.secondary()
        late.join(primary, 3)
        progress([*everyone, late], 100)
        late.quit()
        primary.do("free-pools p3")
        if OPTIONS.transport == "process":
            starve_remap(host, device, everyone)
        for process in reversed(everyone):
            process.quit()


def starve_remap(host, device, everyone):
    """A secondary has no descriptor for the doorbells of a model that has come back."""
    primary, other, third = everyone
    device.model.kill()
    for process in everyone:
        process.await_loss()
    Device(host)
    for process in everyone:
        process.do("stop", "forgive")
    other.do("starve")
    primary.do("start", "work rounds")
    third.do("start", "work rounds")
    for _ in range(2):
        assert other.ask("start") == -24, "EMFILE"
    assert "no doorbells: Too many open files" in other.messages()
    progress([primary, third], 100)
    other.do("feed", "start", "work rounds")
    progress(everyone, 100)


def test_hung():
    """Queues that never drain: the function is lost for all, and comes back for all."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host, ("--fault", "hang-queue:queue=2:nth=40"))
        primary = host.primary(device.devargs)
        other, third = host.secondary(), host.secondary()
        other.join(primary, 1, work=None)
        third.join(primary, 2)
        assert other.do("fill 100") == ["100"]
        progress([third], 100)
        other.do("stop")
        missing, _ = other.do("drain 100")
        done, errors, wrong = other.counts()
        print(f"{done} done, {errors} errors")
        assert (missing, done + errors, wrong) == ("0", 100, 0) and errors > 0
        assert "does not drain" in primary.messages() or "is lost" in primary.messages()
        third.do("work nothing")
        missing, _ = third.do("drain 100")
        assert missing == "0" and third.counts()[2] == 0
        # Once all have stopped, the function is brought up again.
        third.do("stop", "start", "forgive", "work rounds")
        progress([third], 100)
        other.do("setup 1", "start")
        for process in (other, third, primary):
            process.quit()


if __name__ == "__main__":
    run(globals(), __doc__)
