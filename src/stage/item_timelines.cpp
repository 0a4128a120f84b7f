// SPDX-License-Identifier: Apache-2.0
#include "stage/item_timelines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "serving/replies.hpp"

namespace edgeeval {
namespace {

constexpr int kOk = 200;
constexpr const char* kNotSent = "not sent: the load had ended";

/// Where the counts of a reply come from, in the words of a study's record.
std::string source_of(const RequestRecord& request) {
  if (!request.completion_tokens) return {};
  if (request.completion_source == TokenSource::usage) return "usage";
  if (request.completion_source == TokenSource::native) return "timings";
  return std::string(to_string(request.completion_source));
}

std::string error_of(const RequestRecord& request) {
  if (request.ok() || request.failure == FailureClass::no_tokens) return {};
  const auto words = request.error.empty() ? std::string(to_string(request.failure)) : request.error;
  const bool refused = request.status != 0 && request.status != kOk;
  return refused ? fmt::format("HTTP {}: {}", request.status, words) : words;
}

class Timelines {
 public:
  Timelines(const std::vector<std::string>& items, std::int64_t epoch_ns) : epoch_ns_(epoch_ns) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      RequestTimeline timeline;
      timeline.item = items[i];
      timeline.index = static_cast<int>(i);
      timeline.error = kNotSent;
      timelines_.push_back(std::move(timeline));
    }
  }

  void take(const RequestRecord& request, std::uint32_t first_index) {
    if (request.prompt >= timelines_.size()) return;
    auto& timeline = timelines_[request.prompt];
    places_[request.index] = request.prompt;
    timeline.index = static_cast<int>(request.index - first_index);
    timeline.sent_s = seconds(request.issued_ns.value_or(request.scheduled_ns));
    timeline.connected_s = seconds(request.connected_ns);
    timeline.headers_s = seconds(request.headers_ns);
    timeline.closed_s = seconds(request.closed_ns);
    timeline.prompt_tokens = request.prompt_tokens;
    timeline.cached_tokens = request.cached_tokens;
    timeline.completion_tokens = request.completion_tokens;
    timeline.token_source = source_of(request);
    timeline.finish_reason = request.finish_reason;
    timeline.error = error_of(request);
    timeline.ok = timeline.error.empty();
    timeline.retries = std::max<int>(request.attempts, 1) - 1;
    timeline.text = request.text;
  }

  void take(const EventRecord& event) {
    const auto place = places_.find(event.request);
    if (place == places_.end() || !carries_tokens(event.kind)) return;
    auto& timeline = timelines_[place->second];
    const auto at_s = seconds(event.kernel_ns);
    if (!timeline.first_token_s) timeline.first_token_s = at_s;
    timeline.last_token_s = at_s;
    timeline.token_events_s.push_back(at_s);
  }

  /// Counts by the same reading of a reply's events as a benchmark's.
  void take(const RequestRecord& request, const ReplyEvents& events) {
    const auto place = places_.find(request.index);
    if (place == places_.end()) return;
    const auto tokens = tokens_of(request, events);
    auto& timeline = timelines_[place->second];
    if (tokens.shown) timeline.shown_tokens = static_cast<std::int64_t>(*tokens.shown);
    if (tokens.first) timeline.first_tokens = static_cast<std::int64_t>(*tokens.first);
  }

  std::vector<RequestTimeline> all() { return std::move(timelines_); }

 private:
  [[nodiscard]] double seconds(std::int64_t at_ns) const {
    return static_cast<double>(at_ns - epoch_ns_) * 1e-9;
  }
  [[nodiscard]] std::optional<double> seconds(const std::optional<std::int64_t>& at_ns) const {
    return at_ns ? std::optional(seconds(*at_ns)) : std::nullopt;
  }

  std::int64_t epoch_ns_;
  std::vector<RequestTimeline> timelines_;
  std::map<std::uint32_t, std::uint32_t> places_;  // Index of a request → place of its item.
};

}  // namespace

Result<std::vector<RequestTimeline>> item_timelines(LoadRecord& load, const std::vector<std::string>& items,
                                                    std::int64_t epoch_ns) {
  Timelines timelines(items, epoch_ns);
  const auto first = std::find_if(load.requests.begin(), load.requests.end(),
                                  [](const auto& request) { return request.phase == LoadPhase::measured; });
  for (auto request = first; request != load.requests.end(); ++request)
    timelines.take(*request, first->index);
  const auto replies = ReplyTable::read(load);
  if (!replies) return tl::unexpected(replies.error());
  for (std::size_t i = 0; i < load.requests.size(); ++i)
    timelines.take(load.requests[i], replies->replies[i]);
  if (auto rewound = load.events->rewind(); !rewound) return tl::unexpected(rewound.error());
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) return timelines.all();
    for (const auto& event : *block) timelines.take(event);
  }
}

}  // namespace edgeeval
