// SPDX-License-Identifier: Apache-2.0
// The append-only record of a run. Each line is whole or not there; each is synced before the next begins.
#pragma once

#include <edgeeval/record.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "core/files.hpp"
#include "core/json.hpp"

namespace edgeeval {

/// What the record says of the plan, once a sitting.
struct RecordedPlan {
  std::string study;
  std::string plan_key;
  std::vector<VariantInfo> variants;
  std::map<std::string, Fact> prices;
  std::vector<std::pair<std::string, std::string>> settings;
};

/// Appends to <folder>/record.jsonl. One writer a folder at a time (the runner holds the lock).
class RecordWriter {
 public:
  /// Opens or creates the record. A torn last line is cut off and a warning appended in its place.
  [[nodiscard]] static Result<RecordWriter> open(const std::filesystem::path& folder,
                                                 const RecordedPlan& plan, bool fresh);
  [[nodiscard]] Result<void> sitting_started(const Sitting& sitting);
  /// A stretch of idling of the machine, before the first or after the last stage of a sitting.
  [[nodiscard]] Result<void> idled(const IdleRecord& idle);
  [[nodiscard]] Result<void> stage_started(const std::string& id, const std::string& key, int sitting,
                                           const std::string& when);
  [[nodiscard]] Result<void> stage_ended(const StageRecord& stage);
  [[nodiscard]] Result<void> warning(const std::string& message);
  [[nodiscard]] Result<void> sitting_ended(int number, const std::string& when, const std::string& how);

 private:
  explicit RecordWriter(LineWriter lines) : lines_(std::move(lines)) {}
  [[nodiscard]] Result<void> append(const Json& entry) { return lines_.append(to_line(entry)); }
  LineWriter lines_;
};

}  // namespace edgeeval
