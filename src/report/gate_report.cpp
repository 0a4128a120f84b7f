// SPDX-License-Identifier: Apache-2.0
#include "report/gate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/json_document.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "record/codec.hpp"
#include "report/junit.hpp"
#include "report/plain_table.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr const char* kSchemaVersion = "1.0";

std::string figure_of(const std::optional<Fact>& fact) {
  if (!fact) return "–";
  if (!std::isfinite(fact->value)) return "not a number";
  const auto interval = interval_text(*fact);
  const auto text = sign_of(fact->grade) + format_significant(fact->value);
  return interval.empty() ? text : text + " " + interval;
}

std::string variant_of(const GateCheck& check) {
  return check.variant.empty() ? check.rule.variant : check.variant;
}

/// "blocked: 2 of 7 checks", "passed: 5 of 5 checks, 1 warning".
std::string headline(const GateReport& report) {
  const auto blocking =
      std::count_if(report.checks.begin(), report.checks.end(), [](const auto& c) { return blocks(c); });
  const auto soft = std::count_if(report.checks.begin(), report.checks.end(), [](const GateCheck& check) {
    return check.rule.tier == Tier::soft && check.outcome != GateOutcome::pass && !blocks(check);
  });
  auto text = blocking > 0 ? fmt::format("blocked by {} of {} check{}", blocking, report.checks.size(),
                                         report.checks.size() == 1 ? "" : "s")
                           : fmt::format("passed, {} check{}", report.checks.size(),
                                         report.checks.size() == 1 ? "" : "s");
  if (soft > 0) text += fmt::format(", {} soft rule{} not kept", soft, soft == 1 ? "" : "s");
  return text;
}

std::string sign_of_check(const GateCheck& check) {
  if (check.outcome == GateOutcome::pass) return "✔";
  return blocks(check) ? "✘" : (check.rule.tier == Tier::soft ? "!" : "·");
}

std::string console_text(const GateReport& report, bool colour) {
  const std::string bold = colour ? "\033[1m" : "";
  const std::string plain = colour ? "\033[0m" : "";
  auto text = fmt::format("{}gate{}  {} on {}", bold, plain, one_line(report.policy), one_line(report.run));
  if (!report.baseline.empty()) text += ", baseline " + one_line(report.baseline);
  text += "\n\n";
  TextTable table;
  table.header = {" ", "tier", "outcome", "metric", "variant", "figure"};
  for (const auto& check : report.checks) {
    table.rows.push_back({sign_of_check(check), std::string(to_string(check.rule.tier)),
                          std::string(to_string(check.outcome)), check.rule.metric, variant_of(check),
                          figure_of(check.value)});
  }
  const auto lines = aligned_lines(table, 6, 1);
  text += lines.front() + "\n";
  for (std::size_t i = 0; i < report.checks.size(); ++i) {
    const auto& check = report.checks[i];
    text += lines[i + 1] + "\n";
    if (check.outcome != GateOutcome::pass)
      text += "      " + one_line(to_text(check.rule)) + ": " + one_line(check.reason) + "\n";
  }
  for (const auto& warning : report.warnings) text += "Warning: " + one_line(warning) + "\n";
  return text + fmt::format("\n{}{}{}\n", bold, headline(report), plain);
}

std::string markdown_text(const GateReport& report) {
  auto text = fmt::format("## Gate: {}\n\nRun {}", headline(report), markdown_escaped(report.run));
  if (!report.baseline.empty()) text += ", baseline " + markdown_escaped(report.baseline);
  text += ", policy " + markdown_escaped(report.policy) + "\n\n";
  TextTable table;
  table.header = {"outcome", "tier", "rule", "variant", "figure", "why"};
  for (const auto& check : report.checks) {
    table.rows.push_back({sign_of_check(check) + " " + std::string(to_string(check.outcome)),
                          std::string(to_string(check.rule.tier)), to_text(check.rule), variant_of(check),
                          figure_of(check.value), check.reason});
  }
  text += markdown_table(table, table.header.size());
  for (const auto& warning : report.warnings) text += "- Warning: " + markdown_escaped(warning) + "\n";
  return text + "Only a pass is a pass: undecided, absent and invalid figures of hard rules block.\n";
}

Json json_of(const GateRule& rule) {
  Json json{{"number", rule.number}, {"where", rule.where},     {"name", rule.name},
            {"metric", rule.metric}, {"variant", rule.variant}, {"tier", std::string(to_string(rule.tier))}};
  if (!rule.mode.empty()) json["mode"] = rule.mode;
  if (rule.direction) json["better"] = *rule.direction == Direction::higher_is_better ? "higher" : "lower";
  if (rule.limit) json["limit"] = *rule.limit;
  if (rule.margin) {
    json["margin"] = *rule.margin;
    json["margin_is_share"] = rule.percent;
    json["baseline"] = rule.baseline;
  }
  json["bound"] = rule.on_value ? "value" : "interval";
  return json;
}

Json json_of(const GateCheck& check) {
  Json json{{"rule", json_of(check.rule)},
            {"variant", check.variant},
            {"outcome", std::string(to_string(check.outcome))},
            {"blocks", blocks(check)},
            {"reason", check.reason}};
  json["value"] = check.value ? to_json(*check.value) : Json();
  if (check.baseline) json["baseline"] = to_json(*check.baseline);
  if (check.allowed) json["allowed"] = *check.allowed;
  if (check.difference) {
    Json difference{{"value", check.difference->value.value},
                    {"evidence", to_string(check.difference->evidence)}};
    if (check.difference->value.lo) difference["lo"] = *check.difference->value.lo;
    if (check.difference->value.hi) difference["hi"] = *check.difference->value.hi;
    json["difference"] = std::move(difference);
  }
  return json;
}

std::string json_text(const GateReport& report) {
  Json root{{"format", "edgeeval-gate"}, {"schema_version", kSchemaVersion}, {"run", report.run},
            {"study", report.study},     {"policy", report.policy},          {"blocked", blocked(report)}};
  if (!report.baseline.empty()) root["baseline"] = report.baseline;
  root["checks"] = Json::array();
  for (const auto& check : report.checks) root["checks"].push_back(json_of(check));
  root["warnings"] = report.warnings;
  return json_document(root);
}

/// A check as a test case: what blocks fails, a soft rule that is not kept is skipped with its reason.
JUnitCase case_of(const GateCheck& check) {
  JUnitCase one;
  one.group = std::string(to_string(check.rule.tier)) + "." + check.rule.metric;
  one.name = fmt::format("{} [{}]", check.rule.name, variant_of(check));
  one.type = std::string(to_string(check.outcome));
  one.message = check.reason;
  if (blocks(check)) {
    const bool found_out = check.outcome == GateOutcome::fail || check.outcome == GateOutcome::undecided;
    one.state = found_out ? JUnitState::failed : JUnitState::broken;
    one.text = fmt::format("{}\n{}: {}\nfigure: {}", check.rule.where, to_text(check.rule), check.reason,
                           figure_of(check.value));
  } else if (check.outcome != GateOutcome::pass && check.rule.tier == Tier::soft) {
    one.state = JUnitState::skipped;
    one.message = fmt::format("soft, {}: {}", to_string(check.outcome), check.reason);
  } else {
    one.output = fmt::format("{}: {}", to_string(check.outcome), check.reason);
  }
  return one;
}

std::string junit_text(const GateReport& report) {
  JUnitSuite suite;
  suite.name = report.policy;
  for (const auto& check : report.checks) suite.cases.push_back(case_of(check));
  return junit_xml("edgeeval gate " + report.study, {suite});
}

std::string self_test_text(const GateSelfTest& test, bool colour) {
  const std::string bold = colour ? "\033[1m" : "";
  const std::string plain = colour ? "\033[0m" : "";
  TextTable table;
  table.header = {" ", "rule", "variant", "copy", "gate", "why"};
  for (const auto& probe : test.probes) {
    table.rows.push_back({probe.blocks ? "✔" : "✘", probe.rule.name, probe.variant, probe.what,
                          probe.blocks ? "blocks" : "lets it pass", probe.reason});
  }
  std::string text;
  for (const auto& line : aligned_lines(table, 6, 1)) text += line + "\n";
  for (const auto& problem : test.problems) text += " ✘  " + one_line(problem) + "\n";
  return text + "\n" + bold +
         (can_block(test) ? "every hard rule blocks on made-worse copies of this run"
                          : "a hard rule lets made-worse figures pass, or cannot be tried: this gate is not "
                            "to be relied on") +
         plain + "\n";
}

std::string self_test_json(const GateSelfTest& test) {
  Json root{{"format", "edgeeval-gate-self-test"},
            {"schema_version", kSchemaVersion},
            {"can_block", can_block(test)}};
  root["probes"] = Json::array();
  for (const auto& probe : test.probes) {
    root["probes"].push_back({{"rule", json_of(probe.rule)},
                              {"variant", probe.variant},
                              {"copy", probe.what},
                              {"blocks", probe.blocks},
                              {"reason", probe.reason}});
  }
  root["problems"] = test.problems;
  return json_document(root);
}

}  // namespace

std::vector<std::string> gate_formats() { return {"console", "json", "junit", "md"}; }

Result<std::string> gate_as(const std::string& format, const GateReport& report, bool colour) {
  if (format == "console") return console_text(report, colour);
  if (format == "json") return json_text(report);
  if (format == "junit") return junit_text(report);
  if (format == "md") return markdown_text(report);
  return fail(ErrorCode::usage, "unknown format \"" + format + "\"", "-o",
              "known: " + join(gate_formats(), ", "));
}

Result<std::string> self_test_as(const std::string& format, const GateSelfTest& test, bool colour) {
  if (format == "console") return self_test_text(test, colour);
  if (format == "json") return self_test_json(test);
  return fail(ErrorCode::usage, "a self-test has no format \"" + format + "\"", "-o", "known: console, json");
}

}  // namespace edgeeval
