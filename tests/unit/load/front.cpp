// SPDX-License-Identifier: Apache-2.0
#include "unit/load/front.hpp"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace edgeeval::testing {
namespace {

bool alpn_is_http(const unsigned char* offered, unsigned length) {
  constexpr std::string_view kHttp = "\x08http/1.1";
  return std::string_view(reinterpret_cast<const char*>(offered), length).find(kHttp) !=
         std::string_view::npos;
}

int choose_http(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                unsigned length, void*) {
  static constexpr std::array<unsigned char, 8> kHttp{'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (!alpn_is_http(in, length)) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = kHttp.data();
  *size = kHttp.size();
  return SSL_TLSEXT_ERR_OK;
}

int connect_upstream(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return descriptor;
  ::close(descriptor);
  return -1;
}

bool send_all(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(descriptor, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

std::string Certificate::pem() const {
  const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
  ::PEM_write_bio_X509(out.get(), certificate.get());
  char* text = nullptr;
  const auto size = ::BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Certificate make_certificate(const std::string& names) {
  Certificate made;
  made.key = {EVP_EC_gen("P-256"), &::EVP_PKEY_free};
  made.certificate = {::X509_new(), &::X509_free};
  auto* const x509 = made.certificate.get();
  ::X509_set_version(x509, 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(x509), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(x509), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(x509), 3600);
  ::X509_set_pubkey(x509, made.key.get());
  auto* const name = ::X509_get_subject_name(x509);
  const std::string common = "edgeeval test";
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(x509, name);
  const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> extension(
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()), &::X509_EXTENSION_free);
  ::X509_add_ext(x509, extension.get(), -1);
  ::X509_sign(x509, made.key.get(), ::EVP_sha256());
  return made;
}

Front::Front(Kind kind, std::uint16_t upstream, std::string path, const Certificate* certificate)
    : upstream_(upstream), path_(std::move(path)) {
  if (certificate != nullptr) {
    tls_ = {::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free};
    ::SSL_CTX_use_certificate(tls_.get(), certificate->certificate.get());
    ::SSL_CTX_use_PrivateKey(tls_.get(), certificate->key.get());
    ::SSL_CTX_set_alpn_select_cb(tls_.get(), &choose_http, nullptr);
  }
  listen_on(kind);
  if (open()) acceptor_ = std::thread([this] { accept_all(); });
}

void Front::listen_on(Kind kind) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (kind == Kind::unix_socket) {
    auto& name = reinterpret_cast<sockaddr_un&>(storage);
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path_.c_str(), path_.size());
    size = sizeof name;
  } else if (kind == Kind::tcp6) {
    auto& name = reinterpret_cast<sockaddr_in6&>(storage);
    name.sin6_family = AF_INET6;
    name.sin6_addr = in6addr_loopback;
    size = sizeof name;
  } else {
    auto& name = reinterpret_cast<sockaddr_in&>(storage);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size = sizeof name;
  }
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  listener_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0) return;
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 16) != 0) {
    ::close(listener_);
    listener_ = -1;
    return;
  }
  size = sizeof storage;
  ::getsockname(listener_, address, &size);
  if (kind == Kind::tcp4) port_ = ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  if (kind == Kind::tcp6) port_ = ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
}

Front::~Front() {
  stopping_ = true;
  if (acceptor_.joinable()) acceptor_.join();
  for (auto& relay : relays_) relay.join();
  if (listener_ >= 0) ::close(listener_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

void Front::accept_all() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) relays_.emplace_back([this, client] { relay(client); });
  }
}

void Front::relay(int client) const {
  const int server = connect_upstream(upstream_);
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl(tls_ ? ::SSL_new(tls_.get()) : nullptr, &::SSL_free);
  bool good = server >= 0;
  if (ssl && good) {
    ::SSL_set_fd(ssl.get(), client);
    good = ::SSL_accept(ssl.get()) == 1;
  }
  std::array<char, 16384> buffer{};
  while (good && !stopping_) {
    std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), 20) <= 0) continue;
    if (both[0].revents != 0) {
      const auto got = ssl ? ::SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size()))
                           : ::recv(client, buffer.data(), buffer.size(), 0);
      good = got > 0 && send_all(server, buffer.data(), static_cast<std::size_t>(got));
    }
    if (good && both[1].revents != 0) {
      const auto got = ::recv(server, buffer.data(), buffer.size(), 0);
      good = got > 0 && (ssl ? ::SSL_write(ssl.get(), buffer.data(), static_cast<int>(got)) == got
                             : send_all(client, buffer.data(), static_cast<std::size_t>(got)));
    }
  }
  if (ssl) ::SSL_shutdown(ssl.get());
  ::close(client);
  if (server >= 0) ::close(server);
}

}  // namespace edgeeval::testing
