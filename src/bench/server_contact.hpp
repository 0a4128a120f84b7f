// SPDX-License-Identifier: Apache-2.0
// What a cold start says to the server that comes up, and what it hears: the seam between watching and
// talking.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/cancel.hpp"
#include "load/target.hpp"
#include "record/load_record.hpp"
#include "wire/dialect.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// One streamed request.
struct Question {
  Dialect dialect;
  std::string model;  ///< Empty where the server needs no name.
  std::string text;   ///< The user's words.
  std::string salt;   ///< At the prompt's very beginning, so that no cached prefix matches.
  std::uint32_t max_tokens = 16;
  std::uint32_t number = 0;  ///< From 0; of the request within its cold start.
  double timeout_s = 600.0;  ///< For the whole of it.
};

/// Its answer.
struct Answered {
  RequestRecord request;                       ///< With its failure, where it failed.
  std::optional<std::int64_t> first_token_ns;  ///< CLOCK_MONOTONIC; of the first event that carries a token.
  std::optional<std::int64_t> last_token_ns;
  bool kernel_stamps = false;  ///< The two are the kernel's receive stamps.
};

/// Talks with one server, one request at a time.
class ServerContact {
 public:
  virtual ~ServerContact() = default;
  /// A small request and its whole answer; GET where `body` is empty. Errors: io, timed_out, unavailable.
  [[nodiscard]] virtual Result<SmallAnswer> call(const std::string& path, const std::string& body,
                                                 double timeout_s) = 0;
  /// As probe_server().
  [[nodiscard]] virtual Result<ProbedServer> recognise(std::optional<ServerKind> wanted) = 0;
  /// Asks. A failed request is an answer too; errors are the client's own (io). `alive` false or a cancel
  /// ends the waiting.
  [[nodiscard]] virtual Result<Answered> ask(const Question& question, const CancelToken& cancel,
                                             const std::function<bool()>& alive) = 0;
};

/// Makes a contact with a target.
using MakeContact = std::function<std::unique_ptr<ServerContact>(const Target&)>;

/// Contacts by the load generator itself: kernel stamps, every dialect, TLS and Unix sockets.
[[nodiscard]] std::unique_ptr<ServerContact> contact_by_client(const Target& target);

}  // namespace edgeeval
