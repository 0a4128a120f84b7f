// SPDX-License-Identifier: Apache-2.0
// What a load of requests left behind: raw stamps of every request and every streamed event, nothing derived.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval {

/// What a streamed event carries. An event that carries a token is reasoning, content or tool, whatever else
/// (a reason to finish, usage) stands in it too; the flags tell the rest.
enum class EventClass : std::uint8_t {
  other,      ///< None of the below; a field that no dialect of ours knows.
  ping,       ///< A comment line, or an event that says "still here".
  role,       ///< The role of the speaker and no text.
  empty,      ///< Text that is empty or null.
  reasoning,  ///< Text of a reasoning part.
  content,    ///< Text of the answer.
  tool,       ///< Part of a tool call.
  usage,      ///< Counts or timings and no text.
  progress,   ///< Progress of a model load or of prompt processing.
  finish,     ///< A reason to finish and no text.
  error,      ///< The server says what went wrong.
  done,       ///< The end mark of the stream: "[DONE]", or "done": true without text.
};

/// Whether events of class `kind` carry tokens.
[[nodiscard]] constexpr bool carries_tokens(EventClass kind) {
  return kind == EventClass::reasoning || kind == EventClass::content || kind == EventClass::tool;
}

/// The lower-case name of a class, as it stands in files; and back ("other" for what is none).
[[nodiscard]] std::string_view to_string(EventClass kind);
[[nodiscard]] EventClass event_class_from(std::string_view name);

/// Where a count of tokens comes from, best first (research, loadgen.md section 2 "Adopt").
enum class TokenSource : std::uint8_t {
  unknown,
  token_ids,         ///< Ids of the tokens in the event itself.
  usage_difference,  ///< Difference of cumulative usage counts in consecutive events.
  native,            ///< A counter of the server's own: tokens, predicted_n, eval_count, meta_info.
  logprobs,          ///< Length of a list of log-probabilities.
  usage,             ///< Of a whole reply: its last usage object.
  one_an_event,      ///< Of an event: the server sends one token an event by its protocol (TGI).
  retokenised,       ///< The reply's text, counted by the server's own tokenizer after the load.
};
[[nodiscard]] std::string_view to_string(TokenSource source);
[[nodiscard]] TokenSource token_source_from(std::string_view name);

/// How many events that carry tokens have their count from where: indexed by TokenSource.
using EventSources = std::array<std::uint32_t, static_cast<std::size_t>(TokenSource::retokenised) + 1>;

/// Bits of EventRecord::flags.
enum EventFlag : std::uint8_t {
  kKernelStamp = 1,   ///< kernel_ns is the kernel's; without it kernel_ns equals user_ns.
  kCoalesced = 2,     ///< The read that ended this event held more than one event: its stamp is an upper bound.
  kSplit = 4,         ///< The event began in an earlier read than it ended in.
  kTokensKnown = 8,   ///< `tokens` is a count; without it the event carries an unknown number, at least one.
  kFinish = 16,       ///< Tells a reason to finish too.
  kUsage = 32,        ///< Carries counts or timings too.
  kTls = 64,          ///< Came in a TLS record: the stamp is that of the record's last byte.
};

/// One event as it lies in events.bin: 32 bytes, little-endian, no padding. Times are nanoseconds of
/// CLOCK_MONOTONIC.
struct EventRecord {
  std::int64_t kernel_ns = 0;  ///< Receive stamp of the read's last byte, mapped from CLOCK_REALTIME.
  std::int64_t user_ns = 0;    ///< Taken just after the read returned.
  std::uint32_t request = 0;   ///< Index of the request.
  std::uint32_t read = 0;      ///< Number of the read on this client thread; equal numbers share a stamp.
  std::uint32_t bytes = 0;     ///< Of the event's data, framing not counted.
  std::uint16_t tokens = 0;    ///< Carried, where kTokensKnown.
  EventClass kind = EventClass::other;
  std::uint8_t flags = 0;
};
static_assert(sizeof(EventRecord) == 32);

/// Why a request failed; one class a request, the first that applied. `none` is a success.
enum class FailureClass : std::uint8_t {
  none,
  name_resolution,    ///< The host has no address.
  refused,            ///< The connection was refused.
  unreachable,        ///< No route, or no answer from the network.
  connect_timeout,    ///< Not connected in time.
  tls,                ///< Handshake or certificate.
  send_failed,        ///< The connection broke while the request was written.
  closed_unanswered,  ///< Closed without a byte of an answer.
  reset_unanswered,   ///< Reset without a byte of an answer.
  not_http,           ///< What came is not HTTP, or its head is out of bounds.
  unauthorized,       ///< 401 or 403.
  not_found,          ///< 404: route or model.
  bad_request,        ///< 400, 413, 422 and other 4xx.
  rate_limited,       ///< 429.
  loading,            ///< 503 while the model loads.
  overloaded,         ///< 503 or 529 otherwise.
  server_error,       ///< Other 5xx.
  redirected,         ///< 3xx.
  not_a_stream,       ///< 200 with something else than an event stream: HTML, plain JSON.
  error_in_200,       ///< 200 with an error object in place of a stream.
  error_event,        ///< An error event midway.
  bad_chunk,          ///< HTTP chunking is broken.
  bad_json,           ///< An event that is not JSON.
  bad_text,           ///< Not UTF-8, or a NUL byte.
  too_deep,           ///< JSON nested beyond the bound.
  too_large,          ///< A line, an event or a body beyond its bound.
  truncated,          ///< Closed midway: before the end mark or within a chunk.
  reset_midway,       ///< Reset midway.
  first_byte_timeout, ///< No byte of an answer in time.
  stalled,            ///< No byte for longer than the idle limit, midway.
  total_timeout,      ///< Not ended within the request's limit.
  no_end_mark,        ///< Ended properly by HTTP, but with neither end mark nor reason to finish.
  no_tokens,          ///< A proper end without a single token (counted, and shown, as a failure of content).
  engine_ended,       ///< The engine that was asked had ended.
  cancelled,          ///< The user ended the run while it was in flight.
  other,
};
[[nodiscard]] std::string_view to_string(FailureClass failure);
[[nodiscard]] FailureClass failure_class_from(std::string_view name);

/// Server-side times and counts of one reply, where it tells them (llama-server's timings, Ollama's durations,
/// LM Studio's stats, TGI's headers, SGLang's meta_info). Absent is absent.
struct ServerTimings {
  std::optional<double> queue_ms, load_ms, prompt_ms, predicted_ms, total_ms, first_token_ms;
  std::optional<std::int64_t> prompt_tokens, cached_tokens, predicted_tokens, draft_tokens, draft_accepted;
  friend bool operator==(const ServerTimings&, const ServerTimings&) = default;
};

/// Which part of a load a request belongs to.
enum class LoadPhase : std::uint8_t { warmup, measured };

/// One request. Times are nanoseconds of CLOCK_MONOTONIC; absent is absent.
struct RequestRecord {
  std::uint32_t index = 0;   ///< From 0, in order of scheduling, warm-up included.
  std::uint32_t prompt = 0;  ///< Which prompt of the prompt set, from 0.
  std::string item;          ///< The prompt's own id, where it has one.
  LoadPhase phase = LoadPhase::measured;
  std::int64_t scheduled_ns = 0;  ///< When it should be sent; in a closed loop when its slot fell free.
  std::optional<std::int64_t> connect_begun_ns;  ///< Only where a new connection was opened for it.
  std::optional<std::int64_t> connected_ns, tls_ns;
  std::optional<std::int64_t> issued_ns;   ///< Just before the first byte was handed to the kernel.
  std::optional<std::int64_t> written_ns;  ///< Just after its last byte was.
  std::optional<std::int64_t> tx_ns;       ///< The kernel's transmit stamp of its last byte.
  std::optional<std::int64_t> headers_ns;  ///< Receive stamp of the read that completed the head.
  std::optional<std::int64_t> first_byte_ns;
  std::optional<std::int64_t> closed_ns;  ///< End of the reply by HTTP, or of the failure.
  bool reused_connection = false;
  std::uint16_t attempts = 0;  ///< Times it was written: again where a reused connection had brought no byte,
                               ///< or where a busy server was to be asked again.
  int status = 0;              ///< HTTP status; 0 where there was none.
  FailureClass failure = FailureClass::none;
  std::string error;  ///< In words; empty where none. Never holds a secret.
  std::optional<std::int64_t> retry_after_ms;
  std::uint32_t request_bytes = 0;
  std::uint64_t reply_bytes = 0;      ///< Received in all, head and framing included.
  std::uint32_t asked_tokens = 0;     ///< The limit that was asked for.
  std::optional<std::int64_t> prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens;
  TokenSource completion_source = TokenSource::unknown;
  /// Tokens of its text by the server's tokenizer, asked after the load; never in place of completion_tokens.
  std::optional<std::int64_t> retokenised_tokens;
  /// Where the counts of its events come from, which figures between tokens rest on; `unknown` are events
  /// that told none. All 0 in records before 1.1, which do not tell.
  EventSources event_sources{};
  std::string finish_reason;
  std::optional<ServerTimings> server;
  std::string text;  ///< The answer; empty where it was not to be kept.
  [[nodiscard]] bool ok() const { return failure == FailureClass::none; }
};

/// How the kernel's real-time stamps were mapped to the steady clock: one pair of readings.
struct ClockPair {
  std::int64_t monotonic_ns = 0;
  std::int64_t offset_ns = 0;  ///< CLOCK_REALTIME less CLOCK_MONOTONIC.
  std::int64_t width_ns = 0;   ///< Time between the two monotonic readings around the real-time one.
};

/// What the client found of itself during a load.
struct ClientReport {
  double cpu_s = 0.0;   ///< User and system time of the client's threads while requests were in flight.
  double wall_s = 0.0;
  /// CPU time of the whole process over the measured phase, what spools and samples included: what it took of
  /// the machine's energy. Absent in records that are older.
  std::optional<double> measured_cpu_s{};
  /// How long its threads had work and no core to do it on; absent where the kernel does not count it.
  std::optional<double> core_wait_s{};
  std::uint64_t reads = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost_events = 0;  ///< That could not be spooled; 0 unless the disk was full.
  int threads = 1;
  long max_rss_kib = 0;
  /// User stamp less kernel stamp (ns): what the client's own stamps would be off by.
  std::optional<double> user_delay_p50_ns, user_delay_p99_ns, user_delay_max_ns;
  std::uint64_t kernel_stamped_reads = 0;
  bool tx_stamps = false;
  std::vector<ClockPair> clock{};  ///< Over the run, in order.
  /// Longest the clock offset moved between two pairs (ns), and how many moves were steps.
  std::int64_t largest_offset_move_ns = 0;
  int clock_steps = 0;
};

/// One condition of the machine over the load, as its sensors told it.
struct ConditionSeries {
  /// Device and condition: "cpu.temperature_c", "gpu0.sm_clock_mhz". Names that end in "throttle_count" count
  /// since boot; "cooling_state" and "thermal_slowdown" are 0 where nothing slows the device down for its
  /// heat.
  std::string name;
  std::vector<std::pair<std::int64_t, double>> at{};  ///< Nanoseconds of CLOCK_MONOTONIC, value.
  friend bool operator==(const ConditionSeries&, const ConditionSeries&) = default;
};

/// What asking the server's tokenizer after a load came to.
struct Retokenising {
  std::string wish;          ///< "missing": replies without a count; "all": every one, to compare.
  std::string route;         ///< "/tokenize"; empty where the server has none that is known.
  std::uint64_t replies = 0; ///< That were to be counted: measured ones that ended well.
  std::uint64_t counted = 0;
  std::string problem;  ///< Why not all of them were; empty where they were.
  friend bool operator==(const Retokenising&, const Retokenising&) = default;
};

/// A gauge of the server's over a load, warm-up included.
struct ServerGauge {
  std::string name;
  double min = 0.0, mean = 0.0, max = 0.0;  ///< Over the scrapes, which are a second apart.
  std::uint64_t scrapes = 0;
  friend bool operator==(const ServerGauge&, const ServerGauge&) = default;
};

/// What came into a histogram of the server's during a load, warm-up included: end less begin.
struct ServerHistogram {
  std::string name;  ///< Without "_bucket".
  std::uint64_t count = 0;
  double sum = 0.0;
  /// Upper bound, and how many values are at or below it; those above the last are in `count` alone.
  std::vector<std::pair<double, std::uint64_t>> buckets{};
  friend bool operator==(const ServerHistogram&, const ServerHistogram&) = default;
};

/// One request as the server's own clock saw it (TensorRT-LLM's /perf_metrics): seconds from its arrival.
struct ServerRequest {
  std::optional<double> scheduled_s, first_token_s, last_token_s;
  friend bool operator==(const ServerRequest&, const ServerRequest&) = default;
};

/// What was asked and of whom: written before the first request, and completed at the end.
struct LoadHeader {
  std::string version = "1.1";  ///< Of the format of the folder, "major.minor".
  std::string edgeeval;
  std::string url;      ///< Without user name, password or query.
  std::string dialect;  ///< "llama-server", …
  std::string route;    ///< "/v1/chat/completions".
  std::string model;
  std::string scenario;  ///< As given: "open:poisson@20".
  std::string started;   ///< Wall clock, a label.
  std::int64_t started_ns = 0;           ///< CLOCK_MONOTONIC at the beginning of warm-up.
  std::optional<std::int64_t> measured_ns;  ///< When the measured phase began.
  std::optional<std::int64_t> ended_ns;     ///< When the last measured request ended.
  std::optional<double> offered_rps;     ///< Of an open loop.
  int concurrency = 0;                   ///< Of a closed loop; 0 = open.
  std::vector<std::uint64_t> seeds;      ///< Library, prompts, schedule: in this order.
  std::map<std::string, std::string> settings;     ///< Effective settings, by option name.
  std::map<std::string, std::string> environment;  ///< Of the client's machine.
  std::map<std::string, std::string> server;       ///< What probing found: version, slots, …
  std::optional<ClientReport> client;    ///< Absent until the end.
  std::string how_ended;                 ///< "finished", "cancelled", "failed"; empty where it was killed.
  std::vector<std::string> warnings;
  std::vector<std::pair<std::string, double>> counters;  ///< Server counters scraped: name, end less begin.
  std::vector<ConditionSeries> conditions{};             ///< Of the machine, in the measured phase.
  std::optional<Retokenising> retokenising{};            ///< Absent where no reply was to be counted.
  std::vector<ServerGauge> gauges{};                     ///< Of the server, scraped.
  std::vector<ServerHistogram> histograms{};             ///< Likewise; those that took anything in.
  std::vector<ServerRequest> server_requests{};          ///< In order of arrival, warm-up included.
};

}  // namespace edgeeval
