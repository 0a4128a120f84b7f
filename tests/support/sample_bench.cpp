// SPDX-License-Identifier: Apache-2.0
#include "support/sample_bench.hpp"

#include <string>

namespace edgeeval {
namespace {

Fact fact(double value, std::string unit, std::optional<double> lo, std::optional<double> hi, Grade grade,
          std::string source) {
  return {value, std::move(unit), lo, hi, grade, {std::move(source)}};
}

/// Quantiles p50 … p99.9 of 400 values: enough for a 99 % bound of all but the last two.
Distribution distribution(double p50, double p90, double p95, double p99, double most) {
  Distribution made;
  made.count = 400;
  made.mean = 1.05 * p50;
  made.mean_lo = 1.03 * p50;
  made.mean_hi = 1.08 * p50;
  made.min = 0.9 * p50;
  made.max = most;
  made.sd = 0.1 * p50;
  made.quantiles = {{0.5, p50, 0.99 * p50, 1.01 * p50, 1.02 * p50, 2.5e-6},
                    {0.9, p90, 0.98 * p90, 1.02 * p90, 1.03 * p90, 2.5e-6},
                    {0.95, p95, 0.97 * p95, 1.03 * p95, 1.04 * p95, 2.5e-6},
                    {0.99, p99, {}, {}, {}, 38e-6},
                    {0.999, most, {}, {}, {}, 38e-6}};
  return made;
}

ServingFigure spread(std::string metric, Distribution values, std::string note = {}) {
  return {std::move(metric), "whole", std::move(values), {}, "", std::move(note)};
}

ServingFigure single(std::string metric, std::string window, double value, std::string unit) {
  return {std::move(metric),
          std::move(window),
          {},
          fact(value, std::move(unit), 0.97 * value, 1.03 * value, Grade::computed, "requests.jsonl"),
          "",
          ""};
}

ServingSummary good_summary() {
  ServingSummary summary;
  summary.figures = {
      spread("ttft_user", distribution(0.0213, 0.0301, 0.0352, 0.0512, 0.0609), "kernel stamps"),
      spread("ttft_service", distribution(0.0211, 0.0299, 0.0350, 0.0508, 0.0600), "kernel stamps"),
      spread("tpot", distribution(0.0201, 0.0204, 0.0206, 0.0215, 0.0301), "tokens counted by usage"),
      spread("itl_delivered", distribution(0.0200, 0.0203, 0.0205, 0.0214, 0.0402)),
      spread("e2e_user", distribution(1.29, 1.34, 1.36, 1.42, 12.5)),
      spread("schedule_lag", distribution(0.000021, 0.000035, 0.000046, 0.000180, 0.000731)),
      single("request_rate", "whole", 19.8, "req/s"),
      single("request_rate", "steady", 20.1, "req/s"),
      single("output_rate", "whole", 1267.2, "tok/s"),
      single("output_rate", "steady", 1284.0, "tok/s"),
      single("goodput_requests", "whole", 19.6, "req/s"),
      single("goodput_share", "whole", 0.9875, "1"),
      single("concurrency", "whole", 25.7, "1"),
      {"density", "steady", {}, {}, "the engine's resident memory is not known", ""}};
  summary.figures[2].distribution->count = 398;
  summary.figures[2].distribution->undefined = 1;
  summary.steady = SteadyWindow{2'000'000'000, 19'000'000'000, "MSER-5 on request latency"};
  summary.requests = 400;
  summary.ok = 399;
  summary.failed = 1;
  summary.retried = 3;
  summary.late = 2;
  summary.failures = {{"stalled", 1}};
  summary.failure_examples = {{"stalled", "no byte for 10 s after 12 events"}};
  summary.events = 26'334;
  summary.token_events = 25'536;
  summary.tokens = 25'536;
  summary.events_by_class = {{"content", 25'536}, {"role", 399}, {"usage", 399}};
  summary.token_sources = {{"usage", 399}};
  summary.event_sources = {{"token_ids", 25'500}, {"unknown", 36}};
  summary.stamp_error_p50_s = 2.5e-6;
  summary.stamp_error_p99_s = 38e-6;
  summary.stamp_error_known = true;
  summary.stamps = "kernel";
  return summary;
}

Validity good_validity() {
  return {
      true,
      {{"rate", "Offered against achieved rate", CheckVerdict::passed, "19.9 of 20 requests/s", "", 0.005,
        0.01},
       {"nagle", "No chunks were held back for 40 ms", CheckVerdict::warned,
        "2 % of gaps lie between 38 and 42 ms", "ask the server's operator for TCP_NODELAY", 0.02, 0.05},
       {"drift", "Speed did not drift", CheckVerdict::not_checked, "no sensor of temperature", "", {}, {}}}};
}

LoadHeader good_header() {
  LoadHeader header;
  header.edgeeval = "0.1.0";
  header.url = "http://127.0.0.1:8080";
  header.dialect = "llama-server";
  header.route = "/v1/chat/completions";
  header.model = "smollm2-135m";
  header.scenario = "open:poisson@20";
  header.started = "2026-01-02T03:04:05Z";
  header.started_ns = 1'000'000'000;
  header.measured_ns = 2'000'000'000;
  header.ended_ns = 22'200'000'000;
  header.offered_rps = 20.0;
  header.seeds = {1, 2, 3};
  header.settings = {{"max-tokens", "64"}, {"requests", "400"}};
  header.server = {{"slots", "4"}};
  header.how_ended = "finished";
  header.counters = {{"llamacpp:tokens_predicted_total", 25'536}};
  header.retokenising = Retokenising{"all", "/tokenize", 399, 399, ""};
  header.gauges = {{"llamacpp:requests_processing", 0.0, 2.625, 4.0, 21}};
  ClientReport client;
  client.cpu_s = 0.152;
  client.wall_s = 20.2;
  client.reads = 26'000;
  client.events = 26'334;
  client.bytes = 6'500'000;
  client.max_rss_kib = 14'000;
  client.user_delay_p50_ns = 87'000;
  client.user_delay_p99_ns = 793'000;
  client.kernel_stamped_reads = 26'000;
  header.client = client;
  return header;
}

}  // namespace

BenchReport sample_bench() {
  BenchReport report;
  report.version = "0.1.0";
  report.header = good_header();
  report.dialect_why = "GET /props answered";
  report.objectives = {{"ttft_user", 0.2, 0.99}, {"tpot", 0.05, {}}};
  report.meets = true;
  report.min_requests_met = true;
  report.summary = good_summary();
  report.validity = good_validity();
  EnergyByPhase energy;
  energy.joules_per_reply_token = fact(0.0312, "J", 0.029, 0.033, Grade::measured, "rapl");
  energy.joules_per_prompt_token = fact(0.0021, "J", 0.0015, 0.0027, Grade::measured, "rapl");
  energy.idle_watts = fact(8.4, "W", 8.2, 8.6, Grade::measured, "rapl");
  energy.joules_per_request = fact(2.2, "J", 2.0, 2.4, Grade::measured, "rapl");
  energy.r_squared = 0.93;
  energy.spans = 404;
  report.energy = energy;
  report.load_energy = fact(1064.0, "J", 1040.0, 1088.0, Grade::measured, "rapl");
  report.client_energy = ClientEnergy{fact(1.1, "J", 0.6, 1.6, Grade::modelled, "watts a busy core")};
  report.energy->requests = 400.0;
  report.energy->reply_tokens = 25'600.0;
  report.net_of_client = net_of_client(report.load_energy, report.energy, report.client_energy->joules);
  StampCheck check;
  check.scenario = "closed:16";
  check.measured_at = "2026-01-01T03:04:05Z";
  check.cores = "client on core 1, server on core 0";
  check.of_this_load = false;
  check.replies = 80;
  check.events = 8'000;
  check.kernel = StampDistance{1.1e-6, 2.6e-6, 38e-6, 51e-6};
  check.user = StampDistance{9e-6, 87e-6, 793e-6, 1.2e-3};
  check.call = StampDistance{2e-6, 4e-6, 12e-6, 60e-6};
  check.cpu_per_event_s = 5.5e-6;
  report.self_check = check;
  report.timings = {{"prompt_ms", "time to first token, from sending", 399, 0.0181, 0.0211, 0.0030, 0.0052}};
  report.server_distributions = {{"vllm:time_to_first_token_seconds",
                                  "time to first token, from sending",
                                  401,
                                  399,
                                  0.0181,
                                  0.0211,
                                  {{0.5, 0.02, 0.04, 0.0211}, {0.9, 0.04, 0.06, 0.0299}, {0.99, 0.02, {}, 0.0508}}}};
  ColdStartLine ready;
  ready.id = "ready";
  ready.title = "Spawn to ready";
  ready.count = 4;
  ready.mean = fact(1.84, "s", {}, {}, Grade::measured, "clock");
  ready.geometric_mean = fact(1.83, "s", 1.74, 1.92, Grade::measured, "clock");
  ready.method = "95 % by Student's t on the logarithms of the starts' values";
  ready.median = fact(1.83, "s", {}, {}, Grade::measured, "clock");
  ready.least = 1.78;
  ready.most = 1.91;
  auto joules = ready;
  joules.id = "cold-start_energy";
  joules.title = "Energy of the phase cold-start";
  joules.mean = fact(31.0, "J", {}, {}, Grade::measured, "rapl");
  joules.geometric_mean = fact(30.9, "J", 28.1, 34.0, Grade::measured, "rapl");
  joules.median.reset();
  joules.least = 28.0;
  joules.most = 34.0;
  FailedStart failed{3,
                     Error{ErrorCode::engine_failed, "the command ended 0.02 s after its start (exit 1)"},
                     {"no such layer"}};
  report.cold_start =
      ColdStartSection{"llama-server -m smollm2.gguf", "evicted", 5, 1, {failed}, {ready, joules}};
  report.sweep = {{"open:poisson@10", good_summary(), good_validity(), true},
                  {"open:poisson@20", good_summary(), {false, {}}, false}};
  report.peak = "18.4 requests/s meet the objectives; 20 do not";
  report.files = {{"raw record", "runs/bench-1"}};
  report.warnings = {"the server closes each connection after a streamed reply"};
  return report;
}

BenchReport hostile_bench() {
  const std::string evil =
      "\x1b[2J\x07<script>alert(1)</script>\r\nline two\t| `x` \xff\xfe\xc3(\xe2\x80\xae"
      "gnp.exe\xc2\x9b"
      "31m";
  const std::string endless(20'000, 'A');
  BenchReport report;
  report.version = "0.1.0";
  report.header.url = "http://127.0.0.1:1";
  report.header.dialect = evil;
  report.header.model = "=HYPERLINK(\"http://x\",\"y\")" + evil;
  report.header.scenario = "closed:4";
  report.header.concurrency = 4;
  report.header.server = {{evil, evil}, {"version", endless}};
  report.header.settings = {{"+1", "@SUM(A1)"}};
  report.header.warnings = {evil, endless};
  report.header.counters = {{evil, 1.0}};
  report.header.retokenising = Retokenising{"missing", evil, 4, 0, endless};
  report.dialect_why = evil;
  report.summary.requests = 3;
  report.summary.failed = 3;
  report.summary.failures = {{"error_in_200", 2}, {"server_error", 1}};
  report.summary.failure_examples = {{"error_in_200", "=cmd|' /C calc'!A0" + evil},
                                     {"server_error", endless}};
  report.summary.figures = {{"ttft_user", "whole", {}, {}, evil, "@note"},
                            {"@metric", "whole", {}, {}, "-absent", ""}};
  report.validity = {
      false,
      {{"errors", "Requests succeeded", CheckVerdict::failed, "100 % failed: " + evil, endless, 1.0, 0.01}}};
  report.energy_absent = "no sensor here";
  report.cold_start = ColdStartSection{evil, "as_is", 1, 1, {}, {}};
  report.cold_start->failures = {{1, Error{ErrorCode::engine_missing, evil, evil, evil}, {evil, evil}}};
  report.files = {{"raw record", "runs/" + evil}};
  report.peak = evil;
  return report;
}

LoadRecord sample_trace_load() {
  LoadRecord load;
  load.header.started_ns = 1'000'000'000;
  for (std::uint32_t i = 0; i < 3; ++i) {
    RequestRecord request;
    request.index = i;
    request.scheduled_ns = 1'010'000'000 + 5'000'000 * std::int64_t{i};
    load.requests.push_back(request);
  }
  auto& first = load.requests[0];
  first.connect_begun_ns = 1'010'100'000;
  first.connected_ns = 1'010'350'000;
  first.issued_ns = 1'010'400'000;
  first.closed_ns = 1'250'000'123;
  first.completion_tokens = 5;
  auto& second = load.requests[1];
  second.issued_ns = 1'015'200'000;
  second.closed_ns = 1'020'000'000;
  second.failure = FailureClass::server_error;
  second.error = "<b>\x01 \xff";
  auto& third = load.requests[2];
  third.scheduled_ns = 1'260'000'000;
  third.issued_ns = 1'261'000'000;
  third.closed_ns = 1'300'000'000;
  const auto event = [](std::uint32_t request, std::int64_t at_ns, EventClass kind, std::uint16_t tokens) {
    EventRecord made;
    made.request = request;
    made.kernel_ns = made.user_ns = at_ns;
    made.kind = kind;
    made.tokens = tokens;
    if (tokens > 0) made.flags = kTokensKnown;
    return made;
  };
  load.events = events_in_memory(
      {event(0, 1'030'000'000, EventClass::role, 0), event(0, 1'031'000'000, EventClass::reasoning, 2),
       event(0, 1'240'000'000, EventClass::content, 3), event(2, 1'290'000'000, EventClass::content, 0),
       event(9, 1'295'000'000, EventClass::content, 7)});
  return load;
}

std::vector<TracePower> sample_trace_power() {
  return {{"cpu package", {{1'000'000'000, 1'100'000'000, 8.5}, {1'100'000'000, 1'200'000'000, 21.25}}}};
}

}  // namespace edgeeval
