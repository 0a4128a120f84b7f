# SPDX-License-Identifier: Apache-2.0
"""Programs run on a core of their own, and what they used."""
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import time


@dataclasses.dataclass
class Usage:
    """What a program and the children it waited for used."""
    code: int
    wall_s: float
    cpu_s: float | None  # user and system; absent where it had to be ended
    peak_mib: float | None  # resident, of the largest of its processes
    clock_offset_ns: int  # the wall clock less CLOCK_MONOTONIC, for tools that stamp with the former


def clock_offset_ns() -> int:
    """The tightest of some readings of both clocks."""
    readings = []
    for _ in range(16):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        readings.append((after - before, wall - (before + after) // 2))
    return min(readings)[1]


# A process's peak of resident memory counts what it was before it became the program: a fork of this one, which may be
# large. So a small process of its own starts the client and asks the kernel what it used.
_STARTER = """
import json, os, sys, time
begun = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as out:
    json.dump({"code": os.waitstatus_to_exitcode(status), "wall_s": time.monotonic() - begun,
               "cpu_s": used.ru_utime + used.ru_stime, "peak_mib": used.ru_maxrss / 1024}, out)
"""


def run(arguments, core: int, log: pathlib.Path, environment=None, limit_s: float = 300.0) -> Usage:
    """Runs a command to its end on `core`; after `limit_s` its process group is ended and the code is 124."""
    told = log.with_suffix(".usage")
    offset = clock_offset_ns()
    with open(log, "wb") as out:
        starter = subprocess.Popen([sys.executable, "-I", "-S", "-c", _STARTER, str(told), "taskset", "-c", str(core),
                                    *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   start_new_session=True, cwd=log.parent, env={**os.environ, **(environment or {})})
        try:
            starter.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(starter.pid, signal.SIGKILL)
            starter.wait()
            return Usage(124, limit_s, None, None, offset)
    used = json.loads(told.read_text(encoding="utf-8"))
    return Usage(used["code"], used["wall_s"], used["cpu_s"], used["peak_mib"], (offset + clock_offset_ns()) // 2)


class Mock:
    """`edgeeval mock-server` on `core` while the block runs; its log of what it sent lies in `log` afterwards, unless it is
    not `logged`."""

    def __init__(self, program, core: int, log: pathlib.Path, ttft: str, itl: str, tokens: int, logged: bool = True):
        self.log = log
        self._said = log.with_suffix(".out")
        script = pathlib.Path(__file__).with_name("mock.yaml")
        self._command = ["taskset", "-c", str(core), str(program), "mock-server", "--script", str(script), "--ttft", ttft,
                         "--itl", itl, "--tokens", str(tokens), *(["--log", str(log)] if logged else [])]
        self._process = None
        self.url = ""

    def __enter__(self):
        with open(self._said, "wb") as said:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        line = self._process.stdout.readline().decode()
        if not line.startswith("listening "):
            self._process.wait()
            raise RuntimeError(f"the mock server did not start: {self._said.read_text(errors='replace').strip()}")
        self.url = "http://" + line.split()[1]
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.stdout.read()
        self._process.wait()
