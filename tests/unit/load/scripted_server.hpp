// SPDX-License-Identifier: Apache-2.0
// A server on 127.0.0.1 that does with its n-th connection what the n-th script says.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "load/target.hpp"

namespace edgeeval::testing {

/// One accepted connection, closed at the end.
class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();
  /// Sends all of `bytes`; a peer that has gone is no error here.
  void send(std::string_view bytes) const;
  /// Sends `bytes` one at a time, each in its own segment.
  void send_split(std::string_view bytes) const;
  /// Lets the connection end by a reset.
  void reset_at_end() const;
  /// The next request on this connection; empty where the peer has closed.
  [[nodiscard]] std::string next_request() const;
  /// Waits until the peer closes.
  void wait_for_close() const;

 private:
  int descriptor_;
};

/// Answers one request, whose text is given.
using Script = std::function<void(Connection&, const std::string& request)>;

/// Runs while it lives; the last script serves all further connections.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();
  [[nodiscard]] Target target() const { return {false, "127.0.0.1", static_cast<std::uint16_t>(port_)}; }

 private:
  void accept_all();
  void serve(int descriptor, const Script& script);
  std::vector<Script> scripts_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

/// A chunked answer whose body is `chunks`, in full.
[[nodiscard]] std::string chunked_answer(const std::vector<std::string>& chunks);
/// The head of a chunked answer, and one chunk.
[[nodiscard]] std::string chunked_head();
[[nodiscard]] std::string chunk(std::string_view body);
/// An answer with its length.
[[nodiscard]] std::string plain_answer(int status, std::string_view body);

}  // namespace edgeeval::testing
