// SPDX-License-Identifier: Apache-2.0
// File names of a stage's products: they say what they hold.
#pragma once

#include <algorithm>
#include <edgeeval/plan.hpp>
#include <filesystem>
#include <string>

namespace edgeeval {

/// The stage's id without its kind, safe as a file name: "adapt:smollm2-135m.rag.lora" →
/// "smollm2-135m.rag.lora".
[[nodiscard]] inline std::string stem_of(const StageSpec& spec) {
  std::string stem = spec.id.substr(spec.id.find(':') + 1);
  std::replace(stem.begin(), stem.end(), '/', '.');
  return stem;
}

/// The stage's id as one file-name part: "adapt-smollm2-135m.rag.lora".
[[nodiscard]] inline std::string log_name_of(const StageSpec& spec) {
  return std::string(to_string(spec.kind)) + "-" + stem_of(spec);
}

/// Where a stage's product lies, relative to the run folder.
[[nodiscard]] inline std::filesystem::path product_of(const StageSpec& spec, const std::string& suffix) {
  return std::filesystem::path("artifacts") / (stem_of(spec) + suffix);
}

}  // namespace edgeeval
