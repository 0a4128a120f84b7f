// SPDX-License-Identifier: Apache-2.0
#include "probe/http_get.hpp"

#include <fmt/format.h>

#include <pthread.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace edgeeval {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

constexpr std::uint64_t kLargestBody = 64 * 1024;

/// "host:port" as a URL has it.
std::string authority(const HttpAddress& address) {
  const bool six = address.host.find(':') != std::string::npos;
  return six ? fmt::format("[{}]:{}", address.host, address.port)
             : fmt::format("{}:{}", address.host, address.port);
}

/// A lookup under way, shared with its thread, which may outlive whoever waits.
struct Lookup {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Result<std::vector<std::string>>> found;
};

/// Starts a thread that takes no signals: they must reach those that wait for children.
void start_detached(std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::optional<std::system_error> failed;
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& problem) {
    failed = problem;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed) throw std::system_error(*failed);
}

/// One exchange; each step starts the next, and the stream's own limit ends them all.
class Get {
 public:
  Get(const HttpAddress& address, const std::string& target) : stream_(context_) {
    request_.version(11);
    request_.method(http::verb::get);
    request_.target(target);
    request_.set(http::field::host, authority(address));
    request_.set(http::field::connection, "close");
    parser_.body_limit(kLargestBody);
  }

  error_code run(const Endpoints& endpoints, std::chrono::milliseconds limit) {
    stream_.expires_after(limit);
    stream_.async_connect(endpoints, [this](error_code error, const auto&) {
      if (finish(error)) return;
      http::async_write(stream_, request_, [this](error_code written, std::size_t) {
        if (finish(written)) return;
        http::async_read(stream_, buffer_, parser_, [this](error_code read, std::size_t) { finish(read); });
      });
    });
    context_.run();
    return error_;
  }

  [[nodiscard]] const http::response<http::string_body>& answer() const { return parser_.get(); }

 private:
  bool finish(error_code error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  error_code error_;
};

}  // namespace

Result<std::vector<std::string>> look_up_host(const std::string& host) {
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  error_code error;
  const auto found = resolver.resolve(host, "", error);
  if (error) return fail(ErrorCode::io, "no such host: " + error.message(), host);
  std::vector<std::string> addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint().address().to_string());
  return addresses;
}

Result<HttpAddress> resolved(HttpAddress address, std::chrono::milliseconds limit, HostLookup lookup) {
  error_code not_numeric;
  asio::ip::make_address(address.host, not_numeric);
  if (!not_numeric) {
    address.numeric = {address.host};
    return address;
  }
  const auto state = std::make_shared<Lookup>();
  try {
    start_detached([state, host = address.host, lookup = std::move(lookup)] {
      auto found = lookup(host);
      const std::lock_guard lock(state->mutex);
      state->found = std::move(found);
      state->done.notify_all();
    });
  } catch (const std::exception& problem) {
    return fail(ErrorCode::io, problem.what(), address.host);
  }
  std::unique_lock lock(state->mutex);
  if (!state->done.wait_for(lock, limit, [&] { return state->found.has_value(); })) {
    return fail(ErrorCode::timed_out, fmt::format("the name was not resolved within {} ms", limit.count()),
                address.host, "name the numeric address");
  }
  if (!*state->found) return tl::unexpected(state->found->error());
  address.numeric = **state->found;
  return address;
}

Result<std::string> http_get(const HttpAddress& address, const std::string& target,
                             std::chrono::milliseconds limit) {
  const auto where = fmt::format("http://{}{}", authority(address), target);
  try {
    const auto begun = std::chrono::steady_clock::now();
    const auto known = address.numeric.empty() ? resolved(address, limit) : Result<HttpAddress>(address);
    if (!known) return tl::unexpected(known.error());
    Endpoints endpoints;
    for (const auto& text : known->numeric)
      endpoints.emplace_back(asio::ip::make_address(text), static_cast<std::uint16_t>(address.port));
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    Get get(address, target);
    const error_code error = get.run(endpoints, std::max(limit - spent, std::chrono::milliseconds(0)));
    if (error == beast::error::timeout)
      return fail(ErrorCode::timed_out, fmt::format("no answer within {} ms", limit.count()), where);
    if (error) return fail(ErrorCode::io, error.message(), where);
    const auto status = get.answer().result_int();
    if (status == 401) {
      return fail(ErrorCode::io, "the meter asks for a password", where,
                  "allow reading without one in the meter's own settings");
    }
    if (status != 200) return fail(ErrorCode::io, fmt::format("status {}", status), where);
    return get.answer().body();
  } catch (const std::exception& problem) {
    return fail(ErrorCode::io, problem.what(), where);
  }
}

}  // namespace edgeeval
