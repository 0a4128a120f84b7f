// SPDX-License-Identifier: Apache-2.0
#include "decision/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostNamed = 20;

using Pair = std::pair<Side, Side>;

std::vector<std::string> ids_of(const ResultSet& run) {
  std::vector<std::string> ids;
  for (const auto& variant : run.record.variants) ids.push_back(variant.id);
  return ids;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto close = nearest(word, known);
  return close.empty() ? std::string() : "\ndid you mean \"" + close + "\"?";
}

Result<Side> side_of(const ResultSet& run, const std::string& id) {
  if (const auto* variant = find_variant(run, id)) return Side{&run, variant};
  const auto known = ids_of(run);
  return fail(ErrorCode::usage, fmt::format("there is no variant \"{}\" in {}", id, run.name), "--variant",
              "known there: " + join(known, ", ") + did_you_mean(id, known));
}

/// The variants to compare, in the order of the first run.
Result<std::vector<Pair>> pairs_of(const ResultSet& a, const ResultSet& b, const CompareOptions& options) {
  std::vector<Pair> pairs;
  for (const auto& [first, second] : options.variants) {
    const auto side_a = side_of(a, first);
    if (!side_a) return tl::unexpected(side_a.error());
    const auto side_b = side_of(b, second);
    if (!side_b) return tl::unexpected(side_b.error());
    pairs.emplace_back(*side_a, *side_b);
  }
  if (!pairs.empty()) return pairs;
  for (const auto& variant : a.record.variants) {
    if (const auto* other = find_variant(b, variant.id))
      pairs.emplace_back(Side{&a, &variant}, Side{&b, other});
  }
  if (!pairs.empty()) return pairs;
  return fail(
      ErrorCode::usage, fmt::format("{} and {} have no variant in common", a.name, b.name), "--variant",
      fmt::format("{}: {}\n{}: {}\nsay which belong together: --variant ID_OF_THE_FIRST=ID_OF_THE_OTHER",
                  a.name, join(ids_of(a), ", "), b.name, join(ids_of(b), ", ")));
}

/// Every metric that the runs have rows of.
std::vector<ComparedMetric> known_metrics(const std::vector<ResultSet>& runs) {
  auto metrics = compared_metrics();
  for (const auto& run : runs) {
    for (const auto& row : run.rows) {
      const auto same = [&](const ComparedMetric& metric) {
        return metric.id == row.metric && metric.mode == row.mode;
      };
      if (std::none_of(metrics.begin(), metrics.end(), same))
        metrics.push_back(compared_metric(row.mode, row.metric));
    }
  }
  return metrics;
}

Result<std::vector<ComparedMetric>> metrics_of(const std::vector<ResultSet>& runs,
                                               const CompareOptions& options) {
  const auto known = known_metrics(runs);
  std::vector<ComparedMetric> chosen;
  if (options.metrics.empty() || options.metrics == std::vector<std::string>{"all"}) {
    std::copy_if(known.begin(), known.end(), std::back_inserter(chosen),
                 [&](const ComparedMetric& metric) { return !options.metrics.empty() || metric.shown; });
    return chosen;
  }
  for (const auto& id : options.metrics) {
    const auto before = chosen.size();
    std::copy_if(known.begin(), known.end(), std::back_inserter(chosen),
                 [&](const ComparedMetric& metric) { return metric.id == id; });
    if (chosen.size() > before) continue;
    std::vector<std::string> ids;
    for (const auto& metric : known) ids.push_back(metric.id);
    return fail(ErrorCode::usage, "there is no metric \"" + id + "\"", "--metric",
                "`edgeeval metrics` lists them; \"all\" takes every one" + did_you_mean(id, ids));
  }
  return chosen;
}

std::vector<MetricName> names_of(const std::vector<ComparedMetric>& metrics) {
  std::vector<MetricName> names;
  for (const auto& metric : metrics) names.push_back({metric.mode, metric.id});
  return names;
}

std::string absence(const MetricRow* row, const char* where) {
  if (row == nullptr) return fmt::format("not among the rows of the {} run", where);
  return fmt::format("absent in the {} run: {}", where, row->absent_reason);
}

void judge(ComparedRow& row, const Side& a, const Side& b) {
  if (!std::isfinite(row.a->value) || !std::isfinite(row.b->value)) {
    row.reason = "a figure is not a finite number";
    return;
  }
  row.difference = difference_of(a, b, row.metric);
  row.margin = margin_at(row.metric, row.a->value);
  row.reason = row.difference->note;
  if (!row.metric.better) {
    row.reason = "neither way is better of this metric";
    return;
  }
  const auto& moved = row.difference->value;
  row.verdict = verdict_on(moved, row.margin, *row.metric.better);
  if (row.verdict != Verdict::undecided || !row.reason.empty()) return;
  row.reason =
      not_worse(moved, row.margin, *row.metric.better) ? "not worse beyond the margin" : "crosses the margin";
}

/// One metric; nothing where neither run has it and it was not asked for.
std::optional<ComparedRow> row_of(const Side& a, const Side& b, const ComparedMetric& metric,
                                  bool asked_for) {
  const auto* first = find_row(*a.results, a.variant->id, metric.mode, metric.id);
  const auto* second = find_row(*b.results, b.variant->id, metric.mode, metric.id);
  const bool has_a = first != nullptr && first->value;
  const bool has_b = second != nullptr && second->value;
  if (!has_a && !has_b && !asked_for) return std::nullopt;
  ComparedRow row;
  row.variant_a = a.variant->id;
  row.variant_b = b.variant->id;
  row.task = b.variant->task;
  row.metric = metric;
  if (has_a) row.a = first->value;
  if (has_b) row.b = second->value;
  row.unit = has_b ? row.b->unit : (has_a ? row.a->unit : std::string());
  if (!has_a || !has_b) {
    row.reason = has_a ? absence(second, "second") : absence(first, "first");
    return row;
  }
  judge(row, a, b);
  return row;
}

void add_once(std::vector<Mismatch>& all, const std::vector<Mismatch>& found) {
  for (const auto& one : found) {
    const auto same = [&](const Mismatch& other) { return to_text(other) == to_text(one); };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(one);
  }
}

void add_pair(Comparison& comparison, const Pair& pair, const std::vector<ComparedMetric>& metrics,
              bool asked_for) {
  const auto& [a, b] = pair;
  const auto differing = mismatches(a, b, names_of(metrics));
  add_once(comparison.mismatches, differing);
  for (const auto& sentence : remarks(a, b)) {
    auto& told = comparison.remarks;
    if (std::find(told.begin(), told.end(), sentence) == told.end()) told.push_back(sentence);
  }
  std::set<Concern> concerns;
  for (const auto& one : differing) concerns.insert(one.concern);
  for (const auto& metric : metrics) {
    auto row = row_of(a, b, metric, asked_for);
    if (!row) continue;
    row->marks.assign(concerns.begin(), concerns.end());
    comparison.rows.push_back(std::move(*row));
  }
}

void add_unmatched(Comparison& comparison, const ResultSet& a, const ResultSet& b,
                   const std::vector<Pair>& pairs) {
  const auto in_pair = [&](const VariantInfo& variant) {
    return std::any_of(pairs.begin(), pairs.end(), [&](const Pair& pair) {
      return pair.first.variant == &variant || pair.second.variant == &variant;
    });
  };
  for (const auto& variant : a.record.variants) {
    if (!in_pair(variant)) comparison.only_a.push_back(variant.id);
  }
  for (const auto& variant : b.record.variants) {
    if (!in_pair(variant)) comparison.only_b.push_back(variant.id);
  }
}

/// The error where something differs that was not let pass.
Result<void> check(const std::vector<Comparison>& comparisons, const std::set<Concern>& despite) {
  std::vector<std::string> lines;
  std::set<Concern> kinds;
  for (const auto& comparison : comparisons) {
    for (const auto& one : comparison.mismatches) {
      if (despite.contains(one.concern)) continue;
      kinds.insert(one.concern);
      lines.push_back(fmt::format("{:<9}{}{}", std::string(to_string(one.concern)), to_text(one),
                                  comparisons.size() > 1 ? " (" + comparison.b + ")" : std::string()));
    }
  }
  if (lines.empty()) return {};
  const auto count = lines.size();
  if (count > kMostNamed) {
    lines.resize(kMostNamed);
    lines.push_back(fmt::format("… and {} more", count - kMostNamed));
  }
  std::string allow;
  for (const auto kind : kinds) allow += " --despite " + std::string(to_string(kind));
  lines.push_back("If these differences are meant:" + allow + " (every row is then marked).");
  return fail(
      ErrorCode::not_comparable,
      fmt::format("the runs differ in {} thing{} that a verdict would hide", count, count == 1 ? "" : "s"),
      "compare", join(lines, "\n"));
}

}  // namespace

std::string to_text(const Mismatch& mismatch) {
  const auto text = fmt::format("{}: {} against {}", mismatch.what, mismatch.a, mismatch.b);
  return mismatch.variant.empty() ? text : mismatch.variant + ", " + text;
}

Result<std::vector<Comparison>> compare(const std::vector<ResultSet>& runs, const CompareOptions& options) {
  if (runs.size() < 2) return fail(ErrorCode::usage, "two runs at least are needed to compare", "compare");
  const auto metrics = metrics_of(runs, options);
  if (!metrics) return tl::unexpected(metrics.error());
  const bool asked_for = !options.metrics.empty() && options.metrics.front() != "all";
  std::vector<Comparison> comparisons;
  const auto& first = runs.front();
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const auto pairs = pairs_of(first, runs[i], options);
    if (!pairs) return tl::unexpected(pairs.error());
    Comparison comparison;
    comparison.a = first.name;
    comparison.b = runs[i].name;
    if (options.variants.empty()) add_unmatched(comparison, first, runs[i], *pairs);
    for (const auto& pair : *pairs) add_pair(comparison, pair, *metrics, asked_for);
    comparisons.push_back(std::move(comparison));
  }
  if (auto comparable = check(comparisons, options.despite); !comparable)
    return tl::unexpected(comparable.error());
  return comparisons;
}

}  // namespace edgeeval
