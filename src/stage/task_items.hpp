// SPDX-License-Identifier: Apache-2.0
// A stage's way to the task data of its plan.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "task/dataset.hpp"
#include "task/task.hpp"

namespace edgeeval {

/// The task called `name` of the study, read from its folder. Errors: invalid_task, io.
[[nodiscard]] Result<Task> task_of(const Plan& plan, const std::string& name);

/// The evaluation items that are asked: the first `limit` of them, all where it is 0. Errors: invalid_task,
/// io.
[[nodiscard]] Result<std::vector<TaskItem>> evaluation_items(const Task& task, int limit);

/// Writes the training items as conversations for `edgeeval-model tokenize` and returns how many there are.
[[nodiscard]] Result<std::size_t> write_conversations(const Task& task, const std::filesystem::path& file);

}  // namespace edgeeval
