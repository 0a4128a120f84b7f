// SPDX-License-Identifier: Apache-2.0
#include "load/http_reply.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>

#include "core/prefetch.hpp"

namespace edgeeval::client {
namespace http = boost::beast::http;
namespace {

using boost::beast::error_code;
using boost::beast::string_view;

constexpr int kMostInterim = 16;

std::string_view view(string_view text) { return {text.data(), text.size()}; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// Seconds; where there are more than a century of them, a century.
std::optional<std::int64_t> whole_seconds(std::string_view text) {
  constexpr std::int64_t kMost = 3'155'760'000;
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end || value < 0) return std::nullopt;
  return std::min(value, kMost);
}

/// Beast's parser without a message: what it finds goes straight on, nothing is stored or copied.
class Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(HttpHead& head, bool keep_fields) : head_(head), keep_fields_(keep_fields) { eager(true); }
  void taker(HttpTaker* taker) { taker_ = taker; }
  [[nodiscard]] bool interim() const { return head_.status / 100 == 1; }
  [[nodiscard]] bool within_chunk() const { return left_of_chunk_ > 0; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code& ec) override { ec = {}; }
  void on_response_impl(int status, string_view, int, error_code& ec) override {
    ec = {};
    head_ = {};
    head_.status = status;
  }
  void on_field_impl(http::field name, string_view text, string_view value, error_code& ec) override {
    ec = {};
    if (is_header_done()) return;  // A trailer.
    if (name == http::field::content_type) head_.content_type.assign(value.data(), value.size());
    if (name == http::field::content_encoding) head_.content_encoding.assign(value.data(), value.size());
    if (name == http::field::retry_after) head_.retry_after_s = whole_seconds(view(value));
    if (keep_fields_) head_.fields.emplace_back(lower_case(view(text)), std::string(view(value)));
  }
  void on_header_impl(error_code& ec) override {
    ec = {};
    if (interim()) return;
    head_.keep_alive = keep_alive();
    head_.ends_by_close = need_eof();
    if (!taker_->head(head_)) stop(ec);
  }
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code& ec) override { ec = {}; }
  std::size_t on_body_impl(string_view bytes, error_code& ec) override {
    ec = {};
    if (!bytes.empty() && !taker_->body(view(bytes))) stop(ec);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view bytes, error_code& ec) override {
    left_of_chunk_ = remain - bytes.size();
    return on_body_impl(bytes, ec);
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }

  static void stop(error_code& ec) {
    ec = boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
  }

  HttpHead& head_;
  bool keep_fields_;
  HttpTaker* taker_ = nullptr;
  std::uint64_t left_of_chunk_ = 0;
};

HttpFault fault_of(const error_code& problem, bool head_done) {
  if (problem == boost::system::errc::operation_canceled) return HttpFault::stopped;
  if (problem == http::error::header_limit) return HttpFault::head_too_large;
  return head_done ? HttpFault::bad_chunk : HttpFault::not_http;
}

}  // namespace

struct HttpReply::Impl {
  HttpHead head;
  std::optional<Parser> parser;
  std::string unread;  // Bytes of a head that is not whole yet: Beast wants them again with the rest.
  std::size_t largest_head = 0;
  bool keep_fields = false;
  int interims = 0;
  bool surplus = false;
  HttpFault fault = HttpFault::none;
  std::string problem;
  HttpTaker* taker = nullptr;

  void renew() {
    parser.emplace(head, keep_fields);
    parser->taker(taker);
    parser->header_limit(static_cast<std::uint32_t>(largest_head));
    parser->body_limit(boost::none);
  }

  void fail(HttpFault what, std::string words) {
    fault = what;
    problem = std::move(words);
  }

  /// Parses from the front of `bytes` and returns what is left.
  std::string_view parse(std::string_view bytes) {
    while (!bytes.empty() && fault == HttpFault::none) {
      if (parser->is_done()) {
        if (!parser->interim()) return bytes;
        if (++interims > kMostInterim) fail(HttpFault::not_http, "too many interim answers");
        renew();
        continue;
      }
      error_code problem_found;
      const auto used = parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), problem_found);
      bytes.remove_prefix(used);
      if (problem_found == http::error::need_more) break;
      if (problem_found) fail(fault_of(problem_found, parser->is_header_done()), problem_found.message());
    }
    return bytes;
  }
};

HttpReply::HttpReply() : impl_(std::make_unique<Impl>()) { begin(64U << 10U); }
HttpReply::HttpReply(HttpReply&&) noexcept = default;
HttpReply& HttpReply::operator=(HttpReply&&) noexcept = default;
HttpReply::~HttpReply() = default;

void HttpReply::begin(std::size_t largest_head, bool keep_fields) {
  impl_->largest_head = largest_head;
  impl_->keep_fields = keep_fields;
  impl_->head = {};
  impl_->unread.clear();
  impl_->interims = 0;
  impl_->surplus = false;
  impl_->fault = HttpFault::none;
  impl_->problem.clear();
  impl_->renew();
}

void HttpReply::feed(std::string_view bytes, HttpTaker& taker) {
  auto& reply = *impl_;
  if (bytes.empty()) return;
  if (done() || reply.fault != HttpFault::none) {
    reply.surplus = true;
    return;
  }
  reply.taker = &taker;
  reply.parser->taker(&taker);
  if (reply.unread.empty()) {
    const auto left = reply.parse(bytes);
    if (done()) {
      reply.surplus = !left.empty();
    } else if (reply.fault == HttpFault::none) {
      reply.unread.assign(left);
    }
  } else {
    reply.unread.append(bytes);
    const auto left = reply.parse(reply.unread);
    reply.surplus = done() && !left.empty();
    reply.unread.erase(0, reply.unread.size() - left.size());
  }
  // Beast bounds a head, but neither a chunk's extensions nor the trailer.
  if (reply.fault == HttpFault::none && !done() && reply.unread.size() > reply.largest_head)
    reply.fail(HttpFault::head_too_large, "a chunk's head or trailer is too large");
}

void HttpReply::end_of_stream() {
  auto& reply = *impl_;
  if (reply.fault != HttpFault::none || done()) return;
  error_code problem;
  if (reply.parser->got_some()) reply.parser->put_eof(problem);
  if (problem || !done()) reply.fail(HttpFault::truncated, "the connection ended before the answer did");
}

void HttpReply::prefetch_behind() const { prefetch(impl_.get(), sizeof *impl_); }

bool HttpReply::done() const { return impl_->parser->is_done() && !impl_->parser->interim(); }
bool HttpReply::head_done() const { return impl_->parser->is_header_done() && !impl_->parser->interim(); }
HttpFault HttpReply::fault() const { return impl_->fault; }
const std::string& HttpReply::problem() const { return impl_->problem; }
bool HttpReply::within_chunk() const { return impl_->parser->within_chunk(); }
bool HttpReply::surplus() const { return impl_->surplus; }
const HttpHead& HttpReply::head() const { return impl_->head; }

}  // namespace edgeeval::client
