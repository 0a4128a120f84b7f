// SPDX-License-Identifier: Apache-2.0
#include "mock/http_request.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace edgeeval::mock {
namespace http = boost::beast::http;

struct HttpRequestReader::Parser {
  Parser() { renew(); }
  void renew() {
    message.emplace();
    message->eager(true);
    message->header_limit(64U << 10U);
    message->body_limit(64U << 20U);
  }
  std::optional<http::request_parser<http::string_body>> message;
};

HttpRequestReader::HttpRequestReader() : parser_(std::make_unique<Parser>()) {}
HttpRequestReader::~HttpRequestReader() = default;

Result<std::optional<HttpRequest>> HttpRequestReader::take(std::string& input) {
  auto& parser = *parser_->message;
  while (!input.empty() && !parser.is_done()) {
    boost::beast::error_code problem;
    const auto used = parser.put(boost::asio::const_buffer(input.data(), input.size()), problem);
    input.erase(0, used);
    if (problem == http::error::need_more) return std::optional<HttpRequest>();
    if (problem) return fail(ErrorCode::io, "not an HTTP request: " + problem.message());
  }
  if (!parser.is_done()) return std::optional<HttpRequest>();
  auto message = parser.release();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.path = std::string(message.target());
  request.path = request.path.substr(0, request.path.find('?'));
  if (const auto field = message.find("X-Mock-Fault"); field != message.end())
    request.fault = std::string(field->value());
  request.keep_alive = message.keep_alive();
  request.body = std::move(message.body());
  parser_->renew();
  return std::optional<HttpRequest>(std::move(request));
}

}  // namespace edgeeval::mock
