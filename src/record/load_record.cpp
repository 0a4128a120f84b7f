// SPDX-License-Identifier: Apache-2.0
#include "record/load_record.hpp"

#include <algorithm>
#include <array>

namespace edgeeval {
namespace {

constexpr std::array<std::string_view, 12> kEventClasses{"other",     "ping",    "role",  "empty",
                                                         "reasoning", "content", "tool",  "usage",
                                                         "progress",  "finish",  "error", "done"};
static_assert(kEventClasses.size() == static_cast<std::size_t>(EventClass::done) + 1);

constexpr std::array<std::string_view, 8> kTokenSources{
    "unknown", "token_ids", "usage_difference", "native", "logprobs", "usage", "one_an_event", "retokenised"};
static_assert(kTokenSources.size() == static_cast<std::size_t>(TokenSource::retokenised) + 1);

constexpr std::array<std::string_view, 35> kFailures{
    "none",          "name_resolution", "refused",           "unreachable",        "connect_timeout",
    "tls",           "send_failed",     "closed_unanswered", "reset_unanswered",   "not_http",
    "unauthorized",  "not_found",       "bad_request",       "rate_limited",       "loading",
    "overloaded",    "server_error",    "redirected",        "not_a_stream",       "error_in_200",
    "error_event",   "bad_chunk",       "bad_json",          "bad_text",           "too_deep",
    "too_large",     "truncated",       "reset_midway",      "first_byte_timeout", "stalled",
    "total_timeout", "no_end_mark",     "no_tokens",         "engine_ended",       "cancelled"};
// `other` stands for what is in none of the rows.
static_assert(kFailures.size() == static_cast<std::size_t>(FailureClass::other));

template <class Kind, std::size_t Size>
std::string_view name_of(const std::array<std::string_view, Size>& names, Kind kind, std::string_view none) {
  const auto at = static_cast<std::size_t>(kind);
  return at < Size ? names[at] : none;
}

template <class Kind, std::size_t Size>
Kind kind_of(const std::array<std::string_view, Size>& names, std::string_view name, Kind none) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? none : static_cast<Kind>(found - names.begin());
}

}  // namespace

std::string_view to_string(EventClass kind) { return name_of(kEventClasses, kind, "other"); }
EventClass event_class_from(std::string_view name) { return kind_of(kEventClasses, name, EventClass::other); }

std::string_view to_string(TokenSource source) { return name_of(kTokenSources, source, "unknown"); }
TokenSource token_source_from(std::string_view name) {
  return kind_of(kTokenSources, name, TokenSource::unknown);
}

std::string_view to_string(FailureClass failure) { return name_of(kFailures, failure, "other"); }
FailureClass failure_class_from(std::string_view name) {
  return kind_of(kFailures, name, FailureClass::other);
}

}  // namespace edgeeval
