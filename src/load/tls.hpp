// SPDX-License-Identifier: Apache-2.0
// TLS over memory, so that the sockets stay ours and each read keeps its stamp. The protocol is OpenSSL's.
#pragma once

#include <cstddef>
#include <edgeeval/result.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "load/target.hpp"

namespace edgeeval::client {

/// How a session stands after a step.
enum class TlsStep { more, done, closed, failed };

/// One TLS connection's state; bytes go in and out by hand.
class TlsSession {
 public:
  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;
  ~TlsSession();

  /// Takes bytes from the network.
  void take(std::string_view cipher);
  /// Goes on with the handshake as far as the bytes so far allow.
  [[nodiscard]] TlsStep handshake();
  /// Decrypts into `into`: done with `got` bytes, more where bytes are missing, closed, or failed.
  [[nodiscard]] TlsStep read(char* into, std::size_t size, std::size_t& got);
  /// Encrypts; what is to be sent is fetched by drain(). False on failure.
  [[nodiscard]] bool write(std::string_view plain);
  /// Appends what is to be sent.
  void drain(std::string& out);
  /// Why it failed, in OpenSSL's words.
  [[nodiscard]] const std::string& problem() const;

 private:
  friend class TlsContext;
  struct Impl;
  explicit TlsSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What the sessions of one target share: trusted authorities and what is to be checked.
class TlsContext {
 public:
  /// Errors: io (the file of authorities cannot be read), internal.
  [[nodiscard]] static Result<TlsContext> make(const Target& target);
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();
  /// A session for one connection. Safe from several threads. Error: internal.
  [[nodiscard]] Result<TlsSession> session() const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval::client
