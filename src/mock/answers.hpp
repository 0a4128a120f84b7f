// SPDX-License-Identifier: Apache-2.0
// Answers that are not streamed: readiness, models, errors, each as the dialect words it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mock/dialect.hpp"
#include "mock/served.hpp"

namespace edgeeval::mock {

/// An answer with its length.
struct PlainAnswer {
  int status = 200;
  std::string body{};
  std::string_view content_type = "application/json";
  std::string fields{};  ///< More header lines, each with its CRLF.
};

/// What the routes beside the replies need to know of the server.
struct ServerFacts {
  Dialect dialect = Dialect::openai_chat;
  std::string model_json;  ///< The model's name as JSON, with its quotes.
  bool loading = false;
  std::size_t running = 0;   ///< Replies under way.
  Served* served = nullptr;  ///< What metrics routes tell; without it they are not there.
  bool metrics = false;      ///< Of servers that have the route on demand: it was asked for at the start.
};

/// The answer as bytes, with its head.
[[nodiscard]] std::string http_text(const PlainAnswer& answer, bool keep_alive);
/// "Not Found" for 404.
[[nodiscard]] std::string_view reason_of(int status);
/// The dialect's error object; `native` is the server's own route and not OpenAI's.
[[nodiscard]] std::string error_json(Dialect dialect, bool native, int status, std::string_view type,
                                     std::string_view message);
/// What the dialect answers while its model loads.
[[nodiscard]] PlainAnswer loading_answer(Dialect dialect, bool native);
/// The answer of a route beside the replies, such as /health; 404 where the dialect has none.
[[nodiscard]] PlainAnswer route_answer(const ServerFacts& facts, std::string_view method,
                                       std::string_view path, std::string_view body);

}  // namespace edgeeval::mock
