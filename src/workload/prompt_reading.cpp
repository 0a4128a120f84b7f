// SPDX-License-Identifier: Apache-2.0
#include "workload/prompt_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edgeeval::prompt_reading {

Error Findings::error(const char* hint) const {
  Error error{ErrorCode::invalid_task, found_.front().problem,
              fmt::format("{}:{}", file_, found_.front().line), hint};
  if (found_.size() == 1) return error;
  error.message = full() ? fmt::format("at least {} items are broken:", kMost)
                         : fmt::format("{} items are broken:", found_.size());
  for (const auto& finding : found_)
    error.message += fmt::format("\n  line {}: {}", finding.line, finding.problem);
  return error;
}

void JsonItems::read(const Item& item, std::vector<Prompt>& prompts) {
  if (item.text.size() > kLongestItem) {
    findings_.add(item.line, fmt::format("longer than {} MiB", kLongestItem >> 20U));
    return;
  }
  simdjson::dom::element element;
  // The parser copies the text, as it needs bytes to spare behind it.
  if (const auto error = parser_.parse(item.text.data(), item.text.size(), true).get(element);
      error != simdjson::SUCCESS) {
    findings_.add(item.line, error == simdjson::UTF8_ERROR
                                 ? std::string("not valid UTF-8")
                                 : fmt::format("not valid JSON: {}", simdjson::error_message(error)));
    return;
  }
  simdjson::dom::object object;
  if (element.get(object) != simdjson::SUCCESS) {
    findings_.add(item.line, "not a JSON object");
    return;
  }
  auto taken = take_(object);
  if (!taken) {
    findings_.add(item.line, taken.error());
  } else if (*taken) {
    prompts.push_back(std::move(**taken));
  }
}

void for_each_line(std::string_view text, const std::function<bool(const Item& line)>& on_line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (!on_line(Item{line, number})) return;
  }
}

std::vector<Prompt> read_json_lines(std::string_view text, JsonItems::Take take, Findings& findings) {
  std::vector<Prompt> prompts;
  JsonItems items(std::move(take), findings);
  for_each_line(text, [&](const Item& line) {
    items.read(line, prompts);
    return !findings.full();
  });
  return prompts;
}

tl::expected<std::optional<std::string>, std::string> text_of(const simdjson::dom::object& object,
                                                              std::string_view key) {
  simdjson::dom::element member;
  if (object.at_key(key).get(member) != simdjson::SUCCESS || member.is_null()) return std::nullopt;
  std::string_view text;
  if (member.get(text) != simdjson::SUCCESS) return tl::unexpected(fmt::format("\"{}\" is no text", key));
  return std::string(text);
}

tl::expected<std::optional<std::uint32_t>, std::string> tokens_of(const simdjson::dom::object& object,
                                                                  std::string_view key, std::uint64_t least) {
  simdjson::dom::element member;
  if (object.at_key(key).get(member) != simdjson::SUCCESS || member.is_null()) return std::nullopt;
  std::uint64_t tokens = 0;
  if (member.get(tokens) != simdjson::SUCCESS || tokens < least || tokens > kMostTokens)
    return tl::unexpected(fmt::format("\"{}\" is {}, not a whole number from {} to {}", key,
                                      simdjson::minify(member).substr(0, 40), least, kMostTokens));
  return static_cast<std::uint32_t>(tokens);
}

tl::expected<std::string, std::string> content_of(const simdjson::dom::element& content) {
  std::string_view plain;
  if (content.get(plain) == simdjson::SUCCESS) return std::string(plain);
  simdjson::dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS)
    return tl::unexpected(std::string("a message's \"content\" is no text"));
  std::string whole;
  for (const auto part : parts) {
    std::string_view type, text;
    if (part["type"].get(type) != simdjson::SUCCESS || type != "text" ||
        part["text"].get(text) != simdjson::SUCCESS)
      return tl::unexpected(std::string("a message holds something that is no text (only text can be sent)"));
    whole += text;
  }
  return whole;
}

Result<std::vector<Prompt>> finished(std::vector<Prompt> prompts, const Findings& findings,
                                     const char* hint) {
  if (!findings.empty()) return tl::unexpected(findings.error(hint));
  if (prompts.empty())
    return fail(ErrorCode::invalid_task, "the file holds no prompt", findings.file(), hint);
  return prompts;
}

Result<std::vector<Prompt>> finished_trace(std::vector<Prompt> prompts, const Findings& findings,
                                           const char* hint) {
  auto read = finished(std::move(prompts), findings, hint);
  if (!read) return read;
  const auto earliest = std::min_element(read->begin(), read->end(), [](const Prompt& a, const Prompt& b) {
                          return a.at_s < b.at_s;
                        })->at_s.value_or(0.0);
  for (auto& prompt : *read)
    if (prompt.at_s) *prompt.at_s -= earliest;
  return read;
}

}  // namespace edgeeval::prompt_reading
