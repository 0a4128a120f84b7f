// SPDX-License-Identifier: Apache-2.0
// What a whole answer says that should have been a stream.
#include <algorithm>

#include "core/foreign_json.hpp"
#include "wire/piece.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostBody = 64U << 10U;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool has(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

/// An error's words and whether there is an error at all.
struct Words {
  bool is_error = false;
  std::string text;
};

/// The words of a value: a string, an object's message, or the first of a list (FastAPI's "detail").
std::string words_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && !value.empty()) return words_of(value.front());
  if (!value.is_object()) return {};
  for (const char* key : {"message", "msg", "error", "detail"}) {
    if (const auto found = value.find(key); found != value.end()) {
      auto text = words_of(*found);
      if (!text.empty()) return text;
    }
  }
  return {};
}

Words error_in(const Json& json) {
  if (json.is_array() && !json.empty()) return error_in(json.front());
  if (!json.is_object()) return {};
  for (const char* key : {"error", "detail", "errors"}) {
    const auto found = json.find(key);
    if (found != json.end() && !found->is_null() && !found->is_boolean()) return {true, words_of(*found)};
  }
  const bool named = value_or(json, "object", std::string()) == "error" ||
                     value_or(json, "type", std::string()) == "error" || json.contains("error_type");
  return {named, words_of(json)};
}

/// The string that follows `key` in JSON that was cut off.
std::string string_after(std::string_view body, std::string_view key) {
  const auto at = body.find(key);
  if (at == std::string_view::npos) return {};
  const auto from = body.find_first_not_of(" \t\r\n:", at + key.size());
  if (from == std::string_view::npos || body[from] != '"') return {};
  auto to = from + 1;
  while (to < body.size() && body[to] != '"') to += body[to] == '\\' ? 2 : 1;
  if (to >= body.size()) return std::string(body.substr(from + 1));
  const auto text = Json::parse(body.substr(from, to - from + 1), nullptr, false);
  return text.is_string() ? text.get<std::string>() : std::string();
}

Words read_words(std::string_view body) {
  // An error that was to be an event.
  if (body.starts_with("data:")) body = trimmed(body.substr(5, body.find('\n') - 5));
  if (!body.starts_with('{') && !body.starts_with('[')) return {};
  const auto json = parse_foreign(body);
  if (!json.is_discarded()) return error_in(json);
  auto text = string_after(body, "\"message\"");
  if (text.empty()) text = string_after(body, "\"error\"");
  return {has(body, "\"error\""), text};
}

bool is_html(std::string_view type, std::string_view body) {
  const auto beginning = lower(body.substr(0, 64));
  return has(type, "text/html") || beginning.starts_with("<!doctype html") || beginning.starts_with("<html");
}

std::string html_words(std::string_view body) {
  const auto small = lower(body);
  const auto from = small.find("<title>");
  const auto to = from == std::string::npos ? from : small.find("</title>", from);
  if (to == std::string::npos) return "a page of HTML";
  return "a page of HTML: " + std::string(trimmed(body.substr(from + 7, to - from - 7)));
}

/// 503: llama-server says "Loading model", TGI's health check "unhealthy"; vLLM's family says nothing at all.
/// A server that is merely full says when to come again.
FailureClass unavailable(const WholeAnswer& answer, std::string_view body) {
  const auto small = lower(body);
  if (has(small, "loading") || has(small, "warming up") || has(small, "starting"))
    return FailureClass::loading;
  if (has(small, "\"healthcheck\"")) return FailureClass::loading;
  return body.empty() && !answer.retry_after_s ? FailureClass::loading : FailureClass::overloaded;
}

FailureClass class_of_status(const WholeAnswer& answer, std::string_view body) {
  switch (answer.status) {
    case 401:
    case 403:
      return FailureClass::unauthorized;
    case 404:
      return FailureClass::not_found;
    case 429:
      return FailureClass::rate_limited;
    case 503:
      return unavailable(answer, body);
    case 529:
      return FailureClass::overloaded;
    default:
      break;
  }
  if (answer.status >= 500) return FailureClass::server_error;
  if (answer.status >= 400) return FailureClass::bad_request;
  if (answer.status >= 300) return FailureClass::redirected;
  return FailureClass::not_a_stream;
}

std::string shown(std::string_view body, const Words& words, bool html) {
  if (!words.text.empty()) return words.text;
  if (html) return html_words(body);
  return std::string(body.substr(0, 4 * kMostWords));
}

}  // namespace

ReadFailure read_failure(const WholeAnswer& answer) {
  const auto body = trimmed(answer.body.substr(0, kMostBody));
  const bool html = is_html(lower(answer.content_type), body);
  const auto words = html ? Words{} : read_words(body);
  ReadFailure read;
  read.failure = class_of_status(answer, body);
  if (read.failure == FailureClass::not_a_stream && words.is_error) read.failure = FailureClass::error_in_200;
  write_words(read.message, shown(body, words, html));
  if (read.message.empty()) read.message = "status " + std::to_string(answer.status) + " without words";
  return read;
}

}  // namespace edgeeval
