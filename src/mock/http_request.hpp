// SPDX-License-Identifier: Apache-2.0
// Requests as they come off a connection, framed by Boost.Beast's parser.
#pragma once

#include <edgeeval/result.hpp>
#include <memory>
#include <optional>
#include <string>

namespace edgeeval::mock {

/// A request as far as the server looks at it.
struct HttpRequest {
  std::string method;
  std::string path;  ///< Without the query.
  std::string body;
  std::string fault;  ///< The value of X-Mock-Fault; empty where there is none.
  bool keep_alive = true;
};

/// Takes requests out of the bytes of one connection.
class HttpRequestReader {
 public:
  HttpRequestReader();
  ~HttpRequestReader();
  HttpRequestReader(const HttpRequestReader&) = delete;
  HttpRequestReader& operator=(const HttpRequestReader&) = delete;

  /// Consumes `input` up to the end of one request; nothing where it is not whole yet. Error: io, for bytes
  /// that are no HTTP/1 request, a head above 64 KiB or a body above 64 MiB.
  [[nodiscard]] Result<std::optional<HttpRequest>> take(std::string& input);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace edgeeval::mock
