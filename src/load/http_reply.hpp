// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.x answer out of bytes in any portions: its head, and its body as it comes. No socket; framing is
// Boost.Beast's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval::client {

/// What is kept of an answer's head.
struct HttpHead {
  int status = 0;
  std::string content_type{};                   ///< As sent; empty where absent.
  std::string content_encoding{};               ///< Empty where absent.
  std::optional<std::int64_t> retry_after_s{};  ///< Where it is a number.
  bool keep_alive = false;                      ///< The connection may carry another request.
  bool ends_by_close = false;  ///< Neither length nor chunks: the body ends as the connection does.
  std::vector<std::pair<std::string, std::string>>
      fields{};  ///< All, names in lower case; only where asked for.
};

/// What is wrong with an answer by HTTP.
enum class HttpFault : std::uint8_t {
  none,
  not_http,        ///< Not a head of HTTP/1.x.
  head_too_large,  ///< A head, or a chunk's head, beyond its bound.
  bad_chunk,       ///< Chunking is broken.
  truncated,       ///< The connection ended before the answer did.
  stopped,         ///< The taker wanted no more.
};

/// Gets an answer's parts as they come.
class HttpTaker {
 public:
  virtual ~HttpTaker() = default;
  /// The head is complete (not that of an interim answer). False stops.
  virtual bool head(const HttpHead& head) = 0;
  /// A portion of the body, not empty. False stops.
  virtual bool body(std::string_view bytes) = 0;
};

/// Takes one answer apart, interim ones (1xx) before it skipped; then begin() makes it ready for the next.
class HttpReply {
 public:
  HttpReply();
  HttpReply(HttpReply&&) noexcept;
  HttpReply& operator=(HttpReply&&) noexcept;
  ~HttpReply();

  /// As new. `keep_fields` keeps all fields of the head.
  void begin(std::size_t largest_head, bool keep_fields = false);
  /// Takes bytes. After the end or a fault they are counted as surplus and dropped.
  void feed(std::string_view bytes, HttpTaker& taker);
  /// The connection has ended.
  void end_of_stream();

  /// Asks for the memory outside this object that the next bytes will touch.
  void prefetch_behind() const;

  [[nodiscard]] bool done() const;
  [[nodiscard]] bool head_done() const;
  [[nodiscard]] HttpFault fault() const;
  /// Beast's words for a fault.
  [[nodiscard]] const std::string& problem() const;
  /// Whether bytes of a chunk whose size was told are still to come.
  [[nodiscard]] bool within_chunk() const;
  /// Whether bytes came after the answer's end.
  [[nodiscard]] bool surplus() const;
  [[nodiscard]] const HttpHead& head() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval::client
