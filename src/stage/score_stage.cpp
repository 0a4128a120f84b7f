// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <numeric>

#include "core/files.hpp"
#include "record/codec.hpp"
#include "stage/facts.hpp"
#include "stage/serving_stages.hpp"
#include "stage/task_items.hpp"
#include "stage/tool.hpp"
#include "task/scoring.hpp"

namespace edgeeval {
namespace {

/// The answers that the serve stage kept, by item; failed requests have none.
Result<std::map<std::string, std::string>> answers_of(const StageSpec& spec, const StageContext& context) {
  auto requests = artifact_of(context.input(spec.needs.at(0)), "requests");
  if (!requests) return tl::unexpected(requests.error());
  auto lines = read_lines(context.run_folder() / requests->path);
  if (!lines) return tl::unexpected(lines.error());
  std::map<std::string, std::string> answers;
  for (const auto& line : *lines) {
    auto json = parse_json(line, requests->path);
    if (!json) return tl::unexpected(json.error());
    auto timeline = request_from(*json, requests->path);
    if (!timeline) return tl::unexpected(timeline.error());
    if (timeline->ok) answers[timeline->item] = timeline->text;
  }
  return answers;
}

}  // namespace

Result<StageResult> ScoreStage::run(const StageSpec& spec, StageContext& context) {
  auto task = task_of(context.plan(), spec.task);
  if (!task) return tl::unexpected(task.error());
  auto items = evaluation_items(*task, context.plan().study.load.items);
  if (!items) return tl::unexpected(items.error());
  const auto answers = answers_of(spec, context);
  if (!answers) return tl::unexpected(answers.error());
  std::string lines;
  double f1 = 0.0;
  for (const auto& item : *items) {
    const auto answer = answers->find(item.id);
    const auto score =
        score_item(item, answer == answers->end() ? std::nullopt : std::optional(answer->second));
    f1 += score.f1;
    lines += to_line(to_json(score)) + "\n";
  }
  const auto file = std::filesystem::path("predictions") / (spec.variant + ".jsonl");
  if (auto written = write_file(context.run_folder() / file, lines); !written)
    return tl::unexpected(written.error());
  auto artifact = describe_artifact(context.run_folder(), "predictions", file);
  if (!artifact) return tl::unexpected(artifact.error());
  StageResult result;
  result.artifacts.push_back(std::move(*artifact));
  result.facts["items"] = observed(static_cast<double>(items->size()), "1", "task file");
  result.headline =
      fmt::format("F1 {:.3f} over {} items", f1 / static_cast<double>(items->size()), items->size());
  return result;
}

}  // namespace edgeeval
