// SPDX-License-Identifier: Apache-2.0
#include "load/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>

namespace edgeeval::client {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&::SSL_free)>;

/// The oldest error of OpenSSL's queue in words; the queue is empty afterwards.
std::string openssl_words() {
  const auto code = ::ERR_get_error();
  ::ERR_clear_error();
  if (code == 0) return "the TLS connection broke off";
  const char* reason = ::ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

int whole(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

struct TlsContext::Impl {
  Context context{nullptr, &::SSL_CTX_free};
  std::string host;
  bool insecure = false;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::make(const Target& target) {
  auto impl = std::make_unique<Impl>();
  impl->host = target.host;
  impl->insecure = target.insecure;
  impl->context.reset(::SSL_CTX_new(::TLS_client_method()));
  if (!impl->context) return fail(ErrorCode::internal, "no TLS context: " + openssl_words());
  auto* context = impl->context.get();
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  ::SSL_CTX_set_verify(context, target.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!target.ca_file.empty()) {
    if (::SSL_CTX_load_verify_locations(context, target.ca_file.c_str(), nullptr) != 1)
      return fail(ErrorCode::io, "the file of certificate authorities cannot be read: " + openssl_words(),
                  target.ca_file, "A PEM file is expected.");
  } else {
    ::SSL_CTX_set_default_verify_paths(context);
  }
  ::ERR_clear_error();
  return TlsContext(std::move(impl));
}

struct TlsSession::Impl {
  Session session{nullptr, &::SSL_free};
  BIO* in = nullptr;   // Both belong to the session.
  BIO* out = nullptr;
  std::string problem;
  bool closed = false;

  /// Whether a call that did not succeed only waits for bytes.
  bool waits(int result) {
    const int why = ::SSL_get_error(session.get(), result);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return true;
    if (why == SSL_ERROR_ZERO_RETURN) {
      closed = true;
      return false;
    }
    const long verdict = ::SSL_get_verify_result(session.get());
    problem = verdict != X509_V_OK ? std::string("the certificate is not trusted: ") +
                                         ::X509_verify_cert_error_string(verdict)
                                   : openssl_words();
    ::ERR_clear_error();
    return false;
  }
};

TlsSession::TlsSession(TlsContext& context) : impl_(std::make_unique<Impl>()) {
  const auto& shared = *context.impl_;
  impl_->session.reset(::SSL_new(shared.context.get()));
  auto* session = impl_->session.get();
  impl_->in = ::BIO_new(::BIO_s_mem());
  impl_->out = ::BIO_new(::BIO_s_mem());
  // An empty buffer means "later", not the end.
  BIO_set_mem_eof_return(impl_->in, -1);
  BIO_set_mem_eof_return(impl_->out, -1);
  ::SSL_set_bio(session, impl_->in, impl_->out);
  constexpr std::array<unsigned char, 9> kHttp{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  ::SSL_set_alpn_protos(session, kHttp.data(), kHttp.size());
  if (is_address(shared.host)) {
    if (!shared.insecure)
      ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(session), shared.host.c_str());
  } else {
    SSL_set_tlsext_host_name(session, shared.host.c_str());
    if (!shared.insecure) ::SSL_set1_host(session, shared.host.c_str());
  }
  ::SSL_set_connect_state(session);
}

TlsSession::~TlsSession() = default;

bool TlsSession::handshake() {
  ::ERR_clear_error();
  const int result = ::SSL_do_handshake(impl_->session.get());
  if (result == 1) return true;
  impl_->waits(result);
  if (impl_->closed && impl_->problem.empty()) impl_->problem = "the server ended the handshake";
  return false;
}

void TlsSession::feed(std::string_view encrypted) {
  while (!encrypted.empty()) {
    const int taken = ::BIO_write(impl_->in, encrypted.data(), whole(encrypted.size()));
    if (taken <= 0) return;
    encrypted.remove_prefix(static_cast<std::size_t>(taken));
  }
}

bool TlsSession::read(std::string& plain) {
  std::array<char, 16U << 10U> buffer;
  ::ERR_clear_error();
  while (true) {
    const int got = ::SSL_read(impl_->session.get(), buffer.data(), buffer.size());
    if (got <= 0) return impl_->waits(got);
    plain.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void TlsSession::write(std::string_view plain) {
  ::ERR_clear_error();
  while (!plain.empty()) {
    const int taken = ::SSL_write(impl_->session.get(), plain.data(), whole(plain.size()));
    if (taken <= 0) {
      impl_->waits(taken);
      return;
    }
    plain.remove_prefix(static_cast<std::size_t>(taken));
  }
}

void TlsSession::take_output(std::string& out) {
  std::array<char, 16U << 10U> buffer;
  while (true) {
    const int got = ::BIO_read(impl_->out, buffer.data(), buffer.size());
    if (got <= 0) return;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

const std::string& TlsSession::problem() const { return impl_->problem; }
bool TlsSession::closed() const { return impl_->closed; }

}  // namespace edgeeval::client
