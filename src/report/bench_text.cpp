// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/text.hpp"
#include "report/bench_report.hpp"
#include "report/bench_tables.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kColumns = 96;
constexpr std::size_t kIndent = 2;
constexpr std::size_t kMostWords = 600;  ///< Of a sentence that holds words of others.
constexpr std::size_t kMostCell = 48;

std::string strong(bool colour, const std::string& text) {
  return colour ? "\033[1m" + text + "\033[0m" : text;
}

/// `text` from column `indent` on, broken between words, and within a word that is longer than a line.
std::string wrapped(const std::string& words, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  const auto width = kColumns - indent;
  const auto line_end = [&] {
    result += "\n" + std::string(indent, ' ');
    column = 0;
  };
  for (std::size_t at = 0; at <= words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    auto word = words.substr(at, end - at);
    at = end + 1;
    if (column > 0 && column + 1 + display_width(word) > width) line_end();
    if (column > 0) {
      result += ' ';
      ++column;
    }
    while (display_width(word) > width) {
      // shown() has made it valid: cutting between code points keeps it so.
      std::size_t bytes = 0;
      for (std::size_t points = 0; points < width - column; ++points) do
          ++bytes;
        while (bytes < word.size() && (static_cast<unsigned char>(word[bytes]) & 0xc0U) == 0x80U);
      result += word.substr(0, bytes);
      word.erase(0, bytes);
      line_end();
    }
    result += word;
    column += display_width(word);
  }
  return result;
}

/// Names and words to the left, figures to the right.
std::string aligned(const TextTable& table, bool words_last, bool colour) {
  std::vector<std::size_t> widths;
  auto rows = table.rows;
  for (auto& row : rows) {
    for (auto& cell : row) cell = shown(cell, kMostCell);
  }
  for (const auto& cell : table.header) widths.push_back(display_width(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  const auto line_of = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - display_width(row[i]), ' ');
      const bool left = i == 0 || (words_last && i + 1 == row.size());
      line += std::string(kIndent, ' ') + (left ? row[i] + space : space + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  };
  std::string text = "\n" + strong(colour, line_of(table.header)) + "\n";
  for (const auto& row : rows) text += line_of(row) + "\n";
  return text;
}

std::string labelled(const LabelledLines& lines) {
  std::size_t width = 0;
  for (const auto& [label, words] : lines) width = std::max(width, display_width(shown(label, 20)));
  std::string text;
  for (const auto& [label, words] : lines) {
    const auto name = shown(label, 20);
    text += std::string(kIndent, ' ') + name + std::string(width - display_width(name) + 2, ' ');
    text += wrapped(shown(words, kMostWords), kIndent + width + 2) + "\n";
  }
  return text;
}

}  // namespace

std::string bench_text(const BenchReport& report, bool colour) {
  std::string text;
  const auto add = [&](const TextTable& table, bool words_last) {
    if (!table.rows.empty()) text += aligned(table, words_last, colour);
  };
  if (report.cold_start) {
    text += "\n" + labelled(cold_start_lines(*report.cold_start));
    add(cold_start_table(report), false);
  }
  if (!bench_has_load(report)) return text + "\n" + labelled(bench_ends(report));
  text += "\n" + labelled(bench_heading(report)) + "\n";
  const auto verdict = bench_verdict(report.validity);
  text += std::string(kIndent, ' ') + strong(colour, verdict);
  const auto indent = kIndent + std::string_view("INVALID").size() + 2;
  std::string space(indent - kIndent - verdict.size(), ' ');
  for (const auto& reason : bench_reasons(report.validity)) {
    text += space + wrapped(shown(reason, kMostWords), indent) + "\n";
    space = std::string(indent, ' ');
  }
  add(sweep_table(report), true);
  for (const auto& note : sweep_notes(report))
    text += std::string(kIndent, ' ') + wrapped(shown(note, kMostWords), kIndent) + "\n";
  add(latency_table(report.summary), false);
  for (const auto& gap : latency_gaps(report.summary))
    text += std::string(kIndent, ' ') + wrapped(shown(gap, kMostWords), kIndent) + "\n";
  add(delivery_table(report.summary), false);
  add(failure_table(report.summary), true);
  add(timing_table(report), false);
  add(server_distribution_table(report), false);
  return text + "\n" + labelled(bench_facts(report));
}

}  // namespace edgeeval
