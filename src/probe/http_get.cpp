// SPDX-License-Identifier: Apache-2.0
#include "probe/http_get.hpp"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace edgeeval {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::uint64_t kLargestBody = 64 * 1024;

/// One exchange; each step starts the next, and the stream's own limit ends them all.
class Get {
 public:
  Get(const HttpAddress& address, const std::string& target) : stream_(context_) {
    request_.version(11);
    request_.method(http::verb::get);
    request_.target(target);
    request_.set(http::field::host, fmt::format("{}:{}", address.host, address.port));
    request_.set(http::field::connection, "close");
    parser_.body_limit(kLargestBody);
  }

  error_code run(const asio::ip::tcp::resolver::results_type& endpoints, std::chrono::milliseconds limit) {
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
  asio::io_context& context() { return context_; }

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

Result<std::string> http_get(const HttpAddress& address, const std::string& target,
                             std::chrono::milliseconds limit) {
  const auto where = fmt::format("http://{}:{}{}", address.host, address.port, target);
  try {
    Get get(address, target);
    asio::ip::tcp::resolver resolver(get.context());
    error_code error;
    const auto endpoints = resolver.resolve(address.host, std::to_string(address.port), error);
    if (error) return fail(ErrorCode::io, "no such host: " + error.message(), where);
    error = get.run(endpoints, limit);
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
