#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Several processes on one device: primary and secondaries, and independent ones on one model."""

import os
import re
import signal
import time

from procs_host import (Device, Host, OPTIONS, ask_telemetry, leave_free, left_by_eal, progress,
                        result, run, three, usage_of)

TRIES = 4  # of what a machine that is busy with something else may spoil


def four(host, more=()):
    """A primary and three secondaries, each at work on a queue pair of its own."""
    device = Device(host, more)
    primary = host.primary(device.devargs)
    primary.join(primary, 0)
    others = []
    for number in (1, 2, 3):
        others.append(host.secondary())
        others[-1].join(primary, number)
    return primary, others


def test_share():
    """Primary and secondaries compress and verify, and go in any order."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary, others = four(host)
        everyone = [primary, *others]
        progress(everyone, OPTIONS.ops)
        others[1].quit()
        progress([primary, others[0], others[2]], 200)
        # Its id is free, for the primary too.
        primary.do("free-pools p2")
        newer = host.secondary()
        # With memory that it takes by itself, and that was not there before.
        newer.join(newer, 2)
        progress([primary, others[0], others[2], newer], 200)
        for process in (others[0], newer, others[2], primary):
            process.quit()


def test_control():
    """What a secondary does with its device leaves the primary's queue pairs alone."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        primary = host.primary(device.devargs)
        primary.do("pools p0", "configure 4", "setup 0", "start", "open p0 4000",
                   "work rounds")
        other = host.secondary()
        progress([primary], 100)
        # It has as many as the primary; an id of somebody else is refused, a free one is not.
        assert other.ask("setup 0") == -16, "EBUSY"
        for ids in (1, 2, 3):
            other.do(f"setup {ids}")
        progress([primary], 100)
        for command in ("start", "stop", "configure 8", "setup 7", "start", "stop",
                        "configure 1", "close", "configure 3", "setup 2", "setup 2", "start"):
            other.do(command)
            progress([primary], 100)
        primary.do("pools p2")
        other.do("open p2 3000", "work rounds")
        progress([primary, other], 300)
        # And the other way round.
        primary.do("work nothing", "stop")
        progress([other], 300)
        primary.do("start", "work rounds")
        progress([primary, other], 300)
        other.do("work nothing", "stop")
        progress([primary], 100)
        other.do("start", "work rounds")
        progress([primary, other], 100)
        primary.do("work nothing", "stop", "shut", "close")
        progress([other], 300)
        other.quit()
        primary.quit()


def beside_primary(*commands):
    """A secondary that works does all this; the primary's queue pair works on after each."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host).devargs)
        primary.join(primary, 0)
        other = host.secondary()
        other.join(primary, 1)
        progress([primary, other], 100)
        other.do("work nothing")
        for command in commands:
            other.do(command)
            progress([primary], 200)
        other.quit()
        primary.quit()


def test_configure():
    """A secondary that configures, which releases its queue pairs, leaves the primary's alone."""
    beside_primary("stop", "configure 1", "configure 8", "setup 7", "start", "work rounds")


def test_stop():
    """A secondary that stops leaves the primary's queue pairs alone."""
    beside_primary("stop", "stop", "start", "work rounds", "work nothing", "stop")


def test_close():
    """A secondary that closes leaves the primary's queue pairs alone."""
    beside_primary("stop", "shut", "close")


def test_idle():
    """A secondary alone, whose primary never configures."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host).devargs)
        for _ in range(2):
            other = host.secondary()
            other.join(primary, 0)
            progress([other], 500)
            other.quit()
            primary.do("free-pools p0")
        primary.quit()


def test_telemetry():
    """The primary shows what the queue pairs of all processes count, also when those are gone."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host).devargs, telemetry=True)
        primary.join(primary, 0)
        everyone = [primary]
        for number in (1, 2):
            everyone.append(host.secondary())
            everyone[-1].join(primary, number)
        progress(everyone, 200)
        for process in everyone:
            process.do("work nothing", "drain 5000")
        total = 0
        for number, process in enumerate(everyone):
            shown = ask_telemetry(host.folder, f"/hisi_zip/qp,0,{number}")
            done = process.counts()[0]
            print(f"queue pair {number}: {done} ops, telemetry {shown}")
            assert shown["owner"] == process.popen.pid
            assert shown["enqueued"] == shown["dequeued"] == done
            assert (shown["hw_ops"], shown["sw_ops"]) == (done, 0)
            assert shown["errors"] == shown["in_flight"] == 0
            total += done
        shown = ask_telemetry(host.folder, "/hisi_zip/stats,0")
        assert shown["dequeued"] == shown["hw_ops"] == total and shown["queue_pairs"] == 3, shown
        everyone[1].quit()
        everyone[2].kill()
        end = time.monotonic() + 30
        while ask_telemetry(host.folder, "/hisi_zip/qp,0,2") is not None:
            assert time.monotonic() < end, "the queue pair of a dead process is still there"
            time.sleep(0.05)
        shown = ask_telemetry(host.folder, "/hisi_zip/stats,0")
        assert shown["dequeued"] == shown["hw_ops"] == total and shown["queue_pairs"] == 1, shown
        primary.do("free-pools p1", "free-pools p2")
        primary.quit()


def kill_one(host, primary, number, others=(), ops=64):
    """A new process takes a queue pair, works, and is killed while it does."""
    process = host.secondary()
    process.join(primary, number)
    progress([process], ops)
    process.kill()
    primary.do(f"free-pools p{number}")
    if others:
        progress(others, 64)


def test_kill():
    """Processes are killed in their bursts; the others go on, and the ids come back."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        cost = left_by_eal(host)
        primary, others = four(host)
        kill_one(host, primary, 4)
        leave_free(host, primary, 4)
        before = usage_of(primary)
        for turn in range(OPTIONS.kills):
            kill_one(host, primary, 4, [primary, *others] if turn % 10 == 0 else [primary])
        leave_free(host, primary, 4)
        after = usage_of(primary)
        result(f"heap elements, zones, descriptors, maps, KiB: {before}, {after} after "
               f"{OPTIONS.kills} kills that cost EAL {cost} each")
        assert after[0] == before[0] + OPTIONS.kills * cost, "the heap grows"
        assert after[1] == before[1], "memory zones grow"
        # One for each hugepage that is needed for what EAL leaves, and a few that it keeps in use.
        assert after[2] <= before[2] + OPTIONS.kills // 2, "descriptors grow"
        # One of the first ones: a new process gets its queue pair, though it remains a zombie.
        others[0].popen.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, others[0].popen.pid, os.WEXITED | os.WNOWAIT)
        progress([primary, *others[1:]], 200)
        primary.do("free-pools p1")
        newer = host.secondary()
        newer.join(primary, 1)
        progress([primary, newer, *others[1:]], 200)


def test_busy():
    """A process dies with ops in flight that take long: its queue pair is free behind them."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host, ("--pace-ns", "8000000")).devargs)
        primary.join(primary, 0)
        for _ in range(3):
            other = host.secondary()
            other.join(primary, 1, work=None)
            assert other.do("fill 100") == ["100"]
            other.kill()
            # At once: the dead owner is found here, not by the look that is taken now and then.
            newer = host.secondary()
            newer.do("configure 2", "setup 1", "start")
            newer.quit()
            primary.do("free-pools p1")
            progress([primary], 32)


def test_quiet():
    """A stop beside another process waits for ops that take long: none is given back before."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host, ("--pace-ns", "20000000", "--workers", "1")).devargs)
        other = host.secondary()
        other.join(primary, 1)
        progress([other], 32)
        other.do("work nothing")
        primary.join(primary, 0, work=None)
        for process in (primary, other):
            before = process.counts()[0]
            # Two seconds of work: more than the stop waits for ops and a drain for a queue.
            assert process.do("fill 100") == ["100"]
            process.do("stop")
            missing, _ = process.do("drain 100")
            done, errors, wrong = process.counts()
            assert (missing, done - before, errors, wrong) == ("0", 100, 0, 0), process.messages()
            process.do("start")
        for process in (other, primary):
            process.do("work rounds")
        progress([primary, other], 32)
        other.quit()
        primary.quit()


def test_orphans():
    """The primary is killed: ops in flight come back as errors within two seconds."""
    # A machine that is busy with something else may need more than one try.
    took = [orphans_of_killed_primary()]
    while took[-1] >= 2000 and len(took) < TRIES:
        took.append(orphans_of_killed_primary())
    assert took[-1] < 2000, took
    if OPTIONS.transport == "process":
        orphans_of_stopped_model()
        orphans_of_stopped_models()


def orphans_of_killed_primary():
    """The same; within how many ms the last came back."""
    slowest = 0
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        # Each op takes longer than the test.
        device = Device(host, ("--pace-ns", "1000000000"))
        primary = host.primary(device.devargs)
        others = [host.secondary() for _ in range(2)]
        for number, process in enumerate(others):
            process.join(primary, number, work=None)
            assert process.do("fill 100") == ["100"]
        primary.kill()
        for process in others:
            process.send("drain 10000")
        for process in others:
            missing, took = (int(word) for word in process.answer())
            done, errors, wrong = process.counts()
            result(f"missing {missing}, done {done}, errors {errors} within {took} ms")
            assert missing == 0 and wrong == 0 and errors >= 90 and done + errors == 100
            slowest = max(slowest, took)
            process.do("fill 1", "drain 100")
            process.do("stop", "shut", "close")
            assert "cannot be kept from memory" not in process.messages()
            process.quit()
    return slowest


def orphans_of_stopped_models():
    """A second for each model until it is given up: the last device has to be waited for, too."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        model, paths = host.model("--pace-ns", "1000000000",
                                  sockets=[f"vf{number}" for number in range(5)])
        devices = []
        for number, path in enumerate(paths):
            devices += ["--vdev", f"compress_hisi_zip_user{number},path={path}"]
        primary = host.process("primary", "hz", devices)
        other = host.secondary()
        other.do(f"use {len(paths) - 1}")
        other.join(primary, 1, work=None)
        assert other.do("fill 100") == ["100"]
        model.popen.send_signal(signal.SIGSTOP)
        primary.kill()
        other.do("stop")
        assert "are not stopped" not in other.messages(), other.messages()
        missing, _ = other.do("drain 1000")
        assert missing == "0", other.messages()
        other.do("shut", "close")
        other.quit()


def orphans_of_stopped_model():
    """The model is stopped, too: ops come back with a word that nothing could be done about it."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host, ("--pace-ns", "1000000000"))
        primary = host.primary(device.devargs)
        other = host.secondary()
        other.join(primary, 1, work=None)
        assert other.do("fill 100") == ["100"]
        device.model.popen.send_signal(signal.SIGSTOP)
        primary.kill()
        missing, _ = other.do("drain 10000")
        assert missing == "0", other.messages()
        assert other.messages().count("cannot be kept from memory") == 1, other.messages()
        other.do("stop", "shut", "close")
        other.quit()
        device.model.popen.send_signal(signal.SIGCONT)


def test_removed():
    """The primary removes the device, or ends, while a secondary uses it."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        primary = host.primary(device.devargs)
        other = host.secondary()
        other.join(primary, 1)
        progress([other], 100)
        primary.do("unplug compress_hisi_zip_user0")
        # What was in flight has come back, one way or the other, and nothing is taken any more.
        other.do("work nothing")
        assert other.do("fill 1") == ["0"]
        assert other.counts()[2] == 0
        other.do("drain 2000", "stop", "close")
        # The next device has the same id, and what the old one left is not in its way.
        primary.do(f"plug compress_hisi_zip_user0 {device.devargs[1:]}", "find", "configure 4",
                   "setup 1", "start", "stop", "close")
        primary.quit()
        # What became of the old one was said before; the function may be another process's by now.
        time.sleep(0.5)
        assert "the primary process is gone" not in other.messages()
        other.quit()


def test_lost():
    """The model dies: all processes get errors, and go on with a new one."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = Device(host)
        everyone = three(host, device)
        device.model.kill()
        for process in everyone:
            process.await_loss()
        Device(host)
        # The primary is the one that connects again.
        everyone[1].do("stop")
        assert everyone[1].ask("start") == -19, "ENODEV"
        for process in everyone:
            if process != everyone[1]:
                process.do("stop")
        for process in everyone:
            process.do("start", "forgive", "work rounds")
        progress(everyone, 200)
        for process in reversed(everyone):
            process.quit()


def test_refused():
    """Doorbells that only the primary can ring are not for others; it goes on."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host, devargs=",shadow=off").devargs)
        primary.join(primary, 0)
        other = host.secondary()
        other.do("configure 2")
        assert other.ask("setup 1") == -95, "ENOTSUP"
        progress([primary], 100)
        other.quit()
        progress([primary], 100)
        primary.quit()


def not_grown(old, new):
    """Heap elements and zones are the same; a hugepage or two more, with a map each, may be, and
    two maps for each thread that asks the C library for memory for the first time. What grows does
    so with each of hundreds of turns."""
    return old[:2] == new[:2] and new[2] <= old[2] + 2 and new[3] <= old[3] + 10


def test_hotplug():
    """A device comes and goes at run time, in the primary alone and in all processes."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        args = Device(host).devargs[1:]
        name = "compress_hisi_zip_user1"
        primary = host.process("primary", "hz")
        usage = []
        for _ in range(30):
            primary.do(f"plug {name} {args}", "configure 2", "setup 0", "start", "stop", "close",
                       f"unplug {name}")
            usage.append(usage_of(primary))
        result(f"heap elements, zones, descriptors, maps, KiB: {usage[2]} ... {usage[-1]}")
        assert not_grown(usage[2], usage[-1]), (usage[2], usage[-1])
        other = host.secondary()
        for _ in range(5):
            primary.do(f"hotplug {name} {args}")
            other.do("find")
            other.join(primary, 1)
            progress([other], 64)
            other.do("work nothing", "stop", "shut", "close")
            primary.do(f"hotunplug {name}", "free-pools p1")
            assert other.ask("find") == -19, "ENODEV"
        other.quit()
        primary.quit()


def test_growth():
    """Many ops, many set-ups and releases: nothing grows."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        primary = host.primary(Device(host, ("--engine", "null")).devargs)
        other = host.secondary()
        other.join(primary, 1, work=None)
        primary.join(primary, 0, work=None)
        both = (primary, other)
        for process in both:
            process.do("ops 100000")
        before = [usage_of(process) for process in both]
        model = host.model_usage()
        began = time.monotonic()
        step = 1000000
        for _ in range(max(1, OPTIONS.growth // step // 2)):
            for process in both:
                process.send(f"ops {step}")
            for process in both:
                assert process.answer() == [], process.messages()
        result(f"{sum(process.counts()[0] for process in both)} ops in "
               f"{time.monotonic() - began:.1f} s, then {OPTIONS.setups} set-ups and releases")
        for process in both:
            process.do("stop")
        for _ in range(OPTIONS.setups // 2):
            primary.do("setup 0")
            other.do("setup 1")
        for process in both:
            process.do("start", "ops 1000")
        after = [usage_of(process) for process in both]
        result(f"heap elements, zones, descriptors, maps, KiB: {before} ... {after}")
        for old, new in zip(before, after):
            assert not_grown(old, new), (old, new)
            assert new[4] <= old[4] + 4096, "memory grows"
        grown = [new - old for old, new in zip(model, host.model_usage())]
        result(f"the model process: descriptors, maps, KiB: {model} and {grown} more")
        assert not grown or (grown[0] == 0 and grown[1] <= 10 and grown[2] <= 4096), grown


def independent(host, *options, length=4000, work="rounds"):
    """Four processes on a function each, of one model or of embedded ones; and what starts one."""
    names = ("vf0", "vf1", "vf2", "vf3")
    devargs = [f",hw={OPTIONS.hw}"] * len(names)
    if OPTIONS.transport == "process":
        _, paths = host.model("--hw", OPTIONS.hw, *options, sockets=names)
        devargs = [f",path={path}" for path in paths]
    if OPTIONS.hw == "v2":
        devargs = [text + ",v2_inflate=hw" for text in devargs]

    def begin(number):
        process = host.primary(devargs[number], prefix=f"hz{number}",
                               extra=("-m", "64", "--huge-unlink"))
        process.join(process, 0, work=work, length=length)
        return process

    return [begin(number) for number in range(len(names))], begin


def test_independent():
    """Four independent processes; one is killed in its bursts, its function goes to another."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        processes, begin = independent(host)
        progress(processes, OPTIONS.ops // 2)
        for number in (2, 0):
            processes[number].kill()
            progress([process for process in processes if process != processes[number]], 500)
            processes[number] = begin(number)
            progress(processes, 500)
        for process in processes:
            process.quit()


def test_fair():
    """Four independent processes on functions of one model: equal load, equal shares."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        processes, _ = independent(host, "--workers", "1", length=8000, work=None)
        # First with results that are checked.
        for process in processes:
            process.do("work rounds")
        progress(processes, 500)
        for process in processes:
            process.do("work nothing", "work flood")
        time.sleep(0.5)
        # Who is unfair is so each time; a machine that does something else is, now and then.
        for _ in range(TRIES):
            before = [process.counts()[0] for process in processes]
            time.sleep(OPTIONS.seconds)
            done = [process.counts()[0] - old for process, old in zip(processes, before)]
            result(f"ops {done}, smallest to largest share {min(done) / max(done):.3f}")
            if min(done) >= 0.9 * max(done):
                break
        assert min(done) >= 0.9 * max(done), done


def test_autotest():
    """The distribution's test of compression devices in a secondary, the primary being idle."""
    for _ in range(TRIES):
        code, text, shown = autotest_once()
        # It gives an operation 100 ms, which a busy machine may not keep to.
        if code == 0 or "Not all operations could be dequeued" not in text:
            break
        result("later than dpdk-test waits, once more")
    found = re.search(r"Tests Passed *: *(\d+)", text)
    result(f"{found.group(1) if found else 'no'} cases passed, {OPTIONS.passes} are to pass; "
           f"{shown['hw_ops']} ops by the engine, {shown['sw_ops']} by software")
    assert code == 0 and found and "Tests Failed :       0" in text, text
    assert int(found.group(1)) == OPTIONS.passes, text
    # Those with fixed Huffman codes are software's.
    assert shown["hw_ops"] > 5 * shown["sw_ops"], shown


def autotest_once():
    """Its exit code, what it wrote, and what the primary's telemetry says of the device."""
    with Host(OPTIONS.worker, OPTIONS.model) as host:
        device = f"compress_hisi_zip_user0{Device(host).devargs}"
        load = ("-d", OPTIONS.plugin)
        host.eal("dpdk-test", "primary", "hz", (*load, "--vdev", device), {"DPDK_TEST": ""},
                 telemetry=True)
        host.wait_primary("hz")
        test = host.eal("dpdk-test", "secondary", "hz", load,
                        {"DPDK_TEST": "compressdev_autotest"})
        text = test.popen.communicate(timeout=100)[0].decode(errors="replace")
        with open(test.log, encoding="utf-8", errors="replace") as log:
            text += log.read()
        return test.popen.returncode, text, ask_telemetry(host.folder, "/hisi_zip/stats,0")


if __name__ == "__main__":
    run(globals(), __doc__)
