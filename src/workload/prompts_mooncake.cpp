// SPDX-License-Identifier: Apache-2.0
// Mooncake's traces (github.com/kvcache-ai/Mooncake): lengths, milliseconds, and ids of 512-token prefix
// blocks.
#include <fmt/format.h>

#include <cmath>

#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

using simdjson::dom::object;

constexpr const char* kForm =
    R"(each line is {"timestamp": milliseconds, "input_length": tokens, "output_length": tokens, "hash_ids": [ids]})";

tl::expected<std::vector<std::uint64_t>, std::string> blocks_of(const object& item) {
  std::vector<std::uint64_t> ids;
  simdjson::dom::element member;
  if (item.at_key("hash_ids").get(member) != simdjson::SUCCESS || member.is_null()) return ids;
  simdjson::dom::array list;
  if (member.get(list) != simdjson::SUCCESS) return tl::unexpected(std::string("\"hash_ids\" is no list"));
  for (const auto entry : list) {
    std::uint64_t id = 0;
    if (entry.get(id) != simdjson::SUCCESS)
      return tl::unexpected(std::string("\"hash_ids\" holds something that is no whole number from 0 on"));
    ids.push_back(id);
  }
  return ids;
}

tl::expected<std::optional<Prompt>, std::string> take(const object& item) {
  Prompt prompt;
  double at_ms = 0.0;
  if (item.at_key("timestamp").get(at_ms) != simdjson::SUCCESS || !std::isfinite(at_ms))
    return tl::unexpected(std::string("\"timestamp\" is missing or no number of milliseconds"));
  prompt.at_s = at_ms * 1e-3;
  const auto input = tokens_of(item, "input_length", 0);
  if (!input) return tl::unexpected(input.error());
  if (!*input) return tl::unexpected(std::string("\"input_length\" is missing"));
  prompt.prompt_tokens = at_least_one(**input);
  const auto output = tokens_of(item, "output_length", 0);
  if (!output) return tl::unexpected(output.error());
  if (!*output) return tl::unexpected(std::string("\"output_length\" is missing"));
  prompt.max_tokens = at_least_one(**output);
  auto blocks = blocks_of(item);
  if (!blocks) return tl::unexpected(blocks.error());
  prompt.blocks = std::move(*blocks);
  return prompt;
}

}  // namespace

Result<std::vector<Prompt>> read_mooncake(std::string_view text, const std::string& file) {
  Findings findings(file);
  auto prompts = read_json_lines(text, take, findings);
  return finished_trace(std::move(prompts), findings, kForm);
}

}  // namespace edgeeval::prompt_reading
