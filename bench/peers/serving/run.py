#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""EdgeEval's load generator and its peers, side by side against the same mock server.

The mock server spins on one core and logs when it handed each event to the kernel; each client runs on another core and
opens all its streams at once, one request a stream. What is reported is what each client says, what it cost, and how far
its stamps are from the log. CPU time is the kernel's account of the process tree, memory the peak of its largest process.
"µs/event" is the CPU time over all events with tokens, "beyond one" that of the events beyond a run of a single request,
where start-up cancels out (for tools that start slowly it is soft, and may come out below 0). A "–" is what a client does
not tell. Peers are installed in the cache on first use (some 7 GB for all of them)."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile

import clients
import inputs
import install
import pinned
import table
import truth

TOP = pathlib.Path(__file__).resolve().parents[3]


def options(arguments=None):
    """The command line."""
    names = [clients.EdgeEval.name, *clients.PEERS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(names), help="clients, of: %(default)s")
    parser.add_argument("--streams", default="64,256,1024", help="requests in flight, a comma between (%(default)s)")
    parser.add_argument("--runs", type=int, default=1, help="rounds; in each all clients run in turn (%(default)s)")
    parser.add_argument("--tokens", type=int, default=100, help="tokens a reply (%(default)s)")
    parser.add_argument("--ttft", default="20ms", help="of the mock server (%(default)s)")
    parser.add_argument("--itl", default="20ms", help="of the mock server (%(default)s)")
    parser.add_argument("--cores", default="0,1", help="of the server and of the clients (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, help="write all results there, too")
    parser.add_argument("--keep", type=pathlib.Path, help="keep logs and the clients' files in this folder")
    parser.add_argument("--program", type=pathlib.Path, default=TOP / "build/release/bin/edgeeval", help="(%(default)s)")
    chosen = parser.parse_args(arguments)
    chosen.only = chosen.only.split(",")
    unknown = [name for name in chosen.only if name not in names]
    if unknown:
        parser.error(f"--only: no client named {', '.join(unknown)}; there are {', '.join(names)}")
    try:
        chosen.streams = [int(part) for part in chosen.streams.split(",")]
        chosen.cores = [int(part) for part in chosen.cores.split(",")]
    except ValueError:
        parser.error("--streams and --cores take whole numbers with commas between")
    if len(chosen.cores) != 2 or min(chosen.streams) < 1 or chosen.runs < 1 or chosen.tokens < 2:
        parser.error("needed: two cores, at least one stream, one run and two tokens")
    if max(chosen.cores) >= (os.cpu_count() or 1):
        parser.error(f"--cores: this machine has cores 0 to {(os.cpu_count() or 1) - 1}")
    if not chosen.program.exists():
        parser.error(f"{chosen.program} is not there: run make build first")
    return chosen


def available(chosen):
    """The clients that can run here; the others with the reason."""
    ready, missing = [], {}
    for name in chosen.only:
        if name == clients.EdgeEval.name:
            ready.append(clients.EdgeEval(chosen.program))
            continue
        try:
            ready.append(clients.PEERS[name](install.install(name)))
        except install.NotInstalled as why:
            missing[name] = str(why)
            print(f"{name} is left out: {why}", file=sys.stderr, flush=True)
    return ready, missing


def one_run(client, streams: int, chosen, folder: pathlib.Path, tokens: int) -> dict:
    """One client, one load; what went wrong is a member of the result."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    inputs.write_prompts(folder / "prompts.jsonl", streams)
    inputs.write_prompts(folder / "texts.jsonl", streams, "text")
    inputs.write_tokenizer(folder / "tokenizer")
    name = inputs.write_hub(folder / "hub", folder / "tokenizer")
    row = {"client": client.name, "streams": streams}
    with pinned.Mock(chosen.program, chosen.cores[0], folder / "sent.jsonl", chosen.ttft, chosen.itl, tokens) as mock:
        load = clients.Load(mock.url, streams, tokens, folder, folder / "prompts.jsonl", folder / "tokenizer", folder / "hub",
                            name)
        command, environment = client.command(load)
        usage = pinned.run(command, chosen.cores[1], folder / "client.log", environment)
    row["wall_s"] = round(usage.wall_s, 3)
    if usage.cpu_s is not None and usage.peak_mib is not None:
        row.update(cpu_s=round(usage.cpu_s, 4), peak_mib=round(usage.peak_mib, 1))
    if usage.code != 0:
        said = (folder / "client.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        return {**row, "failed": f"exit {usage.code}: {' '.join(said)[:200]}"}
    with open(folder / "sent.jsonl", encoding="utf-8") as log:
        sent = truth.read_log(log, tokens)
    row.update(served=len(sent), truth=truth.true_latencies(sent))
    try:
        reading = client.read(load, usage.clock_offset_ns)
    except (OSError, KeyError, IndexError, ValueError, TypeError) as error:
        return {**row, "failed": f"its results cannot be read: {type(error).__name__}: {error}"}
    errors = truth.stamp_errors(reading.stamps, sent, reading.relative)
    return {**row, "completed": reading.completed, "ttft_ms": reading.ttft_ms, "itl_ms": reading.itl_ms,
            "stamp_error_ms": truth.quantiles(errors), "stamps": len(errors), "note": reading.note}


def measure(chosen, ready, folder: pathlib.Path) -> list:
    """All runs. The first of each client is one request alone: what it costs before the first event."""
    fixed = {}
    for client in ready:
        alone = one_run(client, 1, chosen, folder / f"{client.name}-alone", chosen.tokens)
        fixed[client.name] = alone
        print(f"{client.name}, one request: {alone.get('failed') or 'ok'}, {table.cell(alone.get('cpu_s'))} "
              f"CPU-s, {table.cell(alone['wall_s'])} s", file=sys.stderr, flush=True)
    rows = []
    for number in range(chosen.runs):
        for streams in chosen.streams:
            for client in ready:
                row = one_run(client, streams, chosen, folder / f"{client.name}-{streams}-{number + 1}", chosen.tokens)
                row["run"] = number + 1
                alone = fixed[client.name]
                row.update(alone={key: alone.get(key) for key in ("cpu_s", "wall_s", "peak_mib")})
                if row.get("completed"):
                    events = row["completed"] * chosen.tokens
                    row["cpu_us_per_event"] = round(row["cpu_s"] / events * 1e6, 2)
                    if "failed" not in alone and events > chosen.tokens:
                        row["cpu_us_per_event_beyond_one"] = round(
                            (row["cpu_s"] - alone["cpu_s"]) / (events - chosen.tokens) * 1e6, 2)
                rows.append(row)
                print(f"{client.name}, {streams} streams: {row.get('failed') or 'ok'}", file=sys.stderr, flush=True)
    return rows


def show(chosen, rows, missing) -> None:
    """The table and what must be known to read it."""
    print(f"\n{chosen.tokens} tokens a reply, TTFT {chosen.ttft}, ITL {chosen.itl}; "
          f"server on core {chosen.cores[0]}, client on core {chosen.cores[1]}; load average {os.getloadavg()[0]:.1f}")
    print(table.text(rows))
    for row in rows:
        told = row.get("truth", {})
        if told.get("itl_ms"):
            print(f"  server's log for {row['client']}, {row['streams']}: TTFT p50 {told['ttft_ms']['p50']:.2f} p99 "
                  f"{told['ttft_ms']['p99']:.2f}, ITL p50 {told['itl_ms']['p50']:.2f} p99 {told['itl_ms']['p99']:.2f} ms"
                  + (f"; {row['note']}" if row.get("note") else ""))
        if row.get("failed"):
            print(f"  {row['client']}, {row['streams']}: {row['failed']}")
    for name, why in missing.items():
        print(f"  {name} is left out: {why}")


def main() -> int:
    """0 where every client that was asked for ran."""
    chosen = options()
    if not shutil.which("taskset"):
        print("bench-peers: taskset is missing (util-linux)", file=sys.stderr)
        return 17
    ready, missing = available(chosen)
    with tempfile.TemporaryDirectory(prefix="edgeeval-peers-") as temporary:
        rows = measure(chosen, ready, chosen.keep or pathlib.Path(temporary))
    show(chosen, rows, missing)
    if chosen.json:
        chosen.json.write_text(json.dumps({
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": platform.machine(),
            "kernel": platform.release(), "cores": chosen.cores, "tokens": chosen.tokens, "ttft": chosen.ttft,
            "itl": chosen.itl, "load_average": os.getloadavg(), "left_out": missing, "runs": rows}, indent=1) + "\n",
            encoding="utf-8")
    return 1 if missing or any("failed" in row for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
