// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/record.hpp>
#include <edgeeval/version.hpp>
#include <filesystem>

#include "core/files.hpp"
#include "core/json.hpp"
#include "record/codec.hpp"

namespace edgeeval {
namespace {

std::string major_of(std::string_view version) { return std::string(version.substr(0, version.find('.'))); }

Result<void> take_header(RunRecord& record, const Json& entry, const std::string& where) {
  record.version = value_or(entry, "version", std::string());
  if (major_of(record.version) != major_of(record_version())) {
    return fail(ErrorCode::record_unreadable,
                fmt::format("record version \"{}\" is not one this edgeeval reads ({}.x)", record.version,
                            major_of(record_version())),
                where, "Use the edgeeval that wrote it, or a newer one.");
  }
  record.study = value_or(entry, "study", std::string());
  record.plan_key = value_or(entry, "plan_key", std::string());
  return {};
}

Result<void> take_plan(RunRecord& record, const Json& entry, const std::string& where) {
  record.prices.clear();
  record.settings.clear();
  auto variants = variants_from(entry.value("variants", Json::array()), where);
  if (!variants) return tl::unexpected(variants.error());
  record.variants = std::move(*variants);
  const auto prices = entry.value("prices", Json::object());
  for (const auto& [name, json] : prices.items()) {
    auto fact = fact_from(json, where);
    if (!fact) return tl::unexpected(fact.error());
    record.prices[name] = std::move(*fact);
  }
  const auto settings = entry.value("settings", Json::object());
  for (const auto& [key, value] : settings.items()) {
    record.settings.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return {};
}

Result<void> take_sitting(RunRecord& record, const Json& entry, const std::string& where) {
  auto number = required<int>(entry, "number", where);
  if (!number) return tl::unexpected(number.error());
  record.sittings.push_back({*number, value_or(entry, "started", std::string()), "", "killed",
                             value_or(entry, "environment", std::map<std::string, std::string>())});
  return {};
}

void take_sitting_end(RunRecord& record, const Json& entry) {
  for (auto& sitting : record.sittings) {
    if (sitting.number != value_or(entry, "number", 0)) continue;
    sitting.ended = value_or(entry, "ended", std::string());
    sitting.how_ended = value_or(entry, "how", std::string());
  }
}

Result<void> take(RunRecord& record, const Json& entry, const std::string& where) {
  const auto type = value_or(entry, "type", std::string());
  if (type == "record") return take_header(record, entry, where);
  if (record.version.empty())
    return fail(ErrorCode::record_unreadable, "the record does not begin with its header", where);
  if (type == "plan") return take_plan(record, entry, where);
  if (type == "sitting") return take_sitting(record, entry, where);
  if (type == "sitting_ended") take_sitting_end(record, entry);
  if (type == "warning") record.warnings.push_back(value_or(entry, "message", std::string()));
  if (type == "idle") {
    auto idle = idle_from(entry, where);
    if (!idle) return tl::unexpected(idle.error());
    record.idle.push_back(std::move(*idle));
  }
  if (type == "stage") {
    auto stage = stage_from(entry, where);
    if (!stage) return tl::unexpected(stage.error());
    record.stages[stage->id] = std::move(*stage);
  }
  // Other types come from a newer minor version; they add and never change what is read above.
  return {};
}

/// Reads a per-variant file of JSON lines that a finished stage names as an artifact.
template <class T, class Decode>
Result<std::vector<T>> read_items(const std::filesystem::path& path, Decode decode) {
  auto lines = read_lines(path);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<T> items;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const auto where = fmt::format("{}:{}", path.string(), i + 1);
    auto json = parse_json((*lines)[i], where);
    if (!json) return fail(ErrorCode::record_unreadable, json.error().message, where);
    auto item = decode(*json, where);
    if (!item) return tl::unexpected(item.error());
    items.push_back(std::move(*item));
  }
  return items;
}

const Artifact* finished_artifact(const RunRecord& record, const std::string& stage_id,
                                  const std::string& name) {
  const auto stage = record.stages.find(stage_id);
  if (stage == record.stages.end() || stage->second.outcome != StageOutcome::finished) return nullptr;
  const auto& artifacts = stage->second.artifacts;
  const auto found =
      std::find_if(artifacts.begin(), artifacts.end(), [&](const Artifact& a) { return a.name == name; });
  return found == artifacts.end() ? nullptr : &*found;
}

/// That the file holds as many scores as its stage says it scored.
Result<void> check_items(const RunRecord& record, const VariantInfo& variant, const Artifact& file,
                         std::size_t found) {
  const auto& facts = record.stages.at(variant.score_stage).facts;
  const auto stated = facts.find("items");
  if (stated == facts.end() || stated->second.value == static_cast<double>(found)) return {};
  return fail(ErrorCode::record_unreadable,
              fmt::format("holds {} scores, and its stage says that {} items were scored", found,
                          stated->second.value),
              file.path, "The file was changed or torn after the run; restore it from a copy.");
}

Result<void> read_variant_files(RunRecord& record, const std::filesystem::path& folder) {
  for (const auto& variant : record.variants) {
    if (const auto* file = finished_artifact(record, variant.serve_stage, "requests")) {
      auto requests = read_items<RequestTimeline>(folder / file->path, request_from);
      if (!requests) return tl::unexpected(requests.error());
      record.requests[variant.id] = std::move(*requests);
    }
    if (const auto* file = finished_artifact(record, variant.score_stage, "predictions")) {
      auto scores = read_items<ItemScore>(folder / file->path, score_from);
      if (!scores) return tl::unexpected(scores.error());
      if (auto whole = check_items(record, variant, *file, scores->size()); !whole) return whole;
      record.scores[variant.id] = std::move(*scores);
    }
  }
  return {};
}

}  // namespace

Result<RunRecord> read_run(const std::string& folder) {
  const auto path = std::filesystem::path(folder) / "record.jsonl";
  auto text = read_file(path);
  if (!text) {
    auto error = text.error();
    error.hint = "Name a run folder that `edgeeval run` has made.";
    return tl::unexpected(error);
  }
  RunRecord record;
  std::size_t start = 0;
  for (std::size_t number = 1; start < text->size(); ++number) {
    const auto end = text->find('\n', start);
    const auto where = fmt::format("{}:{}", path.string(), number);
    if (end == std::string::npos) {
      record.warnings.push_back(
          fmt::format("record.jsonl:{}: the last line is torn and was left out", number));
      break;
    }
    const auto line = std::string_view(*text).substr(start, end - start);
    start = end + 1;
    // Empty lines, as an editor leaves them at the end and a resumed run then has in the middle, hide
    // nothing.
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto json = parse_json(line, where);
    if (!json || !json->is_object()) {
      return fail(ErrorCode::record_unreadable, json ? "a line that is not an object" : json.error().message,
                  where, "The record is damaged before its last line; restore it from a copy.");
    }
    if (auto taken = take(record, *json, where); !taken) return tl::unexpected(taken.error());
  }
  if (record.version.empty()) return fail(ErrorCode::record_unreadable, "the record is empty", path.string());
  if (auto files = read_variant_files(record, folder); !files) return tl::unexpected(files.error());
  return record;
}

}  // namespace edgeeval
