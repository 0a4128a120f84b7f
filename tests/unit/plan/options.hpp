// SPDX-License-Identifier: Apache-2.0
// A machine as the tests want it: what is there and what it is.
#pragma once

#include <filesystem>
#include <string>

#include "plan/plan.hpp"

namespace edgeeval::testing {

/// One model and the task "rag" are there; their identity is their path. Nothing on disk is needed but this folder.
inline PlanOptions small_machine() {
  const std::filesystem::path here = EDGEEVAL_SOURCE_DIR;
  PlanOptions options;
  options.find_model = [here](const std::string& package) -> std::optional<std::filesystem::path> {
    if (package != "smollm2-135m-instruct") return std::nullopt;
    return here / "LICENSE";
  };
  options.find_task = [here](const std::string& task) -> std::optional<std::filesystem::path> {
    if (task != "rag") return std::nullopt;
    return here / "examples";
  };
  options.digest = [](const std::filesystem::path& path) -> Result<std::string> { return path.string(); };
  options.identify_engine = [](const std::string& engine) -> Result<std::string> { return engine + " 1"; };
  options.tool_versions = "tools 1";
  options.cores = 2;
  return options;
}

inline const std::string kSmallStudy = R"(name: small
models:
  - {name: m, family: F, size: 1B, source: {installed: smollm2-135m-instruct}}
tasks: [rag]
variants:
  - {adaptation: none, precisions: [fp16]}
  - {adaptation: lora, precisions: [fp16, int8, int4]}
  - {adaptation: qlora, precisions: [merged]}
)";

inline auto plan_of(const std::string& text, const PlanOptions& options = small_machine()) {
  return plan_from_text(text, "study.yaml", options);
}

/// `text` with the first `what` replaced.
inline std::string with(std::string text, const std::string& what, const std::string& replacement) {
  const auto at = text.find(what);
  return at == std::string::npos ? text + replacement : text.replace(at, what.size(), replacement);
}

}  // namespace edgeeval::testing
