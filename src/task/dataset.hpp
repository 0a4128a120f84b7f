// SPDX-License-Identifier: Apache-2.0
// Task items as SQuAD-like JSON lines.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace edgeeval {

/// One question on one passage, with the answers that count as right.
struct TaskItem {
  std::string id;
  std::string title;
  std::string style;  ///< What kind of text the passage is: "manual", "timetable", …
  std::string context;
  std::string question;
  std::vector<std::string> answers;  ///< At least one; each stands in the context.
};

/// Reads {"id","title","style","context","question","answers":{"text","answer_start"}} lines, answer_start
/// counted in Unicode code points. Errors: io; invalid_task naming file, line, key and value for anything
/// malformed: bad JSON or UTF-8, a missing or empty key, an answer that does not stand at its place, an id
/// used twice, no items at all.
[[nodiscard]] Result<std::vector<TaskItem>> read_items(const std::filesystem::path& file);

}  // namespace edgeeval
