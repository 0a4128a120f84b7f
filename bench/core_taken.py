#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `edgeeval bench` says when its core is taken away: an open loop of 5,000 requests a second against the mock server,
and halfway a process of real-time priority on the client's core. The load must end as INVALID (exit code 21) with the
schedule lag among its reasons. A load that is left alone is made first, for comparison. Exits 1 where that is not so.

The spinner ends by itself after --seconds, counted by its own clock: with real-time priority nothing else on that core could
end it. Without the right to it (CAP_SYS_NICE) it runs at nice -20 or as it is, and the output says which."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
SPINNER = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    how = "SCHED_FIFO"
except PermissionError:
    try:
        os.nice(-20)
        how = "nice -20"
    except PermissionError:
        how = "ordinary priority"
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    pass
print(how)
"""


def load(chosen, url, folder, taken: bool):
    """One load: its exit code, the checks that failed, what is known of its sending, and how the core was taken."""
    report = folder / f"{'taken' if taken else 'alone'}.json"
    command = ["taskset", "-c", chosen.client, chosen.program, "bench", "--url", url, "--scenario", f"open:const@{chosen.rate}",
               "-n", chosen.requests, "--max-tokens", 2, "--warmup", 0, "--prompt-tokens", 16, "--prompt-count", 64, "--out",
               report.with_suffix(""), "--no-energy", "--no-scrape", "--quiet", "-o", f"json:{report}"]
    client = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    how = ""
    if taken:
        try:
            client.wait(chosen.requests / chosen.rate / 2)
        except subprocess.TimeoutExpired:
            done = subprocess.run([sys.executable, "-c", SPINNER, str(chosen.client), str(chosen.seconds)], check=True,
                                  capture_output=True, text=True)
            how = done.stdout.strip()
    said = client.communicate()[1]
    if not report.exists():
        sys.exit(f"core_taken: edgeeval bench made no report: {said.strip()[-300:]}")
    validity = json.loads(report.read_text(encoding="utf-8"))["validity"]
    checks = {check["id"]: check for check in validity["checks"]}
    return client.returncode, [name for name, check in checks.items() if check["verdict"] == "failed"], checks, how


def main() -> int:
    """Both loads, their reasons, and the verdict on the verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=TOP / "build/release/bin/edgeeval")
    parser.add_argument("--rate", type=int, default=5000, help="requests a second (%(default)s)")
    parser.add_argument("--requests", type=int, default=50000, help="(%(default)s)")
    parser.add_argument("--seconds", type=float, default=1.0, help="for which the core is taken (%(default)s)")
    parser.add_argument("--server", type=int, default=0, help="core of the mock server (%(default)s)")
    parser.add_argument("--client", type=int, default=1, help="core of the client (%(default)s)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edgeeval-core-") as temporary:
        folder = pathlib.Path(temporary)
        mock = subprocess.Popen(["taskset", "-c", str(chosen.server), str(chosen.program), "mock-server", "--spin", "--ttft",
                                 "1ms", "--itl", "1ms", "--tokens", "2"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                text=True)
        try:
            url = "http://" + mock.stdout.readline().split()[1]
            for taken in (False, True):
                code, failed, checks, how = load(chosen, url, folder, taken)
                print(f"{'core taken for ' + str(chosen.seconds) + ' s, ' + how if taken else 'left alone'}: exit {code}, "
                      f"{'INVALID: ' + ', '.join(failed) if failed else 'VALID'}")
                for name in ("schedule-lag", "rate", "client-saturation"):
                    print(f"  {checks[name]['found']}")
        finally:
            mock.terminate()
            mock.wait()
    right = code == 21 and "schedule-lag" in failed
    print("the right reason is named" if right else "WRONG: the schedule lag is not named as a reason")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
