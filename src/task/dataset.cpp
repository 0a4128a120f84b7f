// SPDX-License-Identifier: Apache-2.0
#include "task/dataset.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "core/files.hpp"
#include "core/json.hpp"

namespace edgeeval {
namespace {

constexpr const char* kExpected =
    R"(expected {"id", "title", "style", "context", "question", "answers": {"text": […], "answer_start": […]}})";

/// The byte at which code point `index` begins; nothing beyond the end.
std::optional<std::size_t> byte_of(const std::string& text, std::int64_t index) {
  std::int64_t seen = -1;
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    if ((static_cast<unsigned char>(text[byte]) & 0xC0U) != 0x80U) ++seen;
    if (seen == index) return byte;
  }
  return std::nullopt;
}

/// What is wrong with a read item; empty where nothing is.
std::string problem_of(const TaskItem& item, const std::vector<std::int64_t>& starts) {
  if (item.id.empty()) return R"("id" is empty)";
  if (item.context.empty()) return R"("context" is empty)";
  if (item.question.empty()) return R"("question" is empty)";
  if (item.answers.empty()) return R"("answers.text" holds no answer)";
  if (starts.size() != item.answers.size())
    return R"("answers.text" and "answers.answer_start" differ in length)";
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto& answer = item.answers[i];
    const auto byte = byte_of(item.context, starts[i]);
    if (answer.empty() || !byte || item.context.compare(*byte, answer.size(), answer) != 0) {
      return fmt::format("the answer \"{}\" does not stand at code point {} of the context", answer,
                         starts[i]);
    }
  }
  return {};
}

Result<TaskItem> item_of(const std::string& line, const std::string& where) {
  auto json = parse_json(line, where);
  if (!json) return fail(ErrorCode::invalid_task, json.error().message, where, kExpected);
  TaskItem item;
  std::vector<std::int64_t> starts;
  try {
    item.id = json->at("id").get<std::string>();
    item.title = json->value("title", std::string());
    item.style = json->value("style", std::string());
    item.context = json->at("context").get<std::string>();
    item.question = json->at("question").get<std::string>();
    item.answers = json->at("answers").at("text").get<std::vector<std::string>>();
    starts = json->at("answers").at("answer_start").get<std::vector<std::int64_t>>();
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::invalid_task, std::string("not a task item: ") + problem.what(), where, kExpected);
  }
  if (const auto problem = problem_of(item, starts); !problem.empty())
    return fail(ErrorCode::invalid_task, problem, where);
  return item;
}

}  // namespace

Result<std::vector<TaskItem>> read_items(const std::filesystem::path& file) {
  auto lines = read_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<TaskItem> items;
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const auto where = fmt::format("{}:{}", file.string(), i + 1);
    auto item = item_of((*lines)[i], where);
    if (!item) return tl::unexpected(item.error());
    const auto [earlier, fresh] = seen.try_emplace(item->id, i + 1);
    if (!fresh)
      return fail(ErrorCode::invalid_task,
                  fmt::format("the id \"{}\" is used already on line {}", item->id, earlier->second), where);
    items.push_back(std::move(*item));
  }
  if (items.empty()) return fail(ErrorCode::invalid_task, "the file holds no items", file.string());
  return items;
}

}  // namespace edgeeval
