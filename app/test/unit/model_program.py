# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Starts and ends hisi-zip-model for the tests of the program; its path is the first argument."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LIMIT = 20.0  # seconds that any single step may take; far above what it needs


def program():
    """The path of the program under test."""
    return os.path.abspath(sys.argv[1])


def run(*args):
    """Runs the program to its end."""
    return subprocess.run([program(), *args], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT, check=False)


class Model:
    """A running model process."""

    def __init__(self, sockets, *args):
        options = [word for socket in sockets for word in ("--socket", socket)]
        self.process = subprocess.Popen([program(), *options, *args], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pending = b""
        self.ready = self.line()

    def line(self):
        """The next line of its standard output."""
        end = time.monotonic() + LIMIT
        while b"\n" not in self.pending:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError("no line from the model")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise EOFError(self.process.stderr.read().decode())
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode()

    def stats(self):
        """The next block of counters of its standard output, as a dictionary."""
        line = self.line()
        assert line.startswith("stats.begin "), line
        counters = {}
        while not (line := self.line()).startswith("stats.end "):
            key, value = line.split(" ", 1)
            counters[key] = value
        return counters

    def end(self, number=signal.SIGTERM):
        """Ends it by a signal; what it returned and wrote to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(LIMIT)
        with self.process.stdout, self.process.stderr:
            return status, self.process.stderr.read().decode()


class Case(unittest.TestCase):
    """A test with a folder of its own, and models that end with it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hisi-zip-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name="s0"):
        """A path in the test's folder."""
        return os.path.join(self.folder, name)

    def start(self, sockets, *args):
        """A model that is killed after the test if it still runs."""
        model = Model(sockets, *args)
        self.addCleanup(self.finish, model)
        return model

    @staticmethod
    def finish(model):
        """Leaves no process and no descriptor behind."""
        if model.process.poll() is None:
            model.process.kill()
        model.process.wait(LIMIT)
        model.process.stdout.close()
        model.process.stderr.close()


def main():
    """Runs the tests of the calling file."""
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[2:]])
