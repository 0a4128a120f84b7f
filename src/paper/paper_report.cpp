// SPDX-License-Identifier: Apache-2.0
#include "paper/paper_report.hpp"

#include <fmt/format.h>

#include "core/json_document.hpp"
#include "core/text.hpp"

namespace edgeeval::paper {
namespace {

std::string maybe(const std::optional<double>& value, const char* absent) {
  return value ? fmt::format("{:.4g}", *value) : absent;
}

std::string size_of(const PublishedVariant& variant) {
  return variant.serving->key.family + "-" + variant.serving->key.size;
}

}  // namespace

std::string boundary_text() {
  return "Paper boundary: electricity of the accelerator only, nominal gigabytes, published figures (†) without "
         "intervals.";
}

std::string console_text(const PaperReport& report) {
  std::string text = fmt::format(
      "{}\n{}\nelectricity {} USD/kWh · API {} USD a request\n\n{:<10} {:<6} {:<9} {:<5} {:>9} {:>9} {:>11} "
      "{:>8} {:>8}\n",
      report.context.title, boundary_text(), report.constants.electricity_usd_per_kwh,
      report.constants.api_usd_per_request, "model", "method", "precision", "task", "N_break", "IPW 1/J",
      "tok/s/GB", "C_tax", "Q_ret %");
  for (const auto& v : report.variants) {
    const auto& key = v.serving->key;
    text += fmt::format("{:<10} {:<6} {:<9} {:<5} {:>9} {:>9.4g} {:>11.5g} {:>8.4g} {:>8}\n", size_of(v),
                        key.method, key.precision, key.task, maybe(v.n_break, "never"), v.ipw, v.rho_sys,
                        v.c_tax, maybe(v.q_ret, "-"));
  }
  text += "\nThe paper's claims\n";
  for (const auto& claim : report.claims) {
    text += fmt::format("  {}\n    {}: {}\n    {}\n", claim.statement, claim.statistic, claim.value,
                        claim.verdict);
  }
  return text;
}

std::string markdown_text(const PaperReport& report) {
  std::string text = fmt::format(
      "# {}\n\n{}\n\nSource: {}\n\n## Claims\n\n| claim | statistic | value | verdict |\n| --- | --- | --- | "
      "--- |\n",
      markdown_escaped(report.context.title), boundary_text(), markdown_escaped(report.context.source));
  for (const auto& claim : report.claims)
    text +=
        fmt::format("| {} | {} | {} | {} |\n", claim.statement, claim.statistic, claim.value, claim.verdict);
  for (const auto& claim : report.claims) {
    text += fmt::format("\n### {}\n\n", claim.statement);
    for (const auto& row : claim.evidence) text += "- " + markdown_escaped(row) + "\n";
  }
  text +=
      "\n## Metrics\n\n| model | method | precision | task | N_break | IPW 1/J | tok/s/GB | C_tax | Q_ret % "
      "|\n| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& v : report.variants) {
    const auto& key = v.serving->key;
    text += fmt::format("| {} | {} | {} | {} | {} | {:.4g} | {:.5g} | {:.4g} | {} |\n", markdown_escaped(size_of(v)),
                        markdown_escaped(key.method), markdown_escaped(key.precision), markdown_escaped(key.task), maybe(v.n_break, "never"), v.ipw, v.rho_sys,
                        v.c_tax, maybe(v.q_ret, "–"));
  }
  return text;
}

std::string json_text(const PaperReport& report) {
  Json root{{"schema_version", "1.0"},
            {"title", report.context.title},
            {"source", report.context.source},
            {"boundary", boundary_text()},
            {"electricity_usd_per_kwh", report.constants.electricity_usd_per_kwh},
            {"api_usd_per_request", report.constants.api_usd_per_request},
            {"claims", Json::array()},
            {"metrics", Json::array()}};
  for (const auto& claim : report.claims)
    root["claims"].push_back({{"id", claim.id},
                              {"statement", claim.statement},
                              {"statistic", claim.statistic},
                              {"value", claim.value},
                              {"verdict", claim.verdict},
                              {"rows", claim.evidence}});
  for (const auto& row : report.rows) {
    Json json{{"variant", row.variant}, {"metric", row.metric}, {"flag", row.flag}};
    if (row.value) json.update({{"value", row.value->value}, {"unit", row.value->unit}, {"grade", "published"}});
    if (!row.value) json.update({{"value", nullptr}, {"absent_reason", row.absent_reason}});
    root["metrics"].push_back(std::move(json));
  }
  return json_document(root);
}

}  // namespace edgeeval::paper
