// SPDX-License-Identifier: Apache-2.0
// A study file read into an effective study and the grid of variants it asks for.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "plan/plan.hpp"

namespace edgeeval {

/// One cell of the grid, in the order of the study.
struct GridCell {
  Adaptation adaptation = Adaptation::none;
  Precision precision = Precision::fp16;
};

/// What the study says, validated, and what of it is not there.
struct StudyFile {
  Study study;
  std::vector<GridCell> grid;
  std::vector<Setting> settings;
  std::vector<std::string> missing;
};

/// Parses the text of a study; `file` names it in errors and its folder resolves relative paths. All findings
/// come at once, each ErrorCode::invalid_study.
[[nodiscard]] tl::expected<StudyFile, std::vector<Error>> parse_study(const std::string& text,
                                                                      const std::filesystem::path& file,
                                                                      const PlanOptions& options);

}  // namespace edgeeval
