// SPDX-License-Identifier: Apache-2.0
#include "serving/token_distributions.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/block_bootstrap.hpp"
#include "stats/float_ranks.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {
namespace {

constexpr double kSecond = 1e-9;

/// What a gap's chunk carries, for a reply whose events can be counted.
struct Counting {
  bool countable = false;    ///< itl_amortised can be made of it.
  bool deliverable = false;  ///< itl_delivered can.
  std::uint32_t each = 0;    ///< Tokens of an event that does not tell.
  double extra =
      0.0;  ///< Tokens beyond the first of an event, on average, where only the reply's count is known.
};

Counting counting_of(const ReplyTokens& tokens, const ReplyEvents& events) {
  Counting counting;
  counting.countable = tokens.streamed.has_value();
  counting.each = tokens.each;
  counting.deliverable = counting.countable || (tokens.shown && *tokens.shown >= events.token_events);
  if (!counting.countable && counting.deliverable && events.token_events > 0)
    counting.extra = static_cast<double>(*tokens.shown) / events.token_events - 1.0;
  return counting;
}

/// Sums by reply, from which means and their intervals are made.
struct Sums {
  std::vector<double> gaps, chunks, delivered_gaps, delivered, amortised_gaps, amortised;
  explicit Sums(std::size_t n)
      : gaps(n), chunks(n), delivered_gaps(n), delivered(n), amortised_gaps(n), amortised(n) {}
};

double total(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

/// One of the three distributions while it is made: ranks, and deviations once the mean is known.
struct Building {
  FloatRanks ranks;
  std::uint64_t zeros = 0;  ///< Tokens that came together with another one.
  double mean_ns = 0.0, squares = 0.0, least = 0.0, most = 0.0;
  std::uint64_t count = 0;

  /// Between the passes: the mean, and the ranks to look for.
  void prepare(const std::vector<double>& tops, const std::vector<double>& bottoms) {
    const double n = total(bottoms);
    count = static_cast<std::uint64_t>(std::llround(n));
    mean_ns = n > 0.0 ? total(tops) / n : 0.0;
    std::vector<std::uint64_t> wanted{0};
    if (count > 0) wanted.push_back(count - 1);
    for (const double p : kQuantiles) {
      if (count == 0) break;
      const auto rank = quantile_ranks(count, p);
      for (const auto& at : {std::optional(rank.value), rank.lo, rank.hi, rank.upper_99})
        if (at) wanted.push_back(*at);
    }
    std::vector<std::uint64_t> beyond_zeros;
    for (const auto rank : wanted) beyond_zeros.push_back(rank < zeros ? 0 : rank - zeros);
    ranks.want(beyond_zeros);
  }
  void refine(float value, std::uint64_t weight) {
    ranks.refine(value, weight);
    const double away = static_cast<double>(value) - mean_ns;
    squares += away * away * static_cast<double>(weight);
  }
  [[nodiscard]] std::optional<Distribution> finish(const std::vector<double>& tops,
                                                   const std::vector<double>& bottoms,
                                                   std::uint64_t undefined,
                                                   const BoundSettings& settings) const {
    if (count == 0) return std::nullopt;
    const auto at = [this](std::uint64_t rank) {
      return rank < zeros ? 0.0 : static_cast<double>(ranks.at(rank - zeros)) * kSecond;
    };
    Distribution result;
    result.count = count;
    result.undefined = undefined;
    result.mean = mean_ns * kSecond;
    const double all = squares + static_cast<double>(zeros) * mean_ns * mean_ns;
    if (count > 1) result.sd = std::sqrt(all / static_cast<double>(count - 1)) * kSecond;
    result.min = at(0);
    result.max = at(count - 1);
    result.quantiles = quantile_figures(count, at, settings.stamp_error);
    std::vector<double> a;
    std::vector<double> b;
    for (std::size_t i = 0; i < bottoms.size(); ++i) {
      if (bottoms[i] <= 0.0) continue;
      a.push_back(tops[i]);
      b.push_back(bottoms[i]);
    }
    const auto bounds =
        block_ratio_interval(a, b, block_length(a.size(), settings.reach), {settings.draws, settings.seed});
    if (bounds) {
      result.mean_lo = bounds->lo * kSecond;
      result.mean_hi = bounds->hi * kSecond;
    }
    return result;
  }
};

/// Both passes over the gaps of one window.
class Passes {
 public:
  Passes(const LoadView& view, const Stretch& window)
      : view_(view), window_(window), sums_(view.requests().size()) {
    for (std::size_t i = 0; i < view.requests().size(); ++i)
      counting_.push_back(counting_of(view.tokens[i], view.table.replies[i]));
  }

  TokenDistributions run(const BoundSettings& settings) {
    TokenDistributions result;
    count_first_chunks(result);
    view_.table.for_each_gap([&](const ChunkGap& gap) {
      if (!window_.holds(view_.table.arrival_ns(gap))) return;
      const auto i = gap.reply;
      const auto& counting = counting_[i];
      const double ns = gap.gap_ns;
      icg_.ranks.count(gap.gap_ns);
      sums_.gaps[i] += ns;
      sums_.chunks[i] += 1.0;
      if (!counting.deliverable) return;
      sums_.delivered_gaps[i] += ns;
      if (!counting.countable) {
        delivered_.ranks.count(gap.gap_ns);
        extra_ += counting.extra;
        sums_.delivered[i] += 1.0 + counting.extra;
        return;
      }
      const std::uint64_t k = gap.told ? gap.tokens : counting.each;
      // A chunk without a token of its own (its text was held back) delays the next one's readers all the
      // same.
      delivered_.ranks.count(gap.gap_ns);
      delivered_.zeros += k > 1 ? k - 1 : 0;
      sums_.delivered[i] += static_cast<double>(std::max<std::uint64_t>(k, 1));
      if (k == 0) return;
      amortised_.ranks.count(gap.gap_ns / static_cast<float>(k), k);
      sums_.amortised_gaps[i] += ns;
      sums_.amortised[i] += static_cast<double>(k);
    });
    delivered_.zeros += static_cast<std::uint64_t>(std::llround(extra_));
    second_pass();
    result.icg = icg_.finish(sums_.gaps, sums_.chunks, 0, settings);
    result.delivered = delivered_.finish(sums_.delivered_gaps, sums_.delivered, undeliverable_, settings);
    result.amortised = amortised_.finish(sums_.amortised_gaps, sums_.amortised, result.uncountable, settings);
    return result;
  }

 private:
  /// Tokens of first chunks beyond their first one come with no gap at all.
  void count_first_chunks(TokenDistributions& result) {
    for (std::size_t i = 0; i < counting_.size(); ++i) {
      const auto& events = view_.table.replies[i];
      if (!view_.counts(i) || !events.first_token_ns) continue;
      if (!counting_[i].countable) ++result.uncountable;
      if (view_.tokens[i].inferred) ++result.inferred;
      if (!counting_[i].deliverable) ++undeliverable_;
      if (!counting_[i].deliverable || !window_.holds(*events.first_token_ns)) continue;
      extra_ += counting_[i].extra;
      sums_.delivered[i] += counting_[i].extra;
      if (!counting_[i].countable) continue;
      const auto first = view_.tokens[i].first.value_or(1);
      if (first < 2) continue;
      delivered_.zeros += first - 1;
      sums_.delivered[i] += static_cast<double>(first - 1);
    }
  }
  void second_pass() {
    icg_.prepare(sums_.gaps, sums_.chunks);
    delivered_.prepare(sums_.delivered_gaps, sums_.delivered);
    amortised_.prepare(sums_.amortised_gaps, sums_.amortised);
    view_.table.for_each_gap([&](const ChunkGap& gap) {
      if (!window_.holds(view_.table.arrival_ns(gap))) return;
      const auto& counting = counting_[gap.reply];
      icg_.refine(gap.gap_ns, 1);
      if (counting.deliverable) delivered_.refine(gap.gap_ns, 1);
      const std::uint64_t k = gap.told ? gap.tokens : counting.each;
      if (counting.countable && k > 0) amortised_.refine(gap.gap_ns / static_cast<float>(k), k);
    });
  }

  const LoadView& view_;
  Stretch window_;
  Sums sums_;
  std::vector<Counting> counting_;
  Building icg_, delivered_, amortised_;
  double extra_ =
      0.0;  ///< Tokens that came with another one, of replies whose events cannot be counted one by one.
  std::uint64_t undeliverable_ = 0;
};

}  // namespace

TokenDistributions token_distributions(const LoadView& view, const Stretch& window,
                                       const BoundSettings& settings) {
  return Passes(view, window).run(settings);
}

}  // namespace edgeeval
