// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "core/one_line.hpp"
#include "core/text.hpp"
#include "report/decision_section.hpp"
#include "report/ledger_table.hpp"
#include "report/renderers.hpp"
#include "report/text_table.hpp"

namespace edgeeval::render {
namespace {

constexpr std::size_t kTextColumns = 100;
constexpr std::size_t kLabelColumns = 10;

/// `text` broken between words, later lines indented to stand under the first.
std::string wrapped(const std::string& text) {
  std::string result;
  std::size_t column = kLabelColumns;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const auto width = display_width(word);
    if (column > kLabelColumns && column + 1 + width > kTextColumns) {
      result += '\n';
      result.append(kLabelColumns, ' ');
      column = kLabelColumns;
    } else if (column > kLabelColumns) {
      result += ' ';
      ++column;
    }
    result += word;
    column += width;
    at = end + 1;
  }
  return result;
}

/// The ledger: one line a variant.
void energy(const StudyReport& report, const std::string& bold, const std::string& plain, std::ostream& out) {
  bool titled = false;
  for (const auto& task : tasks_of(report)) {
    const auto table = energy_table(report, task);
    if (table.rows.empty()) continue;
    if (!std::exchange(titled, true)) out << "\n" << bold << energy_title(report) << plain << "\n";
    const auto widths = widths_of(table);
    if (tasks_of(report).size() > 1) out << one_line(task) << "\n";
    out << bold << line_of(table.header, widths) << plain << "\n";
    for (const auto& row : table.rows) out << one_line(line_of(row, widths)) << "\n";
  }
}

}  // namespace

void console(const StudyReport& report, bool colour, std::ostream& out) {
  const std::string bold = colour ? "\033[1m" : "";
  const std::string plain = colour ? "\033[0m" : "";
  for (const auto& task : tasks_of(report)) {
    const auto table = variant_table(report, task);
    const auto widths = widths_of(table);
    out << "\n"
        << bold << one_line(task) << plain << "\n"
        << bold << line_of(table.header, widths) << plain << "\n";
    for (const auto& row : table.rows) out << one_line(line_of(row, widths)) << "\n";
  }
  energy(report, bold, plain, out);
  out << sign_line() << "\n\n" << bold << "Verdict   " << plain << wrapped(one_line(report.verdict)) << "\n";
  if (report.decision)
    out << bold << "Decision  " << plain << wrapped(one_line(decision_line(report))) << "\n";
  bool first = true;
  for (const auto& sentence : report.careful) {
    out << (first ? bold + "Careful   " + plain : std::string(kLabelColumns, ' '))
        << wrapped(one_line(sentence)) << "\n";
    first = false;
  }
  for (const auto& warning : report.record.warnings)
    out << "Warning   " << wrapped(one_line(warning)) << "\n";
}

}  // namespace edgeeval::render
