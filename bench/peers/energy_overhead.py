# SPDX-License-Identifier: Apache-2.0
"""What Zeus and CodeCarbon add to a command, and what they cost while they measure: the same two questions that
measure_overhead asks of `edgeeval measure`. Prints one line a figure.

    energy_overhead.py [SECONDS]     how long the cost while measuring is watched (default 20)"""
import importlib.metadata
import logging
import os
import statistics
import subprocess
import sys
import time

RUNS = 7
ADDED = {
    "zeus": "from zeus.monitor import ZeusMonitor\nm = ZeusMonitor()\nm.begin_window('w')\n{work}\nm.end_window('w')",
    "codecarbon": "from codecarbon import OfflineEmissionsTracker\n"
    "t = OfflineEmissionsTracker(country_iso_code='USA', save_to_file=False, log_level='critical')\n"
    "t.start()\n{work}\nt.stop()",
}


def wall_s(arguments):
    begun = time.perf_counter()
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return time.perf_counter() - begun, done


def added(name):
    """Median time of a script that measures `true`, less that of `true`."""
    script = ADDED[name].format(work="import subprocess\nsubprocess.run(['true'])")
    times = []
    for _ in range(RUNS):
        elapsed, done = wall_s([sys.executable, "-c", script])
        if done.returncode != 0:
            return None, done.stderr.strip().splitlines()[-1:]
        times.append(elapsed)
    plain = statistics.median(wall_s(["true"])[0] for _ in range(RUNS))
    return statistics.median(times) - plain, None


def cost(name, seconds):
    """CPU time used while the tool measures and the program sleeps, as a share of one CPU."""
    script = "import time, resource\n" + ADDED[name].format(
        work=f"a = time.process_time()\ntime.sleep({seconds})\nprint(time.process_time() - a)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return float(done.stdout.strip().splitlines()[-1]) / seconds


def main():
    logging.disable(logging.CRITICAL)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    for name in ADDED:
        version = importlib.metadata.version(name)
        extra, why = added(name)
        if extra is None:
            print(f"{name} {version}: cannot measure here: {' '.join(why)}")
            continue
        share = cost(name, seconds)
        print(f"{name} {version}: adds {1e3 * extra:.1f} ms to `true`; {100 * share:.3f} % of one CPU while measuring")


if __name__ == "__main__":
    os.environ.setdefault("CODECARBON_LOG_LEVEL", "critical")
    main()
