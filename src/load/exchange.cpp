// SPDX-License-Identifier: Apache-2.0
#include "load/exchange.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace edgeeval {
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kReceiveBytes = 64U * 1024U;
constexpr std::uint64_t kLargestBody = 64U * 1024U * 1024U;

std::string request_text(const Endpoint& endpoint, const std::string& target, const std::string& body) {
  const auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nAccept: */*\r\n",
                                body.empty() ? "GET" : "POST", target, endpoint.host, endpoint.port);
  if (body.empty()) return head + "\r\n";
  return head + fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.size()) +
         body;
}

}  // namespace

struct Exchange::Impl {
  using ChunkBody =
      std::function<std::size_t(std::uint64_t, boost::beast::string_view, boost::beast::error_code&)>;

  int descriptor = -1;
  State state = State::connecting;
  std::string request;
  std::size_t sent_bytes = 0;
  std::string unread;  // Bytes that Beast has not taken yet.
  http::response_parser<http::string_body> parser;
  const OnBody* on_body = nullptr;
  SteadyTime received{};
  ChunkBody on_chunk;
  std::optional<SteadyTime> connected, sent, headers, closed;
  std::string problem;
  bool refused = false;

  Impl() {
    parser.eager(true);
    parser.body_limit(kLargestBody);
    on_chunk = [this](std::uint64_t, boost::beast::string_view bytes, boost::beast::error_code&) {
      if (on_body != nullptr && *on_body) (*on_body)({bytes.data(), bytes.size()}, received);
      return bytes.size();
    };
    parser.on_chunk_body(on_chunk);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (descriptor >= 0) ::close(descriptor);
  }

  State fail_with(std::string what, int number = 0) {
    problem = std::move(what);
    if (number != 0) problem += std::string(": ") + std::strerror(number);
    refused = number == ECONNREFUSED;
    return state = State::failed;
  }

  State finish_connect(const Clock& clock) {
    int number = 0;
    socklen_t size = sizeof number;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size);
    if (number != 0) return fail_with("cannot connect", number);
    connected = clock.now();
    return state = State::sending;
  }

  State send_more(const Clock& clock) {
    if (sent_bytes == 0) sent = clock.now();
    const auto written =
        ::send(descriptor, request.data() + sent_bytes, request.size() - sent_bytes, MSG_NOSIGNAL);
    if (written < 0)
      return errno == EAGAIN || errno == EINTR ? state : fail_with("the request cannot be sent", errno);
    sent_bytes += static_cast<std::size_t>(written);
    return sent_bytes == request.size() ? state = State::receiving : state;
  }

  State receive(const Clock& clock) {
    std::array<char, kReceiveBytes> buffer;
    const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    const int number = errno;
    received = clock.now();
    if (got < 0)
      return number == EAGAIN || number == EINTR ? state : fail_with("the answer broke off", number);
    if (got == 0) return end_of_stream();
    unread.append(buffer.data(), static_cast<std::size_t>(got));
    return parse();
  }

  State parse() {
    while (!unread.empty() && !parser.is_done()) {
      boost::beast::error_code error;
      const auto taken = parser.put(boost::asio::buffer(unread), error);
      unread.erase(0, taken);
      if (!headers && parser.is_header_done()) headers = received;
      if (error == http::error::need_more) break;
      if (error) return fail_with("not an HTTP answer: " + error.message());
      if (taken == 0) break;
    }
    if (!parser.is_done()) return state;
    closed = received;
    return state = State::done;
  }

  State end_of_stream() {
    boost::beast::error_code error;
    if (!parser.got_some()) return fail_with("the server closed the connection without an answer");
    parser.put_eof(error);
    if (error) return fail_with("the answer ended early");
    closed = received;
    return state = State::done;
  }
};

Exchange::Exchange(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange& Exchange::operator=(Exchange&&) noexcept = default;
Exchange::~Exchange() = default;

Result<Exchange> Exchange::begin(const Endpoint& endpoint, const std::string& target,
                                 const std::string& body) {
  const auto where = fmt::format("{}:{}", endpoint.host, endpoint.port);
  auto impl = std::make_unique<Impl>();
  impl->request = request_text(endpoint, target, body);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(endpoint.port));
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) != 1) {
    return fail(ErrorCode::io, "\"" + endpoint.host + "\" is not an IPv4 address", where);
  }
  impl->descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (impl->descriptor < 0)
    return fail(ErrorCode::io, std::string("no socket: ") + std::strerror(errno), where);
  const int on = 1;
  ::setsockopt(impl->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(impl->descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    impl->fail_with("cannot connect", errno);
  }
  return Exchange(std::move(impl));
}

Exchange::State Exchange::advance(const Clock& clock, const OnBody& on_body) {
  impl_->on_body = &on_body;
  if (impl_->state == State::connecting) impl_->finish_connect(clock);
  if (impl_->state == State::sending) return impl_->send_more(clock);
  if (impl_->state == State::receiving) return impl_->receive(clock);
  return impl_->state;
}

Exchange::State Exchange::state() const { return impl_->state; }
int Exchange::descriptor() const { return impl_->descriptor; }
bool Exchange::wants_to_write() const {
  return impl_->state == State::connecting || impl_->state == State::sending;
}
std::optional<SteadyTime> Exchange::connected() const { return impl_->connected; }
std::optional<SteadyTime> Exchange::sent() const { return impl_->sent; }
std::optional<SteadyTime> Exchange::headers() const { return impl_->headers; }
std::optional<SteadyTime> Exchange::closed() const { return impl_->closed; }
int Exchange::status() const { return impl_->parser.is_header_done() ? impl_->parser.get().result_int() : 0; }
std::string Exchange::body() const { return impl_->parser.get().body(); }
const std::string& Exchange::problem() const { return impl_->problem; }
bool Exchange::refused() const { return impl_->refused; }

Result<Answer> call(const Endpoint& endpoint, const std::string& target, const std::string& body,
                    const Clock& clock, SteadyTime deadline) {
  const auto where = fmt::format("http://{}:{}{}", endpoint.host, endpoint.port, target);
  auto exchange = Exchange::begin(endpoint, target, body);
  if (!exchange) return tl::unexpected(exchange.error());
  std::string streamed;
  const OnBody keep = [&](std::string_view bytes, SteadyTime) { streamed += bytes; };
  while (exchange->state() != Exchange::State::done && exchange->state() != Exchange::State::failed) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock.now()).count();
    if (left <= 0) return fail(ErrorCode::timed_out, "no answer in time", where);
    pollfd waiting{exchange->descriptor(), static_cast<short>(exchange->wants_to_write() ? POLLOUT : POLLIN),
                   0};
    if (::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 1000))) > 0)
      exchange->advance(clock, keep);
  }
  if (exchange->state() == Exchange::State::failed) return fail(ErrorCode::io, exchange->problem(), where);
  return Answer{exchange->status(), streamed.empty() ? exchange->body() : streamed};
}

}  // namespace edgeeval
