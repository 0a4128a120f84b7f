// SPDX-License-Identifier: Apache-2.0
#include "decision/result_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>

#include "core/files.hpp"
#include "core/json.hpp"
#include "core/one_line.hpp"
#include "record/codec.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr int kSchemaMajor = 1;
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// `text` with NaN, Infinity and -Infinity outside of strings put in quotes, so that the figure they stand
/// for can be named instead of the whole file being refused.
std::string with_quoted_nonfinite(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\' && at + 1 < text.size()) {
      result.append(text.substr(at++, 2));
      continue;
    }
    if (c == '"') quoted = !quoted;
    std::string_view found;
    if (!quoted && (at == 0 || !is_word(text[at - 1]))) {
      for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
        if (text.substr(at).starts_with(word)) found = word;
      }
    }
    if (found.empty()) {
      result += c;
      continue;
    }
    result += fmt::format("\"{}\"", found);
    at += found.size() - 1;
  }
  return result;
}

/// The number at `key`; absent where there is none; not a number where something else stands there.
std::optional<double> number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  return found->is_number() ? found->get<double>() : kNotANumber;
}

MetricRow row_from(const Json& json, const ResultSet& results) {
  MetricRow row;
  row.variant = value_or(json, "variant", std::string());
  row.mode = value_or(json, "mode", std::string());
  row.metric = value_or(json, "metric", std::string());
  row.flag = value_or(json, "flag", std::string());
  row.absent_reason = value_or(json, "absent_reason", std::string());
  if (const auto* variant = find_variant(results, row.variant)) {
    row.family = variant->family;
    row.size = variant->size;
    row.method = variant->method;
    row.precision = variant->precision;
    row.task = variant->task;
  }
  if (const auto value = number_at(json, "value")) {
    row.value = Fact{*value,
                     value_or(json, "unit", std::string()),
                     number_at(json, "lo"),
                     number_at(json, "hi"),
                     grade_from(value_or(json, "grade", std::string())).value_or(Grade::assumed),
                     value_or(json, "sources", std::vector<std::string>())};
  } else if (row.absent_reason.empty()) {
    row.absent_reason = "the file holds no value and no reason";
  }
  return row;
}

/// That a figure has one row: which of two were meant, nobody could tell.
Result<void> check_rows(const ResultSet& results) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> places;
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    const auto& row = results.rows[i];
    const auto [first, is_new] = places.try_emplace({row.variant, row.mode, row.metric}, i + 1);
    if (is_new) continue;
    return fail(
        ErrorCode::record_unreadable,
        fmt::format("{} {} of variant \"{}\" is given twice: entries {} and {} of \"metrics\"",
                    one_line(row.mode), one_line(row.metric), one_line(row.variant), first->second, i + 1),
        results.name, "Keep one of the two.");
  }
  return {};
}

Result<void> take_sittings(const Json& root, RunRecord& record) {
  for (const auto& json : root.value("sittings", Json::array())) {
    record.sittings.push_back({value_or(json, "number", 0), value_or(json, "started", std::string()),
                               value_or(json, "ended", std::string()),
                               value_or(json, "how_ended", std::string()),
                               value_or(json, "environment", std::map<std::string, std::string>())});
  }
  const auto settings = root.value("settings", Json::object());
  for (const auto& [key, value] : settings.items())
    record.settings.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  return {};
}

Result<void> take_parts(const Json& root, const std::string& name, RunRecord& record) {
  auto variants = variants_from(root.value("variants", Json::array()), name);
  if (!variants) return tl::unexpected(variants.error());
  record.variants = std::move(*variants);
  for (const auto& json : root.value("stages", Json::array())) {
    auto stage = stage_from(json, name);
    if (!stage) return tl::unexpected(stage.error());
    record.stages[stage->id] = std::move(*stage);
  }
  const auto prices = root.value("prices", Json::object());
  for (const auto& [key, json] : prices.items()) {
    auto fact = fact_from(json, name);
    if (!fact) return tl::unexpected(fact.error());
    record.prices[key] = std::move(*fact);
  }
  return take_sittings(root, record);
}

Result<void> check_schema(const Json& root, const std::string& name) {
  const auto version = value_or(root, "schema_version", std::string());
  if (!root.contains("metrics") || version.empty())
    return fail(ErrorCode::record_unreadable, "is no results.json: it has no schema_version or no metrics",
                name, "Name a run folder, or the results.json in it.");
  if (version.substr(0, version.find('.')) != std::to_string(kSchemaMajor))
    return fail(
        ErrorCode::record_unreadable,
        fmt::format("schema_version \"{}\" is not one this edgeeval reads ({}.x)", version, kSchemaMajor),
        name, "Use the edgeeval that wrote it, or a newer one.");
  return {};
}

Result<ResultSet> with_variants(ResultSet results) {
  if (!results.record.variants.empty()) return results;
  return fail(ErrorCode::record_unreadable, "the run holds no variant: there is nothing to decide on",
              results.name, "Finish the run first: the same `edgeeval run` goes on where it stopped.");
}

Result<ResultSet> read_folder(const std::string& path, const RowsOf& rows_of) {
  std::error_code ignored;
  const bool record = fs::exists(fs::path(path) / "record.jsonl", ignored);
  if (!record && fs::exists(fs::path(path) / "load.json", ignored))
    return fail(ErrorCode::record_unreadable, "is the folder of a benchmark, which has no variants", path,
                "compare and gate take runs of studies; `edgeeval report` shows a benchmark.");
  auto read = read_run(path);
  if (!read) return tl::unexpected(read.error());
  auto rows = rows_of(*read);
  return with_variants(ResultSet{path, std::move(*read), std::move(rows), true});
}

}  // namespace

Result<ResultSet> parse_results(const std::string& text, const std::string& name) {
  auto root = parse_json(with_quoted_nonfinite(text), name);
  if (!root || !root->is_object())
    return fail(ErrorCode::record_unreadable, root ? "is no JSON object" : root.error().message, name,
                "Name a run folder, or the results.json in it.");
  if (auto known = check_schema(*root, name); !known) return tl::unexpected(known.error());
  ResultSet results{name, {}, {}, false};
  try {
    results.record.study = value_or(*root, "study", std::string());
    results.record.plan_key = value_or(*root, "plan_key", std::string());
    results.record.warnings = value_or(*root, "warnings", std::vector<std::string>());
    if (auto taken = take_parts(*root, name, results.record); !taken) return tl::unexpected(taken.error());
    for (const auto& json : root->at("metrics")) results.rows.push_back(row_from(json, results));
    if (auto once = check_rows(results); !once) return tl::unexpected(once.error());
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::record_unreadable, std::string("malformed: ") + problem.what(), name);
  }
  return with_variants(std::move(results));
}

Result<ResultSet> read_results(const std::string& path, const RowsOf& rows_of) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return read_folder(path, rows_of);
  auto text = read_file(path);
  if (!text) {
    auto error = text.error();
    error.hint = "Name a run folder, or the results.json in it.";
    return tl::unexpected(error);
  }
  return parse_results(*text, path);
}

const MetricRow* find_row(const ResultSet& results, const std::string& variant, const std::string& mode,
                          const std::string& metric) {
  const auto found = std::find_if(results.rows.begin(), results.rows.end(), [&](const MetricRow& row) {
    return row.variant == variant && row.metric == metric && (mode.empty() || row.mode == mode);
  });
  return found == results.rows.end() ? nullptr : &*found;
}

const VariantInfo* find_variant(const ResultSet& results, const std::string& id) {
  const auto& variants = results.record.variants;
  const auto found =
      std::find_if(variants.begin(), variants.end(), [&](const VariantInfo& v) { return v.id == id; });
  return found == variants.end() ? nullptr : &*found;
}

}  // namespace edgeeval
