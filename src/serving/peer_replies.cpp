// SPDX-License-Identifier: Apache-2.0
#include "serving/peer_replies.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace edgeeval {
namespace {

/// Where each measured, successful request's reply lies, by its index.
using Places = std::unordered_map<std::uint32_t, std::size_t>;

Places place_replies(const LoadRecord& load, PeerLoad& peer) {
  Places places;
  std::optional<std::int64_t> begin;
  std::optional<std::int64_t> end;
  for (const auto& request : load.requests) {
    if (!is_measured(request)) continue;
    if (request.issued_ns) {
      const auto start = std::min(*request.issued_ns, request.connect_begun_ns.value_or(*request.issued_ns));
      const auto closed = request.closed_ns.value_or(start);
      begin = std::min(begin.value_or(start), start);
      end = std::max(end.value_or(closed), closed);
      if (request.ok()) {
        places[request.index] = peer.replies.size();
        peer.replies.push_back({&request, {}, {}, start, closed});
      }
    }
    if (!request.ok()) ++peer.failed;
  }
  if (begin) peer.duration_s = static_cast<double>(*end - *begin) * 1e-9;
  return places;
}

/// Counts of a reply's tokens, by the same rules as our own figures.
ReplyTokens count_tokens(const PeerReply& reply) {
  ReplyEvents events;
  for (const auto& message : reply.messages) {
    if (!carries_tokens(message.kind)) continue;
    ++events.token_events;
    events.reasoning = events.reasoning || message.kind == EventClass::reasoning;
    if (message.told)
      events.counted += message.tokens;
    else
      ++events.uncounted;
    if (events.token_events == 1 && message.told) events.first_tokens = message.tokens;
  }
  return tokens_of(*reply.request, events);
}

}  // namespace

double PeerLoad::total_output() const {
  double sum = 0.0;
  for (const auto& reply : replies) sum += static_cast<double>(reply.output_tokens());
  return sum;
}

Result<PeerLoad> read_peer_load(LoadRecord& load) {
  PeerLoad peer;
  const auto places = place_replies(load, peer);
  if (load.events) {
    if (auto rewound = load.events->rewind(); !rewound) return tl::unexpected(rewound.error());
    for (;;) {
      const auto block = load.events->next();
      if (!block) return tl::unexpected(block.error());
      if (block->empty()) break;
      for (const auto& event : *block) {
        const auto place = places.find(event.request);
        if (place == places.end()) continue;
        peer.replies[place->second].messages.push_back(
            {event.kernel_ns, event.read, event.tokens, (event.flags & kTokensKnown) != 0, event.kind});
      }
    }
  }
  for (auto& reply : peer.replies) {
    reply.tokens = count_tokens(reply);
    if (!reply.tokens.total) ++peer.unknown_lengths;
    if (reply.tokens.retokenised) ++peer.retokenised;
    if (reply.tokens.streamed) continue;
    for (const auto& message : reply.messages)
      if (carries_tokens(message.kind) && !message.told) ++peer.untold_messages;
  }
  return peer;
}

bool has_choices(EventClass kind) {
  return carries_tokens(kind) || kind == EventClass::role || kind == EventClass::empty ||
         kind == EventClass::finish;
}

std::uint64_t tokens_in(const PeerReply& reply, const PeerMessage& message) {
  if (message.told) return message.tokens;
  return std::max<std::uint64_t>(1, reply.tokens.each);
}

double numpy_percentile(const std::vector<double>& sorted, double p) {
  const double place = p / 100.0 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

void FigureList::one(const std::string& name, const std::string& statistic, std::optional<double> value,
                     const std::string& unit, const std::string& definition, const std::string& ours) {
  report_.figures.push_back({name, statistic, value, unit, definition, ours});
}

void FigureList::statistics(const std::string& what, const std::string& unit, std::vector<double> values,
                            const std::string& definition, const std::string& ours) {
  std::sort(values.begin(), values.end());
  const auto named = [&](const std::string& statistic) { return statistic + " " + what + " (" + unit + ")"; };
  const auto of = [&](auto make) { return values.empty() ? std::nullopt : std::optional<double>(make()); };
  one(named("Mean"), "mean", of([&] {
        double sum = 0.0;
        for (const double value : values) sum += value;
        return sum / static_cast<double>(values.size());
      }),
      unit, definition, ours);
  for (const auto& [statistic, p] : {std::pair{"p50", 50.0}, {"p90", 90.0}, {"p95", 95.0}, {"p99", 99.0}})
    one(named(p == 50.0 ? "Median" : std::string("P") + (statistic + 1)), statistic,
        of([&, p = p] { return numpy_percentile(values, p); }), unit,
        definition + "; percentile linear between order statistics, as numpy.percentile", ours);
}

void add_throughput(FigureList& figures, const PeerLoad& load, const std::string& source) {
  const auto a_second = [&](double amount) {
    return load.duration_s > 0.0 ? std::optional(amount / load.duration_s) : std::nullopt;
  };
  figures.one("Request throughput (req/s)", "rate", a_second(static_cast<double>(load.replies.size())),
              "req/s", "requests that succeeded ÷ (last end − first start) (" + source + ")",
              "request_rate over the whole");
  figures.one("Output token throughput (tok/s)", "rate",
              load.unknown_lengths > 0 ? std::nullopt : a_second(load.total_output()), "tok/s",
              "tokens of requests that succeeded ÷ (last end − first start) (" + source + ")",
              "output_rate over the whole");
}

}  // namespace edgeeval
