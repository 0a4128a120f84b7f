# SPDX-License-Identifier: Apache-2.0
"""The result files of each client, read into one form. What a client does not tell is absent (None)."""
import dataclasses
import json
import re

from truth import Stamped


@dataclasses.dataclass
class Reading:
    """What a client reported, in milliseconds, and the raw stamps that it left."""
    completed: int
    failed: int | None = None
    ttft_ms: dict = dataclasses.field(default_factory=dict)  # "p50", "p99"
    itl_ms: dict = dataclasses.field(default_factory=dict)  # between events, where the client tells it
    stamps: list = dataclasses.field(default_factory=list)  # of Stamped
    relative: bool = False  # the stamps' zero is unknown
    note: str = ""  # what must be known of the above


def edgeeval(report: dict, raw_lines) -> Reading:
    """`edgeeval bench --json` and `-o jsonl:`: ttft_service and itl_delivered of the whole load, kernel stamps."""
    counts = report["summary"]["requests"]
    found = {metric["metric"]: metric["distribution"] for metric in report["summary"]["metrics"]
             if metric["window"] == "whole" and "distribution" in metric}

    def at(metric):
        quantiles = found.get(metric, {}).get("quantiles", [])
        return {f"p{100 * q['p']:g}": 1e3 * q["value"] for q in quantiles if q["p"] in (0.5, 0.99) and "value" in q}

    stamps = []
    for line in raw_lines:
        reply = json.loads(line)
        if "events" in reply and reply.get("phase", "measured") == "measured" and "issued_ns" in reply:
            stamps.append(Stamped(reply["issued_ns"], [event[0] for event in reply["events"] if event[3]]))
    invalid = [check["id"] for check in report["validity"]["checks"] if check["verdict"] == "failed"]
    return Reading(counts["ok"], counts["failed"], at("ttft_service"), at("itl_delivered"), stamps,
                   note="says INVALID: " + ", ".join(invalid) if invalid else "says VALID")


def vllm(result: dict, relative: bool) -> Reading:
    """`vllm bench serve --save-detailed`, of the Rust and of the Python client. Stamps are put together from start, TTFT
    and the gaps between events; a reply's first entry may be the chunk with the role. The Rust client's starts count from
    its own beginning (`relative`), the Python one's are perf_counter's, which on Linux is CLOCK_MONOTONIC."""
    def at(name):
        return {p: result[f"{p}_{name}_ms"] for p in ("p50", "p99") if result.get(f"{p}_{name}_ms") is not None}

    stamps = []
    for start, first, gaps in zip(result.get("start_times") or [], result.get("ttfts") or [], result.get("itls") or []):
        if not gaps:
            continue
        times = [start + first]
        for gap in gaps:
            times.append(times[-1] + gap)
        stamps.append(Stamped(start * 1e9, [time * 1e9 for time in times]))
    return Reading(result["completed"], result.get("failed"), at("ttft"), at("itl"), stamps, relative,
                   "stamps relative: the best event counts as exact" if relative else "")


def aiperf(result: dict, raw_lines) -> Reading:
    """AIPerf's JSON export and raw records. Its ITL is a mean a request; its inter-chunk latency is the one between events."""
    def at(name):
        values = result.get(name) or {}
        return {p: values[p] for p in ("p50", "p99") if p in values}

    stamps = []
    for line in raw_lines:
        record = json.loads(line)
        seen, number = [], None
        for response in record.get("responses") or []:
            for packet in response.get("packets") or []:
                text = packet.get("value") or ""
                if packet.get("name") != "data" or not text.startswith("{"):
                    continue
                chunk = json.loads(text)
                if any((choice.get("delta") or {}).get("content") for choice in chunk.get("choices") or []):
                    seen.append(response["perf_ns"])
                    number = server_number(chunk.get("id"))
        if seen:
            stamps.append(Stamped(record["start_perf_ns"], seen, None, number))
    return Reading(int((result.get("request_count") or {}).get("avg", 0)),
                   int((result.get("error_request_count") or {}).get("avg", 0)),
                   at("time_to_first_token"), at("inter_chunk_latency"), stamps)


def server_number(name) -> int | None:
    """The server's number of a request, from the id that its chunks carry: chatcmpl-12."""
    found = re.fullmatch(r"chatcmpl-(\d+)", name or "")
    return int(found[1]) if found else None


def guidellm(result: dict, tokens: int, clock_offset_ns: int) -> Reading:
    """GuideLLM's JSON. Of each reply it keeps the first and the last token's stamp, by the wall clock; its ITL is a mean a
    request."""
    run = result["benchmarks"][0]

    def at(name):
        values = run["metrics"][name]["successful"]["percentiles"]
        return {"p50": values["p50"], "p99": values["p99"]}

    stamps = []
    for request in run["requests"]["successful"]:
        timings = request["info"]["timings"]
        seen = {0: timings.get("first_token_iteration"), tokens - 1: timings.get("last_token_iteration")}
        places = [place for place, stamp in seen.items() if stamp is not None]
        stamps.append(Stamped(timings["request_start"] * 1e9 - clock_offset_ns,
                              [seen[place] * 1e9 - clock_offset_ns for place in places], places,
                              server_number(request.get("response_id"))))
    totals = run["metrics"]["request_totals"]
    return Reading(totals["successful"], totals["errored"] + totals["incomplete"], at("time_to_first_token_ms"),
                   at("inter_token_latency_ms"), stamps,
                   note="first and last tokens' stamps only; ITL is a mean a request")
