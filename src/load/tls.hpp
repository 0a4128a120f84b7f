// SPDX-License-Identifier: Apache-2.0
// TLS over memory: encrypted bytes in, plain bytes out, so that reads and their stamps stay the client's own.
#pragma once

#include <edgeeval/result.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "load/target.hpp"

namespace edgeeval::client {

/// What all sessions with a target share: trust and protocol versions.
class TlsContext {
 public:
  /// Errors: io (a file of authorities that cannot be read), internal.
  [[nodiscard]] static Result<TlsContext> make(const Target& target);
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();

 private:
  friend class TlsSession;
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One connection's TLS.
class TlsSession {
 public:
  /// `context` must outlive it.
  explicit TlsSession(TlsContext& context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Goes on with the handshake; true once it is done. A failure sets problem().
  [[nodiscard]] bool handshake();
  /// Takes bytes from the socket.
  void feed(std::string_view encrypted);
  /// Appends what can be decrypted; false where the peer closed or a failure was met.
  [[nodiscard]] bool read(std::string& plain);
  /// Encrypts.
  void write(std::string_view plain);
  /// Moves bytes for the socket to the end of `out`.
  void take_output(std::string& out);
  /// Why it failed, in OpenSSL's words; empty where it did not.
  [[nodiscard]] const std::string& problem() const;
  /// Whether the peer has said that it sends no more.
  [[nodiscard]] bool closed() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval::client
