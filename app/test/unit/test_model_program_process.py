# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Sockets, signals, counters and the idle cost of the model process."""

import json
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import time

import model_program

VERSION = 1           # vfio-user commands
REGION_READ = 9
REGION_WRITE = 10
IDLE_SECONDS = 3.0
IDLE_TRIES = 4  # what the machine takes from it counts as its own
IDLE_SHARE = float(os.environ.get("IDLE_SHARE", "0.02"))  # of a core; sanitizers take more


def message(number, command, payload):
    """A vfio-user request."""
    return struct.pack("<HHIII", number, command, 16 + len(payload), 0, 0) + payload


class Client:
    """As little of a vfio-user client as the tests here need."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(model_program.LIMIT)
        self.socket.connect(path)
        words = json.dumps({"capabilities": {"max_msg_fds": 1}}).encode() + b"\0"
        self.request(VERSION, struct.pack("<HH", 0, 0) + words)
        # PCI command: memory access
        self.request(REGION_WRITE, struct.pack("<QIIH", 4, 7, 2, 2))

    def receive(self, size):
        """Exactly size bytes."""
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def request(self, command, payload):
        """Sends a request; the payload of its reply."""
        self.socket.sendall(message(7, command, payload))
        number, replied, size, flags, _ = struct.unpack("<HHIII", self.receive(16))
        assert (number, replied, flags) == (7, command, 1), (number, replied, flags)
        return self.receive(size - 16)

    def read32(self, region, offset):
        """A register or a word of config space (region 7)."""
        head = struct.pack("<QII", offset, region, 4)
        return struct.unpack("<I", self.request(REGION_READ, head)[16:])[0]

    def close(self):
        """Hangs up."""
        self.socket.close()


def cpu_seconds(pid):
    """User and system time of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Process(model_program.Case):
    """The program as a process."""

    def test_descriptors(self):
        """Many sockets where the limit of descriptors is the usual one, not what is allowed."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        sockets = [self.path(f"s{i}") for i in range(16)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, hard))
        try:
            model = self.start(sockets)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        self.assertEqual(model.ready, " ".join(["ready:", *sockets]))
        clients = [Client(path) for path in sockets]
        for client in clients:
            self.assertEqual(client.read32(2, 0x3100), 0x6f01)
            client.socket.close()

    def test_sockets(self):
        """Owner-only while it runs, gone when it ends."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                model = self.start([self.path()])
                self.assertEqual(model.ready, f"ready: {self.path()}")
                mode = os.stat(self.path()).st_mode
                self.assertTrue(stat.S_ISSOCK(mode))
                self.assertEqual(stat.S_IMODE(mode), 0o600)
                self.assertEqual(model.end(number), (0, ""))
                self.assertEqual(os.listdir(self.folder), [])

    def test_end_with_client(self):
        """A connected client does not hold up the end."""
        model = self.start([self.path()])
        client = Client(self.path())
        self.addCleanup(client.close)
        self.assertEqual(model.end(), (0, ""))
        self.assertEqual(client.socket.recv(1), b"")
        self.assertEqual(os.listdir(self.folder), [])

    def test_stale_socket(self):
        """What a killed model leaves behind is replaced."""
        first = self.start([self.path()])
        first.end(signal.SIGKILL)
        self.assertTrue(os.path.exists(self.path()))
        second = self.start([self.path()])
        client = Client(self.path())
        client.close()
        self.assertEqual(second.end(), (0, ""))

    def test_live_socket(self):
        """A socket that is served is left alone, also while its client is connected."""
        self.start([self.path()])
        for connected in (False, True):
            with self.subTest(connected=connected):
                if connected:
                    client = Client(self.path())
                    self.addCleanup(client.close)
                done = model_program.run("--socket", self.path("other"), "--socket", self.path())
                self.assertEqual(done.returncode, 1)
                self.assertIn(self.path(), done.stderr)
                self.assertNotIn("ready", done.stdout)
                self.assertEqual(os.listdir(self.folder), [os.path.basename(self.path())])
        self.assertEqual(client.read32(7, 0), 0xa25119e5)

    def test_not_a_socket(self):
        """A file of someone else is never removed."""
        with open(self.path(), "w", encoding="ascii") as file:
            file.write("precious")
        done = model_program.run("--socket", self.path())
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.path(), done.stderr)
        with open(self.path(), encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_missing_folder(self):
        """A path that cannot be is a plain error."""
        done = model_program.run("--socket", self.path("no/where"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.path("no/where"), done.stderr)

    def test_two_functions(self):
        """Two sockets are two functions of different size (hardware.md 1.1, 2.3)."""
        paths = [self.path("a"), self.path("b")]
        self.start([paths[0] + ",queues=2", paths[1]], "--engine", "null")
        clients = [Client(path) for path in paths]
        for client in clients:
            self.addCleanup(client.close)
            self.assertEqual(client.read32(7, 0), 0xa25119e5)
            self.assertEqual(client.read32(7, 8) & 0xff, 0x30)
            self.assertEqual(client.read32(2, 0x3108), 0x04000400)

    def test_stats_signal(self):
        """SIGUSR1 prints the counters, again and again, and so does the end."""
        model = self.start([self.path("a"), self.path("b")], "--stats")
        client = Client(self.path("b"))
        client.read32(2, 0x3100)
        client.close()
        for _ in range(2):
            model.process.send_signal(signal.SIGUSR1)
            counters = model.stats()
            self.assertEqual(counters["socket.0.path"], self.path("a"))
            self.assertEqual(counters["socket.1.path"], self.path("b"))
            self.assertEqual(counters["total.sqes"], "0")
        self.assertEqual(counters["socket.1.clients"], "1")
        model.process.terminate()
        self.assertEqual(model.stats()["total.clients"], "1")
        self.assertEqual(model.end(), (0, ""))

    def test_stats_file(self):
        """With a file, that file holds the newest counters, whole."""
        counters = self.path("counters")
        model = self.start([self.path()], f"--stats={counters}")
        self.assertFalse(os.path.exists(counters))
        model.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + model_program.LIMIT
        while not os.path.exists(counters) and time.monotonic() < end:
            time.sleep(0.01)
        model.end()
        with open(counters, encoding="ascii") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "stats.begin 2")
        self.assertEqual(lines[-1], "stats.end 2")
        self.assertEqual(os.listdir(self.folder), ["counters"])

    def test_signal_without_stats(self):
        """SIGUSR1 does no harm when nobody asked for counters."""
        model = self.start([self.path()])
        model.process.send_signal(signal.SIGUSR1)
        client = Client(self.path())
        self.assertEqual(client.read32(7, 0), 0xa25119e5)
        client.close()
        self.assertEqual(model.end(), (0, ""))

    def test_closed_output(self):
        """A reader of standard output that went away does not end it."""
        with subprocess.Popen([model_program.program(), "--socket", self.path(), "--stats"],
                              stdout=subprocess.PIPE) as process:
            self.addCleanup(process.kill)
            process.stdout.readline()
            process.stdout.close()
            process.send_signal(signal.SIGUSR1)
            client = Client(self.path())
            self.assertEqual(client.read32(7, 0), 0xa25119e5)
            client.close()
            process.terminate()
            process.wait(model_program.LIMIT)
        self.assertFalse(os.path.exists(self.path()))

    def idle_share(self, model):
        """Of a core, as soon as it is small, or the last time."""
        for _ in range(IDLE_TRIES):
            time.sleep(0.5)
            start = cpu_seconds(model.process.pid)
            time.sleep(IDLE_SECONDS)
            share = (cpu_seconds(model.process.pid) - start) / IDLE_SECONDS
            if share < IDLE_SHARE:
                break
        return share

    def test_idle(self):
        """Without a client and with an idle one it costs next to nothing."""
        model = self.start([self.path()])
        for connected in (False, True):
            with self.subTest(connected=connected):
                if connected:
                    client = Client(self.path())
                    self.addCleanup(client.close)
                self.assertLess(self.idle_share(model), IDLE_SHARE)


if __name__ == "__main__":
    model_program.main()
