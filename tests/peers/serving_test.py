#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What bench/peers makes of the clients' result files and of the mock server's log, on small cases worked out by hand."""
import importlib.util
import json
import math
import os
import pathlib
import sys
import tempfile
import unittest

PEERS = pathlib.Path(__file__).resolve().parents[2] / "bench" / "peers"
sys.path.insert(0, str(PEERS / "serving"))
sys.dont_write_bytecode = True

import pinned  # noqa: E402
import readings  # noqa: E402
import table  # noqa: E402
import truth  # noqa: E402

_SPEC = importlib.util.spec_from_file_location("llama_throughput", PEERS / "llama_throughput.py")
throughput = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(throughput)


def log_of(replies):
    """The mock server's log of replies of two tokens: request, received, sends in ms; the head and the role have none."""
    for number, received, sends in replies:
        yield json.dumps({"request": number, "received_ns": received * 10**6})
        yield json.dumps({"request": number, "event": 0, "kind": "head", "tokens": 0, "before_ns": received * 10**6})
        for send in sends:
            yield json.dumps({"request": number, "event": 1, "tokens": 1, "before_ns": send * 10**6})
        yield json.dumps({"request": number, "end": "complete", "end_ns": 0})


SENT = truth.read_log(log_of([(2, 2, [22, 42]), (1, 1, [21, 41]), (3, 3, [23])]), 2)


class Truth(unittest.TestCase):
    def test_only_replies_of_the_asked_length_count_in_order_of_receipt(self):
        self.assertEqual([reply.request for reply in SENT], [1, 2])
        self.assertEqual(SENT[0].before_ns, [21 * 10**6, 41 * 10**6])

    def test_latencies_as_they_left_the_server(self):
        found = truth.true_latencies(SENT)
        self.assertEqual(found["ttft_ms"], {"p50": 20.0, "p99": 20.0, "max": 20.0})
        self.assertEqual(found["itl_ms"]["max"], 20.0)

    def test_quantiles_are_values_that_were_seen(self):
        self.assertEqual(truth.quantiles(range(100)), {"p50": 50, "p99": 99, "max": 99})
        self.assertEqual(truth.quantiles([]), {})

    def test_replies_with_numbers_are_joined_by_them(self):
        seen = [truth.Stamped(0, [25e6, 43e6], None, 2), truth.Stamped(1, [21e6, 42e6], None, 1)]
        self.assertEqual(truth.stamp_errors(seen, SENT, False), [3.0, 1.0, 0.0, 1.0])

    def test_replies_without_numbers_are_joined_by_order_and_a_count_apart_tells_nothing(self):
        seen = [truth.Stamped(5, [22.5e6, 42.5e6]), truth.Stamped(4, [21.5e6, 41.5e6])]
        self.assertEqual(truth.stamp_errors(seen, SENT, False), [0.5] * 4)
        self.assertEqual(truth.stamp_errors(seen[:1], SENT, False), [])

    def test_relative_stamps_have_their_zero_at_the_best_event(self):
        seen = [truth.Stamped(1e3, [0.0, 20e6]), truth.Stamped(2e3, [2e6, 21e6])]
        self.assertEqual(truth.stamp_errors(seen, SENT, True), [0.0, 0.0, 1.0, 0.0])

    def test_an_event_too_many_is_the_role_or_the_end_whichever_fits(self):
        role = [truth.Stamped(0, [21.1e6, 21.1e6, 41.1e6]), truth.Stamped(1, [22.1e6, 22.1e6, 42.1e6])]
        end = [truth.Stamped(0, [21.1e6, 41.1e6, 41.1e6]), truth.Stamped(1, [22.1e6, 42.1e6, 42.1e6])]
        for seen in (role, end):
            for error in truth.stamp_errors(seen, SENT, False):
                self.assertAlmostEqual(error, 0.1)

    def test_places_say_which_events_there_are(self):
        seen = [truth.Stamped(0, [42e6], [1], 1), truth.Stamped(0, [44e6], [1], 2)]
        self.assertEqual(truth.stamp_errors(seen, SENT, False), [1.0, 2.0])


class Readings(unittest.TestCase):
    def test_edgeeval(self):
        quantiles = [{"p": 0.5, "value": 0.02}, {"p": 0.9, "value": 0.021}, {"p": 0.99, "value": 0.0215}]
        metrics = [{"metric": name, "window": "whole", "distribution": {"quantiles": quantiles}}
                   for name in ("ttft_service", "itl_delivered")]
        report = {"summary": {"requests": {"ok": 1, "failed": 0}, "metrics": metrics},
                  "validity": {"checks": [{"id": "coalesced", "verdict": "failed"}, {"id": "rate", "verdict": "passed"}]}}
        lines = ['{"type":"load"}', json.dumps({"phase": "measured", "issued_ns": 7, "events": [
            [9, 10, "role", None], [9, 10, "content", 1], [29, 30, "content", 1], [30, 31, "usage", None]]})]
        found = readings.edgeeval(report, lines)
        self.assertEqual(found.ttft_ms, {"p50": 20.0, "p99": 21.5})
        self.assertEqual(found.stamps[0].at_ns, [9, 29])
        self.assertEqual(found.note, "says INVALID: coalesced")

    def test_vllm_puts_stamps_together(self):
        found = readings.vllm({"completed": 1, "failed": 2, "p50_ttft_ms": 20.0, "p99_ttft_ms": 30.0, "p50_itl_ms": 19.0,
                               "start_times": [1.0, 2.0], "ttfts": [0.5, 0.0], "itls": [[0.25, 0.25], []]}, True)
        self.assertEqual((found.completed, found.failed, found.relative), (1, 2, True))
        self.assertEqual(found.itl_ms, {"p50": 19.0})
        self.assertEqual([stamp.at_ns for stamp in found.stamps], [[1.5e9, 1.75e9, 2.0e9]])

    def test_aiperf_counts_chunks_with_text_only(self):
        def packet(content, name="chatcmpl-7"):
            chunk = {"id": name, "choices": [{"delta": {"content": content}}]}
            return {"packets": [{"name": "data", "value": json.dumps(chunk)}]}
        responses = [{"perf_ns": 5, **packet("")}, {"perf_ns": 5, **packet(" a")}, {"perf_ns": 9, **packet(" b")},
                     {"perf_ns": 9, "packets": [{"name": "data", "value": "[DONE]"}]}]
        result = {"request_count": {"avg": 1.0}, "time_to_first_token": {"p50": 1.0, "p99": 2.0, "p1": 0.5}}
        found = readings.aiperf(result, [json.dumps({"start_perf_ns": 1, "responses": responses})])
        self.assertEqual((found.stamps[0].at_ns, found.stamps[0].request), ([5, 9], 7))
        self.assertEqual((found.ttft_ms, found.itl_ms), ({"p50": 1.0, "p99": 2.0}, {}))

    def test_guidellm_is_brought_to_the_monotonic_clock(self):
        timings = {"request_start": 10.0, "first_token_iteration": 10.5, "last_token_iteration": 12.0}
        metric = {"successful": {"percentiles": {"p50": 1.0, "p99": 2.0}}}
        run = {"metrics": {"time_to_first_token_ms": metric, "inter_token_latency_ms": metric,
                           "request_totals": {"successful": 1, "errored": 1, "incomplete": 1}},
               "requests": {"successful": [{"response_id": "chatcmpl-3", "info": {"timings": timings}}]}}
        found = readings.guidellm({"benchmarks": [run]}, 100, 9 * 10**9)
        self.assertEqual((found.completed, found.failed), (1, 2))
        self.assertEqual((found.stamps[0].at_ns, found.stamps[0].places, found.stamps[0].request), ([1.5e9, 3.0e9], [0, 99], 3))


class Pinned(unittest.TestCase):
    CORE = min(os.sched_getaffinity(0))

    def test_the_exit_code_and_the_cost_are_the_programs_own(self):
        with tempfile.TemporaryDirectory() as folder:
            ballast = bytearray(b"x" * 64 * 2**20)  # Of this process, and not to be seen in the program's peak.
            found = pinned.run(["sh", "-c", "exit 3"], self.CORE, pathlib.Path(folder) / "log")
            self.assertEqual(len(ballast), 64 * 2**20)
        self.assertEqual(found.code, 3)
        self.assertLess(found.peak_mib, 64)
        self.assertGreater(found.peak_mib, 0)

    def test_what_does_not_end_is_ended_and_has_no_figures(self):
        with tempfile.TemporaryDirectory() as folder:
            found = pinned.run(["sleep", "600"], self.CORE, pathlib.Path(folder) / "log", limit_s=0.2)
        self.assertEqual((found.code, found.cpu_s, found.peak_mib), (124, None, None))


class Table(unittest.TestCase):
    def test_what_is_absent_is_a_dash(self):
        lines = table.text([{"client": "x", "streams": 64, "wall_s": 2.0}]).splitlines()
        self.assertEqual(lines[1].split(), ["x", "64", "–", "2"] + ["–"] * (len(table.COLUMNS) - 4))


class Throughput(unittest.TestCase):
    def test_rates_and_phases_of_a_reply(self):
        ms = 10**6
        reply = {"phase": "measured", "issued_ns": 0, "prompt_tokens": 110, "cached_tokens": 10, "completion_tokens": 3,
                 "events": [[100 * ms, 0, "content", 1], [110 * ms, 0, "content", 1], [120 * ms, 0, "content", 1]],
                 "server": {"prompt_ms": 90, "predicted_ms": 19}}
        failed = {**reply, "failure": "stalled"}
        found = throughput.wire([json.dumps(reply), json.dumps(failed)])
        self.assertEqual(len(found), 1)
        self.assertAlmostEqual(found[0]["prefill_rate"], 1000.0)
        self.assertAlmostEqual(found[0]["decode_rate"], 100.0)
        self.assertAlmostEqual(found[0]["before_ms"], 10.0)
        self.assertAlmostEqual(found[0]["stream_ms"], 1.0)

    def test_interval_of_ratios(self):
        self.assertEqual(throughput.interval([0.5]), (0.5, None, None))
        mean, low, high = throughput.interval([0.5, 2.0])
        self.assertAlmostEqual(mean, 1.0)
        # Two logarithms, -ln 2 and ln 2: their standard deviation is ln 2 · √2, of the mean ln 2; t of one degree 12.706.
        self.assertAlmostEqual(math.log(high), 12.706 * math.log(2))
        self.assertAlmostEqual(math.log(low), -12.706 * math.log(2))


if __name__ == "__main__":
    unittest.main()
