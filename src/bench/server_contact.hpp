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
#include "load/one_question.hpp"
#include "load/target.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// Talks with one server, one request at a time.
class ServerContact {
 public:
  virtual ~ServerContact() = default;
  /// A small request and its whole answer; GET where `body` is empty. Errors: io, timed_out, unavailable.
  [[nodiscard]] virtual Result<SmallAnswer> call(const std::string& path, const std::string& body,
                                                 double timeout_s) = 0;
  /// As probe_server().
  [[nodiscard]] virtual Result<ProbedServer> recognise(std::optional<ServerKind> wanted) = 0;
  /// As ask_once().
  [[nodiscard]] virtual Result<Answered> ask(const Question& question, const CancelToken& cancel,
                                             const std::function<bool()>& alive) = 0;
};

/// Makes a contact with a target.
using MakeContact = std::function<std::unique_ptr<ServerContact>(const Target&)>;

/// Contacts by the load generator itself: kernel stamps, every dialect, TLS and Unix sockets.
[[nodiscard]] std::unique_ptr<ServerContact> contact_by_client(const Target& target);
/// The same with a limit (s) of its own for each answer to the question what the server is; else 2 s.
[[nodiscard]] MakeContact contacts_by_client(double probe_timeout_s);

}  // namespace edgeeval
