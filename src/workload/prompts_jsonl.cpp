// SPDX-License-Identifier: Apache-2.0
// Prompts of one's own: a JSON object a line.
#include <fmt/format.h>

#include <array>

#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr const char* kForm =
    R"(each line is an object with "prompt", "text", "messages" ([{"role": "user", "content": "…"}]) or )"
    R"("context" and "question"; and, where wanted, "id", "system", "max_tokens")";

/// An item's own id: text or a whole number.
tl::expected<std::string, std::string> id_of(const object& item) {
  element id;
  if (item.at_key("id").get(id) != simdjson::SUCCESS || id.is_null()) return std::string();
  std::string_view text;
  if (id.get(text) == simdjson::SUCCESS) return std::string(text);
  if (id.is_int64() || id.is_uint64()) return std::string(simdjson::minify(id));
  return tl::unexpected(std::string("\"id\" is neither text nor a whole number"));
}

tl::expected<void, std::string> take_messages(const element& value, Prompt& prompt) {
  simdjson::dom::array messages;
  if (value.get(messages) != simdjson::SUCCESS) return tl::unexpected(std::string("\"messages\" is no list"));
  for (const auto message : messages) {
    std::string_view role;
    if (message["role"].get(role) != simdjson::SUCCESS || role.empty())
      return tl::unexpected(std::string("a message has no \"role\""));
    element content;
    if (message["content"].get(content) != simdjson::SUCCESS)
      return tl::unexpected(std::string("a message has no \"content\""));
    auto text = content_of(content);
    if (!text) return tl::unexpected(text.error());
    prompt.messages.emplace_back(std::string(role), std::move(*text));
  }
  if (prompt.messages.empty()) return tl::unexpected(std::string("\"messages\" is empty"));
  return {};
}

/// The words: one of the four ways to give them, and not two.
tl::expected<void, std::string> take_words(const object& item, Prompt& prompt) {
  std::vector<std::string_view> ways;
  for (const std::string_view way : {"prompt", "text", "messages", "question"}) {
    element value;
    if (item.at_key(way).get(value) == simdjson::SUCCESS && !value.is_null()) ways.push_back(way);
  }
  if (ways.empty())
    return tl::unexpected(std::string(R"(none of "prompt", "text", "messages" and "question" is there)"));
  if (ways.size() > 1)
    return tl::unexpected(fmt::format("both \"{}\" and \"{}\" are there; one must go", ways[0], ways[1]));
  if (ways[0] == "messages") return take_messages(item.at_key("messages").value_unsafe(), prompt);
  auto words = text_of(item, ways[0]);
  if (!words) return tl::unexpected(words.error());
  prompt.text = words->value_or(std::string());
  if (prompt.text.empty()) return tl::unexpected(fmt::format("\"{}\" is empty", ways[0]));
  if (ways[0] != "question") return {};
  const auto context = text_of(item, "context");
  if (!context) return tl::unexpected(context.error());
  if (*context && !(*context)->empty()) prompt.text = fmt::format("{}\n\n{}", **context, prompt.text);
  return {};
}

tl::expected<std::optional<Prompt>, std::string> take(const object& item) {
  Prompt prompt;
  auto id = id_of(item);
  if (!id) return tl::unexpected(id.error());
  prompt.item = std::move(*id);
  const auto system = text_of(item, "system");
  if (!system) return tl::unexpected(system.error());
  prompt.system = system->value_or(std::string());
  const auto limit = tokens_of(item, "max_tokens", 1);
  if (!limit) return tl::unexpected(limit.error());
  prompt.max_tokens = *limit;
  if (auto words = take_words(item, prompt); !words) return tl::unexpected(words.error());
  return prompt;
}

}  // namespace

Result<std::vector<Prompt>> read_jsonl(std::string_view text, const std::string& file) {
  Findings findings(file);
  auto prompts = read_json_lines(text, take, findings);
  return finished(std::move(prompts), findings, kForm);
}

}  // namespace edgeeval::prompt_reading
