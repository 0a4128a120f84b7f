// SPDX-License-Identifier: Apache-2.0
#include "plan/expand.hpp"

#include <fmt/format.h>

#include <set>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "plan/settings.hpp"

namespace edgeeval {
namespace {

using Inputs = std::map<std::string, std::string>;

class Expander {
 public:
  Expander(StudyFile file, const Identities& identities) : file_(std::move(file)), identities_(identities) {
    for (const char* section : {"adapt", "engine", "load"})
      sections_[section] = section_text(file_.settings, section);
  }

  Plan expand() {
    for (const auto& model : file_.study.models) {
      for (const auto& task : file_.study.task_names) {
        for (const auto& cell : file_.grid) add_variant(model, task, cell);
      }
    }
    plan_.study = std::move(file_.study);
    plan_.settings = std::move(file_.settings);
    plan_.missing = std::move(file_.missing);
    plan_.key = plan_key();
    return std::move(plan_);
  }

 private:
  void add_variant(const Model& model, const std::string& task, const GridCell& cell) {
    Variant variant;
    variant.id =
        fmt::format("{}.{}.{}.{}", model.name, task, to_string(cell.adaptation), to_string(cell.precision));
    variant.model = model.name;
    variant.family = model.family;
    variant.size = model.size;
    variant.adaptation = cell.adaptation;
    variant.precision = cell.precision;
    variant.task = task;
    StageSpec spec;
    spec.model = model.name;
    spec.task = task;
    spec.adaptation = cell.adaptation;
    spec.precision = cell.precision;
    variant.model_stage = model_stage(model, spec);
    spec.variant = variant.id;
    variant.serve_stage = serve(spec, variant.model_stage);
    variant.score_stage = score(spec, variant.serve_stage);
    variant.stages = stages_behind(variant.score_stage);
    plan_.variants.push_back(std::move(variant));
  }

  /// The stage whose artifact is served.
  std::string model_stage(const Model& model, StageSpec spec) {
    auto whole = import(model);
    std::string stem = model.name;
    if (spec.adaptation == Adaptation::none) {
      spec.task.clear();  // The same for every task.
    } else {
      stem = fmt::format("{}.{}.{}", spec.model, spec.task, to_string(spec.adaptation));
      whole = merge(spec, stem, whole);
    }
    if (spec.precision == Precision::fp16 || spec.precision == Precision::merged) return whole;
    spec.kind = StageKind::quantize;
    spec.id = fmt::format("quantize:{}.{}", stem, to_string(spec.precision));
    spec.needs = {whole};
    spec.label = label_of(spec) + " · " + std::string(to_string(spec.precision));
    return add(std::move(spec), {{"precision", std::string(to_string(spec.precision))}});
  }

  std::string import(const Model& model) {
    StageSpec spec;
    spec.kind = StageKind::import;
    spec.id = "import:" + model.name;
    spec.model = model.name;
    spec.label = model.name;
    return add(std::move(spec), {{"model", identities_.models.at(model.name)}, {"note", model.note}});
  }

  std::string merge(StageSpec spec, const std::string& stem, const std::string& base) {
    spec.precision = Precision::fp16;
    spec.label = label_of(spec);
    auto adapt = spec;
    adapt.kind = StageKind::adapt;
    adapt.id = "adapt:" + stem;
    adapt.needs = {base};
    const auto adapter = add(std::move(adapt), {{"method", std::string(to_string(spec.adaptation))},
                                                {"adapt", sections_["adapt"]},
                                                {"task", identities_.tasks.at(spec.task)}});
    spec.kind = StageKind::merge;
    spec.id = "merge:" + stem;
    spec.needs = {base, adapter};
    return add(std::move(spec), {});
  }

  std::string serve(StageSpec spec, const std::string& model_stage) {
    spec.kind = StageKind::serve;
    spec.id = "serve:" + spec.variant;
    spec.needs = {model_stage};
    spec.label = label_of(spec) + " · " + std::string(to_string(spec.precision));
    const auto task = identities_.tasks.at(spec.task);
    return add(std::move(spec), {{"engine", identities_.engine},
                                 {"engine_settings", sections_["engine"]},
                                 {"load", sections_["load"]},
                                 {"task", task}});
  }

  std::string score(StageSpec spec, const std::string& serve_stage) {
    spec.kind = StageKind::score;
    spec.id = "score:" + spec.variant;
    spec.needs = {serve_stage};
    spec.label = label_of(spec) + " · " + std::string(to_string(spec.precision));
    const auto task = identities_.tasks.at(spec.task);
    return add(std::move(spec), {{"task", task}});
  }

  /// "lora · rag", with the model's name before it where the study has several.
  [[nodiscard]] std::string label_of(const StageSpec& spec) const {
    const auto what =
        spec.adaptation == Adaptation::none ? std::string("base") : std::string(to_string(spec.adaptation));
    const auto label = spec.task.empty() ? what : what + " · " + spec.task;
    return file_.study.models.size() > 1 ? spec.model + " · " + label : label;
  }

  /// Adds the stage unless it is there; its needs are. Returns its id.
  std::string add(StageSpec spec, Inputs inputs) {
    if (index_.contains(spec.id)) return spec.id;
    inputs["tools"] = identities_.tools;
    Json content{{"kind", std::string(to_string(spec.kind))}, {"inputs", inputs}, {"needs", Json::array()}};
    for (const auto& need : spec.needs) content["needs"].push_back(plan_.stages[index_.at(need)].key);
    spec.key = sha256(to_line(content));
    spec.inputs = std::move(inputs);
    index_[spec.id] = plan_.stages.size();
    plan_.stages.push_back(std::move(spec));
    return plan_.stages.back().id;
  }

  /// `id` and all it rests on, in the order of work.
  [[nodiscard]] std::vector<std::string> stages_behind(const std::string& id) const {
    std::set<std::size_t> found{index_.at(id)};
    for (auto each = found.rbegin(); each != found.rend(); ++each) {
      for (const auto& need : plan_.stages[*each].needs) found.insert(index_.at(need));
    }
    std::vector<std::string> ids;
    for (const auto index : found) ids.push_back(plan_.stages[index].id);
    return ids;
  }

  [[nodiscard]] std::string plan_key() const {
    Json content{{"name", plan_.study.name},
                 {"settings", Json::object()},
                 {"variants", Json::array()},
                 {"stages", Json::object()}};
    // How energy is taken changes no result that is there already: a run may go on with it changed.
    for (const auto& setting : plan_.settings) {
      if (!setting.key.starts_with("energy.")) content["settings"][setting.key] = setting.effective;
    }
    for (const auto& variant : plan_.variants)
      content["variants"].push_back({variant.id, variant.family, variant.size});
    for (const auto& stage : plan_.stages) content["stages"][stage.id] = stage.key;
    return sha256(to_line(content));
  }

  StudyFile file_;
  const Identities& identities_;
  std::map<std::string, std::string> sections_;
  std::map<std::string, std::size_t> index_;
  Plan plan_;
};

}  // namespace

Plan expand(StudyFile file, const Identities& identities) {
  return Expander(std::move(file), identities).expand();
}

}  // namespace edgeeval
