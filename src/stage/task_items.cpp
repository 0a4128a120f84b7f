// SPDX-License-Identifier: Apache-2.0
#include "stage/task_items.hpp"

#include <algorithm>

#include "core/files.hpp"
#include "core/json.hpp"

namespace edgeeval {

Result<Task> task_of(const Plan& plan, const std::string& name) {
  const auto& names = plan.study.task_names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return fail(ErrorCode::internal, "the plan has no task \"" + name + "\"");
  return load_task(plan.study.task_folders[static_cast<std::size_t>(found - names.begin())]);
}

Result<std::vector<TaskItem>> evaluation_items(const Task& task, int limit) {
  auto items = read_items(task.eval_file);
  if (items && limit > 0 && static_cast<std::size_t>(limit) < items->size())
    items->resize(static_cast<std::size_t>(limit));
  return items;
}

Result<std::size_t> write_conversations(const Task& task, const std::filesystem::path& file) {
  auto items = read_items(task.train_file);
  if (!items) return tl::unexpected(items.error());
  std::string lines;
  for (const auto& item : *items) {
    Json messages = Json::array();
    for (const auto& [role, content] : messages_of(task, item))
      messages.push_back({{"role", role}, {"content", content}});
    lines += to_line({{"id", item.id}, {"messages", messages}, {"answer", item.answers.front()}}) + "\n";
  }
  if (auto written = write_file(file, lines); !written) return tl::unexpected(written.error());
  return items->size();
}

}  // namespace edgeeval
