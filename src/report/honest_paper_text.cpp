// SPDX-License-Identifier: Apache-2.0
// The published study in honest mode for a terminal, for Markdown, and for programs.
#include <fmt/format.h>

#include <algorithm>

#include "core/csv_field.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"
#include "decision/decision_words.hpp"
#include "report/decision_json.hpp"
#include "report/honest_paper.hpp"
#include "report/text_table.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;

std::string maybe(const std::optional<double>& value) { return value ? money(*value) : "never"; }

TextTable variants_table(const HonestPaper& paper) {
  TextTable table{{"variant", "paper's N_break", "rent, full use", "rent, always on", "same-size API",
                   "decision (P local cheaper)", "break-even requests [90 %]", "floor requests/day [90 %]",
                   "of capacity", "API cheaper again, requests [90 %]"},
                  {}};
  if (std::none_of(paper.variants.begin(), paper.variants.end(), [](const HonestVariant& variant) {
        return variant.absent_reason.empty() && tells_reversal(variant.decision);
      }))
    table.header.pop_back();
  for (const auto& variant : paper.variants) {
    std::vector<std::string> cells{variant.info.id, maybe(variant.paper)};
    if (!variant.absent_reason.empty()) {
      cells.insert(cells.end(), {"–", "–", variant.api, "–", "–", "–", "–", "–"});
    } else {
      const auto& spread = variant.decision.spread;
      const auto& use = spread.utilisation_floor.median;
      cells.insert(cells.end(), {maybe(variant.full_use), maybe(variant.always_on), variant.api,
                                 decision_text(variant.decision), band_text(spread.break_even_requests),
                                 band_text(spread.demand_floor_per_s, kSecondsPerDay),
                                 use ? percent_text(*use) : "never", reversal_text(variant.decision)});
    }
    cells.resize(table.header.size());
    table.rows.push_back(std::move(cells));
  }
  return table;
}

TextTable prices_table(const HonestPaper& paper) {
  TextTable table{{"assumed", "value", "source"}, {}};
  for (const auto& price : paper.prices) table.rows.push_back({price.key, price.value, price.source});
  return table;
}

std::string demand_text(const HonestPaper& paper) {
  const auto found = paper.scenario.assumptions.find("demand_per_day");
  return format_significant(found == paper.scenario.assumptions.end() ? economics::Inputs{}.demand_per_day
                                                                      : found->second.spread.value,
                            3);
}

std::string columns_text(const HonestPaper& paper) {
  return fmt::format(
      "Break-even in requests. Paper's N_break: electricity alone against 0.00125 USD a request. Rent, full "
      "use: the machine "
      "rented and never idle, the same API. Rent, always on: at {} requests a day, the same API. The rest: "
      "the whole scenario "
      "against an API model of about the same size.",
      demand_text(paper));
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::string number(const std::optional<double>& value) {
  return value ? format_round_trip(*value) : std::string();
}

/// A field as RFC 4180 wants it.
}  // namespace

std::string honest_console(const HonestPaper& paper) {
  auto text = fmt::format("{}: honest mode\n{}\n{}\n\n", printable(paper.study), columns_text(paper),
                          printable(paper.boundary));
  text += plain_text(variants_table(paper)) + "\nWhy the numbers differ\n";
  for (const auto& sentence : paper.differences) text += "  " + sentence + "\n";
  text += "\nPrices and other assumptions\n";
  for (const auto& price : paper.prices)
    text += printable(fmt::format("  {} = {}\n      {}", price.key, price.value, price.source)) + "\n";
  for (const auto& warning : paper.scenario.warnings) text += "Careful: " + printable(warning) + "\n";
  return text;
}

std::string honest_markdown(const HonestPaper& paper) {
  auto text = fmt::format("# {}: honest mode\n\n{}\n\n{}\n\n", markdown_escaped(paper.study),
                          markdown_escaped(columns_text(paper)), markdown_escaped(paper.boundary));
  text += markdown_text(variants_table(paper)) + "## Why the numbers differ\n\n";
  for (const auto& sentence : paper.differences) text += "- " + markdown_escaped(sentence) + "\n";
  text += "\n## Prices and other assumptions\n\n" + markdown_text(prices_table(paper));
  for (const auto& warning : paper.scenario.warnings)
    text += "- Careful: " + markdown_escaped(warning) + "\n";
  return text;
}

std::string honest_json(const HonestPaper& paper) {
  Json root{{"schema_version", "1.0"}, {"study", paper.study}, {"boundary", paper.boundary}};
  root["scenario"] = to_json(paper.scenario);
  root["differences"] = paper.differences;
  root["prices"] = Json::array();
  for (const auto& price : paper.prices)
    root["prices"].push_back({{"key", price.key}, {"value", price.value}, {"source", price.source}});
  root["variants"] = Json::array();
  for (const auto& variant : paper.variants) {
    Json json{{"variant", variant.info.id}, {"api", variant.api}};
    json["paper_n_break"] = json_of(variant.paper);
    json["full_use_requests"] = json_of(variant.full_use);
    json["always_on_requests"] = json_of(variant.always_on);
    json["decision"] = to_json(variant.decision);
    root["variants"].push_back(std::move(json));
  }
  return json_document(root);
}

std::string honest_csv(const HonestPaper& paper) {
  std::string text =
      "variant,family,size,method,precision,task,api,paper_n_break,full_use_requests,always_on_requests,"
      "decision,"
      "p_local_cheaper,break_even_requests,break_even_requests_lo,break_even_requests_hi,demand_floor_per_"
      "day,"
      "utilisation_floor,usd_per_request,api_usd_per_request,reversal_requests,reversal_requests_lo,"
      "reversal_requests_hi\n";
  for (const auto& v : paper.variants) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},", csv_field(v.info.id), csv_field(v.info.family),
                        csv_field(v.info.size), csv_field(v.info.method), csv_field(v.info.precision),
                        csv_field(v.info.task), csv_field(v.api), number(v.paper), number(v.full_use),
                        number(v.always_on));
    if (!v.absent_reason.empty()) {
      text += ",,,,,,,,,,,\n";
      continue;
    }
    const auto& s = v.decision.spread;
    const auto floor = s.demand_floor_per_s.median;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", economics::to_string(v.decision.decision),
                        format_round_trip(s.local_cheaper), number(s.break_even_requests.median),
                        number(s.break_even_requests.lo), number(s.break_even_requests.hi),
                        floor ? format_round_trip(*floor * kSecondsPerDay) : "",
                        number(s.utilisation_floor.median), number(s.local_usd.median),
                        number(s.api_usd.median), number(s.reversal_requests.median),
                        number(s.reversal_requests.lo), number(s.reversal_requests.hi));
  }
  return text;
}

}  // namespace edgeeval
