// SPDX-License-Identifier: Apache-2.0
// Helper programs seen from a stage: JSON lines in, one result or one error out.
#pragma once

#include <edgeeval/result.hpp>
#include <edgeeval/stage.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace edgeeval {

/// Runs helper `name` (edgeeval-train, edgeeval-model) with `arguments`, logging its stderr to
/// logs/<log>.log. Each JSON line of stdout goes to `on_event`; returns the line whose "event" is "result",
/// with the helper's peak memory added as "peak_rss_bytes". A helper that ends badly becomes an Error of the
/// code it exited with, and its last log lines go to the context.
[[nodiscard]] Result<Json> run_helper(StageContext& context, const std::string& name,
                                      const std::vector<std::string>& arguments, const std::string& log,
                                      const std::function<void(const Json&)>& on_event = {});

/// The artifact `name` of a finished stage; internal error where it has none.
[[nodiscard]] Result<Artifact> artifact_of(const StageRecord& stage, const std::string& name);

/// Describes a finished file or folder below the run folder: size and digest.
[[nodiscard]] Result<Artifact> describe_artifact(const std::filesystem::path& run_folder,
                                                 const std::string& name,
                                                 const std::filesystem::path& relative);

}  // namespace edgeeval
