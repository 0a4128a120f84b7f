// SPDX-License-Identifier: Apache-2.0
#include "report/text_table.hpp"

#include <algorithm>

#include "report/rows.hpp"

namespace edgeeval {
namespace {

/// Token F1 with its interval; a published score where there is no F1.
std::string score_cell(const MetricRow* f1, const MetricRow* published) {
  const bool told = published != nullptr && published->value;
  return told ? figure(published) : figure_with_interval(f1);
}

}  // namespace

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
    cells.insert(cells.end(),
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
