// SPDX-License-Identifier: Apache-2.0
#include "task/task.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "core/files.hpp"
#include "core/hash.hpp"
#include "core/paths.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kContext = "{context}";
constexpr std::string_view kQuestion = "{question}";

Result<Task> task_from(const YAML::Node& root, const fs::path& folder, const std::string& file) {
  if (!root.IsMap()) return fail(ErrorCode::invalid_task, "a task file is a map of keys and values", file);
  Task task;
  std::string train;
  std::string eval;
  std::string scorer;
  const std::map<std::string, std::string*> texts{{"name", &task.name},
                                                  {"title", &task.title},
                                                  {"system_prompt", &task.system_prompt},
                                                  {"user_template", &task.user_template},
                                                  {"train", &train},
                                                  {"eval", &eval},
                                                  {"scorer", &scorer}};
  for (const auto& entry : root) {
    const auto key = entry.first.as<std::string>();
    const auto where =
        fmt::format("{}:{}:{}", file, entry.first.Mark().line + 1, entry.first.Mark().column + 1);
    if (const auto text = texts.find(key); text != texts.end()) {
      *text->second = entry.second.as<std::string>();
    } else if (key == "max_answer_tokens") {
      task.max_answer_tokens = entry.second.as<int>();
    } else {
      std::vector<std::string> known{"max_answer_tokens"};
      for (const auto& [name, member] : texts) known.push_back(name);
      return fail(ErrorCode::invalid_task, fmt::format("unknown key \"{}\"", key), where,
                  "known here: " + join(known, ", "));
    }
  }
  for (const auto& [name, text] : texts) {
    if (text->empty())
      return fail(ErrorCode::invalid_task, fmt::format("the key \"{}\" is missing or empty", name), file);
  }
  if (scorer != "squad")
    return fail(ErrorCode::invalid_task, "unknown scorer \"" + scorer + "\"", file, "known here: squad");
  const bool places = task.user_template.find(kContext) != std::string::npos &&
                      task.user_template.find(kQuestion) != std::string::npos;
  if (!places) return fail(ErrorCode::invalid_task, "user_template must hold {context} and {question}", file);
  task.train_file = folder / train;
  task.eval_file = folder / eval;
  return task;
}

std::string replaced(std::string text, std::string_view place, const std::string& value) {
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + value.size()))
    text.replace(at, place.size(), value);
  return text;
}

std::vector<std::string> shipped_tasks() {
  std::vector<std::string> names;
  const auto data = data_folder();
  if (!data) return names;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(*data / "tasks", status))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<Task> load_task(const fs::path& folder) {
  const auto file = folder / "task.yaml";
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  try {
    return task_from(YAML::Load(*text), folder, file.string());
  } catch (const YAML::Exception& problem) {
    return fail(ErrorCode::invalid_task, problem.msg,
                fmt::format("{}:{}:{}", file.string(), problem.mark.line + 1, problem.mark.column + 1));
  }
}

std::vector<std::pair<std::string, std::string>> messages_of(const Task& task, const TaskItem& item) {
  // The question goes in first: a context that happens to hold "{question}" stays as it is.
  const auto at = task.user_template.find(kContext);
  const auto before = replaced(task.user_template.substr(0, at), kQuestion, item.question);
  const auto after = replaced(task.user_template.substr(at + kContext.size()), kQuestion, item.question);
  return {{"system", task.system_prompt}, {"user", before + item.context + after}};
}

Result<fs::path> find_task(const std::string& name, const fs::path& relative_to) {
  std::error_code status;
  if (const auto own = relative_to / name; fs::exists(own / "task.yaml", status)) return own;
  const auto data = data_folder();
  if (data && fs::exists(*data / "tasks" / name / "task.yaml", status)) return *data / "tasks" / name;
  return fail(ErrorCode::invalid_task, fmt::format("no task \"{}\"", name), relative_to.string(),
              "shipped: " + join(shipped_tasks(), ", ") + "; or a folder with a task.yaml");
}

Result<std::string> task_digest(const fs::path& folder) {
  auto task = load_task(folder);
  if (!task) return tl::unexpected(task.error());
  std::string digests;
  for (const auto& file : {folder / "task.yaml", task->train_file, task->eval_file}) {
    auto digest = sha256_file(file);
    if (!digest) return tl::unexpected(digest.error());
    digests += *digest;
  }
  return sha256(digests);
}

}  // namespace edgeeval
