// SPDX-License-Identifier: Apache-2.0
#include "report/text_table.hpp"

#include <algorithm>

#include "core/one_line.hpp"
#include "core/text.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

/// Token F1 with its interval; a published score where there is no F1.
std::string score_cell(const MetricRow* f1, const MetricRow* published) {
  const bool told = published != nullptr && published->value;
  return told ? figure(published) : figure_with_interval(f1);
}

}  // namespace

std::vector<std::size_t> widths_of(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (const auto& cell : table.header) widths.push_back(display_width(cell));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  return widths;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string pad(widths[i] - display_width(cells[i]), ' ');
    line += i == 0 ? cells[i] + pad : "  " + pad + cells[i];
  }
  return line;
}

std::string plain_text(const TextTable& table) {
  const auto widths = widths_of(table);
  const auto trimmed = [](std::string line) { return line.substr(0, line.find_last_not_of(' ') + 1) + "\n"; };
  auto text = trimmed(line_of(table.header, widths));
  for (const auto& row : table.rows) text += trimmed(one_line(line_of(row, widths)));
  return text;
}

std::string markdown_text(const TextTable& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const auto& cell : cells) text += " " + markdown_escaped(cell) + " |";
    return text + "\n";
  };
  auto text = line(table.header) + "|";
  for (std::size_t i = 0; i < table.header.size(); ++i) text += i == 0 ? " --- |" : " ---: |";
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text + "\n";
}

TextTable variant_table(const StudyReport& report, const std::string& task) {
  TextTable table;
  const bool models = several_models(report);
  if (models) table.header.emplace_back("model");
  for (const char* name : {"variant", "score [95 %]", "J/request", "break-even", "IPW 1/J", "ρ_sys tok/s/GB",
                           "C_tax", "Q_ret %", "cold start s"}) {
    table.header.emplace_back(name);
  }
  for (const auto& variant : report.record.variants) {
    if (variant.task != task) continue;
    const auto row = [&](const char* mode, const char* metric) {
      return find_row(report, variant.id, mode, metric);
    };
    std::vector<std::string> cells;
    if (models) cells.push_back(variant.model);
    cells.insert(
        cells.end(),
        {variant_name(variant), score_cell(row("observed", "token_f1"), row("observed", "published_score")),
         figure(row("observed", "j_per_request")), figure(row("paper", "n_break")),
         figure(row("paper", "ipw")), figure(row("paper", "rho_sys")), figure(row("paper", "c_tax")),
         figure(row("paper", "q_ret")), figure(row("observed", "cold_start"))});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::vector<std::string> tasks_of(const StudyReport& report) {
  std::vector<std::string> tasks;
  for (const auto& variant : report.record.variants) {
    if (std::find(tasks.begin(), tasks.end(), variant.task) == tasks.end()) tasks.push_back(variant.task);
  }
  return tasks;
}

std::string sign_line() {
  return "~ modelled   * assumed   † published   – absent (results.json says why)   break-even in requests, "
         "electricity only";
}

}  // namespace edgeeval
