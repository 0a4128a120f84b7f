// SPDX-License-Identifier: Apache-2.0
// A plan of three stages in a row and one beside them, worked on by stages that only write a file.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/runner.hpp>
#include <edgeeval/stage.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/files.hpp"

namespace edgeeval::testing {

inline StageSpec stage(StageKind kind, const std::string& id, std::vector<std::string> needs) {
  StageSpec spec;
  spec.id = id;
  spec.kind = kind;
  spec.key = "key of " + id;
  spec.needs = std::move(needs);
  spec.label = id;
  return spec;
}

/// import:m → merge:m → quantize:m, and import:n.
inline Plan small_plan(const std::filesystem::path& folder) {
  Plan plan;
  plan.study.name = "small";
  plan.study.file = folder / "study.yaml";
  std::ofstream(plan.study.file) << "name: small\n";
  plan.key = "plan key";
  plan.stages = {stage(StageKind::import, "import:m", {}), stage(StageKind::merge, "merge:m", {"import:m"}),
                 stage(StageKind::quantize, "quantize:m", {"merge:m"}), stage(StageKind::import, "import:n", {})};
  return plan;
}

/// Writes one artifact a stage and counts how often each id ran; may fail or interrupt at an id.
class WritingStage final : public Stage {
 public:
  std::map<std::string, int> runs;
  std::map<std::string, Error> failures;
  std::function<void(const std::string&)> before = [](const std::string&) {};

  Result<StageResult> run(const StageSpec& spec, StageContext& context) override {
    ++runs[spec.id];
    before(spec.id);
    if (const auto failure = failures.find(spec.id); failure != failures.end()) return tl::unexpected(failure->second);
    StageResult result;
    const auto name = "artifacts/" + spec.id.substr(0, 2) + spec.id.back();
    if (auto written = write_file(context.run_folder() / name, spec.id); !written) return tl::unexpected(written.error());
    result.artifacts.push_back({"model", name, spec.id.size(), "digest"});
    return result;
  }
};

/// Remembers the kinds of events, in order.
class Listener final : public ProgressListener {
 public:
  std::vector<std::string> ended;
  std::size_t started = 0;
  bool cancelled = false;
  void on_event(const Event& event) override {
    if (std::holds_alternative<StageStarted>(event)) ++started;
    if (const auto* end = std::get_if<StageEnded>(&event)) ended.push_back(end->stage->id + (end->cached ? " cached" : ""));
    if (const auto* end = std::get_if<RunEnded>(&event)) cancelled = end->cancelled;
  }
};

}  // namespace edgeeval::testing
