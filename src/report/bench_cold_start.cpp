// SPDX-License-Identifier: Apache-2.0
// Cold starts as sentences and a table, for console and Markdown.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr const char* kNone = "–";
constexpr std::size_t kMostFailures = 8;  ///< So many are told one by one.
constexpr std::size_t kMostLogLines = 3;

void add_failure(const FailedStart& failed, LabelledLines& lines) {
  const auto& error = failed.error;
  auto text = fmt::format("failed ({}): {}", to_string(error.code), error.message);
  // Of a program that cannot be started, its name; else the command, which stands above.
  if (error.code == ErrorCode::engine_missing && !error.where.empty()) text += ": " + error.where;
  if (!error.hint.empty()) text += " → " + error.hint;
  lines.emplace_back(fmt::format("start {}", failed.number), text);
  const auto& log = failed.log_tail;
  if (log.empty()) return;
  const auto from = log.size() - std::min(log.size(), kMostLogLines);
  std::vector<std::string> last(log.begin() + static_cast<std::ptrdiff_t>(from), log.end());
  lines.emplace_back("its last words", join(last, " · "));
}

/// What the bounds of the table are, by the grade of what they bound.
void add_methods(const ColdStartSection& section, LabelledLines& lines) {
  std::vector<std::string> methods;
  for (const auto& line : section.lines) {
    if (line.method.empty() || !line.geometric_mean) continue;
    auto method = fmt::format("{}: {}", to_string(line.geometric_mean->grade), line.method);
    if (std::find(methods.begin(), methods.end(), method) == methods.end())
      methods.push_back(std::move(method));
  }
  if (!methods.empty()) lines.emplace_back("bounds", join(methods, "; "));
}

/// One unit for a row, so that its cells can be compared.
Scale scale_of(const ColdStartLine& line) {
  const auto unit = line.mean ? line.mean->unit : std::string("s");
  if (unit == "B") return {1e-6, "MB"};
  return scale_for(line.geometric_mean ? line.geometric_mean->value : line.most, unit);
}

std::string mean_cell(const Fact& fact, const Scale& scale) {
  auto text = sign_of(fact.grade) + scale.text(fact.value, 3);
  if (fact.lo && fact.hi) text += fmt::format(" [{}, {}]", scale.text(*fact.lo, 3), scale.text(*fact.hi, 3));
  return text;
}

}  // namespace

LabelledLines cold_start_lines(const ColdStartSection& section) {
  LabelledLines lines;
  lines.emplace_back("cold starts",
                     fmt::format("{} of {} succeeded · page cache {} · {}", section.starts - section.failed,
                                 section.starts, section.page_cache, section.command));
  const auto told = std::min(section.failures.size(), kMostFailures);
  for (std::size_t i = 0; i < told; ++i) add_failure(section.failures[i], lines);
  if (told < section.failures.size())
    lines.emplace_back("", fmt::format("and {} more: cold-start.json", section.failures.size() - told));
  add_methods(section, lines);
  return lines;
}

TextTable cold_start_table(const BenchReport& report) {
  TextTable table{{"cold start", "", "n", "geometric mean", "median", "least", "most"}, {}};
  if (!report.cold_start) return table;
  for (const auto& line : report.cold_start->lines) {
    const auto scale = scale_of(line);
    table.rows.push_back({line.title, scale.unit, fmt::format("{}", line.count),
                          line.geometric_mean ? mean_cell(*line.geometric_mean, scale) : std::string(kNone),
                          line.median ? scale.text(line.median->value, 3) : std::string(kNone),
                          scale.text(line.least, 3), scale.text(line.most, 3)});
  }
  return table;
}

}  // namespace edgeeval
