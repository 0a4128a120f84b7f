#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The load generator's own figures, against the mock server on another core: the error of its stamps and the CPU time of an
event (twice: by `bench --self-check`, and by client_bench joined with the mock server's log); an open loop of 5,000
requests a second, left alone and with its core taken (core_taken.py); and what ten million events take: the client's
resident memory over HTTP, and the time and memory of the summary. Prints tables and asserts nothing, since machines are
noisy; what a busy machine did to it is told in its own words. Needs two cores."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "bench" / "peers" / "serving"))
import pinned  # pylint: disable=wrong-import-position
MILLION = 1e6


def title(text: str) -> None:
    """A heading."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def self_check(chosen, folder: pathlib.Path) -> None:
    """`bench --self-check` at several concurrencies."""
    title("Stamps against the mock server's log, µs after the send call began (edgeeval bench --self-check, 20 ms steps)")
    print(f"{'in flight':>9} {'events':>8} {'lost':>5} | {'kernel p50':>10} {'p99':>8} {'most':>8} | {'own p50':>8} {'p99':>8} | "
          f"{'call p50':>8} | µs CPU/event")
    for streams in chosen.streams:
        report = folder / f"check-{streams}.json"
        done = subprocess.run([chosen.program, "bench", "--self-check", "--scenario", f"closed:{streams}", "--cpus",
                               str(chosen.client), "--duration", str(chosen.seconds), "--max-tokens", "100", "--quiet", "--out",
                               folder / f"check-{streams}", "-o", f"json:{report}"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        check = json.loads(report.read_text(encoding="utf-8")).get("self_check") if report.exists() else None
        if not check or not check.get("of_this_load") or "kernel" not in check:
            print(f"{streams:>9} failed (exit {done.returncode}): {done.stderr.strip()[-200:]}")
            continue
        kernel, own, call = (check[key] for key in ("kernel", "user", "send_call"))
        def us(distance, key):
            return f"{distance[key + '_s'] * MILLION:.1f}"
        print(f"{streams:>9} {check['events']:>8} {check['lost']:>5} | {us(kernel, 'p50'):>10} {us(kernel, 'p99'):>8} "
              f"{us(kernel, 'most'):>8} | {us(own, 'p50'):>8} {us(own, 'p99'):>8} | {us(call, 'p50'):>8} | "
              f"{check['cpu_per_event_s'] * MILLION:.2f}", flush=True)


def client_bench(chosen, folder: pathlib.Path) -> None:
    """The client alone, events kept in memory, joined with the log."""
    title("The client alone (client_bench: 64 in flight, 320 requests of 100 tokens; *_us: p50, p99, most)")
    log, events = folder / "sent.jsonl", folder / "events.txt"
    with pinned.Mock(chosen.program, chosen.server, log, "20ms", "20ms", 100) as mock:
        done = subprocess.run(["taskset", "-c", str(chosen.client), chosen.binaries / "client_bench", mock.url, "64", "320",
                               events], capture_output=True, text=True, check=False)
    print(done.stdout.strip() or done.stderr.strip())
    if done.returncode == 0:
        subprocess.run([sys.executable, TOP / "bench" / "client_bench.py", events, log], check=False)


def core_taken(chosen) -> None:
    """core_taken.py, with its own words."""
    title("Open loop of 5,000 requests a second (core_taken.py)")
    subprocess.run([sys.executable, TOP / "bench" / "core_taken.py", "--program", chosen.program, "--server", str(chosen.server),
                    "--client", str(chosen.client)], check=False)


def one_load(chosen, url: str, folder: pathlib.Path, requests: int):
    """A closed load as fast as it goes, its usage and the events that it recorded."""
    report = folder.with_suffix(".json")
    used = pinned.run([chosen.program, "bench", "--url", url, "--scenario", f"closed:{min(500, requests)}", "-n", requests,
                       "--max-tokens", 100, "--warmup", 0, "--prompt-tokens", 16, "--prompt-count", 64, "--max-duration",
                       chosen.limit, "--no-energy", "--no-scrape", "--quiet", "--out", folder, "-o", f"json:{report}"],
                      chosen.client, folder.with_suffix(".log"), limit_s=20 * chosen.limit)
    if not report.exists():
        return used, None
    return used, json.loads(report.read_text(encoding="utf-8"))


def ten_million(chosen, folder: pathlib.Path) -> None:
    """Resident memory over HTTP, then the summary of the same record."""
    title(f"{chosen.events:,} events over HTTP, as fast as it goes, for at most {chosen.limit:g} s")
    # Nothing is logged: that of so many events would take the server's core.
    with pinned.Mock(chosen.program, chosen.server, folder / "many-sent", "0ms", "0ms", 100, False) as mock:
        least, _ = one_load(chosen, mock.url, folder / "one", 1)
        used, report = one_load(chosen, mock.url, folder / "many", chosen.events // 100)
    if report is None or used.peak_mib is None or least.peak_mib is None:
        print(f"no report (exit {used.code}): {(folder / 'many.log').read_text(errors='replace').strip()[-300:]}")
        return
    events, client = report["summary"]["events"]["all"], report["load"]["client"]
    print(f"events recorded      {events:,} ({client['lost_events']:,} lost) in {client['wall_s']:.1f} s: "
          f"{events / client['wall_s']:,.0f} a second, {client['cpu_s'] / max(client['events'], 1) * MILLION:.2f} µs CPU each")
    print(f"resident, load       {client['max_rss_kib'] / 1024:.0f} MiB at its end, before the summary")
    print(f"resident, process    {used.peak_mib:.0f} MiB, summary included ({least.peak_mib:.0f} MiB for one request)")
    if events < chosen.events:
        scale = chosen.events / max(events, 1)
        print(f"scaled to {chosen.events:,} by what was beyond one request, not measured: "
              f"{least.peak_mib + (used.peak_mib - least.peak_mib) * scale:.0f} MiB")
    again = pinned.run([chosen.program, "report", folder / "many", "-o", f"json:{folder / 'again.json'}"], chosen.client,
                       folder / "again.log")
    if again.code == 0 and again.peak_mib is not None:
        print(f"read and summarised  {again.cpu_s:.2f} CPU-s, {again.wall_s:.2f} s on one core, {again.peak_mib:.0f} MiB "
              f"(edgeeval report)")
    else:
        print(f"edgeeval report: exit {again.code}")


def main() -> int:
    """All of them, or those that --only names."""
    parts = ("check", "client", "open", "many")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=TOP / "build/release/bin/edgeeval", help="(%(default)s)")
    parser.add_argument("--only", default=",".join(parts), help="of: %(default)s")
    parser.add_argument("--streams", default="64,256,1024", help="in flight, of the check (%(default)s)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each check (%(default)s)")
    parser.add_argument("--events", type=int, default=10_000_000, help="(%(default)s)")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds in which events are sent (%(default)s)")
    parser.add_argument("--server", type=int, default=0, help="core of the mock server (%(default)s)")
    parser.add_argument("--client", type=int, default=1, help="core of the client (%(default)s)")
    chosen = parser.parse_args()
    chosen.program = chosen.program.resolve()
    chosen.binaries = chosen.program.parent
    chosen.streams = [int(part) for part in chosen.streams.split(",")]
    only = chosen.only.split(",")
    with tempfile.TemporaryDirectory(prefix="edgeeval-figures-") as temporary:
        folder = pathlib.Path(temporary)
        if "check" in only:
            self_check(chosen, folder)
        if "client" in only:
            client_bench(chosen, folder)
        if "open" in only:
            core_taken(chosen)
        if "many" in only:
            ten_million(chosen, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
