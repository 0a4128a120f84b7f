// SPDX-License-Identifier: Apache-2.0
// A front before a server on 127.0.0.1: takes connections by IPv6, a Unix socket or TLS, and hands the bytes
// on.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace edgeeval::testing {

/// A certificate that signs itself, and its key.
struct Certificate {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;
  [[nodiscard]] std::string pem() const;
};

/// For `names` as X.509 writes them: "DNS:localhost,IP:127.0.0.1".
[[nodiscard]] Certificate make_certificate(const std::string& names);

/// Relays between whoever connects and a port of 127.0.0.1, while it lives.
class Front {
 public:
  enum class Kind { tcp4, tcp6, unix_socket };
  /// `path` names the Unix socket; `certificate`, where there is one, makes it a TLS front.
  Front(Kind kind, std::uint16_t upstream, std::string path = {}, const Certificate* certificate = nullptr);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;
  ~Front();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Whether it could be opened: a machine may have no IPv6.
  [[nodiscard]] bool open() const { return listener_ >= 0; }

 private:
  void accept_all();
  void relay(int client) const;
  void listen_on(Kind kind);
  std::uint16_t upstream_;
  std::string path_;
  std::shared_ptr<SSL_CTX> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> relays_;
  std::thread acceptor_;
};

}  // namespace edgeeval::testing
