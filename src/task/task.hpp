// SPDX-License-Identifier: Apache-2.0
// A task: its data, its prompt, and how its answers are scored.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "task/dataset.hpp"

namespace edgeeval {

/// What <folder>/task.yaml says.
struct Task {
  std::string name;
  std::string title;
  std::string system_prompt;
  std::string user_template;  ///< Holds {context} and {question}.
  int max_answer_tokens = 32;
  std::filesystem::path train_file;
  std::filesystem::path eval_file;
};

/// Reads the task in `folder`. Errors: io; invalid_task naming file, line and key (unknown or missing keys, a
/// template without its places).
[[nodiscard]] Result<Task> load_task(const std::filesystem::path& folder);

/// The conversation that asks `item`: a system and a user message, each as role and content.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> messages_of(const Task& task,
                                                                           const TaskItem& item);

/// The folder of the task called `name`: that folder itself where it holds a task.yaml, else the shipped task
/// of that name. Errors: invalid_task naming the shipped ones.
[[nodiscard]] Result<std::filesystem::path> find_task(const std::string& name,
                                                      const std::filesystem::path& relative_to);

/// A digest of everything a task consists of, for content keys. Errors: as load_task.
[[nodiscard]] Result<std::string> task_digest(const std::filesystem::path& folder);

}  // namespace edgeeval
