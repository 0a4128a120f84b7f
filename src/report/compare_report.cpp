// SPDX-License-Identifier: Apache-2.0
#include "report/compare_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/json_document.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "record/codec.hpp"
#include "report/plain_table.hpp"
#include "report/rows.hpp"

namespace edgeeval {
namespace {

constexpr const char* kSchemaVersion = "1.0";
constexpr std::array kVerdicts{Verdict::better, Verdict::worse, Verdict::same, Verdict::undecided};

std::string with_sign(double value) { return (value > 0.0 ? "+" : "") + format_significant(value); }

std::string figure_of(const std::optional<Fact>& fact) {
  return fact ? sign_of(fact->grade) + format_significant(fact->value) : std::string("–");
}

std::string difference_text(const ComparedRow& row) {
  if (!row.difference) return "–";
  const auto& moved = row.difference->value;
  auto text = with_sign(moved.value);
  if (!moved.lo && !moved.hi) return text;
  if (row.difference->evidence == Evidence::exact) return text;
  return text + fmt::format(" [{}, {}]", moved.lo ? with_sign(*moved.lo) : "−∞",
                            moved.hi ? with_sign(*moved.hi) : "∞");
}

std::string marks_of(const ComparedRow& row) {
  std::vector<std::string> words;
  for (const auto mark : row.marks) words.emplace_back(to_string(mark));
  return words.empty() ? std::string() : "despite " + join(words, ", ");
}

std::string remark_of(const ComparedRow& row) {
  const auto marks = marks_of(row);
  if (marks.empty() || row.reason.empty()) return row.reason + marks;
  return row.reason + " (" + marks + ")";
}

std::string pair_name(const ComparedRow& row) {
  return row.variant_a == row.variant_b ? row.variant_a : row.variant_a + " → " + row.variant_b;
}

/// The rows of one pair of variants, from `first` on; `first` is then at the next pair.
TextTable table_of(const Comparison& comparison, std::size_t& first) {
  TextTable table;
  table.header = {"metric", "first", "second", "difference [95 %]", "margin", "verdict", "why"};
  const auto name = pair_name(comparison.rows[first]);
  for (; first < comparison.rows.size() && pair_name(comparison.rows[first]) == name; ++first) {
    const auto& row = comparison.rows[first];
    const auto unit = row.unit.empty() || row.unit == "1" ? std::string() : " " + row.unit;
    table.rows.push_back({row.metric.id + unit, figure_of(row.a), figure_of(row.b), difference_text(row),
                          margin_text(row.metric), std::string(to_string(row.verdict)), remark_of(row)});
  }
  return table;
}

std::string counts_of(const Comparison& comparison) {
  std::vector<std::string> parts;
  for (const auto verdict : kVerdicts) {
    const auto count = std::count_if(comparison.rows.begin(), comparison.rows.end(),
                                     [&](const ComparedRow& row) { return row.verdict == verdict; });
    parts.push_back(fmt::format("{} {}", count, to_string(verdict)));
  }
  return join(parts, " · ");
}

/// What a reader must know, as label and words.
std::vector<std::pair<std::string, std::string>> notes_of(const Comparison& comparison) {
  std::vector<std::pair<std::string, std::string>> notes;
  for (const auto& one : comparison.mismatches)
    notes.emplace_back("Despite", std::string(to_string(one.concern)) + ": " + to_text(one));
  for (const auto& sentence : comparison.remarks) notes.emplace_back("Differs", sentence);
  if (!comparison.only_a.empty()) notes.emplace_back("Only in the first", join(comparison.only_a, ", "));
  if (!comparison.only_b.empty()) notes.emplace_back("Only in the second", join(comparison.only_b, ", "));
  return notes;
}

std::string console_text(const std::vector<Comparison>& comparisons, bool colour) {
  const std::string bold = colour ? "\033[1m" : "";
  const std::string plain = colour ? "\033[0m" : "";
  std::string text;
  for (const auto& comparison : comparisons) {
    text += fmt::format("{}{}{} → {}{}\n", text.empty() ? "" : "\n", bold, one_line(comparison.a),
                        one_line(comparison.b), plain);
    for (const auto& [label, words] : notes_of(comparison)) text += one_line(label + ": " + words) + "\n";
    for (std::size_t at = 0; at < comparison.rows.size();) {
      text += "\n" + bold + one_line(pair_name(comparison.rows[at])) + plain + "\n";
      for (const auto& line : aligned_lines(table_of(comparison, at), 2, 2)) text += line + "\n";
    }
    text += "\n" + bold + counts_of(comparison) + plain + "\n";
  }
  return text +
         "better, worse, same: the whole interval of the difference is beyond or within the margin; "
         "undecided: "
         "it crosses one.\n~ modelled   * assumed   † published   – absent\n";
}

std::string markdown_text(const std::vector<Comparison>& comparisons) {
  std::string text;
  for (const auto& comparison : comparisons) {
    text += fmt::format("## {} → {}\n\n**{}**\n\n", markdown_escaped(comparison.a),
                        markdown_escaped(comparison.b), counts_of(comparison));
    const auto notes = notes_of(comparison);
    for (const auto& [label, words] : notes) text += "- " + label + ": " + markdown_escaped(words) + "\n";
    if (!notes.empty()) text += "\n";
    for (std::size_t at = 0; at < comparison.rows.size();) {
      text += "### " + markdown_escaped(pair_name(comparison.rows[at])) + "\n\n";
      text += markdown_table(table_of(comparison, at), 2);
    }
  }
  return text +
         "better, worse, same: the whole 95 % interval of the difference is beyond or within the margin; "
         "undecided: it crosses one.\n";
}

Json json_of(const Mismatch& one) {
  Json json{{"kind", std::string(to_string(one.concern))}, {"what", one.what}, {"a", one.a}, {"b", one.b}};
  if (!one.variant.empty()) json["variant"] = one.variant;
  return json;
}

Json json_of(const ComparedRow& row) {
  Json json{{"variant_a", row.variant_a}, {"variant_b", row.variant_b}, {"task", row.task},
            {"mode", row.metric.mode},    {"metric", row.metric.id},    {"unit", row.unit}};
  json["a"] = row.a ? to_json(*row.a) : Json();
  json["b"] = row.b ? to_json(*row.b) : Json();
  if (row.difference) {
    const auto& moved = row.difference->value;
    Json difference{{"value", moved.value}, {"evidence", to_string(row.difference->evidence)}};
    if (moved.lo) difference["lo"] = *moved.lo;
    if (moved.hi) difference["hi"] = *moved.hi;
    if (row.difference->pairs > 0) difference["pairs"] = row.difference->pairs;
    json["difference"] = std::move(difference);
    json["margin"] = row.margin;
  }
  json["margin_text"] = margin_text(row.metric);
  if (row.metric.better)
    json["better"] = *row.metric.better == Direction::higher_is_better ? "higher" : "lower";
  json["verdict"] = std::string(to_string(row.verdict));
  if (!row.reason.empty()) json["reason"] = row.reason;
  json["despite"] = Json::array();
  for (const auto mark : row.marks) json["despite"].push_back(std::string(to_string(mark)));
  return json;
}

std::string json_text(const std::vector<Comparison>& comparisons) {
  Json root{{"format", "edgeeval-compare"}, {"schema_version", kSchemaVersion}};
  root["comparisons"] = Json::array();
  for (const auto& comparison : comparisons) {
    Json json{{"a", comparison.a}, {"b", comparison.b}};
    json["despite"] = Json::array();
    for (const auto& one : comparison.mismatches) json["despite"].push_back(json_of(one));
    json["remarks"] = comparison.remarks;
    json["only_a"] = comparison.only_a;
    json["only_b"] = comparison.only_b;
    json["rows"] = Json::array();
    for (const auto& row : comparison.rows) json["rows"].push_back(json_of(row));
    root["comparisons"].push_back(std::move(json));
  }
  return json_document(root);
}

}  // namespace

std::vector<std::string> compare_formats() { return {"console", "json", "md"}; }

Result<std::string> compare_as(const std::string& format, const std::vector<Comparison>& comparisons,
                               bool colour) {
  if (format == "console") return console_text(comparisons, colour);
  if (format == "json") return json_text(comparisons);
  if (format == "md") return markdown_text(comparisons);
  return fail(ErrorCode::usage, "unknown format \"" + format + "\"", "-o",
              "known: " + join(compare_formats(), ", "));
}

}  // namespace edgeeval
