// SPDX-License-Identifier: Apache-2.0
#include "report/page_data.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "catalog/decision_metrics.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "decision/decision.hpp"
#include "decision/decision_words.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr std::array kGrades{Grade::measured, Grade::computed, Grade::modelled, Grade::published,
                             Grade::assumed};

/// The figures of a variant that charts are drawn from: mode and id of each.
constexpr std::pair<const char*, const char*> kFigures[] = {
    {"observed", "token_f1"}, {"observed", "published_score"}, {"observed", "j_per_request"},
    {"observed", "ttft_p95"}, {"observed", "e2e_p50"},         {"honest", "q_ret_paired"}};

std::size_t place_of_grade(Grade grade) {
  return static_cast<std::size_t>(std::find(kGrades.begin(), kGrades.end(), grade) - kGrades.begin());
}

/// Texts that many facts share, each written once and named by its place.
class Texts {
 public:
  std::size_t place(const std::string& text) {
    const auto [found, is_new] = places_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return found->second;
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return texts_; }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::string> texts_;
};

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// [value, lo, hi, grade, sources, unit].
Json json_of(const Fact& fact, Texts& texts) {
  return Json::array({fact.value, json_of(fact.lo), json_of(fact.hi), place_of_grade(fact.grade),
                      texts.place(join(fact.sources, "; ")), fact.unit});
}

Json json_of(const economics::InputField& field) {
  constexpr const char* kScales[] = {"linear", "log", "yes_no"};
  return {{"key", field.key},
          {"title", field.title},
          {"unit", field.unit},
          {"group", field.group},
          {"scale", kScales[static_cast<std::size_t>(field.scale)]},
          {"owner", field.owner == economics::Owner::scenario ? "scenario" : "variant"},
          {"least", field.least},
          {"most", field.most},
          {"slider_lo", field.slider_lo},
          {"slider_hi", field.slider_hi},
          {"meaning", field.meaning}};
}

/// [value, lo, hi, shape, correlation, grade, sources, note].
Json json_of(const economics::Uncertain& input, const InputOrigin& origin, Texts& texts) {
  constexpr const char* kShapes[] = {"fixed", "split_normal", "split_lognormal", "uniform"};
  return Json::array({input.value, input.lo, input.hi, kShapes[static_cast<std::size_t>(input.shape)],
                      input.correlation, place_of_grade(origin.grade),
                      texts.place(join(origin.sources, "; ")), texts.place(origin.note)});
}

Json json_of(const VariantInfo& variant, const StudyReport& report, Texts& texts) {
  Json figures = Json::object();
  for (const auto& [mode, metric] : kFigures) {
    const auto* row = find_row(report, variant.id, mode, metric);
    if (row != nullptr && row->value) figures[metric] = json_of(*row->value, texts);
  }
  return {{"id", variant.id},
          {"name", full_name(report, variant)},
          {"task", variant.task},
          {"model", variant.model},
          {"method", variant.method},
          {"precision", variant.precision},
          {"figures", std::move(figures)}};
}

/// Variants are named by their place in the record.
Json json_of(const LedgerRow& row, const std::map<std::string, std::size_t>& places, Texts& texts) {
  Json variants = Json::array();
  for (const auto& id : row.variants) {
    if (const auto found = places.find(id); found != places.end()) variants.push_back(found->second);
  }
  Json json{{"stage", row.stage},
            {"phase", row.phase},
            {"variants", std::move(variants)},
            {"duration_s", row.duration_s}};
  json["gross"] = row.gross ? json_of(*row.gross, texts) : Json(nullptr);
  json["missing"] = row.missing;
  return json;
}

/// The number under which each decided variant was drawn: its rank by id among those that could be reckoned.
std::map<std::string, std::size_t> draw_numbers(const StudyDecision& decision) {
  std::map<std::string, std::size_t> numbers;
  for (const auto& variant : decision.variants) {
    if (variant.absent_reason.empty()) numbers[variant.variant] = 0;
  }
  std::size_t number = 0;
  for (auto& [id, place] : numbers) place = number++;
  return numbers;
}

Json json_of(const VariantDecision& variant, Texts& texts) {
  Json own = Json::object();
  const auto table = economics::input_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].owner == economics::Owner::variant)
      own[std::string(table[i].key)] = json_of(variant.inputs[i], variant.origins[i], texts);
  }
  return {{"inputs", std::move(own)},
          {"decision", economics::to_string(variant.decision)},
          {"local_cheaper", variant.spread.local_cheaper},
          {"never", variant.spread.never},
          {"local_usd",
           Json::array({json_of(variant.spread.local_usd.lo), json_of(variant.spread.local_usd.median),
                        json_of(variant.spread.local_usd.hi)})},
          {"grade", place_of_grade(variant.grade)},
          {"missing_stages", variant.missing_stages}};
}

Json json_of(const StudyDecision& decision, const StudyReport& report, Texts& texts) {
  const auto numbers = draw_numbers(decision);
  Json json{{"scenario", decision.scenario.name},
            {"seed", decision.scenario.seed},
            {"draws", decision.scenario.draws},
            {"boundary", decision.boundary},
            {"shared", Json::object()},
            {"follows", Json::object()},
            {"best", Json::object()},
            {"variants", Json::object()}};
  for (const auto& [key, assumption] : decision.scenario.assumptions)
    if (!assumption.follows.empty()) json["follows"][key] = assumption.follows;
  for (const auto& variant : decision.variants) {
    if (!variant.absent_reason.empty()) {
      json["variants"][variant.variant] = {{"absent_reason", variant.absent_reason}};
      continue;
    }
    auto entry = json_of(variant, texts);
    entry["number"] = numbers.at(variant.variant);
    json["variants"][variant.variant] = std::move(entry);
    if (!json["shared"].empty()) continue;
    const auto table = economics::input_table();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].owner == economics::Owner::scenario)
        json["shared"][std::string(table[i].key)] = json_of(variant.inputs[i], variant.origins[i], texts);
    }
  }
  for (const auto& task : decision_tasks(report.record)) {
    if (const auto best = best_variant(report.record, decision, task))
      json["best"][task] = decision.variants[*best].variant;
  }
  return json;
}

}  // namespace

std::string script_safe(std::string_view json) {
  std::string safe;
  safe.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    switch (json[i]) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      case '\xe2':
        // U+2028 and U+2029, which end a line for a script, are e2 80 a8 and e2 80 a9.
        if (json.substr(i, 3) == "\xe2\x80\xa8" || json.substr(i, 3) == "\xe2\x80\xa9") {
          safe += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
          i += 2;
        } else {
          safe += json[i];
        }
        break;
      default:
        safe += json[i];
    }
  }
  return safe;
}

std::string page_data(const StudyReport& report) {
  Texts texts;
  Json root{{"schema", 1}, {"study", report.record.study}};
  for (const auto grade : kGrades) root["grades"].push_back(to_string(grade));
  root["inputs"] = Json::array();
  for (const auto& field : economics::input_table()) root["inputs"].push_back(json_of(field));
  root["variants"] = Json::array();
  for (const auto& variant : report.record.variants)
    root["variants"].push_back(json_of(variant, report, texts));
  root["ledger"] = Json::array();
  std::map<std::string, std::size_t> places;
  for (const auto& variant : report.record.variants) places.emplace(variant.id, places.size());
  for (const auto& row : report.ledger) root["ledger"].push_back(json_of(row, places, texts));
  root["decision"] = report.decision ? json_of(*report.decision, report, texts) : Json(nullptr);
  root["formulas"] = Json::object();
  for (const auto& metric : decision_metrics()) root["formulas"][metric.id] = metric.formula;
  root["sources"] = texts.all();
  // Names reach the page's charts as they stand here.
  return script_safe(printable(root.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace edgeeval
