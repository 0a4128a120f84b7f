#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Joins what client_bench saw with what the mock server's log says it sent.

    client_bench.py EVENTS_FILE LOG

Requests are paired in the order in which they were issued and received: one thread sends them one after the other over
loopback. Events with tokens are paired by their place in the reply. Prints, in microseconds, how far the stamps are from
just before the server's send call: p50, p99 and the largest."""
import json
import sys


def at(values, share):
    return values[min(int(share * len(values)), len(values) - 1)]


def main(events_file, log_file):
    issued, got, received, sent = {}, {}, {}, {}
    for line in open(events_file):
        part = line.split()
        if part[0] == "R" and int(part[3]):
            issued[int(part[1])] = int(part[3])
        elif part[0] == "E" and int(part[4]) in (4, 5, 6):
            got.setdefault(int(part[1]), []).append((int(part[2]), int(part[3])))
    for line in open(log_file):
        entry = json.loads(line)
        if "received_ns" in entry:
            received[entry["request"]] = entry["received_ns"]
        elif entry.get("tokens"):
            sent.setdefault(entry["request"], []).append((entry["before_ns"], entry["after_ns"]))
    ours = sorted(issued, key=issued.get)
    theirs = sorted(received, key=received.get)
    kernel, user, lost, outside = [], [], 0, 0
    first, gaps = [], []
    for mine, its in zip(ours, theirs):
        sends, stamps = sent.get(its, []), got.get(mine, [])
        lost += abs(len(sends) - len(stamps))
        for (before, after), (k, u) in zip(sends, stamps):
            kernel.append((k - before) / 1e3)
            user.append((u - before) / 1e3)
            outside += k < before or k > after
        if stamps and sends:
            first.append(((stamps[0][0] - issued[mine]) - (sends[0][0] - received[its])) / 1e3)
            gaps += [((b[0] - a[0]) - (d[0] - c[0])) / 1e3
                     for a, b, c, d in zip(stamps, stamps[1:], sends, sends[1:])]
    kernel.sort(), user.sort(), first.sort()
    gaps = sorted(map(abs, gaps))
    show = lambda values: [round(at(values, 0.5), 1), round(at(values, 0.99), 1), round(values[-1], 1)]
    print(json.dumps({"requests": [len(ours), len(theirs)], "events": len(kernel), "lost": lost, "outside_call": outside,
                      "kernel_us": show(kernel), "kernel_min_us": round(kernel[0], 1), "user_us": show(user),
                      "ttft_error_us": show(first), "gap_error_us": show(gaps)}))


main(*sys.argv[1:])
