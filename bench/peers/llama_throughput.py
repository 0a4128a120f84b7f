# SPDX-License-Identifier: Apache-2.0
"""llama-server's throughput over HTTP, by `edgeeval bench`, against llama-bench's in the same process as the model.

Both have the same model, threads and batch; each round runs llama-bench and then the server, so that a machine whose speed
moves moves both. Prefill: prompt tokens evaluated, over the time to the first token. Decode: tokens after the first over the
time from the first to the last, against llama-bench's at the same depth. The ratios' 95 % intervals are of Student's t on
their logarithms over the rounds. The gap is laid out by phases, from the server's own timings and the client's stamps."""
import argparse
import json
import math
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

# Student's t, two-sided 95 %, by degrees of freedom; beyond, the last one is a little wide.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 12: 2.179,
       15: 2.131, 20: 2.086, 30: 2.042}


def interval(ratios):
    """Geometric mean and its 95 % interval; no interval for a single round."""
    logs = [math.log(ratio) for ratio in ratios]
    mean = statistics.fmean(logs)
    if len(logs) < 2:
        return math.exp(mean), None, None
    degrees = max(known for known in T95 if known < len(logs))
    half = T95[degrees] * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def wire(lines):
    """Rates and phases of each reply, from raw timelines (-o jsonl:). Times in milliseconds."""
    found = []
    for line in lines:
        reply = json.loads(line)
        stamps = [event[0] for event in reply.get("events", []) if event[3]]
        if reply.get("failure") or reply.get("phase") != "measured" or len(stamps) < 2:
            continue
        server = reply.get("server", {})
        evaluated = reply["prompt_tokens"] - reply.get("cached_tokens", 0)
        first, last, sent = stamps[0], stamps[-1], reply["issued_ns"]
        ttft, decode = (first - sent) / 1e6, (last - first) / 1e6
        tokens = reply["completion_tokens"]
        entry = {"prompt_tokens": reply["prompt_tokens"], "evaluated": evaluated, "tokens": tokens, "ttft_ms": ttft,
                 "decode_ms": decode, "prefill_rate": evaluated / ttft * 1e3, "decode_rate": (tokens - 1) / decode * 1e3}
        if "prompt_ms" in server and "predicted_ms" in server:
            entry.update(server_prefill_ms=server["prompt_ms"], server_decode_ms=server["predicted_ms"],
                         before_ms=ttft - server["prompt_ms"], stream_ms=decode - server["predicted_ms"])
        found.append(entry)
    return found


def llama_bench(chosen, prompt: int) -> dict:
    """Tokens a second of one prefill of `prompt` tokens, and of decoding at that depth."""
    rates = {}
    for name, sizes in (("prefill", ["-p", prompt, "-n", 0]), ("decode", ["-p", 0, "-n", chosen.tokens, "-d", prompt])):
        command = ["taskset", "-c", chosen.cores[0], chosen.llama_bench, "-m", chosen.model, "-t", chosen.threads, "-b",
                   chosen.batch, "-ub", chosen.batch, "-r", 1, "-o", "json", *sizes]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"llama_bench: llama-bench ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        rates[name] = json.loads(done.stdout)[0]["avg_ts"]
    return rates


class Server:
    """llama-server while the block runs, pinned, one slot."""

    def __init__(self, chosen, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = ["taskset", "-c", chosen.cores[0], chosen.llama_server, "-m", chosen.model, "-t", chosen.threads, "-b",
                         chosen.batch, "-ub", chosen.batch, "-np", 1, "-c", 4096, "--host", "127.0.0.1", "--port", port]
        self._log = log
        self._process = None

    def __enter__(self):
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen([str(part) for part in self._command], stdout=log, stderr=subprocess.STDOUT)
        while self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return self
            except (urllib.error.URLError, OSError):
                try:
                    self._process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
        sys.exit(f"llama_bench: llama-server ended with {self._process.returncode}; its log: {self._log}")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()


def over_http(chosen, url, folder):
    """One load of single requests on the server."""
    command = ["taskset", "-c", chosen.cores[1], chosen.program, "bench", "--url", url, "--scenario", "single", "-n",
               chosen.requests, "--warmup", "0", "--prompt-tokens", chosen.prompt_tokens, "--max-tokens", chosen.tokens,
               "--seed", chosen.seed, "--out", folder, "--no-energy", "--no-scrape", "--allow-invalid", "--quiet", "-o",
               f"jsonl:{folder}.jsonl"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"llama_bench: edgeeval bench ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    with open(f"{folder}.jsonl", encoding="utf-8") as lines:
        replies = wire(lines)
    if not replies:
        sys.exit("llama_bench: no reply over HTTP had two tokens or more")
    return replies


def rounds(chosen):
    """llama-bench and the server in turn."""
    found = []
    with tempfile.TemporaryDirectory(prefix="edgeeval-llama-") as temporary:
        folder = pathlib.Path(temporary)
        with Server(chosen, folder / "server.log") as server:
            chosen.seed = 1000
            over_http(chosen, server.url, folder / "warm-up")
            for number in range(chosen.rounds):
                chosen.seed = number + 1
                replies = over_http(chosen, server.url, folder / f"round-{number}")
                mean = {key: statistics.fmean(reply[key] for reply in replies) for key in replies[0]}
                bench = llama_bench(chosen, round(mean["evaluated"]))
                found.append({"http": mean, "llama_bench": bench, "requests": len(replies)})
                print(f"round {number + 1}: prefill {mean['prefill_rate']:.1f} / {bench['prefill']:.1f}, decode "
                      f"{mean['decode_rate']:.2f} / {bench['decode']:.2f} tok/s", file=sys.stderr, flush=True)
    return found


def phases(found) -> list:
    """Where the time of a request goes, beside what llama-bench needs for the same tokens."""
    mean = lambda read: statistics.fmean(read(entry) for entry in found)  # noqa: E731
    http = lambda key: mean(lambda entry: entry["http"][key])  # noqa: E731
    own_prefill = mean(lambda entry: entry["http"]["evaluated"] / entry["llama_bench"]["prefill"] * 1e3)
    own_decode = mean(lambda entry: (entry["http"]["tokens"] - 1) / entry["llama_bench"]["decode"] * 1e3)
    lines = [("prefill, llama-bench", own_prefill), ("decode, llama-bench", own_decode),
             ("to the first token, over HTTP", http("ttft_ms")), ("first to last token, over HTTP", http("decode_ms"))]
    if all("before_ms" in entry["http"] for entry in found):
        lines += [("connect, HTTP, template, tokenising, queue: TTFT less the server's prefill", http("before_ms")),
                  ("prefill, server's own time", http("server_prefill_ms")),
                  ("decode with sampling, server's own time", http("server_decode_ms")),
                  ("streaming: first to last token less the server's decode", http("stream_ms"))]
    return lines


def main():
    """Prints ratios and phases; --json keeps the rounds."""
    parser = argparse.ArgumentParser(prog="llama_bench.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--llama-bench", "--llama-server", "--model", "--program"):
        parser.add_argument(name, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=3, help="a round (%(default)s)")
    parser.add_argument("--prompt-tokens", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=64, help="a reply (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of llama.cpp (%(default)s)")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--cores", default="0/1", help="of llama.cpp / of the client, as taskset has them (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path)
    chosen = parser.parse_args()
    chosen.cores = chosen.cores.split("/")
    if len(chosen.cores) != 2 or chosen.rounds < 1 or chosen.tokens < 2:
        parser.error("needed: --cores SERVER/CLIENT, at least one round and two tokens")
    found = rounds(chosen)
    print(f"{chosen.model.name}, {chosen.threads} thread(s), batch {chosen.batch}; {len(found)} rounds of {chosen.requests} "
          f"requests, {found[0]['http']['prompt_tokens']:.0f} prompt and {found[0]['http']['tokens']:.0f} reply tokens")
    result = {}
    for name in ("prefill", "decode"):
        mean, low, high = interval([entry["http"][f"{name}_rate"] / entry["llama_bench"][name] for entry in found])
        result[name] = {"ratio": mean, "lo": low, "hi": high}
        bounds = f" [{low:.3f}, {high:.3f}]" if low is not None else ""
        print(f"  {name:8} over HTTP / llama-bench: {mean:.3f}{bounds}")
    for name, value in phases(found):
        print(f"  {value:9.2f} ms  {name}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"ratios": result, "phases_ms": dict(phases(found)), "rounds": found}, indent=1)
                               + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
