// SPDX-License-Identifier: Apache-2.0
// A plan as JSON for the run folder, and as text for people.
#include <fmt/format.h>

#include "core/text.hpp"
#include "plan/plan.hpp"

namespace edgeeval {
namespace {

Json to_json(const Variant& variant) {
  return {{"id", variant.id},
          {"model", variant.model},
          {"family", variant.family},
          {"size", variant.size},
          {"adaptation", std::string(to_string(variant.adaptation))},
          {"precision", std::string(to_string(variant.precision))},
          {"task", variant.task},
          {"stages", variant.stages},
          {"model_stage", variant.model_stage},
          {"serve_stage", variant.serve_stage},
          {"score_stage", variant.score_stage}};
}

Json to_json(const StageSpec& stage) {
  Json json{{"id", stage.id},       {"kind", std::string(to_string(stage.kind))},
            {"key", stage.key},     {"label", stage.label},
            {"needs", stage.needs}, {"inputs", stage.inputs}};
  if (!stage.variant.empty()) json["variant"] = stage.variant;
  return json;
}

Json to_json(const Setting& setting) {
  Json json{{"key", setting.key}, {"effective", setting.effective}, {"origin", setting.origin}};
  if (setting.origin == "study") json["requested"] = setting.requested;
  return json;
}

Json to_json(const Model& model) {
  Json json{{"name", model.name}, {"family", model.family}, {"size", model.size}};
  if (!model.package.empty()) json["installed"] = model.package;
  if (!model.huggingface.empty()) json["huggingface"] = model.huggingface;
  if (!model.gguf.empty()) json["file"] = model.gguf.string();
  if (!model.note.empty()) json["note"] = model.note;
  return json;
}

}  // namespace

Json plan_to_json(const Plan& plan) {
  Json json{{"version", 1}, {"study", plan.study.name}, {"key", plan.key}};
  json["tasks"] = plan.study.task_names;
  for (const char* name : {"models", "settings", "variants", "stages"}) json[name] = Json::array();
  for (const auto& model : plan.study.models) json["models"].push_back(to_json(model));
  for (const auto& setting : plan.settings) json["settings"].push_back(to_json(setting));
  for (const auto& variant : plan.variants) json["variants"].push_back(to_json(variant));
  for (const auto& stage : plan.stages) json["stages"].push_back(to_json(stage));
  json["missing"] = plan.missing;
  return json;
}

std::string stage_graph_text(const Plan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const auto& stage = plan.stages[i];
    text += fmt::format("{:>4}  {}  {:.12}", i + 1, stage.id, stage.key);
    if (!stage.needs.empty()) text += "  ← " + join(stage.needs, ", ");
    text += "\n";
  }
  return text;
}

}  // namespace edgeeval
