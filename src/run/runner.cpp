// SPDX-License-Identifier: Apache-2.0
#include "run/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/files.hpp"
#include "core/json_document.hpp"
#include "run/context.hpp"
#include "run/idle.hpp"
#include "run/run_folder.hpp"

namespace edgeeval {
namespace {

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

/// One sitting of one plan.
class Sitter {
 public:
  Sitter(const Plan& plan, const RunOptions& options, const RunServices& services, RunFolder folder)
      : plan_(plan), options_(options), services_(services), folder_(std::move(folder)) {}

  Result<RunSummary> run() {
    if (auto opened = open_sitting(); !opened) return tl::unexpected(opened.error());
    summary_.total = plan_.stages.size();
    for (std::size_t i = 0; i < plan_.stages.size(); ++i) {
      if (services_.cancel.requested()) break;
      auto done = step(plan_.stages[i], i + 1);
      if (!done)
        return close_sitting("failed").and_then(
            [&]() -> Result<RunSummary> { return tl::unexpected(done.error()); });
    }
    summary_.cancelled = services_.cancel.requested();
    if (performed_ && !summary_.cancelled) {
      if (auto idled = idle("after"); !idled) return tl::unexpected(idled.error());
    }
    if (auto closed = close_sitting(summary_.cancelled ? "cancelled" : "finished"); !closed) {
      return tl::unexpected(closed.error());
    }
    return summary_;
  }

 private:
  Result<void> open_sitting() {
    const Sitting sitting{folder_.sitting, services_.clock.wall_label(), "", "", options_.environment};
    if (auto kept = keep_inputs(); !kept) return kept;
    if (auto noted = folder_.writer.sitting_started(sitting); !noted) return noted;
    std::vector<std::string> energy_sources;
    for (const auto& source : services_.meter.sources()) energy_sources.push_back(source.title);
    services_.listener.on_event(RunStarted{&plan_, folder_.sitting, count_finished(),
                                           std::move(energy_sources), options_.environment});
    return {};
  }

  Result<void> keep_inputs() {
    auto text = read_file(plan_.study.file);
    if (!text) return tl::unexpected(text.error());
    Json environment = options_.environment;
    return write_file(options_.folder / "study.yaml", *text)
        .and_then(
            [&] { return write_file(options_.folder / "plan.json", json_document(options_.plan_json)); })
        .and_then(
            [&] { return write_file(options_.folder / "environment.json", json_document(environment)); });
  }

  Result<void> close_sitting(const std::string& how) {
    services_.listener.on_event(
        RunEnded{summary_.finished, summary_.failed, summary_.skipped, summary_.total, summary_.cancelled});
    return folder_.writer.sitting_ended(folder_.sitting, services_.clock.wall_label(), how);
  }

  [[nodiscard]] const StageRecord* earlier(const StageSpec& spec) const {
    if (!folder_.earlier) return nullptr;
    const auto found = folder_.earlier->stages.find(spec.id);
    const bool usable =
        found != folder_.earlier->stages.end() && still_valid(found->second, spec.key, options_.folder);
    return usable ? &found->second : nullptr;
  }

  [[nodiscard]] std::size_t count_finished() const {
    return static_cast<std::size_t>(
        std::count_if(plan_.stages.begin(), plan_.stages.end(),
                      [&](const StageSpec& spec) { return earlier(spec) != nullptr; }));
  }

  Result<void> step(const StageSpec& spec, std::size_t number) {
    services_.listener.on_event(StageStarted{&spec, number, summary_.total});
    if (const auto* record = earlier(spec)) {
      ++summary_.finished;
      const auto& kept = finished_[spec.id] = *record;
      services_.listener.on_event(StageEnded{&spec, &kept, "cached", true});
      return {};
    }
    const auto missing = std::find_if(spec.needs.begin(), spec.needs.end(),
                                      [&](const std::string& id) { return !finished_.contains(id); });
    if (missing != spec.needs.end()) return skip(spec, *missing);
    return perform(spec);
  }

  Result<void> skip(const StageSpec& spec, const std::string& missing) {
    StageRecord record = new_record(spec);
    record.outcome = StageOutcome::skipped;
    record.error = Error{ErrorCode::tool_failed, "not run: it needs " + missing + ", which failed"};
    ++summary_.skipped;
    services_.listener.on_event(StageEnded{&spec, &record, "skipped", false});
    return folder_.writer.stage_ended(record);
  }

  /// A window of the bare machine. Before the first stage that is run and after the last, so drift can be told.
  Result<void> idle(const std::string& moment) {
    const double length_s = idle_length_s(plan_, services_.meter);
    if (length_s <= 0.0) return {};
    const auto window = services_.meter.open("idle");
    rest(services_, length_s);
    return folder_.writer.idled({folder_.sitting, "bare", moment, window->close()});
  }

  Result<void> perform(const StageSpec& spec) {
    if (!std::exchange(performed_, true)) {
      if (auto idled = idle("before"); !idled) return idled;
    }
    StageRecord record = new_record(spec);
    if (auto noted = folder_.writer.stage_started(spec.id, spec.key, folder_.sitting, record.started); !noted)
      return noted;
    RunContext context(plan_, spec, options_.folder, services_, finished_, folder_.writer);
    const auto start = services_.clock.now();
    auto window = context.open_window(std::string(to_string(spec.kind)));
    auto result = services_.stages.at(spec.kind)->run(spec, context);
    window->close();
    record.duration_s = seconds_between(start, services_.clock.now());
    record.windows = context.take_windows();
    record.log_tail = context.take_log_tail();
    return result ? finish(spec, std::move(record), std::move(*result))
                  : give_up(spec, std::move(record), result.error());
  }

  Result<void> finish(const StageSpec& spec, StageRecord record, StageResult result) {
    record.facts = std::move(result.facts);
    record.notes = std::move(result.notes);
    record.artifacts = std::move(result.artifacts);
    if (auto noted = folder_.writer.stage_ended(record); !noted) return noted;
    ++summary_.finished;
    const auto& kept = finished_[spec.id] = std::move(record);
    services_.listener.on_event(StageEnded{&spec, &kept, result.headline, false});
    return {};
  }

  Result<void> give_up(const StageSpec& spec, StageRecord record, const Error& error) {
    record.outcome = StageOutcome::failed;
    record.error = error;
    services_.listener.on_event(StageEnded{&spec, &record, error.message, false});
    // Interrupted work is not a finding about the variant, so it leaves no stage line.
    if (error.code == ErrorCode::cancelled) return {};
    ++summary_.failed;
    if (auto noted = folder_.writer.stage_ended(record); !noted) return tl::unexpected(noted.error());
    // Without space nothing more can be kept: stop here, everything finished is on disk.
    if (error.code == ErrorCode::disk_full) return tl::unexpected(error);
    return {};
  }

  [[nodiscard]] StageRecord new_record(const StageSpec& spec) const {
    StageRecord record;
    record.id = spec.id;
    record.kind = to_string(spec.kind);
    record.key = spec.key;
    record.sitting = folder_.sitting;
    record.started = services_.clock.wall_label();
    return record;
  }

  const Plan& plan_;
  const RunOptions& options_;
  const RunServices& services_;
  RunFolder folder_;
  std::map<std::string, StageRecord> finished_;
  RunSummary summary_;
  bool performed_ = false;  ///< Whether this sitting has run a stage itself.
};

}  // namespace

Result<RunSummary> run_plan(const Plan& plan, const RunOptions& options, const RunServices& services) {
  const bool required = options.require_measured || plan.study.energy.require == "measured";
  if (required && !has_sensor(services.meter)) {
    return fail(ErrorCode::not_measured, "measured energy is required, and no energy sensor can be read here",
                plan.study.file.string(),
                "`edgeeval doctor` shows what is found and the rights that are missing. Without the requirement, "
                "modelled energy is taken and marked as such.");
  }
  auto folder = open_run_folder(options.folder, plan);
  if (!folder) return tl::unexpected(folder.error());
  return Sitter(plan, options, services, std::move(*folder)).run();
}

}  // namespace edgeeval
