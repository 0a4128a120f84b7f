// SPDX-License-Identifier: Apache-2.0
// What the body of a request for a reply asks, in any dialect.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mock/dialect.hpp"

namespace edgeeval::mock {

/// A request for a reply.
struct Asked {
  std::uint32_t prompt_tokens = 0;  ///< Words between white space in all texts; ids in a list of ids.
  std::uint64_t prompt_hash = 0;    ///< Equal for equal prompts (FNV-1a).
  std::optional<std::uint32_t> max_tokens{};
  bool stream = false;
  bool ignore_eos = false;              ///< The reply has exactly max_tokens tokens.
  bool stream_options = false;          ///< stream_options was given.
  std::optional<bool> include_usage{};  ///< Absent where it was not given.
  bool continuous_usage = false;        ///< vLLM's continuous_usage_stats.
  bool token_ids = false;               ///< vLLM's return_token_ids.
  bool timings_per_token = false;
  bool return_progress = false;
};

/// The number of words between white space (ASCII) in `text`: the server's rule for counting prompt tokens.
[[nodiscard]] std::uint32_t count_words(std::string_view text);

/// Reads a body. `strict` refuses fields that neither OpenAI's reference nor the dialect's own protocol has.
/// Error: usage, telling what the server would say with status 400.
[[nodiscard]] Result<Asked> read_asked(Wire wire, std::string_view body, bool strict,
                                       Dialect dialect = Dialect::openai_chat);

}  // namespace edgeeval::mock
