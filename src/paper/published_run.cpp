// SPDX-License-Identifier: Apache-2.0
#include "paper/published_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <edgeeval/record.hpp>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/files.hpp"
#include "core/hash.hpp"
#include "paper/published_metrics.hpp"
#include "record/writer.hpp"

namespace edgeeval::paper {
namespace {

constexpr double kBytesPerGb = 1e9;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string model_of(const CellKey& key) { return key.family + "-" + key.size; }

std::string source_of(const Place& place) { return fmt::format("{}:{}", place.file, place.line); }

Fact published(double value, const char* unit, const Place& place) {
  return {value, unit, {}, {}, Grade::published, {source_of(place)}};
}

/// One stage made from one table row.
class StageOf {
 public:
  StageOf(std::string id, std::string kind, const Place& place) : place_(place) {
    stage_.id = std::move(id);
    stage_.kind = std::move(kind);
    stage_.key = source_of(place);
    stage_.sitting = 1;
  }
  void fact(const char* name, const std::optional<double>& value, const char* unit) {
    if (value) stage_.facts[name] = published(*value, unit, place_);
  }
  void fact(const char* name, Fact fact) { stage_.facts[name] = std::move(fact); }
  void note(const char* name, std::string text) {
    if (!text.empty()) stage_.notes[name] = std::move(text);
  }
  /// A window of published energy; its duration stands beside it as a fact, since no clock of ours took it.
  void window(const std::string& name, const std::optional<double>& joules,
              const std::optional<double>& seconds) {
    if (joules) {
      WindowRecord window;
      window.name = name;
      window.duration_s = seconds.value_or(0.0);
      window.energy = {{"published tables", "accelerators", "board", "", published(*joules, "J", place_)}};
      window.notes = {"without raw samples"};
      stage_.windows.push_back(std::move(window));
    }
    if (seconds) stage_.facts[name + "_duration"] = published(*seconds, "s", place_);
    stage_.duration_s = seconds.value_or(0.0);
  }
  [[nodiscard]] StageRecord take() { return std::move(stage_); }

 private:
  Place place_;
  StageRecord stage_;
};

StageRecord adapt_stage(const AdaptationRow& row) {
  StageOf stage("adapt:" + variant_id(row.key), "adapt", row.place);
  stage.window("adapt", row.energy_j, row.time_s);
  stage.fact("rows", row.rows, "1");
  stage.fact("accelerators", row.boards, "1");
  return stage.take();
}

Result<StageRecord> making_stage(const MergingRow& row) {
  if (row.operation != "MERGE" && row.operation != "QUANTIZE")
    return fail(ErrorCode::invalid_table,
                fmt::format("operation \"{}\" of {} is neither a merge nor a quantization", row.operation,
                            describe(row.key)),
                source_of(row.place), "allowed: MERGE, QUANTIZE; the mapping's `values` rename others");
  const auto kind = row.operation == "QUANTIZE" ? "quantize" : "merge";
  StageOf stage(std::string(kind) + ":" + variant_id(row.key), kind, row.place);
  stage.window(kind, row.energy_j, row.time_s);
  stage.note("precision_label", row.precision_label);
  return stage.take();
}

Result<StageRecord> serve_stage(const ServingRow& row) {
  const auto gigabytes = nominal_gb_of(row.key, row.place);
  if (!gigabytes) return tl::unexpected(gigabytes.error());
  StageOf stage("serve:" + variant_id(row.key), "serve", row.place);
  stage.window("load", row.energy_j, row.inference_time_s);
  stage.fact("requests", row.samples, "1");
  stage.fact("output_tokens", row.tokens, "tok");
  stage.fact("output_tok_per_s", row.throughput, "tok/s");
  stage.fact("cold_ready", row.load_time_s, "s");
  stage.fact("mean_power", row.power_mean_w, "W");
  stage.fact("peak_power", row.power_peak_w, "W");
  const auto seconds = [](const std::optional<double>& ms) {
    return ms ? std::optional(*ms / 1e3) : std::nullopt;
  };
  stage.fact("ttft_mean", seconds(row.ttft_mean_ms), "s");
  stage.fact("ttft_p50", seconds(row.ttft_median_ms), "s");
  stage.fact("itl_mean", seconds(row.itl_mean_ms), "s");
  stage.fact("itl_p50", seconds(row.itl_median_ms), "s");
  stage.fact("model_bytes",
             Fact{*gigabytes * kBytesPerGb, "B", {}, {}, Grade::assumed, {"nominal size, arXiv 2604.19342"}});
  stage.note("precision_label", row.precision_label);
  return stage.take();
}

StageRecord score_stage(const QualityRow& row, const std::optional<double>& items) {
  StageOf stage("score:" + variant_id(row.key), "score", row.place);
  stage.fact("primary_score", row.primary_mean, "1");
  stage.fact("secondary_score", row.secondary_mean, "1");
  stage.fact("primary_sd_over_passes", row.primary_sd, "1");
  // The paper scores chat from 0 to 10 and divides by 10 before it sets the score against energy.
  stage.fact("score_scale", published(row.key.task == "chat" ? 10.0 : 1.0, "1", row.place));
  stage.fact("items", items, "1");
  stage.note("precision_label", row.precision_label);
  return stage.take();
}

/// The stages behind one variant, as far as the tables have them.
std::vector<std::string> stages_of(const CellKey& key, const std::set<std::string>& known) {
  auto adaptation = key;
  adaptation.precision.clear();
  auto whole = key;
  whole.precision = "FP16";
  std::vector<std::string> ids;
  for (const auto& id :
       {"adapt:" + variant_id(adaptation), "merge:" + variant_id(whole), "merge:" + variant_id(key),
        "quantize:" + variant_id(key), "serve:" + variant_id(key), "score:" + variant_id(key)}) {
    if (known.contains(id) && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

VariantInfo variant_of(const CellKey& key, const std::set<std::string>& known) {
  VariantInfo info{variant_id(key),
                   model_of(key),
                   key.family,
                   key.size,
                   lower(key.method),
                   lower(key.precision),
                   key.task,
                   stages_of(key, known),
                   "",
                   "serve:" + variant_id(key),
                   "score:" + variant_id(key),
                   ""};
  for (const auto& id : info.stages) {
    if (id.starts_with("merge:") || id.starts_with("quantize:")) info.model_stage = id;
  }
  return info;
}

/// All stages in an order in which each comes after those it rests on.
Result<std::vector<StageRecord>> stages_of(const PublishedStudy& study) {
  std::vector<StageRecord> stages;
  for (const auto& row : study.adaptation) stages.push_back(adapt_stage(row));
  for (const auto& row : study.merging) {
    auto stage = making_stage(row);
    if (!stage) return tl::unexpected(stage.error());
    stages.push_back(std::move(*stage));
  }
  for (const auto& row : study.serving) {
    auto stage = serve_stage(row);
    if (!stage) return tl::unexpected(stage.error());
    stages.push_back(std::move(*stage));
  }
  for (const auto& row : study.quality) stages.push_back(score_stage(row, study.context.quality_items));
  // Ids are in lower case: names that differ in case alone would write over each other.
  std::map<std::string, std::string> sources;
  for (const auto& stage : stages) {
    const auto [earlier, fresh] = sources.try_emplace(stage.id, stage.key);
    if (!fresh)
      return fail(ErrorCode::invalid_table,
                  fmt::format("two rows become one stage, {}; the first is {}", stage.id, earlier->second),
                  stage.key, "Ids are in lower case: names must differ in more than case.");
  }
  return stages;
}

RecordedPlan plan_of(const PublishedStudy& study, const Constants& constants,
                     const std::vector<StageRecord>& stages) {
  std::set<std::string> known;
  std::string text;
  for (const auto& stage : stages) {
    known.insert(stage.id);
    text += stage.id + "\n";
  }
  RecordedPlan plan{study.context.title, sha256(text), {}, {}, {{"source", study.context.source}}};
  if (!study.context.device.empty()) plan.settings.emplace_back("device", study.context.device);
  for (const auto& row : study.serving) plan.variants.push_back(variant_of(row.key, known));
  plan.prices["electricity_usd_per_kwh"] =
      Fact{constants.electricity_usd_per_kwh,   "USD/kWh", {}, {}, Grade::assumed,
           {"arXiv 2604.19342, metric scripts"}};
  plan.prices["api_usd_per_request"] = Fact{
      constants.api_usd_per_request, "USD", {}, {}, Grade::assumed, {"arXiv 2604.19342, metric scripts"}};
  return plan;
}

}  // namespace

Result<void> write_published_run(const PublishedStudy& study, const Constants& constants,
                                 const std::filesystem::path& folder, const std::string& when) {
  auto stages = stages_of(study);
  if (!stages) return tl::unexpected(stages.error());
  std::error_code ignored;
  if (std::filesystem::exists(folder / "record.jsonl", ignored))
    return fail(ErrorCode::record_mismatch, "the folder holds a record already", folder.string(),
                "Name a new folder with --out; a record is never written over.");
  if (auto made = make_folder(folder); !made) return made;
  auto writer = RecordWriter::open(folder, plan_of(study, constants, *stages), true);
  if (!writer) return tl::unexpected(writer.error());
  const Sitting sitting{1, when, "", "", {{"imported_from", study.context.source}}};
  if (auto done = writer->sitting_started(sitting); !done) return done;
  for (auto& stage : *stages) {
    stage.started = when;
    if (auto done = writer->stage_ended(stage); !done) return done;
  }
  return writer->sitting_ended(1, when, "finished");
}

Result<RunRecord> published_record(const PublishedStudy& study, const Constants& constants,
                                   const std::string& when) {
  auto stages = stages_of(study);
  if (!stages) return tl::unexpected(stages.error());
  auto plan = plan_of(study, constants, *stages);
  RunRecord record;
  record.study = plan.study;
  record.plan_key = plan.plan_key;
  record.sittings.push_back({1, when, when, "finished", {{"imported_from", study.context.source}}});
  record.variants = std::move(plan.variants);
  record.prices = std::move(plan.prices);
  record.settings = std::move(plan.settings);
  for (auto& stage : *stages) record.stages[stage.id] = std::move(stage);
  return record;
}

}  // namespace edgeeval::paper
