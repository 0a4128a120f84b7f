// SPDX-License-Identifier: Apache-2.0
// What a mock server is told to do: laws of time, the shape of its replies, and what goes wrong.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock/dialect.hpp"
#include "mock/law.hpp"

namespace edgeeval::mock {

/// Which chunks carry token counts.
enum class UsageChunk {
  asked,   ///< As the request asks (stream_options).
  none,    ///< None, whatever was asked.
  last,    ///< A last chunk with empty choices.
  every,   ///< The counts so far in every chunk, and a last chunk.
  finish,  ///< In the chunk that tells the reason to finish.
};

/// When the chunk with the role alone comes.
enum class RoleChunk {
  usual,  ///< As the dialect does: with the first token, or not at all.
  none,   ///< Not at all.
  early,  ///< At once, long before the first token, as proxies do.
};

/// What goes out before the first token, and when.
enum class Opening {
  apart,      ///< The head at once, the chunk with the role in a write of its own, as the dialect does.
  one_write,  ///< All of it in one write with the first token, when that is due.
};

/// Where an event is cut into parts that are sent apart.
enum class Cut { none, random, utf8, crlf, every_byte };

/// What ends a line of an event.
enum class LineEnd { lf, crlf, cr };

/// What a request gets instead of, or before, a stream.
enum class Answer {
  stream,
  unauthorized,
  not_found,
  rate_limited,
  overloaded,
  loading,
  server_error,
  bad_request,
  redirect,
  html,
  error_200,
  wrong_type,
  hang,
  close,
  reset,
  head_only,
  bad_status,
  huge_head,
  interim,
  close_delimited,
  short_length,
};

/// What happens after half of the reply's events with tokens.
enum class Midway {
  nothing,
  error_event,
  reset,
  close,
  truncated_chunk,
  bad_chunk_size,
  stall,
  silence,
  giant_line,
  invalid_utf8,
  deep_json,
  bad_json,
  truncated_json,
  null_byte,
};

/// How one reply looks and what goes wrong in it. Faults change a copy of the script's own.
struct ReplyScript {
  Law ttft{Law::Kind::constant, std::chrono::milliseconds(20)};  ///< From the request's last byte.
  Law itl{Law::Kind::constant, std::chrono::milliseconds(20)};   ///< Between events with tokens.
  std::uint32_t tokens_from = 100;  ///< Tokens of a reply, where the request does not ask for fewer.
  std::uint32_t tokens_to = 100;
  std::uint32_t bundle = 1;  ///< Tokens an event.
  std::uint32_t merge = 1;   ///< Events a write.
  Cut cut = Cut::none;
  std::uint32_t parts = 2;                   ///< Parts of an event cut at random.
  Nanos gap = std::chrono::milliseconds(1);  ///< Between parts.
  bool cut_head = false;                     ///< The head is cut too.
  RoleChunk role = RoleChunk::usual;
  Opening opening = Opening::apart;
  std::uint32_t empty_every = 0;  ///< A chunk without text before every so many events; 0 = none.
  std::uint32_t reasoning = 0;    ///< So many of the first tokens are reasoning.
  bool tool_call = false;         ///< The tokens are the arguments of a tool call.
  UsageChunk usage = UsageChunk::asked;
  std::uint32_t usage_surplus = 0;  ///< Completion tokens that the usage tells beyond the truth.
  std::uint32_t comment_every = 0;  ///< A comment line before every so many events; 0 = none.
  std::optional<bool> done{};       ///< [DONE] at the end; absent = as the dialect does.
  bool done_blank_line = true;      ///< The empty line after [DONE].
  bool finish = true;               ///< The reason to finish is told.
  bool after_done = false;          ///< A chunk with text after [DONE].
  bool all_at_once = false;         ///< All events when the last is due: synthetic streaming.
  LineEnd line_end = LineEnd::lf;
  std::optional<bool> space{};        ///< "data: " or "data:"; absent = as the dialect does.
  bool byte_order_mark = false;       ///< At the stream's beginning.
  bool multi_line = false;            ///< JSON over several data lines.
  bool chunk_extension = false;       ///< Chunk sizes with an extension, and a trailer field at the end.
  std::optional<bool> close_after{};  ///< Close after a stream; absent = as the dialect does.
  Answer answer = Answer::stream;
  Midway midway = Midway::nothing;
  Nanos stall = std::chrono::seconds(2);        ///< The length of a stall.
  Nanos retry_after = std::chrono::seconds(1);  ///< Told with 429 and 503, in whole seconds.
  Nanos drip = std::chrono::seconds(1);         ///< Between the bytes of a reply that drips.
  std::uint64_t giant_bytes = 1ULL << 30U;      ///< Length of the line without end.
  std::uint32_t json_depth = 100'000;           ///< Brackets within brackets.
};

/// A fault and the requests it befalls.
struct FaultRule {
  std::string name;
  double share = 0.0;                     ///< Chance of each request, 0 to 1.
  std::vector<std::uint64_t> requests{};  ///< Numbers of requests, from 1.
};

/// What the first seconds are like.
enum class LoadingManner {
  answer_503,  ///< Every route answers 503.
  refuse,      ///< Connections are refused.
  lazy,        ///< Ready at once; the first request waits for the load.
};

/// All that a mock server is told.
struct Script {
  Dialect dialect = Dialect::openai_chat;
  std::string model = "mock";
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = the kernel picks.
  std::uint64_t seed = 1;
  bool batch_step = false;            ///< Events are due at multiples of the mean itl since the start.
  bool metrics = false;               ///< llama-server and SGLang have their metrics route only on demand.
  bool spin = false;                  ///< Never sleeps: less lateness for a whole core.
  std::uint32_t template_tokens = 0;  ///< Added to each prompt's count.
  bool prefix_cache = false;          ///< A prompt seen before counts as cached, but for one token.
  std::optional<bool> strict{};       ///< Unknown fields are refused; absent = as the dialect does.
  Nanos loading{0};
  LoadingManner loading_manner = LoadingManner::answer_503;
  ReplyScript reply{};
  std::vector<FaultRule> faults{};
  std::filesystem::path log{};     ///< Where the log of events goes; empty = nowhere.
  std::filesystem::path replay{};  ///< A capture that is the answer to every prompt; empty = none.
};

/// Reads a script. `file` names it in errors. Error: invalid_study; every finding stands in the message with
/// file, line and column.
[[nodiscard]] Result<Script> parse_script(const std::string& text, const std::string& file);
/// Reads a script from a file. Errors: io, or as parse_script.
[[nodiscard]] Result<Script> read_script(const std::filesystem::path& path);

}  // namespace edgeeval::mock
