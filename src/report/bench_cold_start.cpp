// SPDX-License-Identifier: Apache-2.0
// Cold starts as sentences and a table, for console and Markdown.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"

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

/// What the bounds of the table are: once where all have the same.
void add_methods(const ColdStartSection& section, LabelledLines& lines) {
  std::vector<std::pair<std::string, std::vector<std::string>>> titles;
  for (const auto& line : section.lines) {
    if (line.method.empty()) continue;
    const auto same = std::find_if(titles.begin(), titles.end(),
                                   [&](const auto& entry) { return entry.first == line.method; });
    if (same == titles.end()) {
      titles.push_back({line.method, {line.title}});
    } else {
      same->second.push_back(line.title);
    }
  }
  for (const auto& [method, of] : titles)
    lines.emplace_back("bounds", titles.size() == 1 ? method : method + ": " + join(of, ", "));
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
  TextTable table{{"cold start", "n", "geometric mean", "median", "least", "most"}, {}};
  if (!report.cold_start) return table;
  for (const auto& line : report.cold_start->lines) {
    const auto unit = line.mean ? line.mean->unit : std::string("s");
    table.rows.push_back({line.title, fmt::format("{}", line.count),
                          line.geometric_mean ? fact_text(*line.geometric_mean) : std::string(kNone),
                          line.median ? with_unit(line.median->value, unit) : std::string(kNone),
                          with_unit(line.least, unit), with_unit(line.most, unit)});
  }
  return table;
}

}  // namespace edgeeval
