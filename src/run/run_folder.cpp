// SPDX-License-Identifier: Apache-2.0
#include "run/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

std::uintmax_t size_on_disk(const fs::path& path) {
  std::error_code status;
  if (!fs::is_directory(path, status)) {
    const auto size = fs::file_size(path, status);
    return status ? 0 : size;
  }
  std::uintmax_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, status)) {
    if (entry.is_regular_file(status)) total += entry.file_size(status);
  }
  return total;
}

VariantInfo info_of(const Variant& variant, const Study& study) {
  VariantInfo info;
  info.id = variant.id;
  info.model = variant.model;
  info.family = variant.family;
  info.size = variant.size;
  info.method = to_string(variant.adaptation);
  info.precision = to_string(variant.precision);
  info.task = variant.task;
  info.stages = variant.stages;
  info.model_stage = variant.model_stage;
  info.serve_stage = variant.serve_stage;
  info.score_stage = variant.score_stage;
  for (const auto& model : study.models) {
    if (model.name == variant.model) info.note = model.note;
  }
  return info;
}

}  // namespace

RecordedPlan recorded_plan(const Plan& plan) {
  RecordedPlan recorded{plan.study.name, plan.key, {}, {}, {}};
  for (const auto& variant : plan.variants) recorded.variants.push_back(info_of(variant, plan.study));
  const auto& prices = plan.study.prices;
  recorded.prices["electricity_usd_per_kwh"] =
      Fact{prices.electricity_usd_per_kwh, "USD/kWh", {}, {}, Grade::assumed, {prices.source}};
  recorded.prices["api_usd_per_request"] =
      Fact{prices.api_usd_per_request, "USD", {}, {}, Grade::assumed, {prices.source}};
  for (const auto& setting : plan.settings) recorded.settings.emplace_back(setting.key, setting.effective);
  return recorded;
}

Result<RunFolder> open_run_folder(const fs::path& folder, const Plan& plan) {
  for (const char* name : {"", "requests", "predictions", "artifacts", "logs"}) {
    if (auto made = make_folder(folder / name); !made) return tl::unexpected(made.error());
  }
  auto lock = FileLock::acquire(folder / ".lock");
  if (!lock) return tl::unexpected(lock.error());
  std::optional<RunRecord> earlier;
  std::error_code status;
  const auto record_path = folder / "record.jsonl";
  // A run killed before its first whole line has left an empty or torn file: the same as a new folder.
  const auto text =
      fs::exists(record_path, status) ? read_file(record_path) : Result<std::string>(std::string());
  if (!text) return tl::unexpected(text.error());
  if (text->find('\n') != std::string::npos) {
    auto record = read_run(folder.string());
    if (!record) return tl::unexpected(record.error());
    if (record->plan_key != plan.key) {
      return fail(
          ErrorCode::record_mismatch,
          fmt::format("the run folder holds another study: \"{}\" (plan {:.12}), not \"{}\" (plan {:.12})",
                      record->study, record->plan_key, plan.study.name, plan.key),
          folder.string(), "Name another folder with --out, or undo the change to the study.");
    }
    earlier = std::move(*record);
  }
  auto writer = RecordWriter::open(folder, recorded_plan(plan), !earlier);
  if (!writer) return tl::unexpected(writer.error());
  const int sitting = earlier ? static_cast<int>(earlier->sittings.size()) + 1 : 1;
  return RunFolder{std::move(*lock), std::move(earlier), std::move(*writer), sitting};
}

bool still_valid(const StageRecord& stage, const std::string& key, const fs::path& folder) {
  if (stage.outcome != StageOutcome::finished || stage.key != key) return false;
  return std::all_of(stage.artifacts.begin(), stage.artifacts.end(), [&](const Artifact& artifact) {
    std::error_code status;
    return fs::exists(folder / artifact.path, status) &&
           size_on_disk(folder / artifact.path) == artifact.bytes;
  });
}

std::optional<fs::path> find_unfinished(const fs::path& parent, const Plan& plan) {
  std::vector<fs::path> folders;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(parent, status)) {
    if (entry.path().filename().string().starts_with(plan.study.name + "-")) folders.push_back(entry.path());
  }
  // Their names end in the time, so the newest comes last.
  std::sort(folders.rbegin(), folders.rend());
  for (const auto& folder : folders) {
    const auto record = read_run(folder.string());
    if (!record || record->plan_key != plan.key) continue;
    const bool whole = std::all_of(plan.stages.begin(), plan.stages.end(), [&](const StageSpec& spec) {
      const auto found = record->stages.find(spec.id);
      return found != record->stages.end() && still_valid(found->second, spec.key, folder);
    });
    if (!whole) return folder;
  }
  return std::nullopt;
}

}  // namespace edgeeval
