// SPDX-License-Identifier: Apache-2.0
// Scores are means over whole items: what values they can take, and what differences they can show.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "stats/tails.hpp"

namespace edgeeval::audit {
namespace {

/// Two-sided 95 % of a normal distribution.
constexpr double kZ95 = 1.959964;
constexpr double kFidelityPercent = 99.9;

/// Whether `value`, known to `resolution`, can be a whole multiple of `step`.
bool multiple_of(double value, double step, double resolution) {
  const double nearest = std::round(value / step) * step;
  return std::abs(value - nearest) <= resolution / 2.0 + 1e-9 * std::max(1.0, std::abs(value));
}

/// Standard error of a share `p` over `n` items.
double standard_error(double p, double n) { return std::sqrt(std::max(0.0, p * (1.0 - p)) / n); }

bool is_share(const QualityRow& row) {
  return row.primary_mean && *row.primary_mean >= 0.0 && *row.primary_mean <= 1.0;
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A quantized row with the FP16 row that it is compared with.
struct Pair {
  const QualityRow* quantized;
  const QualityRow* whole;
  double items;  ///< Behind the quantized score.
};

/// Items behind the scores of a row: its own, or those of the whole study.
std::optional<double> items_of(const PublishedStudy& study, const QualityRow& row) {
  return row.items ? row.items : study.context.quality_items;
}

/// "200" or "40 to 200": the items of several rows.
std::string items_text(const std::set<double>& items) {
  return items.size() < 2 ? fmt::format("{:.0f}", items.empty() ? 0.0 : *items.begin())
                          : fmt::format("{:.0f} to {:.0f}", *items.begin(), *items.rbegin());
}

/// Difference of a pair's scores that 95 % of pure chance stays under: from the pairs of items where a run
/// has them, else from two shares of the items each.
double resolvable(const Pair& pair) {
  if (pair.quantized->paired_error) return kZ95 * *pair.quantized->paired_error;
  return kZ95 * std::sqrt(2.0) * standard_error(*pair.whole->primary_mean, pair.items);
}

std::vector<Pair> pairs_of(const PublishedStudy& study) {
  std::map<CellKey, const QualityRow*> whole;
  for (const auto& row : study.quality) {
    if (row.key.precision == "FP16" && row.primary_mean) whole[row.key] = &row;
  }
  std::vector<Pair> pairs;
  for (const auto& row : study.quality) {
    if (row.key.precision == "FP16" || !row.primary_mean) continue;
    auto key = row.key;
    key.precision = "FP16";
    const auto items = items_of(study, row);
    if (const auto found = whole.find(key); found != whole.end() && items)
      pairs.push_back({&row, found->second, *items});
  }
  return pairs;
}

/// Rows that a comparison of precisions asks about: quantized, and not scored on another scale than 0 to 1.
std::size_t quantized_rows(const PublishedStudy& study) {
  return static_cast<std::size_t>(
      std::count_if(study.quality.begin(), study.quality.end(), [](const QualityRow& row) {
        return row.key.precision != "FP16" && row.key.precision != "MERGED" &&
               (!row.primary_mean || is_share(row));
      }));
}

const char* kNoItems = "the context gives no quality_items";

bool knows_items(const PublishedStudy& study) {
  return study.context.quality_items ||
         std::any_of(study.quality.begin(), study.quality.end(),
                     [](const QualityRow& row) { return row.items.has_value(); });
}

/// The three passes behind a mean, median and standard deviation, where there are any.
bool passes_exist(double mean, double median, double sd, double step) {
  const double sum = 3.0 * mean - median;
  const double squares = 3.0 * (sd * sd + mean * mean) - median * median;
  const double under = 2.0 * squares - sum * sum;
  if (under < -1e-6) return false;
  const double root = std::sqrt(std::max(0.0, under));
  const double low = (sum - root) / 2.0;
  const double high = (sum + root) / 2.0;
  // The square root turns an error of 1e-12 in the sums into one of 1e-6 here.
  constexpr double kSlack = 1e-4;
  const auto on_step = [&](double x) { return std::abs(x / step - std::round(x / step)) <= kSlack / step; };
  return low <= median + kSlack && median <= high + kSlack && on_step(low) && on_step(high);
}

}  // namespace

Outcome check_score_steps(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!context.quality_items || !context.quality_passes)
    return skipped("the context gives no quality_items and quality_passes");
  const double step = 1.0 / (*context.quality_items * *context.quality_passes);
  Finding finding{"score-steps", Severity::error, "", "", {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.quality) {
    if (!row.primary_mean) continue;
    const double resolution = decimal_resolution(*row.primary_mean);
    if (resolution > step) continue;
    ++rows;
    if (multiple_of(*row.primary_mean, step, resolution)) continue;
    finding.evidence.push_back(evidence(row, fmt::format("{} is {:.4f} steps of 1/{:.0f}", *row.primary_mean,
                                                         *row.primary_mean / step, 1.0 / step)));
  }
  if (rows == 0) return skipped("no score is given finely enough to show the steps of single items");
  if (finding.evidence.empty()) return over_rows(clean(), rows, subject.study.quality.size());
  finding.title = fmt::format("{} of {} scores are not whole multiples of 1/({:.0f} items × {:.0f} passes)",
                              finding.evidence.size(), rows, *context.quality_items, *context.quality_passes);
  finding.meaning =
      "The scores come from another number of items or passes than stated, or are not means of "
      "whole-number judgements.";
  return over_rows(found(std::move(finding)), rows, subject.study.quality.size());
}

Outcome check_pass_spread(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!context.quality_items || context.quality_passes.value_or(0.0) != 3.0)
    return skipped("it needs quality_items and exactly 3 quality_passes");
  Finding finding{"pass-spread",
                  Severity::error,
                  "",
                  "No three passes over that many items have this mean, median and deviation at once.",
                  {}};
  std::size_t rows = 0;
  for (const auto& row : subject.study.quality) {
    if (!row.primary_mean || !row.primary_median || !row.primary_sd) continue;
    // A rounded deviation leaves too much room for the passes to be worked out.
    if (decimal_resolution(*row.primary_sd) > 1e-6 && *row.primary_sd != 0.0) continue;
    ++rows;
    if (passes_exist(*row.primary_mean, *row.primary_median, *row.primary_sd, 1.0 / *context.quality_items))
      continue;
    finding.evidence.push_back(
        evidence(row, fmt::format("mean {}, median {}, deviation {}", *row.primary_mean, *row.primary_median,
                                  *row.primary_sd)));
  }
  if (rows == 0) return skipped("no row gives mean, median and unrounded deviation of its passes");
  if (finding.evidence.empty()) return over_rows(clean(), rows, subject.study.quality.size());
  finding.title = fmt::format("mean, median and deviation contradict each other in {} of {} rows",
                              finding.evidence.size(), rows);
  return over_rows(found(std::move(finding)), rows, subject.study.quality.size());
}

Outcome check_sample_size(const Subject& subject) {
  if (!knows_items(subject.study)) return skipped(kNoItems);
  std::set<double> counts;
  bool paired = true;
  Finding finding{"sample-size", Severity::warning, "", "", {}};
  std::vector<double> limits;
  std::vector<double> errors;
  std::vector<double> spreads;
  std::size_t pairs = 0;
  for (const auto& pair : pairs_of(subject.study)) {
    const auto& [quantized, whole, items] = pair;
    if (!is_share(*quantized) || !is_share(*whole)) continue;
    ++pairs;
    counts.insert(items);
    paired = paired && quantized->paired_error.has_value();
    const double limit = resolvable(pair);
    const double difference = *quantized->primary_mean - *whole->primary_mean;
    errors.push_back(kZ95 * standard_error(*whole->primary_mean, items));
    limits.push_back(limit);
    if (quantized->primary_sd) spreads.push_back(*quantized->primary_sd);
    if (std::abs(difference) >= limit) continue;
    finding.evidence.push_back(evidence(
        *quantized, fmt::format("{:+.2f} points against FP16; {:.1f} points would show at {:.0f} items",
                                100.0 * difference, 100.0 * limit, items)));
  }
  if (pairs == 0) return skipped("no quantized score has an FP16 score between 0 and 1 beside it");
  const auto of = quantized_rows(subject.study);
  if (finding.evidence.empty()) return over_rows(clean(), pairs, of);
  finding.title = fmt::format(
      "{} of {} differences between precisions are smaller than {} items can resolve "
      "({:.1f} points, median; 95 %, {})",
      finding.evidence.size(), pairs, items_text(counts), 100.0 * median_of(limits),
      paired ? "paired" : "unpaired");
  finding.meaning = fmt::format(
      "Each score carries ±{:.1f} points of sampling error{}. {}", 100.0 * median_of(errors),
      spreads.empty()
          ? std::string()
          : fmt::format("; the deviation over passes that is printed ({:.1f} points, median) holds "
                        "the noise of decoding alone",
                        100.0 * median_of(spreads)),
      paired ? "The items were compared pairwise already: more of them would resolve finer differences."
             : "Scores of single items, compared pairwise, would resolve finer differences.");
  return over_rows(found(std::move(finding)), pairs, of);
}

Outcome check_threshold_resolution(const Subject& subject) {
  const auto& context = subject.study.context;
  if (!knows_items(subject.study)) return skipped(kNoItems);
  std::set<double> counts;
  const double margin = 1.0 - kFidelityPercent / 100.0;
  Finding finding{"threshold-resolution", Severity::warning, "", "", {}};
  std::vector<double> limits;
  std::size_t pairs = 0;
  for (const auto& pair : pairs_of(subject.study)) {
    const auto& [quantized, whole, items] = pair;
    if (!is_share(*quantized) || !is_share(*whole) || *whole->primary_mean <= 0.0) continue;
    ++pairs;
    const double step = 1.0 / (items * context.quality_passes.value_or(1.0));
    const double limit = resolvable(pair);
    const double allowed = margin * *whole->primary_mean;
    if (allowed >= limit) continue;
    counts.insert(items);
    limits.push_back(limit / *whole->primary_mean);
    finding.evidence.push_back(
        evidence(*quantized,
                 fmt::format("Q_ret {:.2f} %; one answer in one pass moves it by {:.2f}, chance by ±{:.1f}",
                             100.0 * *quantized->primary_mean / *whole->primary_mean,
                             100.0 * step / *whole->primary_mean, 100.0 * limit / *whole->primary_mean)));
  }
  if (pairs == 0) return skipped("no quantized score has an FP16 score between 0 and 1 beside it");
  const auto of = quantized_rows(subject.study);
  if (finding.evidence.empty()) return over_rows(clean(), pairs, of);
  const double needed = 2.0 * 0.25 * (kZ95 / margin) * (kZ95 / margin);
  finding.title = fmt::format(
      "the Q_ret threshold ({} %) is finer than {} items can resolve: it allows {:.1f} %, chance alone "
      "moves Q_ret by ±{:.1f} % (median)",
      kFidelityPercent, items_text(counts), 100.0 * margin, 100.0 * median_of(limits));
  finding.meaning = fmt::format(
      "Passing or failing it says nothing about the model. A difference of {:.1f} points shows at about "
      "{:.1g} "
      "independent items, fewer where items are paired.",
      100.0 * margin, needed);
  return over_rows(found(std::move(finding)), pairs, of);
}

Outcome check_noise_only(const Subject& subject) {
  if (!knows_items(subject.study)) return skipped(kNoItems);
  bool paired = false;
  double squares = 0.0;
  Finding finding{"noise-only", Severity::warning, "", "", {}};
  for (const auto& [quantized, whole, items] : pairs_of(subject.study)) {
    if (!is_share(*quantized) || !is_share(*whole)) continue;
    paired = paired || quantized->paired_error.has_value();
    const double variance = quantized->paired_error
                                ? std::pow(*quantized->paired_error, 2)
                                : std::pow(standard_error(*quantized->primary_mean, items), 2) +
                                      std::pow(standard_error(*whole->primary_mean, items), 2);
    if (variance <= 0.0) continue;
    const double z = (*quantized->primary_mean - *whole->primary_mean) / std::sqrt(variance);
    squares += z * z;
    finding.evidence.push_back(evidence(*quantized, fmt::format("{:+.2f} standard errors from FP16", z)));
  }
  const auto pairs = finding.evidence.size();
  constexpr std::size_t kFewest = 8;
  if (pairs < kFewest) return skipped(fmt::format("fewer than {} pairs of scores between 0 and 1", kFewest));
  const double degrees = static_cast<double>(pairs);
  if (chi_square_upper_tail(squares, degrees) < 0.05)
    return over_rows(clean(), pairs, quantized_rows(subject.study));
  finding.title = fmt::format(
      "the spread of {} quantized scores about FP16 is no larger than chance makes it "
      "(mean square {:.2f} standard errors; 1 is pure chance between {})",
      pairs, squares / degrees, paired ? "paired items" : "separate samples");
  finding.meaning =
      !paired && chi_square_lower_tail(squares, degrees) < 1e-6
          ? "Closer together than separate samples would be: the same items were scored, so a paired test is "
            "possible and necessary; without it no effect of precision is shown."
          : "No effect of precision is shown in either direction; orderings among these rows are noise.";
  return over_rows(found(std::move(finding)), pairs, quantized_rows(subject.study));
}

Outcome check_two_samples(const Subject& subject) {
  if (!knows_items(subject.study)) return skipped(kNoItems);
  std::map<CellKey, double> items;
  for (const auto& row : subject.study.quality) {
    if (const auto own = items_of(subject.study, row)) items[row.key] = *own;
  }
  std::set<double> counts;
  Finding finding{
      "two-samples",
      Severity::note,
      "",
      "Quality and energy of one metric come from different runs: what was scored is not what was "
      "metered.",
      {}};
  std::map<double, std::vector<const ServingRow*>> by_samples;
  std::size_t compared = 0;
  for (const auto& row : subject.study.serving) {
    const auto own = items.find(row.key);
    compared += row.samples && own != items.end() ? 1 : 0;
    if (row.samples && own != items.end() && *row.samples != own->second)
      by_samples[*row.samples].push_back(&row);
  }
  for (const auto& [samples, rows] : by_samples) {
    for (const auto* row : rows) {
      counts.insert(items.at(row->key));
      finding.evidence.push_back(
          evidence(*row, fmt::format("{:.0f} requests, {:.0f} items scored", samples, items.at(row->key))));
    }
  }
  if (compared == 0) return skipped("no serving row with requests has scores beside it");
  const auto of = subject.study.serving.size();
  if (finding.evidence.empty()) return over_rows(clean(), compared, of);
  finding.title = fmt::format("{} rows were served with another number of requests than the {} items scored",
                              finding.evidence.size(), items_text(counts));
  return over_rows(found(std::move(finding)), compared, of);
}

}  // namespace edgeeval::audit
