// SPDX-License-Identifier: Apache-2.0
#include "serving/rates.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <optional>

#include "catalog/serving_metrics.hpp"
#include "core/text.hpp"
#include "serving/objectives.hpp"
#include "stats/block_bootstrap.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostBins = 200;
constexpr std::size_t kFewestBins = 10;
constexpr double kEventsABin = 5.0;

/// What happened in equal stretches of a window.
class Bins {
 public:
  Bins(const Stretch& window, double completions)
      : window_(window),
        bins_(std::clamp<std::size_t>(static_cast<std::size_t>(completions / kEventsABin), 1, kMostBins)) {}
  void add(std::int64_t ns, double amount) {
    total_ += amount;
    const double share = static_cast<double>(ns - window_.begin_ns) * 1e-9 / window_.seconds();
    const auto last = static_cast<double>(bins_.size() - 1);
    bins_[static_cast<std::size_t>(std::clamp(share * static_cast<double>(bins_.size()), 0.0, last))] +=
        amount;
  }
  /// Adds an amount of one a second from `begin_ns` to `end_ns`, as far as it lies in the window.
  void add_stretch(std::int64_t begin_ns, std::int64_t end_ns) {
    const double width = window_.seconds() / static_cast<double>(bins_.size());
    const auto at = [&](std::int64_t ns) {
      return std::clamp(static_cast<double>(ns - window_.begin_ns) * 1e-9, 0.0, window_.seconds());
    };
    const double begin = at(begin_ns);
    const double end = at(end_ns);
    const auto last = static_cast<double>(bins_.size() - 1);
    for (auto i = static_cast<std::size_t>(std::min(begin / width, last)); i < bins_.size(); ++i) {
      const double from = static_cast<double>(i) * width;
      if (from >= end) break;
      bins_[i] += std::max(0.0, std::min(end, from + width) - std::max(begin, from));
    }
    total_ += std::max(0.0, end - begin);
  }
  /// Adds what `other`, of the same stretches, holds.
  void add_all(const Bins& other) {
    total_ += other.total_;
    for (std::size_t i = 0; i < bins_.size(); ++i) bins_[i] += other.bins_[i];
  }
  [[nodiscard]] double total() const { return total_; }
  [[nodiscard]] std::size_t count() const { return bins_.size(); }
  /// Total a second, with its interval where there are enough stretches.
  /// `reach`: over how many of them one thing reaches.
  [[nodiscard]] Fact rate(const std::string& unit, const SummaryOptions& options, double reach = 1.0) const {
    Fact fact{total_ / window_.seconds(), unit, {}, {}, Grade::computed, {"events"}};
    if (bins_.size() < kFewestBins) return fact;
    const double scale = static_cast<double>(bins_.size()) / window_.seconds();
    if (const auto bounds = block_mean_interval(bins_, block_length(bins_.size(), reach),
                                                {options.bootstrap_draws, options.seed})) {
      fact.lo = bounds->lo * scale;
      fact.hi = bounds->hi * scale;
    }
    return fact;
  }

 private:
  Stretch window_;
  std::vector<double> bins_;
  double total_ = 0.0;
};

/// 95 % of a share by Clopper and Pearson (1934), widened to what resampled blocks give, since requests in
/// flight together succeed and fail together.
Fact share_fact(const std::vector<double>& indicators, double reach, const SummaryOptions& options) {
  const auto n = static_cast<double>(indicators.size());
  double k = 0.0;
  for (const double indicator : indicators) k += indicator;
  Fact fact{k / n, "1", 0.0, 1.0, Grade::computed, {"requests"}};
  if (k > 0.0) fact.lo = boost::math::ibeta_inv(k, n - k + 1.0, 0.025);
  if (k < n) fact.hi = boost::math::ibeta_inv(k + 1.0, n - k, 0.975);
  if (const auto bounds = block_mean_interval(indicators, block_length(indicators.size(), reach),
                                              {options.bootstrap_draws, options.seed})) {
    fact.lo = std::min(*fact.lo, bounds->lo);
    fact.hi = std::max(*fact.hi, bounds->hi);
  }
  return fact;
}

/// Σ of one amount of each reply ÷ Σ of another, with the interval that resampled blocks of replies give.
class ReplyRatio {
 public:
  void add(double top, double bottom) {
    tops_.push_back(top);
    bottoms_.push_back(bottom);
    top_ += top;
    bottom_ += bottom;
  }
  [[nodiscard]] bool defined() const { return bottom_ > 0.0; }
  [[nodiscard]] std::size_t count() const { return tops_.size(); }
  [[nodiscard]] Fact fact(double reach, const SummaryOptions& options) const {
    Fact fact{top_ / bottom_, "1", {}, {}, Grade::computed, {"requests"}};
    if (const auto bounds = block_ratio_interval(tops_, bottoms_, block_length(tops_.size(), reach),
                                                 {options.bootstrap_draws, options.seed})) {
      fact.lo = bounds->lo;
      fact.hi = bounds->hi;
    }
    return fact;
  }

 private:
  std::vector<double> tops_, bottoms_;
  double top_ = 0.0, bottom_ = 0.0;
};

/// Gathers one window's figures.
class Rates {
 public:
  Rates(const LoadView& view, const NamedWindow& window, const SummaryOptions& options)
      : view_(view), window_(window), options_(options), in_flight_(mean_in_flight(view, window.stretch)) {}

  std::vector<ServingFigure> make() {
    if (window_.stretch.seconds() <= 0.0) return all_absent();
    throughput();
    goodput();
    concurrency();
    shares();
    density();
    tell_counts();
    return std::move(figures_);
  }

 private:
  static Fact fact(double value, std::string unit) {
    return {value, std::move(unit), {}, {}, Grade::computed, {"stamps"}};
  }
  void add(std::string metric, Fact value, std::string note = {}) {
    figures_.push_back({std::move(metric), window_.name, {}, std::move(value), {}, std::move(note)});
  }
  void lack(std::string metric, std::string reason) {
    figures_.push_back({std::move(metric), window_.name, {}, {}, std::move(reason), {}});
  }
  std::vector<ServingFigure> all_absent() {
    for (const auto& metric : serving_metrics())
      if (!metric.distribution && !metric.id.starts_with("joules"))
        lack(std::string(metric.id), "no request was sent and ended");
    return std::move(figures_);
  }
  [[nodiscard]] bool within(std::optional<std::int64_t> ns) const { return ns && window_.holds(*ns); }

  void concurrency() {
    Bins bins(window_.stretch, completed_);
    for (const auto& request : view_.requests()) {
      if (is_measured(request) && request.issued_ns && request.closed_ns)
        bins.add_stretch(*request.issued_ns, *request.closed_ns);
    }
    // By Little's law a request is in the system for in-flight ÷ completions of the window.
    const double reach = completed_ > 0.0 ? in_flight_ / completed_ * static_cast<double>(bins.count()) : 1.0;
    auto value = bins.rate("1", options_, reach);
    value.value = in_flight_;
    value.sources = {"stamps"};
    add("concurrency", std::move(value), "failed requests included while they were in flight");
  }

  [[nodiscard]] double completions() const {
    double count = 0.0;
    for (std::size_t i = 0; i < view_.requests().size(); ++i)
      if (view_.counts(i) && within(view_.requests()[i].closed_ns)) count += 1.0;
    return count;
  }

  /// Tokens of stream events by arrival; those of a reply whose events cannot be counted are spread evenly
  /// over them.
  void add_tokens(Bins& bins) const {
    const auto& table = view_.table;
    std::vector<double> of_untold(view_.requests().size());
    for (std::size_t i = 0; i < of_untold.size(); ++i) {
      const auto& tokens = view_.tokens[i];
      const auto& events = table.replies[i];
      if (!view_.counts(i) || events.token_events == 0) continue;
      if (tokens.each > 0)
        of_untold[i] = tokens.each;
      else if (events.uncounted > 0 && tokens.shown && *tokens.shown > events.counted)
        of_untold[i] = static_cast<double>(*tokens.shown - events.counted) / events.uncounted;
      if (within(events.first_token_ns))
        bins.add(*events.first_token_ns,
                 events.first_tokens ? static_cast<double>(*events.first_tokens) : of_untold[i]);
    }
    table.for_each_gap([&](const ChunkGap& gap) {
      const auto at = table.arrival_ns(gap);
      if (window_.holds(at)) bins.add(at, gap.told ? static_cast<double>(gap.tokens) : of_untold[gap.reply]);
    });
  }

  void throughput() {
    const double completed = completions();
    completed_ = completed;
    Bins requests(window_.stretch, completed);
    Bins tokens(window_.stretch, completed);
    Bins prompts(window_.stretch, completed);
    double whole_tokens = 0.0;
    std::uint64_t uncounted = 0;
    std::uint64_t promptless = 0;
    for (std::size_t i = 0; i < view_.requests().size(); ++i) {
      if (!view_.counts(i)) continue;
      const auto& request = view_.requests()[i];
      if (within(request.closed_ns)) requests.add(*request.closed_ns, 1.0);
      if (!view_.tokens[i].total) ++uncounted;
      whole_tokens += static_cast<double>(view_.tokens[i].total.value_or(0));
      if (!request.prompt_tokens) ++promptless;
      if (within(view_.table.replies[i].first_token_ns))
        prompts.add(*view_.table.replies[i].first_token_ns,
                    static_cast<double>(request.prompt_tokens.value_or(0)));
    }
    add(std::string(kRequestRate), requests.rate("req/s", options_));
    if (uncounted > 0) {
      const auto reason = "the tokens of " + std::to_string(uncounted) + " replies are not known";
      lack(std::string(kOutputRate), reason);
      lack("total_rate", reason);
      return;
    }
    add_tokens(tokens);
    auto output = tokens.rate("tok/s", options_);
    std::string note = "tokens that arrived within the window";
    if (window_.everything) {
      // The reply's own count: tokens that show no text have no stamp, and are in it all the same.
      const double scale = tokens.total() > 0.0 ? whole_tokens / tokens.total() : 1.0;
      output.value = whole_tokens / window_.stretch.seconds();
      if (output.lo) output.lo = *output.lo * scale;
      if (output.hi) output.hi = *output.hi * scale;
      note =
          "all tokens of replies that ended well; the interval takes in the filling and the emptying of the "
          "server";
    }
    output_ = output;
    add(std::string(kOutputRate), output, note);
    if (promptless > 0)
      lack("total_rate", "the prompt tokens of " + std::to_string(promptless) + " replies are not known");
    else
      add("total_rate", total_of(output.value, tokens, prompts));
  }

  /// Prompt and output tokens; the bounds are scaled for what has no stamp (see throughput).
  [[nodiscard]] Fact total_of(double output_rate, const Bins& tokens, const Bins& prompts) const {
    auto both = tokens;
    both.add_all(prompts);
    auto total = both.rate("tok/s", options_);
    const double value = output_rate + prompts.total() / window_.stretch.seconds();
    const double scale = total.value > 0.0 ? value / total.value : 1.0;
    total.value = value;
    if (total.lo) total.lo = *total.lo * scale;
    if (total.hi) total.hi = *total.hi * scale;
    return total;
  }

  void goodput() {
    if (options_.objectives.empty()) {
      for (const char* const id : {"goodput_requests", "goodput_tokens", "goodput_share"})
        lack(id, "no objectives were given (--slo)");
      return;
    }
    Bins requests(window_.stretch, completed_);
    Bins tokens(window_.stretch, completed_);
    std::vector<double> met;
    bool counted = true;
    for (std::size_t i = 0; i < view_.requests().size(); ++i) {
      const auto& request = view_.requests()[i];
      if (!is_measured(request)) continue;
      const bool good = meets(view_, i, options_.objectives);
      // A request that could not even be sent is judged by when it should have been.
      if (window_.holds(request.issued_ns.value_or(request.scheduled_ns))) met.push_back(good ? 1.0 : 0.0);
      if (!good || !within(request.closed_ns)) continue;
      requests.add(*request.closed_ns, 1.0);
      counted = counted && view_.tokens[i].total.has_value();
      tokens.add(*request.closed_ns, static_cast<double>(view_.tokens[i].total.value_or(0)));
    }
    add("goodput_requests", requests.rate("req/s", options_));
    if (counted)
      add("goodput_tokens", tokens.rate("tok/s", options_));
    else
      lack("goodput_tokens", "the tokens of some replies are not known");
    if (met.empty())
      lack("goodput_share", "no request was sent in this window");
    else
      add("goodput_share", share_fact(met, in_flight_, options_),
          "of " + std::to_string(met.size()) + " requests, failed ones included");
  }

  void shares() {
    std::vector<double> failed;
    ReplyRatio cached;
    ReplyRatio chunked;
    for (std::size_t i = 0; i < view_.requests().size(); ++i) {
      const auto& request = view_.requests()[i];
      if (!is_measured(request) || !window_.holds(request.issued_ns.value_or(request.scheduled_ns))) continue;
      failed.push_back(request.ok() ? 0.0 : 1.0);
      if (!request.ok()) continue;
      if (request.cached_tokens && request.prompt_tokens)
        cached.add(static_cast<double>(*request.cached_tokens), static_cast<double>(*request.prompt_tokens));
      if (view_.tokens[i].streamed)
        chunked.add(static_cast<double>(*view_.tokens[i].streamed), view_.table.replies[i].token_events);
    }
    if (failed.empty())
      lack("error_share", "no request was sent in this window");
    else
      add("error_share", share_fact(failed, in_flight_, options_));
    if (cached.defined())
      add("cache_hit_share", cached.fact(in_flight_, options_),
          "told by " + std::to_string(cached.count()) + " replies");
    else
      lack("cache_hit_share", "the server does not tell cached tokens");
    if (chunked.defined())
      add("tokens_per_chunk", chunked.fact(in_flight_, options_));
    else
      lack("tokens_per_chunk", "it is not known how many tokens events carry");
    if (window_.everything && view_.table.token_events > 0)
      add("coalesced_share", fact(static_cast<double>(view_.table.coalesced_tokens) /
                                      static_cast<double>(view_.table.token_events),
                                  "1"));
  }

  /// Figures that rest on the counts of the server's tokenizer say so.
  void tell_counts() {
    const auto note = retokenised_note(view_);
    if (note.empty()) return;
    for (auto& figure : figures_) {
      if (!figure.fact || !counts_tokens(figure.metric)) continue;
      figure.note += (figure.note.empty() ? "" : "; ") + note;
      figure.fact->sources.emplace_back("retokenised");
    }
  }
  static bool counts_tokens(std::string_view metric) {
    return metric == "output_rate" || metric == "total_rate" || metric == "goodput_tokens" ||
           metric == "tokens_per_chunk" || metric == "density";
  }

  void density() {
    if (!options_.resident_gb || *options_.resident_gb <= 0.0) {
      lack("density", "the engine's resident memory is not known");
    } else if (!output_) {
      lack("density", "there is no output rate");
    } else {
      auto value = *output_;
      value.value /= *options_.resident_gb;
      if (value.lo) value.lo = *value.lo / *options_.resident_gb;
      if (value.hi) value.hi = *value.hi / *options_.resident_gb;
      value.unit = "tok/s/GB";
      value.sources.push_back(options_.resident_source);
      add("density", value, "peak resident " + format_significant(*options_.resident_gb) + " GB");
    }
  }

  const LoadView& view_;
  const NamedWindow& window_;
  const SummaryOptions& options_;
  double in_flight_ = 0.0, completed_ = 0.0;
  std::optional<Fact> output_;
  std::vector<ServingFigure> figures_;
};

}  // namespace

std::vector<ServingFigure> rate_figures(const LoadView& view, const NamedWindow& window,
                                        const SummaryOptions& options) {
  return Rates(view, window, options).make();
}

}  // namespace edgeeval
