// SPDX-License-Identifier: Apache-2.0
// What the events of each reply tell, gathered in one pass: first and last stamps, counts, and the gaps
// between chunks.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// Stamps and counts of one reply's events. Stamps are the kernel's where it gave one, the client's otherwise
/// (EventRecord::kernel_ns is the better of both).
struct ReplyEvents {
  std::uint32_t events = 0;
  std::uint32_t token_events = 0;
  std::uint32_t uncounted = 0;  ///< Token events that do not tell how many tokens they carry.
  std::uint32_t backwards = 0;  ///< Events stamped over a microsecond before the one ahead of them.
  std::uint64_t counted = 0;    ///< Tokens of those that do.
  std::optional<std::int64_t> first_event_ns, first_token_ns, second_token_ns, last_token_ns;
  std::optional<std::int64_t> first_answer_ns;  ///< First token event that is not reasoning.
  std::optional<std::uint16_t> first_tokens;    ///< Tokens of the first token event, where told.
  std::int64_t longest_gap_ns = 0;              ///< Between two token events.
  std::int64_t last_event_ns = 0;               ///< Meaningful once there are events.
  float read_bound_ns = 0.0F;   ///< Time between the read that ended the last event and the one before it.
  std::uint32_t last_read = 0;  ///< Read that ended the last event; likewise.
  bool last_had_tokens = false; ///< Whether the last event carried tokens.
  std::optional<std::uint32_t> last_token_read;  ///< Read that ended the last token event.
  bool reasoning = false;                        ///< Some event carried reasoning.
};

/// How many tokens a reply has, and how many its events carry.
struct ReplyTokens {
  /// By the server's count of the whole reply, else the sum over its events, else the count of its text by the
  /// server's tokenizer. Absent where none is known.
  std::optional<std::uint64_t> total;
  /// In the events of the stream: the sum over them where each is known or follows; a token that ends the
  /// reply and reasoning that is not streamed are in `total` only. Absent where some event's count cannot be
  /// told.
  std::optional<std::uint64_t> streamed;
  std::uint32_t each =
      0;  ///< What an event that does not tell carries; 0 where there is none or it cannot be told.
  bool inferred = false;  ///< Counts of events follow from the reply's count.
  bool retokenised = false;  ///< `total` is the count of its text by the server's tokenizer, after the load.
  std::optional<std::uint64_t>
      shown;  ///< `streamed`, else `total` less hidden reasoning: what TPOT divides by.
  std::optional<std::uint64_t> first;  ///< Carried by the first token event, where known or inferred.
};

/// Counts of one reply. A token event that does not tell its tokens carries one where the reply's count is
/// that of its events, or, in a reply that stopped by itself, one more (the end token shows no text); a
/// single such event carries what is left.
[[nodiscard]] ReplyTokens tokens_of(const RequestRecord& request, const ReplyEvents& events);

/// One gap between two token events of a reply.
struct ChunkGap {
  float gap_ns = 0.0F;       ///< 24 bits: exact below 16.7 ms, within 1 in 10⁷ above.
  std::uint32_t reply = 0;   ///< Position among the load's requests.
  std::uint32_t when = 0;    ///< Arrival since ReplyTable::origin_ns, in units of 2^shift ns.
  std::uint16_t tokens = 0;  ///< Of the chunk that ends the gap, where told.
  bool told = false;
};

/// The whole load's replies, and the gaps of measured requests that did not fail: 16 bytes an event.
class ReplyTable {
 public:
  /// Reads all events, from the first. Errors: those of the stream.
  [[nodiscard]] static Result<ReplyTable> read(LoadRecord& load);

  std::vector<ReplyEvents> replies;  ///< By position among LoadRecord::requests.
  std::uint64_t strangers = 0;       ///< Events of no recorded request.
  // Of measured requests, failed ones included:
  std::uint64_t events = 0, token_events = 0, kernel_stamped = 0, coalesced_tokens = 0;
  /// Token events that came in one read with an earlier one of their reply: their gaps cannot be told. Others
  /// may share a read with an event that carries no token (role, usage, the end mark), as first and last ones
  /// do.
  std::uint64_t bundled_tokens = 0;
  std::vector<std::uint64_t> by_class;  ///< Indexed by EventClass.
  /// How much earlier each token event that another one followed in its read may have come: the time since
  /// the read before (ns).
  std::vector<float> followed_bound_ns;
  /// Calls `visit` with every gap, in order of arrival on each lane.
  template <class Visit>
  void for_each_gap(Visit visit) const {
    for (const auto& block : blocks_)
      for (const auto& gap : block) visit(gap);
  }
  /// A gap's arrival on CLOCK_MONOTONIC.
  [[nodiscard]] std::int64_t arrival_ns(const ChunkGap& gap) const {
    return origin_ns_ + (static_cast<std::int64_t>(gap.when) << shift_);
  }

  /// Position of the request with `index` among `requests`, those that were read.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t index,
                                                  std::span<const RequestRecord> requests) const;

 private:
  explicit ReplyTable(const LoadRecord& load);
  void take(const EventRecord& event, std::span<const RequestRecord> requests);
  void take_token(const EventRecord& event, ReplyEvents& reply, std::uint32_t position, bool counts);
  [[nodiscard]] std::uint32_t when(std::int64_t ns) const;
  void keep(const ChunkGap& gap);
  std::vector<std::vector<ChunkGap>> blocks_;  ///< Of equal size, so that none is ever copied while it grows.
  bool dense_ = false;                         ///< Request i has the index of the first plus i.
  std::int64_t origin_ns_ = 0;
  int shift_ = 0;
};

/// Whether figures are made of `request`.
[[nodiscard]] inline bool is_measured(const RequestRecord& request) {
  return request.phase == LoadPhase::measured;
}

}  // namespace edgeeval
