// SPDX-License-Identifier: Apache-2.0
// The bytes of each step of a reply, as the dialect words them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mock/reply.hpp"

namespace edgeeval::mock {

/// Every reply's `created`: fixed, so that the same script gives the same bytes.
inline constexpr std::int64_t kCreated = 1'700'000'000;

/// The text of token `index`: a blank and a word. Every second one of the first has characters of several
/// bytes.
[[nodiscard]] std::string_view token_text(std::uint32_t index);
/// The made-up id of token `index`.
[[nodiscard]] std::uint32_t token_id(std::uint32_t index);
/// Appends the texts of `count` tokens from `first` on.
void append_tokens(std::string& out, std::uint32_t first, std::uint32_t count);

/// Appends the JSON of one event of OpenAI's chat or completion routes, in the words of the reply's dialect.
void append_openai(std::string& out, const Reply& reply, const Step& step);
/// Appends the JSON of one event of a server's own route. LM Studio's events also set `event`, their name.
void append_native(std::string& out, const Reply& reply, const Step& step, std::string_view& event);
/// Appends the JSON of an answer that is not streamed.
void append_whole(std::string& out, const Reply& reply);
/// The dialect's usage object for `completion` tokens.
void append_usage(std::string& out, const Reply& reply, std::uint32_t completion);
/// llama-server's timings for `predicted` tokens, from the times that the reply was laid out with.
void append_timings(std::string& out, const Reply& reply, std::uint32_t predicted);
/// "stop", "length" or "tool_calls".
[[nodiscard]] std::string_view finish_reason(const Reply& reply);

/// Turns steps into bytes; keeps its memory from one to the next.
class Renderer {
 public:
  /// Appends what `step` puts on the wire, chunk framing included. A giant line's body is not among it.
  void append(std::string& out, const Reply& reply, const Step& step);

 private:
  void append_body(const Reply& reply, const Step& step);
  void append_event(const Reply& reply, std::string_view event, std::string_view data);
  std::string json_;
  std::string body_;
};

}  // namespace edgeeval::mock
