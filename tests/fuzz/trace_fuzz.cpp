// SPDX-License-Identifier: Apache-2.0
// Prompt files of every format and scenarios, from any bytes: the first byte picks which
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workload/prompts.hpp"
#include "workload/schedule.hpp"

using edgeeval::PromptFormat;

namespace {

constexpr std::array kFormats{PromptFormat::jsonl, PromptFormat::sharegpt, PromptFormat::burstgpt,
                              PromptFormat::mooncake, PromptFormat::azure};

/// What was read has words or a length; what was not has a line or at least a reason.
void check_prompts(std::string_view text, PromptFormat format) {
  const auto read = edgeeval::parse_prompts(text, format, "fuzz");
  if (!read) {
    if (read.error().message.empty() || read.error().code != edgeeval::ErrorCode::invalid_task) std::abort();
    return;
  }
  if (read->empty()) std::abort();
  for (const auto& prompt : *read)
    if (prompt.text.empty() && prompt.messages.empty() && !prompt.prompt_tokens) std::abort();
}

/// A scenario's normal form is its own.
void check_scenario(std::string_view text) {
  const auto read = edgeeval::parse_scenario(text);
  if (!read) return;
  const auto normal = read->text();
  const auto again = edgeeval::parse_scenario(normal);
  if (!again || again->text() != normal) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t choice = data[0] % (kFormats.size() + 1);
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (choice < kFormats.size()) {
    check_prompts(text, kFormats.at(choice));
  } else {
    check_scenario(text);
  }
  return 0;
}
