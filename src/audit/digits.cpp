// SPDX-License-Identifier: Apache-2.0
// What the digits of measured figures look like.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "stats/tails.hpp"

namespace edgeeval::audit {
namespace {

/// Chance below which a pattern of digits is reported. 16 columns are looked at in three ways, so that a
/// clean study trips one of them about once in 20,000 audits.
constexpr double kChance = 1e-6;

/// Last digit of `value` at `resolution`.
int last_digit(double value, double resolution) {
  const double units = std::round(std::abs(value) / resolution);
  return static_cast<int>(std::fmod(units, 10.0));
}

/// Finds the chi-square of last digits against ten equal shares.
double digit_spread(const Column& column) {
  std::array<double, 10> counts{};
  for (const auto& cell : column.cells)
    counts.at(static_cast<std::size_t>(last_digit(cell.value, column.resolution))) += 1.0;
  const double expected = static_cast<double>(column.cells.size()) / 10.0;
  double squares = 0.0;
  for (const double count : counts) squares += (count - expected) * (count - expected) / expected;
  return squares;
}

/// Whether the column's values span enough steps of its resolution for the last digit to be random.
bool spans_many_steps(const Column& column) {
  const auto [lo, hi] = std::minmax_element(column.cells.begin(), column.cells.end(),
                                            [](const Cell& a, const Cell& b) { return a.value < b.value; });
  return hi->value - lo->value >= 100.0 * column.resolution;
}

std::optional<Finding> digits_finding(const Column& column) {
  const double squares = digit_spread(column);
  const double more = chi_square_upper_tail(squares, 9.0);
  const double less = chi_square_lower_tail(squares, 9.0);
  if (more >= kChance && less >= kChance) return std::nullopt;
  Finding finding{
      "last-digits",
      Severity::warning,
      fmt::format("last digits of {} are {} (chi-square {:.1f}, 9 degrees, chance {:.1g})", column.name,
                  more < kChance ? "uneven" : "too even", squares, std::min(more, less)),
      more < kChance ? "Measured figures spread evenly over their last digit; these were rounded, "
                       "set or typed."
                     : "Chance is rougher than this; figures this regular are more likely generated "
                       "than measured.",
      {}};
  for (const auto& cell : column.cells)
    finding.evidence.push_back({cell.place, cell.what, fmt::format("{} {}", cell.value, column.unit)});
  return finding;
}

/// Pairs of equal values that chance would make among values of this spread: n(n−1)/2 pairs, each equal with
/// the chance of two draws from the observed quartile range falling on one step.
double expected_pairs(const Column& column) {
  std::vector<double> values;
  for (const auto& cell : column.cells) values.push_back(cell.value);
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  const double half = values[(3 * n) / 4] - values[n / 4];
  // Half of the values share the quartile range and the rest spread wider; a sum of squares of shares of at
  // most 1/half per unit covers all but the most peaked columns.
  if (half <= 0.0) return static_cast<double>(n * n);
  return static_cast<double>(n * (n - 1)) / 2.0 * column.resolution / half;
}

std::optional<Finding> repeats_finding(const Column& column) {
  std::map<double, std::vector<const Cell*>> same;
  for (const auto& cell : column.cells) same[cell.value].push_back(&cell);
  std::size_t pairs = 0;
  for (const auto& [value, cells] : same) pairs += cells.size() * (cells.size() - 1) / 2;
  const double expected = expected_pairs(column);
  if (pairs < 2 || poisson_upper_tail(pairs, expected) >= kChance) return std::nullopt;
  Finding finding{"repeats",
                  Severity::warning,
                  fmt::format("{} pairs of equal values in {}, where chance makes about {:.1f}", pairs,
                              column.name, expected),
                  "Rows were copied, or one measurement stands for several variants.",
                  {}};
  for (const auto& [value, cells] : same) {
    if (cells.size() < 2) continue;
    for (const auto* cell : cells)
      finding.evidence.push_back({cell->place, cell->what, fmt::format("{} {}", cell->value, column.unit)});
  }
  return finding;
}

}  // namespace

Outcome check_exact_tokens(const Subject& subject) {
  std::map<std::string, std::vector<const ServingRow*>> by_task;
  for (const auto& row : subject.study.serving) {
    if (row.tokens && row.samples.value_or(0.0) > 0.0) by_task[row.key.task].push_back(&row);
  }
  if (by_task.empty()) return skipped("no serving row gives tokens and requests");
  Finding finding{"exact-tokens", Severity::warning, "", "", {}};
  std::size_t rows = 0;
  std::string each;
  for (const auto& [task, members] : by_task) {
    rows += members.size();
    const double per_request = *members.front()->tokens / *members.front()->samples;
    const bool same = std::all_of(members.begin(), members.end(), [&](const ServingRow* row) {
      return *row->tokens == per_request * *row->samples;
    });
    if (!same || members.size() < 4 || per_request != std::floor(per_request)) continue;
    each += fmt::format("{}{:.0f} a request in {}", each.empty() ? "" : ", ", per_request, task);
    for (const auto* row : members)
      finding.evidence.push_back(evidence(*row, fmt::format("{:.0f} tokens for {:.0f} requests = {:.0f} each",
                                                            *row->tokens, *row->samples, per_request)));
  }
  const auto of = subject.study.serving.size();
  if (finding.evidence.empty()) return over_rows(clean(), rows, of);
  finding.title =
      fmt::format("token counts are exact in {} of {} rows: {}", finding.evidence.size(), rows, each);
  finding.meaning =
      "Answers of a free-running model differ in length. Either every request was forced to a fixed "
      "length, so that energy and speed are those of padding as well, or the count was computed from "
      "a setting and not counted.";
  return over_rows(found(std::move(finding)), rows, of);
}

Outcome check_round_values(const Subject& subject) {
  constexpr std::size_t kFewest = 10;
  Outcome outcome;
  for (const auto& column : measured_columns(subject.study)) {
    // Where a mapping scales figures by 10 or more, all of them come out as multiples of 10.
    if (std::isfinite(column.resolution) && column.resolution >= 10.0) continue;
    const bool round = std::all_of(column.cells.begin(), column.cells.end(), [](const Cell& cell) {
      return cell.value != 0.0 && std::fmod(cell.value, 10.0) == 0.0;
    });
    if (!round || column.cells.size() < kFewest) continue;
    Finding finding{"round-values",
                    Severity::warning,
                    fmt::format("all {} values of {} are multiples of 10 {}", column.cells.size(),
                                column.name, column.unit),
                    "Too round to have been measured: they were set, estimated or rounded away.",
                    {}};
    for (const auto& cell : column.cells)
      finding.evidence.push_back({cell.place, cell.what, fmt::format("{} {}", cell.value, column.unit)});
    outcome.findings.push_back(std::move(finding));
  }
  return outcome;
}

Outcome check_last_digits(const Subject& subject) {
  constexpr std::size_t kFewest = 50;
  Outcome outcome;
  std::size_t looked = 0;
  for (const auto& column : measured_columns(subject.study)) {
    if (column.cells.size() < kFewest || column.resolution == 0.0 || !spans_many_steps(column)) continue;
    ++looked;
    if (auto finding = digits_finding(column)) outcome.findings.push_back(std::move(*finding));
  }
  if (looked == 0) outcome.skipped = fmt::format("no column has {} rounded values", kFewest);
  return outcome;
}

Outcome check_repeats(const Subject& subject) {
  constexpr std::size_t kFewest = 10;
  Outcome outcome;
  std::size_t looked = 0;
  for (const auto& column : measured_columns(subject.study)) {
    if (column.cells.size() < kFewest || column.resolution == 0.0 || !spans_many_steps(column)) continue;
    ++looked;
    if (auto finding = repeats_finding(column)) outcome.findings.push_back(std::move(*finding));
  }
  if (looked == 0) outcome.skipped = fmt::format("no column has {} rounded values", kFewest);
  return outcome;
}

}  // namespace edgeeval::audit
