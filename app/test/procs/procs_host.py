# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""What the tests of suite procs stand on: hugepages, a model process, processes that work."""

import argparse
import ctypes
import fcntl
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HUGE = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
PAGES = 256
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
LIMIT = 60.0  # seconds for any answer
PR_SET_THP_DISABLE = 41  # prctl(2)
SKIP = 77
OPTIONS = argparse.Namespace()  # of the command line


class Skip(Exception):
    """What the machine lacks."""


class Host:
    """A folder of our own with a hugetlbfs mount, and all processes that were started."""

    def __init__(self, worker, model):
        self.worker = worker
        self.program = model
        self.folder = tempfile.mkdtemp(prefix="hisi-zip-procs-")
        self.huge = os.path.join(self.folder, "huge")
        self.mounted = False
        self.pages = 0
        self.children = []  # never shrinks: the logs are numbered by it

    def __enter__(self):
        try:
            self.reserve()
        except BaseException:
            self.__exit__()
            raise
        return self

    def reserve(self):
        """Hugepages, and a mount that has them."""
        if os.geteuid() != 0 or not os.path.exists(HUGE):
            raise Skip("needs root and 2 MiB hugepages")
        os.mkdir(self.huge)
        if subprocess.run(["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "hisi_zip",
                           self.huge], check=False).returncode != 0:
            raise Skip("no hugetlbfs mount")
        self.mounted = True
        # The kernel may have to move others' memory for them, and not have done so at once.
        for _ in range(10):
            self.pages += change_pages(PAGES - self.pages)
            if self.pages >= PAGES:
                return
            time.sleep(1)
        raise Skip(f"no {PAGES} free hugepages")

    def __exit__(self, *_):
        for child in self.children:
            child.kill()
        if self.mounted:
            subprocess.run(["umount", "-l", self.huge], check=False)
        if self.pages > 0:
            change_pages(-self.pages)
        shutil.rmtree(self.folder, ignore_errors=True)

    def model(self, *options, sockets=("vf0",)):
        """Starts a model process; the paths of its sockets."""
        paths = [os.path.join(self.folder, name) for name in sockets]
        command = [self.program, *options]
        for path in paths:
            command += ["--socket", path]
        child = Child(command, os.path.join(self.folder, "model.log"))
        self.children.append(child)
        child.wait_line("ready:")
        return child, paths

    def model_usage(self):
        """Descriptors, maps and resident KiB of the model process, nothing where there is none."""
        for child in self.children:
            if child.popen.args[0] == self.program:
                proc = f"/proc/{child.popen.pid}"
                with open(f"{proc}/maps", encoding="utf-8") as maps:
                    number = len(maps.readlines())
                with open(f"{proc}/statm", encoding="ascii") as statm:
                    pages = int(statm.read().split()[1])
                return [len(os.listdir(f"{proc}/fd")), number, pages * PAGE_KIB]
        return []

    def eal(self, program, kind, prefix, extra=(), environment=None, telemetry=False):
        """Starts a program of DPDK."""
        command = [program, "--lcores", f"0@({cpus()})", "--file-prefix", prefix,
                   "--huge-dir", self.huge, "--iova-mode=va", "--no-pci",
                   "--telemetry" if telemetry else "--no-telemetry",
                   f"--proc-type={kind}", *extra]
        log = os.path.join(self.folder, f"{kind}{len(self.children)}.log")
        child = Process(command, log, {"RUNTIME_DIRECTORY": self.folder, **(environment or {})})
        self.children.append(child)
        return child

    def process(self, kind, prefix, extra=(), telemetry=False):
        """Starts a process that takes commands, and waits until it is ready."""
        child = self.eal(self.worker, kind, prefix, extra, telemetry=telemetry)
        child.answer()
        return child

    def primary(self, devargs, prefix="hz", extra=(), telemetry=False):
        """The process that has the device."""
        return self.process("primary", prefix,
                            ("--vdev", f"compress_hisi_zip_user0{devargs}", *extra),
                            telemetry)

    def wait_primary(self, prefix):
        """Waits until a primary that gives no sign of itself lets others in."""
        end = time.monotonic() + LIMIT
        path = os.path.join(self.folder, "dpdk", prefix, "mp_socket")
        while not os.path.exists(path):
            assert time.monotonic() < end, path
            time.sleep(0.05)
        time.sleep(2)  # it listens before it has probed its devices

    def secondary(self, prefix="hz"):
        """One more that uses it."""
        return self.process("secondary", prefix)


def change_pages(by):
    """Asks the machine for more or fewer hugepages; how many more it has then. The lock is the one
    that all tests take which do so, and who adds and takes away is not in the way of others."""
    with open(HUGE, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = int(file.read())
        file.seek(0)
        file.write(f"{max(0, before + by)}\n")
        file.flush()
        file.seek(0)
        return int(file.read()) - before


def result(text):
    """A line that test.sh shows."""
    print(f"result: {OPTIONS.test}, {OPTIONS.transport}, {OPTIONS.hw}: {text}")


class Device:
    """The device under test: an embedded model, or one in a process of its own."""

    def __init__(self, host, more=(), devargs=""):
        hw = OPTIONS.hw
        if OPTIONS.transport == "embedded":
            options = dict(zip(more[::2], more[1::2]))
            self.devargs = f",hw={hw}" + devargs
            for option, value in options.items():
                self.devargs += f",{option[2:].replace('-', '_')}={value}"
        else:
            self.model, paths = host.model("--hw", hw, *more)
            self.devargs = f",path={paths[0]}" + devargs
        if hw == "v2":
            self.devargs += ",v2_inflate=hw"


def ask_telemetry(folder, question, prefix="hz"):
    """What a primary that has telemetry answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.settimeout(LIMIT)
        client.connect(os.path.join(folder, "dpdk", prefix, "dpdk_telemetry.v2"))
        client.recv(1024)
        client.send(question.encode())
        (answer,) = json.loads(client.recv(1 << 16)).values()
    return answer


def cpus():
    """Those that this process may use, as EAL wants them."""
    return ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))


class Child:
    """A process, ended with us."""

    def __init__(self, command, log, environment=None):
        self.log = log
        with open(log, "wb") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=file, env={**os.environ, **(environment or {})})
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.popen.stdout, selectors.EVENT_READ)
        self.text = b""

    def line(self, end):
        """The next line of its output."""
        while b"\n" not in self.text:
            if not self.selector.select(max(0, end - time.monotonic())):
                raise TimeoutError(f"no answer: {self.popen.args[:1]}\n{self.messages()}")
            part = os.read(self.popen.stdout.fileno(), 4096)
            if not part:
                raise EOFError(f"it ended: {self.popen.args[:1]}\n{self.messages()}")
            self.text += part
        line, self.text = self.text.split(b"\n", 1)
        return line.decode(errors="replace")

    def wait_line(self, start):
        """Skips output up to a line that begins so."""
        end = time.monotonic() + LIMIT
        while True:
            line = self.line(end)
            if line.startswith(start):
                return line

    def messages(self):
        """The end of what it wrote to standard error."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def kill(self):
        """As kill -9 does; waits."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()
        if self.popen.stdout.closed:
            return
        self.selector.close()
        self.popen.stdout.close()
        self.popen.stdin.close()

    def end(self):
        """Asks it by SIGTERM; its exit code."""
        self.popen.terminate()
        return self.popen.wait(LIMIT)


class Process(Child):
    """A process that takes commands: procs_main.c."""

    def send(self, text):
        """A command, whose answer is fetched later."""
        self.popen.stdin.write(text.encode() + b"\n")
        self.popen.stdin.flush()

    def answer(self):
        """The words of the next answer; its number if it says error."""
        words = self.wait_line("= ").split()[1:]
        return int(words[1]) if words[0] == "error" else words[1:]

    def ask(self, text):
        """A command and its answer."""
        self.send(text)
        return self.answer()

    def do(self, *commands):
        """Commands that must not fail; the answer of the last."""
        words = []
        for text in commands:
            words = self.ask(text)
            assert isinstance(words, list), f"{text}: {words}\n{self.messages()}"
        return words

    def counts(self):
        """Ops done, ops with errors, ops with wrong data."""
        return tuple(int(word) for word in self.do("counts"))

    def quit(self):
        """Ends it as a program ends, which must go well."""
        self.do("quit")
        code = self.popen.wait(LIMIT)
        assert code == 0, f"exit code {code}\n{self.messages()}"

    def await_loss(self):
        """Waits until its device is known to be lost, which takes nothing then."""
        self.do("work nothing")
        end = time.monotonic() + LIMIT
        while self.do("fill 1") != ["0"]:
            self.do("drain 10000")
            assert time.monotonic() < end, self.messages()

    def join(self, primary, number, work="rounds", length=4000):
        """Takes a queue pair, with memory from the primary, and works."""
        pools = f"p{number}"
        primary.do(f"pools {pools}")
        self.do(f"configure {number + 1}", f"setup {number}", "start", f"open {pools} {length}")
        if work:
            self.do(f"work {work}")


def progress(processes, least=1, limit=LIMIT):
    """Waits until each has done so many more ops, none of them wrong."""
    before = [process.counts()[0] for process in processes]
    end = time.monotonic() + limit
    while True:
        counts = [process.counts() for process in processes]
        for process, (_, errors, wrong) in zip(processes, counts):
            assert (errors, wrong) == (0, 0), f"{errors} errors, {wrong} wrong\n" \
                                              f"{process.messages()}"
        if all(now[0] >= old + least for now, old in zip(counts, before)):
            return
        assert time.monotonic() < end, f"no progress: {before} {counts}\n" + \
            "\n".join(process.messages() for process in processes)
        time.sleep(0.05)


def leave_free(host, primary, number):
    """A process takes a queue pair, so that the primary is through with the one that had it, and
    gives it back."""
    process = host.secondary()
    process.join(primary, number, work=None)
    process.do("stop", "shut", "close")
    process.quit()
    primary.do(f"free-pools p{number}")


def usage_of(process):
    """Elements of DPDK's heap, memory zones, descriptors, maps and KiB resident, a list."""
    return [int(word) for word in process.do("usage")]


def left_by_eal(host):
    """Elements of DPDK's heap that a killed process costs, whatever it did: EAL's own."""
    primary = host.process("primary", "bare")
    before = usage_of(primary)[0]
    process = host.secondary("bare")
    process.kill()
    cost = usage_of(primary)[0] - before
    primary.quit()
    return cost


def three(host, device):
    """A primary and two secondaries at work."""
    primary = host.primary(device.devargs)
    everyone = [primary, host.secondary(), host.secondary()]
    for number, process in enumerate(everyone):
        process.join(primary, number)
    progress(everyone, 100)
    return everyone


def run(names, purpose):
    """Runs the test that the command line names, a function test_NAME of a module; exits."""
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    tests = {name[5:]: body for name, body in names.items() if name.startswith("test_")}
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("test", choices=sorted(tests))
    parser.add_argument("--worker", required=True, help="hisi-zip-test-procs")
    parser.add_argument("--model", required=True, help="hisi-zip-model")
    parser.add_argument("--transport", choices=("embedded", "process"), default="process")
    parser.add_argument("--hw", choices=("v2", "v3"), default="v3")
    parser.add_argument("--ops", type=int, default=3000, help="of each process in test share")
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--growth", type=int, default=10000000, help="ops")
    parser.add_argument("--setups", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=3.0, help="that shares are measured")
    parser.add_argument("--plugin", help="of the driver, for dpdk-test")
    parser.add_argument("--passes", type=int, help="cases that dpdk-test has to pass")
    parser.parse_args(namespace=OPTIONS)
    # Else the kernel makes large pages of small ones in all that is started, which looks as if it
    # had grown.
    ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
    # Whoever ends a test, such as a time limit, ends its processes, and gets the hugepages back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        tests[OPTIONS.test]()
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIP)
