// SPDX-License-Identifier: Apache-2.0
#include "bench/server_tokens.hpp"

#include <algorithm>
#include <utility>

#include "bench/prompt_source.hpp"
#include "bench/small_call.hpp"
#include "wire/framer.hpp"
#include "wire/piece.hpp"

namespace edgeeval {
namespace {

constexpr double kOneReply_s = 120.0;

/// A reply of one token is waited for no longer than a request of the load would be.
double patience_s(const RequestLimits& limits) {
  return std::min({kOneReply_s, limits.first_byte_s + limits.idle_s, limits.total_s});
}

/// The prompt tokens that a whole streamed answer tells.
std::optional<std::int64_t> prompt_tokens_of(const Dialect& dialect, const std::string& body) {
  Framer framer(dialect.framing);
  PieceReader reader;
  ReplyState state;
  Frame frame;
  Piece piece;
  framer.feed(body);
  while (framer.next(frame)) reader.read(dialect, frame, state, piece);
  framer.end();
  while (framer.next(frame)) reader.read(dialect, frame, state, piece);
  return state.prompt_tokens;
}

}  // namespace

ServerTokens::ServerTokens(const BenchSettings& settings, const ProbedServer& server, std::string model,
                           bool salted, const CancelToken* cancel)
    : settings_(settings),
      server_(server),
      model_(std::move(model)),
      salted_(salted),
      call_(small_call(settings.target, patience_s(settings.limits), cancel)) {}

std::optional<std::int64_t> ServerTokens::count(const Prompt& prompt) {
  const auto bare = count_tokens(call_, server_.dialect, model_, prompt.text);
  if (!bare) return std::nullopt;
  if (!asked_) {
    asked_ = true;
    overhead_ = overhead_of(prompt, *bare);
  }
  if (!overhead_) return std::nullopt;
  return *bare + *overhead_;
}

std::optional<std::int64_t> ServerTokens::overhead_of(const Prompt& prompt, std::int64_t bare) {
  const std::vector<Prompt> one{prompt};
  RequestManner manner;
  manner.dialect = server_.dialect;
  manner.model = model_;
  manner.salted = salted_;
  manner.salt_seed = settings_.seeds.library;
  PromptSource source(manner, one);
  std::string body;
  Planned planned;
  planned.max_tokens = 1;
  source.body(planned, body);
  const auto answer = call_(server_.dialect.path, body);
  if (!answer || answer->status != 200) return std::nullopt;
  const auto whole = prompt_tokens_of(server_.dialect, answer->body);
  return whole ? std::optional(*whole - bare) : std::nullopt;
}

}  // namespace edgeeval
