// SPDX-License-Identifier: Apache-2.0
#include "serving/replies.hpp"

#include <algorithm>
#include <limits>

namespace edgeeval {
namespace {

constexpr std::size_t kClasses = static_cast<std::size_t>(EventClass::done) + 1;
constexpr std::size_t kBlock = 1U << 14U;  // Gaps.
// Two reads with one kernel stamp may be mapped by different readings of the clocks, which move by some
// nanoseconds: 4 to 10 were seen. Real-time stamps that go back by more than this are out of order, whatever
// the map.
constexpr std::int64_t kMapMoves = 1'000;
constexpr std::uint64_t kMargin = 1'000'000'000;  // Beyond the last close.

}  // namespace

ReplyTokens tokens_of(const RequestRecord& request, const ReplyEvents& events) {
  ReplyTokens tokens;
  std::optional<std::uint64_t> whole;
  if (request.completion_tokens && *request.completion_tokens >= 0)
    whole = static_cast<std::uint64_t>(*request.completion_tokens);
  if (!whole && events.uncounted > 0 && request.retokenised_tokens && *request.retokenised_tokens >= 0) {
    whole = static_cast<std::uint64_t>(*request.retokenised_tokens);
    tokens.retokenised = true;
  }
  auto streamable = whole;
  // A tokenizer has counted what was streamed, and nothing else.
  if (whole && !tokens.retokenised && !events.reasoning && request.reasoning_tokens.value_or(0) > 0)
    streamable = *whole - std::min(*whole, static_cast<std::uint64_t>(*request.reasoning_tokens));
  if (events.uncounted == 0) {
    if (events.token_events > 0 || whole) tokens.streamed = events.counted;
  } else if (streamable && *streamable > events.counted) {
    const auto rest = *streamable - events.counted;
    const bool ended_itself =
        !tokens.retokenised && request.finish_reason == "stop" && rest == events.uncounted + 1ULL;
    if (rest == events.uncounted || (ended_itself && events.uncounted > 1))
      tokens.each = 1;
    else if (events.uncounted == 1 && rest <= std::numeric_limits<std::uint32_t>::max())
      tokens.each = static_cast<std::uint32_t>(rest);
    if (tokens.each > 0) {
      tokens.streamed = events.counted + std::uint64_t{tokens.each} * events.uncounted;
      tokens.inferred = true;
    }
  }
  tokens.total = whole ? whole : tokens.streamed;
  tokens.shown = tokens.streamed ? tokens.streamed : streamable;
  if (events.first_tokens)
    tokens.first = *events.first_tokens;
  else if (events.token_events > 0 && tokens.each > 0)
    tokens.first = tokens.each;
  return tokens;
}

ReplyTable::ReplyTable(const LoadRecord& load) : replies(load.requests.size()), by_class(kClasses) {
  const auto& requests = load.requests;
  dense_ = true;
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    dense_ = dense_ && requests[i].index == requests.front().index + i;
    begin = std::min({begin, requests[i].scheduled_ns, requests[i].issued_ns.value_or(begin)});
    end = std::max({end, requests[i].scheduled_ns, requests[i].closed_ns.value_or(end)});
  }
  if (requests.empty()) return;
  origin_ns_ = begin;
  const auto range = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin) + kMargin;
  while ((range >> static_cast<unsigned>(shift_)) > std::numeric_limits<std::uint32_t>::max()) ++shift_;
}

std::uint32_t ReplyTable::when(std::int64_t ns) const {
  const auto since = std::max<std::int64_t>(0, ns - origin_ns_) >> shift_;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(since, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<std::uint32_t> ReplyTable::find(std::uint32_t index,
                                              std::span<const RequestRecord> requests) const {
  if (requests.empty()) return std::nullopt;
  if (dense_) {
    const auto position =
        index - requests.front().index;  // Wraps to beyond the end where it is before the first.
    return position < requests.size() ? std::optional(position) : std::nullopt;
  }
  const auto at = std::lower_bound(requests.begin(), requests.end(), index,
                                   [](const auto& request, auto wanted) { return request.index < wanted; });
  if (at == requests.end() || at->index != index) return std::nullopt;
  return static_cast<std::uint32_t>(at - requests.begin());
}

void ReplyTable::keep(const ChunkGap& gap) {
  if (blocks_.empty() || blocks_.back().size() == kBlock) blocks_.emplace_back().reserve(kBlock);
  blocks_.back().push_back(gap);
}

void ReplyTable::take_token(const EventRecord& event, ReplyEvents& reply, std::uint32_t position,
                            bool counts) {
  const auto now = event.kernel_ns;
  const bool told = (event.flags & kTokensKnown) != 0;
  ++reply.token_events;
  if (told)
    reply.counted += event.tokens;
  else
    ++reply.uncounted;
  if (event.kind == EventClass::reasoning)
    reply.reasoning = true;
  else if (!reply.first_answer_ns)
    reply.first_answer_ns = now;
  if (!reply.first_token_ns) {
    reply.first_token_ns = now;
    if (told) reply.first_tokens = event.tokens;
  } else {
    if (!reply.second_token_ns) reply.second_token_ns = now;
    const auto gap = std::max<std::int64_t>(0, now - *reply.last_token_ns);
    reply.longest_gap_ns = std::max(reply.longest_gap_ns, gap);
    if (counts)
      keep({static_cast<float>(gap), position, when(now), told ? event.tokens : std::uint16_t{0}, told});
  }
  reply.last_token_ns = std::max(now, reply.last_token_ns.value_or(now));
}

void ReplyTable::take(const EventRecord& event, std::span<const RequestRecord> requests) {
  const auto position = find(event.request, requests);
  if (!position) {
    ++strangers;
    return;
  }
  const auto& request = requests[*position];
  auto& reply = replies[*position];
  const bool measured = is_measured(request);
  const bool token = carries_tokens(event.kind);
  const bool new_read = reply.events == 0 || reply.last_read != event.read;
  // One that began in an earlier read may have begun in that of the token before it, whose stamp is then its.
  const bool followed =
      token && reply.last_token_read &&
      (new_read ? reply.last_had_tokens && (event.flags & kSplit) != 0 : reply.last_token_read == event.read);
  if (measured && followed) followed_bound_ns.push_back(reply.read_bound_ns);
  if (new_read) {
    const auto before = reply.events == 0 ? request.issued_ns.value_or(event.kernel_ns) : reply.last_event_ns;
    reply.read_bound_ns = static_cast<float>(std::max<std::int64_t>(0, event.kernel_ns - before));
  }
  if (measured) {
    ++events;
    ++by_class[std::min(static_cast<std::size_t>(event.kind), kClasses - 1)];
    if ((event.flags & kKernelStamp) != 0) ++kernel_stamped;
    if (token) ++token_events;
    if (token && reply.last_token_read == event.read && (event.flags & kCoalesced) != 0) ++bundled_tokens;
    if (token && (event.flags & kCoalesced) != 0) ++coalesced_tokens;
  }
  if (!reply.first_event_ns) reply.first_event_ns = event.kernel_ns;
  if (reply.events > 0 && event.kernel_ns < reply.last_event_ns - kMapMoves) ++reply.backwards;
  if (token) {
    take_token(event, reply, *position, measured && request.ok());
    reply.last_token_read = event.read;
  }
  ++reply.events;
  reply.last_event_ns = event.kernel_ns;
  reply.last_read = event.read;
  reply.last_had_tokens = token;
}

Result<ReplyTable> ReplyTable::read(LoadRecord& load) {
  ReplyTable table(load);
  if (!load.events) return table;
  if (auto rewound = load.events->rewind(); !rewound) return tl::unexpected(rewound.error());
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) return table;
    for (const auto& event : *block) table.take(event, load.requests);
  }
}

}  // namespace edgeeval
