// SPDX-License-Identifier: Apache-2.0
// How long replies are to be, from what was answered in a file of conversations.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workload/prompts.hpp"

namespace edgeeval {

/// What became of the replies of a file.
struct ReplyLengths {
  std::size_t counted = 0;  ///< By the server's tokenizer.
  std::size_t estimated =
      0;             ///< From their words, at the mean of those that were counted, else 0.75 a token.
  std::string note;  ///< In words, where some are estimated.
};

/// Gives each prompt with a reply its length as a limit, at most `most` where given, and drops the words.
/// Those that `used` names first are counted, up to a few thousand; the others are estimated.
[[nodiscard]] ReplyLengths take_reply_lengths(
    std::vector<Prompt>& prompts, const std::vector<std::uint32_t>& used, std::optional<std::uint32_t> most,
    const std::function<std::optional<std::int64_t>(const std::string& text)>& tokenized);

}  // namespace edgeeval
