// SPDX-License-Identifier: Apache-2.0
#include "load/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

namespace edgeeval::client {
namespace {

/// OpenSSL's last error in words; empties its queue.
std::string last_words(std::string fallback) {
  const auto number = ::ERR_peek_last_error();
  ::ERR_clear_error();
  if (number == 0) return fallback;
  // A failed call of the system, such as open().
  if (ERR_SYSTEM_ERROR(number)) return std::strerror(ERR_GET_REASON(number));
  const char* reason = ::ERR_reason_error_string(number);
  return reason != nullptr ? reason : fallback;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { ::SSL_free(session); }
};

/// Who the certificate must be of, and who is asked for.
bool expect_host(SSL* ssl, const Target& target) {
  if (is_address(target.host))
    return target.insecure ||
           ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), target.host.c_str()) == 1;
  // As the macro SSL_set_tlsext_host_name does, without its C cast.
  ::SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(target.host.c_str()));
  return target.insecure || ::SSL_set1_host(ssl, target.host.c_str()) == 1;
}

}  // namespace

struct TlsSession::Impl {
  std::unique_ptr<SSL, FreeSession> ssl;
  BIO* in = nullptr;   // Owned by ssl.
  BIO* out = nullptr;  // Owned by ssl.
  std::string problem;

  /// What a call of OpenSSL's came to.
  TlsStep step(int result) {
    const int why = ::SSL_get_error(ssl.get(), result);
    if (why == SSL_ERROR_NONE) return TlsStep::done;
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return TlsStep::more;
    if (why == SSL_ERROR_ZERO_RETURN) return TlsStep::closed;
    const auto verified = ::SSL_get_verify_result(ssl.get());
    problem = last_words("the TLS connection broke");
    if (verified != X509_V_OK) problem += std::string(": ") + ::X509_verify_cert_error_string(verified);
    return TlsStep::failed;
  }
};

TlsSession::TlsSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

void TlsSession::take(std::string_view cipher) {
  // A memory BIO grows, so that it takes everything; reads are far below INT_MAX.
  ::BIO_write(impl_->in, cipher.data(), static_cast<int>(cipher.size()));
}

TlsStep TlsSession::handshake() {
  ::ERR_clear_error();
  return impl_->step(::SSL_do_handshake(impl_->ssl.get()));
}

TlsStep TlsSession::read(char* into, std::size_t size, std::size_t& got) {
  ::ERR_clear_error();
  return impl_->step(::SSL_read_ex(impl_->ssl.get(), into, size, &got));
}

bool TlsSession::write(std::string_view plain) {
  ::ERR_clear_error();
  std::size_t written = 0;
  const int result = ::SSL_write_ex(impl_->ssl.get(), plain.data(), plain.size(), &written);
  return impl_->step(result) == TlsStep::done && written == plain.size();
}

void TlsSession::drain(std::string& out) {
  const auto waiting = ::BIO_ctrl_pending(impl_->out);
  if (waiting == 0) return;
  const auto before = out.size();
  out.resize(before + waiting);
  const int got = ::BIO_read(impl_->out, out.data() + before, static_cast<int>(waiting));
  out.resize(before + static_cast<std::size_t>(std::max(got, 0)));
}

const std::string& TlsSession::problem() const { return impl_->problem; }

struct TlsContext::Impl {
  std::unique_ptr<SSL_CTX, FreeContext> context;
  Target target;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::make(const Target& target) {
  auto impl = std::make_unique<Impl>();
  impl->target = target;
  impl->target.api_key.clear();
  impl->context.reset(::SSL_CTX_new(::TLS_client_method()));
  auto* const context = impl->context.get();
  if (context == nullptr) return fail(ErrorCode::internal, "no TLS: " + last_words("out of memory"));
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Buffers of connections that wait are given back: 34 KB each.
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  ::SSL_CTX_set_alpn_protos(context, kHttp11.data(), static_cast<unsigned>(kHttp11.size()));
  ::SSL_CTX_set_verify(context, target.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (target.insecure) return TlsContext(std::move(impl));
  if (target.ca_file.empty()) {
    ::SSL_CTX_set_default_verify_paths(context);
  } else if (::SSL_CTX_load_verify_locations(context, target.ca_file.c_str(), nullptr) != 1) {
    return fail(ErrorCode::io, "no certificates can be read: " + last_words("not a PEM file"),
                target.ca_file);
  }
  return TlsContext(std::move(impl));
}

Result<TlsSession> TlsContext::session() const {
  auto session = std::make_unique<TlsSession::Impl>();
  session->ssl.reset(::SSL_new(impl_->context.get()));
  auto* const ssl = session->ssl.get();
  session->in = ::BIO_new(::BIO_s_mem());
  session->out = ::BIO_new(::BIO_s_mem());
  if (ssl == nullptr || session->in == nullptr || session->out == nullptr || !expect_host(ssl, impl_->target))
    return fail(ErrorCode::internal, "no TLS session: " + last_words("out of memory"));
  // An empty BIO means "more is to come", not the end.
  ::BIO_set_mem_eof_return(session->in, -1);
  ::BIO_set_mem_eof_return(session->out, -1);
  ::SSL_set_bio(ssl, session->in, session->out);
  ::SSL_set_connect_state(ssl);
  return TlsSession(std::move(session));
}

}  // namespace edgeeval::client
