// SPDX-License-Identifier: Apache-2.0
#include "stage/model_stages.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <system_error>

#include "core/files.hpp"
#include "core/text.hpp"
#include "stage/facts.hpp"
#include "stage/names.hpp"
#include "stage/task_items.hpp"
#include "stage/tool.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// The file of the artifact `name` that the stage's `index`-th need left behind.
Result<fs::path> input_file(const StageSpec& spec, std::size_t index, const std::string& name,
                            StageContext& context) {
  auto artifact = artifact_of(context.input(spec.needs.at(index)), name);
  if (!artifact) return tl::unexpected(artifact.error());
  return context.run_folder() / artifact->path;
}

const Model* model_of(const Plan& plan, const std::string& name) {
  for (const auto& model : plan.study.models) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

/// Adds what every helper reports of its own process.
void add_process_facts(StageResult& result, const Json& answer) {
  result.facts["peak_resident"] =
      observed(value_or(answer, "peak_rss_bytes", 0.0), "B", "wait4 ru_maxrss of the helper");
}

/// The result of a stage that has written one model file.
Result<StageResult> model_result(StageContext& context, const fs::path& relative, const Json& answer) {
  auto artifact = describe_artifact(context.run_folder(), "model", relative);
  if (!artifact) return tl::unexpected(artifact.error());
  StageResult result;
  result.facts["model_bytes"] = observed(static_cast<double>(artifact->bytes), "B", "file size");
  add_process_facts(result, answer);
  for (const char* key : {"file_type", "tensor_mix"}) {
    if (auto text = value_or(answer, key, std::string()); !text.empty()) result.notes[key] = text;
  }
  result.headline =
      fmt::format("{} · {}", format_bytes(static_cast<double>(artifact->bytes)), result.notes["file_type"]);
  result.artifacts.push_back(std::move(*artifact));
  return result;
}

/// Runs an edgeeval-model command that writes one model file.
Result<StageResult> make_model(const StageSpec& spec, StageContext& context, const std::string& suffix,
                               std::vector<std::string> arguments) {
  const auto relative = product_of(spec, suffix);
  arguments.insert(arguments.end(), {"--out", (context.run_folder() / relative).string()});
  auto answer = run_helper(context, "edgeeval-model", arguments, log_name_of(spec));
  if (!answer) return tl::unexpected(answer.error());
  return model_result(context, relative, *answer);
}

std::vector<std::string> training_arguments(const StageSpec& spec, const AdaptSettings& adapt,
                                            std::size_t items) {
  const auto per_epoch = static_cast<double>(items) / adapt.batch_size;
  const int steps = adapt.steps > 0 ? adapt.steps : static_cast<int>(std::ceil(adapt.epochs * per_epoch));
  return {"--method",        std::string(to_string(spec.adaptation)),
          "--rank",          fmt::to_string(adapt.rank),
          "--alpha",         format_round_trip(adapt.alpha),
          "--dropout",       format_round_trip(adapt.dropout),
          "--learning-rate", format_round_trip(adapt.learning_rate),
          "--steps",         fmt::to_string(steps),
          "--batch",         fmt::to_string(adapt.batch_size),
          "--max-length",    fmt::to_string(adapt.max_tokens),
          "--seed",          fmt::to_string(adapt.seed)};
}

Progress training_progress(const Json& event) {
  const auto step = value_or(event, "step", 0.0);
  const auto steps = value_or(event, "steps", 0.0);
  return {step, steps,
          fmt::format("step {}/{} · {:.0f} tok/s · loss {:.2f}", step, steps,
                      value_or(event, "tokens_per_s", 0.0), value_or(event, "loss", 0.0))};
}

Result<StageResult> adapter_result(StageContext& context, const fs::path& relative, const Json& answer) {
  auto artifact = describe_artifact(context.run_folder(), "adapter", relative);
  if (!artifact) return tl::unexpected(artifact.error());
  StageResult result;
  const std::string source = "edgeeval-train";
  const std::pair<const char*, const char*> facts[] = {
      {"first_loss", "nat/tok"}, {"last_loss", "nat/tok"},  {"steps", "1"},
      {"tokens", "tok"},         {"tokens_per_s", "tok/s"}, {"trainable_parameters", "1"}};
  for (const auto& [key, unit] : facts) {
    if (answer.contains(key)) result.facts[key] = observed(value_or(answer, key, 0.0), unit, source);
  }
  add_process_facts(result, answer);
  result.headline = fmt::format("loss {:.2f} → {:.2f}", value_or(answer, "first_loss", 0.0),
                                value_or(answer, "last_loss", 0.0));
  result.artifacts.push_back(std::move(*artifact));
  return result;
}

}  // namespace

Result<StageResult> ImportStage::run(const StageSpec& spec, StageContext& context) {
  const auto* model = model_of(context.plan(), spec.model);
  if (model == nullptr)
    return fail(ErrorCode::internal, "the plan has no model \"" + spec.model + "\"", spec.id);
  auto result =
      make_model(spec, context, ".fp16.gguf", {"convert", "--model", model->gguf.string(), "--type", "f16"});
  if (result && !model->note.empty()) result->notes["model_note"] = model->note;
  return result;
}

Result<StageResult> AdaptStage::run(const StageSpec& spec, StageContext& context) {
  auto base = input_file(spec, 0, "model", context);
  if (!base) return tl::unexpected(base.error());
  auto task = task_of(context.plan(), spec.task);
  if (!task) return tl::unexpected(task.error());
  const auto items_file = context.run_folder() / product_of(spec, ".items.jsonl");
  const auto tokens_file = context.run_folder() / product_of(spec, ".tokens.jsonl");
  const auto items = write_conversations(*task, items_file);
  if (!items) return tl::unexpected(items.error());
  const auto& adapt = context.plan().study.adapt;
  auto tokenized = run_helper(context, "edgeeval-model",
                              {"tokenize", "--model", base->string(), "--items", items_file.string(), "--out",
                               tokens_file.string(), "--max-length", fmt::to_string(adapt.max_tokens)},
                              log_name_of(spec));
  if (!tokenized) return tl::unexpected(tokenized.error());
  const auto relative = product_of(spec, ".adapter");
  std::vector<std::string> arguments{"adapt",
                                     "--model",
                                     base->string(),
                                     "--data",
                                     tokens_file.string(),
                                     "--out",
                                     (context.run_folder() / relative).string()};
  const auto settings = training_arguments(spec, adapt, *items);
  arguments.insert(arguments.end(), settings.begin(), settings.end());
  // A folder left by a sitting that died before recording it would be in the way of the rename.
  std::error_code status;
  fs::remove_all(context.run_folder() / relative, status);
  auto answer = run_helper(context, "edgeeval-train", arguments, log_name_of(spec), [&](const Json& event) {
    if (value_or(event, "event", std::string()) == "step") context.progress(training_progress(event));
  });
  if (!answer) return tl::unexpected(answer.error());
  return adapter_result(context, relative, *answer);
}

Result<StageResult> MergeStage::run(const StageSpec& spec, StageContext& context) {
  auto base = input_file(spec, 0, "model", context);
  if (!base) return tl::unexpected(base.error());
  auto adapter = input_file(spec, 1, "adapter", context);
  if (!adapter) return tl::unexpected(adapter.error());
  return make_model(spec, context, ".fp16.gguf",
                    {"merge", "--model", base->string(), "--adapter", adapter->string(), "--type", "f16"});
}

Result<StageResult> QuantizeStage::run(const StageSpec& spec, StageContext& context) {
  auto whole = input_file(spec, 0, "model", context);
  if (!whole) return tl::unexpected(whole.error());
  return make_model(spec, context, ".gguf",
                    {"quantize", "--model", whole->string(), "--to", std::string(to_string(spec.precision))});
}

}  // namespace edgeeval
