#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
"""hisi-zip-info on the telemetry of applications that are here only to answer: what it makes of
devices in good and in bad health, and of answers that are none. No device, no DPDK program."""

import copy
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

LIMIT_SECONDS = 60
GREETING = {"version": "DPDK", "pid": 1, "max_output_len": 16384}
QUEUE_PAIR = {"id": 3, "owner": 7, "state": "started", "status": {"error": 2}, "reason": {}}
# hardware.md 2.2.1, 2.4: errors of the QM and of the engine, which only a PF shows.
REGISTERS = {"eq_int_mask": "0x00000001", "abnormal_int_status": "0x00000000",
             "zip_int_status": "0x00000000"}


def device(number):
    """A device in good health: what is answered for it, by command."""
    info = {"id": number, "name": f"zip{number}", "state": "started", "max_queue_pairs": 8,
            "queue_pairs": 1, "features": ["CRC32_CHECKSUM", "HUFFMAN_DYNAMIC"]}
    return {f"info,{number}": info, f"stats,{number}": {"hw_ops": 5, "refused": {}},
            f"qp,{number},3": copy.deepcopy(QUEUE_PAIR), f"regs,{number}": dict(REGISTERS)}


def application(*numbers):
    """What is answered by an application with these devices."""
    answers = {"list": {str(number): f"zip{number}" for number in numbers}}
    for number in numbers:
        answers.update(device(number))
    return answers


class Server:
    """Answers as EAL's telemetry does, as often as it is asked; null where there is no answer. An
    answer in bytes goes out as it is, and an empty one ends the connection."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "dpdk", "fake", "dpdk_telemetry.v2")
        os.makedirs(os.path.dirname(self.path))
        self.answers, self.greeting, self.asked = {}, GREETING, 0
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen(1)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        """One client after the other."""
        while True:
            client, _ = self.listener.accept()
            with client:
                try:
                    client.send(json.dumps(self.greeting).encode())
                    while self.answer(client):
                        pass
                except OSError:
                    pass  # it went away

    def answer(self, client):
        """Answers one question; whether there may be another."""
        question = client.recv(1024).decode()
        if not question:
            return False
        self.asked += 1
        command = question.split(",", 1)[0]
        value = self.answers.get(question.removeprefix("/hisi_zip/"))
        if not isinstance(value, bytes):
            value = json.dumps({command: value}, separators=(",", ":")).encode()
        return bool(value) and client.send(value) > 0


class Info:
    """The program, asked about the server's devices."""

    def __init__(self, program, folder):
        self.program = program
        self.environment = {**os.environ, "RUNTIME_DIRECTORY": folder}

    def run(self, status, *options, prefix="fake"):
        """Its output and its messages; the status has to be this one."""
        done = subprocess.run([self.program, "--file-prefix", prefix, *options], check=False,
                              capture_output=True, text=True, timeout=LIMIT_SECONDS,
                              env=self.environment)
        assert done.returncode == status, (done, status)
        return done.stdout, done.stderr

    def health(self, status, *options):
        """What it says of each device, which is the same in both ways to say it."""
        devices = json.loads(self.run(status, "--json", *options)[0])["devices"]
        said = [f"{one['info']['name']}: {one['health']}" for one in devices]
        lines = self.run(status, *options)[0].splitlines()
        assert [line for line in lines if line[:1] not in ("", " ")] == said, (lines, said)
        return said


def test_health(server, info):
    """Each thing that may be wrong, and the exit status."""
    server.answers = application(0)
    assert info.health(0) == ["zip0: ok"]
    for command, key, value, said in (
            ("info,0", "state", "lost", "lost"),
            ("info,0", "state", "stopped", "ok"),
            ("qp,0,3", "state", "failed", "queue pair 3 has failed"),
            ("qp,0,3", "state", "stopped", "ok"),
            ("regs,0", "abnormal_int_status", "0x00000040", "error of the queue manager: 0x40"),
            ("regs,0", "zip_int_status", "0x00000801", "error of the engine: 0x801")):
        server.answers = application(0)
        server.answers[command][key] = value
        assert info.health(0 if said == "ok" else 1) == [f"zip0: {said}"]
    server.answers = application(0)
    server.answers["regs,0"] = None
    assert info.health(1) == ["zip0: registers cannot be read"]
    # A virtual function has no registers of errors.
    server.answers["regs,0"] = {"eq_int_mask": "0x00000001"}
    assert info.health(0) == ["zip0: ok"]


def test_several(server, info):
    """The worst one sets the status; one that goes away meanwhile does not hide the others."""
    server.answers = application(0, 2, 5)
    assert info.health(0) == ["zip0: ok", "zip2: ok", "zip5: ok"]
    assert info.health(0, "--device", "2") == ["zip2: ok"]
    server.answers["qp,2,3"]["state"] = "failed"
    assert info.health(1) == ["zip0: ok", "zip2: queue pair 3 has failed", "zip5: ok"]
    server.answers["info,0"] = None
    assert info.health(2) == ["zip2: queue pair 3 has failed", "zip5: ok"]
    assert "device '0': the application has no such device" in info.run(2)[1]
    server.answers = application()
    assert "no devices of this driver" in info.run(2)[1]
    # What an application without the driver says.
    server.answers = {}
    assert "no devices of this driver" in info.run(2)[1]


def test_words(server, info):
    """What a person reads: each member once, lists in a line, what is empty not at all."""
    server.answers = application(0)
    server.answers["info,0"]["name"] = "a\x1b[2Jb"
    raw = json.dumps({"/hisi_zip/info": server.answers["info,0"]}, separators=(",", ":"))
    server.answers["info,0"] = raw.replace("\\u001b", "\x1b").encode()
    lines = info.run(0)[0].splitlines()
    assert lines[0] == "a?[2Jb: ok", lines[0]
    assert [line.split() for line in lines].count(
        ["features", "CRC32_CHECKSUM", "HUFFMAN_DYNAMIC"]) == 1
    assert ["queue", "pair", "3"] in [line.split() for line in lines]
    assert not [line for line in lines if "refused" in line or "reason" in line]
    assert "eq_int_mask" not in "".join(lines)
    assert ["eq_int_mask", "0x00000001"] in [line.split() for line in
                                             info.run(0, "--registers")[0].splitlines()]


def test_hostile(server, info):
    """Answers that are none, greetings that promise too much: a message, and the status 2."""
    for answer in (b"", b"{", b"[]", b"[null]", b'"', b"\0", b'{"/hisi_zip/x"', b'{"/hisi_zip/x":'):
        for command in ("list", "info,0", "stats,0", "qp,0,3", "regs,0"):
            server.answers = application(0)
            server.answers[command] = answer
            out, err = info.run(2)
            assert not out and "hisi-zip-info: " in err, (command, answer, out, err)
    server.answers = application(0)
    for size in (0, -1, "x", 1 << 40, None):
        server.greeting = {"max_output_len": size}
        assert "no application answers" in info.run(2)[1]
    server.greeting = GREETING
    # No more questions than there are queue pairs.
    server.answers["info,0"].update(queue_pairs=10 ** 9, max_queue_pairs=10 ** 9)
    server.asked = 0
    assert info.run(0)
    assert server.asked <= 512 + 4, server.asked
    # One that ended without tidying up, and one that never was.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as dead:
        dead.bind(server.path + ":1")
        assert "Connection refused" in info.run(2, "--instance", "1")[1]
    assert "No such file" in info.run(2, prefix="nobody")[1]


def main():
    """Runs the tests on the program that the command line names."""
    with tempfile.TemporaryDirectory() as folder:
        server, info = Server(folder), Info(sys.argv[1], folder)
        for test in (test_health, test_several, test_words, test_hostile):
            test(server, info)
            print(f"{test.__name__}: {test.__doc__}")


main()
