// SPDX-License-Identifier: Apache-2.0
#include "serving/stamp_check.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace edgeeval {
namespace {

// Receive stamps are mapped from the real-time clock, and a busy kernel may stamp a few microseconds late.
constexpr std::int64_t kClockSlack_ns = 100'000;

/// Distances seen (ns), and what they come to.
class Distances {
 public:
  void add(std::int64_t ns) { values_.push_back(ns); }
  [[nodiscard]] std::optional<StampDistance> conclude() {
    if (values_.empty()) return std::nullopt;
    std::sort(values_.begin(), values_.end());
    return StampDistance{seconds(values_.front()), ranked(0.5), ranked(0.99), seconds(values_.back())};
  }

 private:
  static double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }
  [[nodiscard]] double ranked(double p) const {
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values_.size())));
    return seconds(values_[std::max<std::size_t>(rank, 1) - 1]);
  }
  std::vector<std::int64_t> values_;
};

/// A reply on both sides, and how many of its token events the client has stamped so far.
struct Pair {
  const SentReply* sent = nullptr;
  bool counts = false;  ///< Measured, and ended well on both sides.
  std::size_t seen = 0;
};
using Pairs = std::unordered_map<std::uint32_t, Pair>;

tl::unexpected<Error> mismatch(std::string why) {
  return fail(ErrorCode::record_mismatch,
              "the stamps cannot be held against the server's log: " + std::move(why));
}

/// Requests and replies by their order: of sending, and of receiving.
Result<Pairs> pair_up(const LoadRecord& load, const std::vector<SentReply>& sent) {
  if (load.header.client && load.header.client->threads > 1)
    return mismatch("several threads sent, and in what order is not known");
  std::vector<const RequestRecord*> issued;
  for (const auto& request : load.requests) {
    if (request.attempts > 1) return mismatch("a request was sent again");
    if (request.issued_ns) issued.push_back(&request);
  }
  std::sort(issued.begin(), issued.end(),
            [](const auto* a, const auto* b) { return *a->issued_ns < *b->issued_ns; });
  // What prepared the load (what a prompt's words are in tokens) was received before its first request.
  std::size_t before = 0;
  while (!issued.empty() && before < sent.size() &&
         sent[before].received_ns + kClockSlack_ns < *issued.front()->issued_ns)
    ++before;
  const auto received = std::span(sent).subspan(before);
  if (issued.size() != received.size())
    return mismatch(std::to_string(issued.size()) + " requests were sent and " +
                    std::to_string(received.size()) + " received");
  Pairs pairs;
  for (std::size_t i = 0; i < issued.size(); ++i) {
    const auto& request = *issued[i];
    if (received[i].received_ns + kClockSlack_ns < *request.issued_ns)
      return mismatch("request " + std::to_string(request.index) +
                      " would have been received before it was sent");
    const bool counts = request.phase == LoadPhase::measured && request.ok() && received[i].complete;
    pairs[request.index] = {&received[i], counts, 0};
  }
  return pairs;
}

}  // namespace

Result<StampCheck> check_stamps(LoadRecord& load, const std::vector<SentReply>& sent) {
  auto pairs = pair_up(load, sent);
  if (!pairs) return tl::unexpected(pairs.error());
  if (!load.events) return mismatch("the record has no events");
  if (auto rewound = load.events->rewind(); !rewound) return tl::unexpected(rewound.error());
  StampCheck check;
  check.scenario = load.header.scenario;
  check.measured_at = load.header.started;
  Distances kernel, user, call;
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) break;
    for (const auto& event : *block) {
      const auto found = pairs->find(event.request);
      if (found == pairs->end() || !found->second.counts || !carries_tokens(event.kind)) continue;
      auto& pair = found->second;
      const auto place = pair.seen++;
      if (place >= pair.sent->events.size()) continue;
      const auto& truth = pair.sent->events[place];
      ++check.events;
      if ((event.flags & kKernelStamp) != 0) kernel.add(event.kernel_ns - truth.before_ns);
      user.add(event.user_ns - truth.before_ns);
      call.add(truth.after_ns - truth.before_ns);
    }
  }
  for (const auto& [index, pair] : *pairs) {
    if (!pair.counts) continue;
    ++check.replies;
    const auto had = pair.sent->events.size();
    check.lost += std::max(had, pair.seen) - std::min(had, pair.seen);
  }
  check.kernel = kernel.conclude();
  check.user = user.conclude();
  check.call = call.conclude();
  if (const auto& client = load.header.client; client && client->events > 0)
    check.cpu_per_event_s = client->cpu_s / static_cast<double>(client->events);
  return check;
}

}  // namespace edgeeval
