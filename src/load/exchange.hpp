// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 request and its answer over a non-blocking socket, stamped as the bytes come. Framing is
// Boost.Beast's.
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace edgeeval {

/// A server's address.
struct Endpoint {
  std::string host = "127.0.0.1";  ///< An IPv4 address.
  int port = 0;
};

/// Gets each portion of a streamed (chunked) body with the stamp taken just after it was received.
using OnBody = std::function<void(std::string_view bytes, SteadyTime received)>;

/// A request under way. Move-only; closing the socket is its destructor's work.
class Exchange {
 public:
  enum class State { connecting, sending, receiving, done, failed };

  /// Begins to connect. `body` empty makes a GET, else a POST of JSON. Errors: io (no socket, no such
  /// address).
  [[nodiscard]] static Result<Exchange> begin(const Endpoint& endpoint, const std::string& target,
                                              const std::string& body);
  Exchange(Exchange&&) noexcept;
  Exchange& operator=(Exchange&&) noexcept;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  /// Does what the socket is ready for; call when it is readable or writable. Never blocks.
  State advance(const Clock& clock, const OnBody& on_body);
  [[nodiscard]] State state() const;
  [[nodiscard]] int descriptor() const;
  [[nodiscard]] bool wants_to_write() const;
  /// Stamps of what has happened so far.
  [[nodiscard]] std::optional<SteadyTime> connected() const;
  [[nodiscard]] std::optional<SteadyTime> sent() const;
  [[nodiscard]] std::optional<SteadyTime> headers() const;
  [[nodiscard]] std::optional<SteadyTime> closed() const;
  /// Status code of the answer; 0 before its header is there.
  [[nodiscard]] int status() const;
  /// The body where it was not chunked.
  [[nodiscard]] std::string body() const;
  /// Why the state is failed, and whether the server refused the connection.
  [[nodiscard]] const std::string& problem() const;
  [[nodiscard]] bool refused() const;

 private:
  struct Impl;
  explicit Exchange(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A whole answer.
struct Answer {
  int status = 0;
  std::string body;
};

/// Sends one request and waits for the whole answer, at most until `deadline`. Errors: io, timed_out.
[[nodiscard]] Result<Answer> call(const Endpoint& endpoint, const std::string& target,
                                  const std::string& body, const Clock& clock, SteadyTime deadline);

}  // namespace edgeeval
