# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors

"""Each wrong option ends the program with 2 and says what is valid."""

import model_program

VALID = ["--socket", "/nonexistent/s"]

# Options after a valid socket, and what the message must name.
WRONG = [
    (["--hw", "v1"], "v3"),
    (["--hw", "v1"], "v2|v3"),
    (["--hw", ""], "v3"),
    (["--engine", "lzma"], "isal|zlib|null"),
    (["--level", "10"], "0-9"),
    (["--level", "-1"], "0-9"),
    (["--level", "4"], "--engine isal; valid: 0-3"),
    (["--level", "1x"], "0-9"),
    (["--level"], "needs a value"),
    (["--workers", "0"], "1-64"),
    (["--workers", "65"], "1-64"),
    (["--workers", "18446744073709551617"], "1-64"),
    (["--shadow", "yes"], "on|off"),
    (["--hw", "v2", "--db-isolation", "on", "--socket", "/tmp/x"], "off"),
    (["--db-isolation", "maybe"], "off"),
    (["--hw", "v2", "--lz4", "on", "--socket", "/tmp/x"], "off"),
    (["--lz4", "1"], "off"),
    (["--pace-ns", "abc"], "0-4294967295"),
    (["--pace-ns", "4294967296"], "0-4294967295"),
    (["--pace-mbps", " 1"], "0-4294967295"),
    (["--fault", "nonsense"], "wrong-phase"),
    (["--fault", "wrong-phase:queue"], "queue"),
    (["--fault", "wrong-phase:queue=x"], "queue"),
    (["--fault", "wrong-phase:colour=1"], "colour"),
    (["--fault", ""], "wrong-phase"),
    (["--fault", "status:value=256"], "0-255"),
    (["--fault", "produced:queue=1024"], "0-1023"),
    (["--stats="], "FILE"),
    (["--socket", ""], "PATH"),
    (["--socket", ",queues=1"], "PATH"),
    (["--socket", "/tmp/x,queues=0"], "queues=1-1024"),
    (["--socket", "/tmp/x,queues=1025"], "queues=1-1024"),
    (["--socket", "/tmp/x,queues"], "queues=1-1024"),
    (["--socket", "/tmp/x,colour=red"], "function="),
    (["--socket", "/tmp/x,function=xf"], "function="),
    (["--socket", "/tmp/x,function=pf", "--socket", "/tmp/y,function=pf"], "one function=pf"),
    (["--socket", "/tmp/x", "--fault", "ras:value=2"], "function=pf"),
    (["--socket", "/nonexistent/s"], "twice"),
    (["--socket", "/tmp/" + "x" * 300], "PATH"),
    (["--unknown"], "--unknown"),
    (["--help=no"], "--help=no"),
    (["-x"], "-x"),
    (["word"], "word"),
]


class Options(model_program.Case):
    """The command line."""

    def test_wrong(self):
        """Exit status, the reason, and where the list is; not the list, which would hide it."""
        for words, named in WRONG:
            with self.subTest(words=words):
                done = model_program.run(*VALID, *words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(named, done.stderr.splitlines()[0])
                self.assertEqual(done.stderr.splitlines()[1:], ["--help lists the options"])
                self.assertEqual(done.stdout, "")

    def test_no_socket(self):
        """Without a socket there is nothing to do."""
        done = model_program.run("--engine", "null")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--socket PATH", done.stderr.splitlines()[0])

    def test_help(self):
        """The list on standard output."""
        done = model_program.run("--help")
        self.assertEqual(done.returncode, 0)
        for name in ("socket", "hw", "engine", "level", "workers", "shadow", "db-isolation", "lz4",
                     "pace-ns", "pace-mbps", "fault", "stats", "help", "version"):
            self.assertIn("--" + name, done.stdout)
        self.assertIn("--engine isal|zlib|null", done.stdout)
        self.assertIn("faults: wrong-phase, ", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_version(self):
        """One line with a number."""
        done = model_program.run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^hisi-zip-model \d+\.\d+\.\d+\n$")

    def test_stats_nowhere(self):
        """A file that cannot be written is an error at the start, not at the end."""
        for file in ("/nonexistent/x", self.path("")):
            with self.subTest(file=file):
                done = model_program.run("--socket", self.path("a"), "--stats=" + file)
                self.assertEqual(done.returncode, 1)
                self.assertIn(file, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_right(self):
        """All options together are accepted, in both spellings."""
        model = self.start(
            [self.path("a") + ",function=vf,queues=16", self.path("b") + ",queues=1"],
            "--hw=v3", "--engine", "null", "--level=6", "--workers", "2", "--shadow=off",
            "--db-isolation", "off", "--pace-ns=0", "--pace-mbps=0",
            "--fault", "wrong-phase:queue=3:nth=10", "--stats")
        self.assertEqual(model.ready, f"ready: {self.path('a')} {self.path('b')}")
        status, errors = model.end()
        self.assertEqual((status, errors), (0, ""))


if __name__ == "__main__":
    model_program.main()
