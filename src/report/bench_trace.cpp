// SPDX-License-Identifier: Apache-2.0
#include "report/bench_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <ostream>
#include <queue>

#include "record/json_text.hpp"

namespace edgeeval {
namespace {

constexpr std::int64_t kMicrosecond = 1000;
constexpr std::int64_t kBucketNs = 100'000'000;  ///< Of the rate of tokens, at least.
constexpr std::int64_t kMostBuckets = 10'000;
constexpr double kSecondNs = 1e9;
constexpr std::size_t kMostShown = 200;
constexpr int kRequests = 1;  ///< "Processes" of the trace.
constexpr int kCounters = 2;

/// First and last token of a request.
struct TokenSpan {
  std::optional<std::int64_t> first_ns, last_ns;
  std::uint64_t count = 0;
};

struct Interval {
  std::int64_t begin_ns = 0, end_ns = 0;
};

/// From the schedule to the last thing known of it.
Interval extent_of(const RequestRecord& request, const TokenSpan& tokens) {
  Interval extent{request.scheduled_ns, request.scheduled_ns};
  for (const auto& at : {request.issued_ns, request.headers_ns, request.closed_ns, tokens.last_ns})
    extent.end_ns = std::max(extent.end_ns, at.value_or(extent.end_ns));
  if (request.issued_ns) extent.begin_ns = std::min(extent.begin_ns, *request.issued_ns);
  return extent;
}

/// Slots: the lowest that is free when a request begins.
class Slots {
 public:
  std::size_t take(const Interval& interval) {
    while (!busy_.empty() && busy_.top().first <= interval.begin_ns) {
      free_.push(busy_.top().second);
      busy_.pop();
    }
    auto slot = count_;
    if (free_.empty()) {
      ++count_;
    } else {
      slot = free_.top();
      free_.pop();
    }
    busy_.emplace(interval.end_ns, slot);
    return slot;
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  using Busy = std::pair<std::int64_t, std::size_t>;
  std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy_;
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free_;
  std::size_t count_ = 0;
};

/// The list of events on its way out.
class Trace {
 public:
  Trace(std::ostream& out, std::int64_t origin_ns) : out_(out), origin_ns_(origin_ns) {
    out_ << R"({"displayTimeUnit":"ms","traceEvents":[)";
  }
  /// Every load has processes of its own; the first one's are kRequests and kCounters.
  void begin_load() { ++loads_; }
  void name(std::string_view what, int process, std::size_t thread, std::string_view text) {
    begin(what, 'M', process, thread);
    line_ += ",\"args\":{\"name\":";
    append_json_string(line_, text);
    line_ += '}';
    end();
  }
  /// `arguments` takes the JsonObject of its arguments.
  template <class Arguments>
  void stretch(std::string_view what, std::size_t slot, const Interval& interval, Arguments arguments) {
    begin(what, 'X', kRequests, slot);
    line_ += ",\"ts\":" + micros(interval.begin_ns - origin_ns_);
    line_ +=
        ",\"dur\":" + micros(std::max<std::int64_t>(0, interval.end_ns - interval.begin_ns)) + ",\"args\":";
    JsonObject object(line_);
    arguments(object);
    object.close();
    end();
  }
  void counter(std::string_view what, std::int64_t at_ns, std::string_view series, double value) {
    begin(what, 'C', kCounters, 0);
    line_ += ",\"ts\":" + micros(at_ns - origin_ns_) + ",\"args\":";
    JsonObject object(line_);
    object.member(series, value);
    object.close();
    end();
  }
  Result<void> finish() {
    out_ << "\n]}\n";
    out_.flush();
    if (out_) return {};
    return fail(ErrorCode::io, "the trace could not be written whole");
  }

 private:
  static std::string micros(std::int64_t ns) {
    const auto sign = ns < 0 ? "-" : "";
    const auto size = ns < 0 ? -ns : ns;
    return fmt::format("{}{}.{:03}", sign, size / kMicrosecond, size % kMicrosecond);
  }
  void begin(std::string_view what, char phase, int process, std::size_t thread) {
    line_ = first_ ? "\n{\"name\":" : ",\n{\"name\":";
    first_ = false;
    append_json_string(line_, what.substr(0, kMostShown));
    line_ += fmt::format(",\"ph\":\"{}\",\"pid\":{},\"tid\":{}", phase, process + (loads_ - 1) * kCounters,
                         thread);
  }
  void end() { out_ << line_ << '}'; }
  std::ostream& out_;
  std::int64_t origin_ns_;
  std::string line_;
  bool first_ = true;
  int loads_ = 0;
};

/// Tokens a stretch of time, as many stretches as the load needs.
struct TokenRate {
  std::int64_t origin_ns = 0, bucket_ns = kBucketNs;
  std::vector<double> tokens;
  void add(std::int64_t at_ns, double count) {
    if (tokens.empty()) return;
    const auto bucket = std::clamp<std::int64_t>((at_ns - origin_ns) / bucket_ns, 0,
                                                 static_cast<std::int64_t>(tokens.size()) - 1);
    tokens[static_cast<std::size_t>(bucket)] += count;
  }
};

const RequestRecord* request_of(const std::vector<RequestRecord>& requests, std::uint32_t index) {
  const auto found =
      std::lower_bound(requests.begin(), requests.end(), index,
                       [](const auto& request, auto wanted) { return request.index < wanted; });
  return found == requests.end() || found->index != index ? nullptr : &*found;
}

Result<void> read_tokens(LoadRecord& load, std::vector<TokenSpan>& tokens, TokenRate& rate) {
  if (auto went = load.events->rewind(); !went) return went;
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) return {};
    for (const auto& event : *block) {
      if (!carries_tokens(event.kind)) continue;
      const std::uint64_t count = (event.flags & kTokensKnown) != 0 ? event.tokens : 1;
      rate.add(event.kernel_ns, static_cast<double>(count));
      const auto* request = request_of(load.requests, event.request);
      if (request == nullptr) continue;
      auto& own = tokens[static_cast<std::size_t>(request - load.requests.data())];
      own.first_ns = own.first_ns.value_or(event.kernel_ns);
      own.last_ns = event.kernel_ns;
      own.count += count;
    }
  }
}

TokenRate rate_over(const LoadRecord& load) {
  TokenRate rate{load.header.started_ns, kBucketNs, {}};
  auto end_ns = rate.origin_ns;
  for (const auto& request : load.requests)
    end_ns = std::max(end_ns, request.closed_ns.value_or(request.scheduled_ns));
  const auto length = end_ns - rate.origin_ns;
  rate.bucket_ns = std::max(kBucketNs, length / kMostBuckets);
  rate.tokens.assign(static_cast<std::size_t>(length / rate.bucket_ns + 1), 0.0);
  return rate;
}

void write_request(Trace& trace, std::size_t slot, const RequestRecord& request, const TokenSpan& tokens) {
  const auto extent = extent_of(request, tokens);
  trace.stretch(fmt::format("request {}", request.index), slot, extent, [&](JsonObject& object) {
    object.member("phase", request.phase == LoadPhase::warmup ? std::string_view("warmup")
                                                              : std::string_view("measured"));
    if (!request.item.empty()) object.member("item", std::string_view(request.item).substr(0, kMostShown));
    object.member("prompt_tokens", request.prompt_tokens);
    object.member("completion_tokens", request.completion_tokens);
    object.member("tokens_seen", tokens.count);
    if (request.ok()) return;
    object.member("failure", to_string(request.failure));
    object.member("error", std::string_view(request.error).substr(0, kMostShown));
  });
  const auto phase = [&](std::string_view name, std::optional<std::int64_t> from,
                         std::optional<std::int64_t> to) {
    if (from && to && *to >= *from) trace.stretch(name, slot, {*from, *to}, [](JsonObject&) {});
  };
  const auto started = request.connect_begun_ns ? request.connect_begun_ns : request.issued_ns;
  phase("queued", request.scheduled_ns, started);
  phase("connect", request.connect_begun_ns, request.tls_ns ? request.tls_ns : request.connected_ns);
  phase("prefill", request.issued_ns, tokens.first_ns);
  phase("decode", tokens.first_ns, tokens.last_ns);
}

void write_in_flight(Trace& trace, const std::vector<RequestRecord>& requests) {
  std::vector<std::pair<std::int64_t, int>> changes;
  for (const auto& request : requests) {
    if (!request.issued_ns || !request.closed_ns) continue;
    changes.emplace_back(*request.issued_ns, 1);
    changes.emplace_back(*request.closed_ns, -1);
  }
  std::sort(changes.begin(), changes.end());
  int in_flight = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    in_flight += changes[i].second;
    const bool more = i + 1 < changes.size() && changes[i + 1].first == changes[i].first;
    if (!more) trace.counter("in flight", changes[i].first, "requests", in_flight);
  }
}

/// `name`: what its rows are called before the usual names; may be empty.
Result<void> write_load(Trace& trace, LoadRecord& load, const std::vector<TracePower>& power,
                        const std::string& name) {
  auto rate = rate_over(load);
  std::vector<TokenSpan> tokens(load.requests.size());
  if (auto read = read_tokens(load, tokens, rate); !read) return read;

  std::vector<std::size_t> order(load.requests.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return extent_of(load.requests[a], tokens[a]).begin_ns < extent_of(load.requests[b], tokens[b]).begin_ns;
  });
  trace.begin_load();
  const auto before = name.empty() ? name : name + " ";
  trace.name("process_name", kRequests, 0, before + "requests");
  trace.name("process_name", kCounters, 0, before + "counters");
  Slots slots;
  for (const auto i : order)
    write_request(trace, slots.take(extent_of(load.requests[i], tokens[i])), load.requests[i], tokens[i]);
  for (std::size_t slot = 0; slot < slots.count(); ++slot)
    trace.name("thread_name", kRequests, slot, fmt::format("slot {}", slot + 1));
  write_in_flight(trace, load.requests);
  for (std::size_t i = 0; i < rate.tokens.size(); ++i)
    trace.counter("tok/s", rate.origin_ns + static_cast<std::int64_t>(i) * rate.bucket_ns, "tokens",
                  rate.tokens[i] * kSecondNs / static_cast<double>(rate.bucket_ns));
  for (const auto& point : power) {
    for (const auto& span : point.spans) trace.counter("power " + point.name, span.begin_ns, "W", span.watts);
  }
  return {};
}

}  // namespace

Result<void> write_bench_trace(LoadRecord& load, const std::vector<TracePower>& power, std::ostream& out) {
  Trace trace(out, load.header.started_ns);
  if (auto written = write_load(trace, load, power, {}); !written) return written;
  return trace.finish();
}

Result<void> write_series_trace(const std::vector<TraceLoad>& loads, std::ostream& out) {
  std::optional<Trace> trace;
  for (const auto& each : loads) {
    auto load = each.open();
    if (!load) return tl::unexpected(load.error());
    if (!trace) trace.emplace(out, load->header.started_ns);
    if (auto written = write_load(*trace, *load, each.power, each.name); !written) return written;
  }
  if (!trace) trace.emplace(out, 0);
  return trace->finish();
}

}  // namespace edgeeval
