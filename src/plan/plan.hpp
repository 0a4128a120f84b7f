// SPDX-License-Identifier: Apache-2.0
// Study file → plan: validated whole, expanded into variants and a DAG of stages with content keys.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/json.hpp"

namespace edgeeval {

/// What planning needs to know of the machine; tests give their own answers.
struct PlanOptions {
  /// The file of a model that set-up installed, by name.
  std::function<std::optional<std::filesystem::path>(const std::string& package)> find_model;
  /// The folder of a shipped task, by name.
  std::function<std::optional<std::filesystem::path>(const std::string& task)> find_task;
  /// What tells one version of a file or folder from another.
  std::function<Result<std::string>(const std::filesystem::path& path)> digest;
  /// What tells one installed engine from another. Errors: engine_missing.
  std::function<Result<std::string>(const std::string& engine)> identify_engine;
  std::string tool_versions;  ///< Enters every content key.
  int cores = 1;              ///< Engine threads where the study gives none.
  bool need_all = false;      ///< Whatever is missing is an error; otherwise it is noted in Plan::missing.

  /// For `edgeeval run` on this machine.
  [[nodiscard]] static PlanOptions for_running();
  /// For `edgeeval check` on this machine.
  [[nodiscard]] static PlanOptions for_checking();
};

/// Reads, validates and expands a study. All errors come at once: invalid_study with file:line:column, key,
/// value and what is allowed; where `need_all`, also bad_model, invalid_task, unsupported and engine_missing.
[[nodiscard]] tl::expected<Plan, std::vector<Error>> load_plan(const std::filesystem::path& study_file,
                                                               const PlanOptions& options);

/// The same from a text; `study_file` only names it.
[[nodiscard]] tl::expected<Plan, std::vector<Error>> plan_from_text(const std::string& text,
                                                                    const std::filesystem::path& study_file,
                                                                    const PlanOptions& options);

/// The plan as it is kept in the run folder (plan.json).
[[nodiscard]] Json plan_to_json(const Plan& plan);

/// The DAG for people: one line a stage, in the order of work, with what each needs.
[[nodiscard]] std::string stage_graph_text(const Plan& plan);

/// Every key a study may have, as documented: "models[].name", "adapt.rank".
[[nodiscard]] std::vector<std::string> study_keys();

}  // namespace edgeeval
