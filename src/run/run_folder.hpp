// SPDX-License-Identifier: Apache-2.0
// The run folder: made, recognised, locked.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "core/files.hpp"
#include "record/writer.hpp"

namespace edgeeval {

/// What the record keeps of a plan.
[[nodiscard]] RecordedPlan recorded_plan(const Plan& plan);

/// A run folder held by this process.
struct RunFolder {
  FileLock lock;
  std::optional<RunRecord> earlier;  ///< What earlier sittings left; nothing in a new folder.
  RecordWriter writer;
  int sitting = 1;
};

/// Makes or reopens `folder` for `plan`. Errors: record_mismatch where it holds another study's record,
/// record_unreadable, io (also where another process is at work in it), disk_full.
[[nodiscard]] Result<RunFolder> open_run_folder(const std::filesystem::path& folder, const Plan& plan);

/// Whether `stage` was finished under `key` and all its artifacts are still there at their recorded size.
[[nodiscard]] bool still_valid(const StageRecord& stage, const std::string& key,
                               const std::filesystem::path& folder);

/// The newest unfinished run folder of this plan among `<parent>/<study>-*`; nothing where there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_unfinished(const std::filesystem::path& parent,
                                                                   const Plan& plan);

}  // namespace edgeeval
