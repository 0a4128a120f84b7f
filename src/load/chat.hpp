// SPDX-License-Identifier: Apache-2.0
// The OpenAI chat dialect as llama-server speaks it: what is asked, and what each streamed piece says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval {

/// One question to the engine.
struct ChatRequest {
  std::string item;                                           ///< Evaluation item id.
  std::vector<std::pair<std::string, std::string>> messages;  ///< Role and content.
  int max_tokens = 32;
};

/// The JSON body of POST /v1/chat/completions: streamed, greedy, usage asked for, and no prompt taken from a
/// cache of earlier requests (llama-server's `cache_prompt`), so that every request pays for its own prompt.
[[nodiscard]] std::string chat_body(const ChatRequest& request);

/// What one streamed piece says. Pieces with a role only, or an empty text, carry no token.
struct ChatPiece {
  std::string text;
  std::string finish_reason;
  std::optional<std::int64_t> prompt_tokens, cached_tokens, completion_tokens;
  std::string token_source;  ///< "usage" or "timings", where counts came with this piece.
  std::string error;  ///< The server's message where the piece is an error, or ours where it cannot be read.
  bool done = false;  ///< The end mark "[DONE]".
};

/// Reads the data of one server-sent event.
[[nodiscard]] ChatPiece read_piece(std::string_view data);

}  // namespace edgeeval
