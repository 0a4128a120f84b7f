// SPDX-License-Identifier: Apache-2.0
// A load's header, requests and events with every field set, and hostile words among them.
#pragma once

#include "record/load_file.hpp"

namespace edgeeval {

/// Every field has a value of its own, so that two that are mixed up show.
inline LoadHeader full_header() {
  LoadHeader header;
  header.edgeeval = "0.1.0";
  header.url = "http://127.0.0.1:8080";
  header.dialect = "llama-server";
  header.route = "/v1/chat/completions";
  header.model = "smollm2 \"135m\"";
  header.scenario = "open:poisson@20";
  header.started = "2026-01-02T03:04:05Z";
  header.started_ns = 9'007'199'254'740'993;  // Beyond what a double holds exactly.
  header.measured_ns = 9'007'199'254'740'995;
  header.offered_rps = 20.0;
  header.concurrency = 4;
  header.seeds = {1, 2, 18'446'744'073'709'551'615U};
  header.settings = {{"max-tokens", "64"}, {"slo", "ttft_p99=200ms"}};
  header.environment = {{"cpu", "EPYC"}};
  header.server = {{"version", "b9478"}, {"slots", "4"}};
  header.warnings = {"the clock stepped"};
  header.counters = {{"llamacpp:tokens_predicted_total", 640.5}};
  header.conditions = {{"cpu.temperature_c", {{9'007'199'254'740'995, 61.5}, {9'007'199'254'740'997, 70.25}}},
                       {"cpu.throttle_count", {}}};
  header.retokenising = Retokenising{"missing", "/tokenize", 40, 39, "1 reply shows no text"};
  header.gauges = {{"vllm:num_requests_running", 0.0, 3.25, 4.0, 12}};
  header.histograms = {{"vllm:time_to_first_token_seconds", 9, 0.75, {{0.05, 2}, {0.1, 8}}}};
  header.server_requests = {{0.001, 0.02, 0.5}, {std::nullopt, 0.03, std::nullopt}};
  return header;
}

inline ClientReport full_client() {
  ClientReport client;
  client.cpu_s = 0.25;
  client.wall_s = 10.5;
  client.reads = 11;
  client.events = 12;
  client.bytes = 13;
  client.lost_events = 0;
  client.threads = 2;
  client.max_rss_kib = 14'000;
  client.measured_cpu_s = 0.1875;
  client.core_wait_s = 0.125;
  client.user_delay_p50_ns = 15.5;
  client.user_delay_p99_ns = 16.5;
  client.user_delay_max_ns = 17.5;
  client.kernel_stamped_reads = 10;
  client.tx_stamps = true;
  client.clock = {{1, 2, 3}, {4, 5, 6}};
  client.largest_offset_move_ns = -18;
  client.clock_steps = 1;
  return client;
}

/// A request with every field set.
inline RequestRecord full_request(std::uint32_t index) {
  RequestRecord request;
  const std::int64_t base = 9'007'199'254'740'993 + 1000 * std::int64_t{index};
  request.index = index;
  request.prompt = index + 7;
  request.item = "item \"" + std::to_string(index) + "\"\n\t\x01";
  request.phase = index % 2 == 0 ? LoadPhase::warmup : LoadPhase::measured;
  request.scheduled_ns = base;
  request.connect_begun_ns = base + 1;
  request.connected_ns = base + 2;
  request.tls_ns = base + 3;
  request.issued_ns = base + 4;
  request.written_ns = base + 5;
  request.tx_ns = base + 6;
  request.headers_ns = base + 7;
  request.first_byte_ns = base + 8;
  request.closed_ns = base + 9;
  request.reused_connection = true;
  request.attempts = 2;
  request.status = 503;
  request.failure = FailureClass::loading;
  request.error = "Loading <model>, naïve → ünïcode";
  request.retry_after_ms = 1500;
  request.request_bytes = 4'294'967'295U;
  request.reply_bytes = 5'000'000'000U;
  request.asked_tokens = 64;
  request.prompt_tokens = 21;
  request.cached_tokens = 22;
  request.completion_tokens = 23;
  request.reasoning_tokens = 24;
  request.completion_source = TokenSource::usage_difference;
  request.retokenised_tokens = 25;
  request.event_sources[static_cast<std::size_t>(TokenSource::unknown)] = 2;
  request.event_sources[static_cast<std::size_t>(TokenSource::token_ids)] = 61;
  request.finish_reason = "length";
  request.server = ServerTimings{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 31, 32, 33, 34, 35};
  request.text = "Paris.\nIt is.";
  return request;
}

/// One whose only values are those that every request has.
inline RequestRecord bare_request(std::uint32_t index) {
  RequestRecord request;
  request.index = index;
  request.scheduled_ns = 5;
  return request;
}

/// Event number `number` of a request; every third has no kernel stamp, every second no count of tokens.
inline EventRecord sample_event(std::uint32_t request, std::uint32_t number) {
  EventRecord event;
  event.request = request;
  event.user_ns = 9'007'199'254'740'993 + 1'000'003 * std::int64_t{number} + request;
  event.kernel_ns = event.user_ns;
  event.read = number * 3;
  event.bytes = 200 + number;
  event.kind = static_cast<EventClass>(number % 12);
  if (number % 3 != 0) {
    event.flags |= kKernelStamp;
    event.kernel_ns -= 2'500;
  }
  if (number % 2 == 0) {
    event.flags |= kTokensKnown;
    event.tokens = static_cast<std::uint16_t>(number % 9);
  }
  if (number % 5 == 0) event.flags |= kCoalesced;
  if (number % 7 == 0) event.flags |= kTls;
  return event;
}

[[nodiscard]] inline bool same_event(const EventRecord& a, const EventRecord& b) {
  return a.kernel_ns == b.kernel_ns && a.user_ns == b.user_ns && a.request == b.request && a.read == b.read &&
         a.bytes == b.bytes && a.tokens == b.tokens && a.kind == b.kind && a.flags == b.flags;
}

/// All events of a stream, from the first.
inline std::vector<EventRecord> all_events(EventStream& stream) {
  std::vector<EventRecord> events;
  if (!stream.rewind()) return events;
  for (;;) {
    const auto block = stream.next();
    if (!block || block->empty()) return events;
    events.insert(events.end(), block->begin(), block->end());
  }
}

}  // namespace edgeeval
