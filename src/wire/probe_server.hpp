// SPDX-License-Identifier: Apache-2.0
// Which server stands behind a URL, found by asking the routes in which they differ.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wire/dialect.hpp"

namespace edgeeval {

/// A whole answer to a small request.
struct SmallAnswer {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
};

/// Makes one small request: path below the URL, body (empty = GET), and hands back the whole answer. The
/// caller brings it, so that finding a dialect needs no socket.
using SmallCall = std::function<Result<SmallAnswer>(const std::string& path, const std::string& body)>;

/// Whether a server can serve now.
enum class Readiness { ready, loading, lazy, unknown };

/// What probing found.
struct ProbedServer {
  Dialect dialect;
  std::string version;  ///< Empty where not told.
  std::string model;    ///< The first model served, or the only one.
  std::vector<std::string> models;
  Readiness readiness = Readiness::unknown;
  std::optional<int> slots;                  ///< Requests served at once, where told (llama-server).
  std::map<std::string, std::string> facts;  ///< What else it told: "build", "model_path"….
  std::string why;                           ///< By what it was recognised.
};

/// Asks, in as few requests as it takes. `wanted` leaves the guessing out and only asks for models and
/// readiness. Errors: what `call` gave where nothing answered at all; engine_failed where what answers is no
/// serving engine (its words are shown).
[[nodiscard]] Result<ProbedServer> probe_server(const SmallCall& call, std::optional<ServerKind> wanted = {});

/// Number of tokens of a reply's `text` by the server's own tokenizer, without what it puts before a prompt.
/// Errors: unavailable (it has no route for it: none is known, or it answers 404, 405 or 501), engine_failed
/// (its answer makes no sense), those of the call.
[[nodiscard]] Result<std::int64_t> count_reply_tokens(const SmallCall& call, const Dialect& dialect,
                                                      const std::string& model, const std::string& text);

/// Number of tokens of `text` as a prompt, by the server's own tokenizer; absent where it has no route for it.
[[nodiscard]] std::optional<std::int64_t> count_tokens(const SmallCall& call, const Dialect& dialect,
                                                       const std::string& model, const std::string& text);

}  // namespace edgeeval
