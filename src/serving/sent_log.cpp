// SPDX-License-Identifier: Apache-2.0
#include "serving/sent_log.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <unordered_map>

#include "core/json.hpp"

namespace edgeeval {
namespace {

/// Takes one line into the reply that it is of. Errors: record_unreadable.
Result<void> take(const Json& line, const std::string& where,
                  std::unordered_map<std::uint64_t, SentReply>& replies) {
  const auto number = required<std::uint64_t>(line, "request", where);
  if (!number) return tl::unexpected(number.error());
  auto& reply = replies[*number];
  reply.number = *number;
  if (line.contains("received_ns")) {
    reply.received_ns = value_or(line, "received_ns", std::int64_t{0});
  } else if (value_or(line, "tokens", std::int64_t{0}) > 0) {
    const auto before = required<std::int64_t>(line, "before_ns", where);
    const auto after = required<std::int64_t>(line, "after_ns", where);
    if (!before) return tl::unexpected(before.error());
    if (!after) return tl::unexpected(after.error());
    reply.events.push_back({*before, *after});
  } else if (line.contains("end")) {
    reply.complete = value_or(line, "end", std::string()) == "complete";
  }
  return {};
}

}  // namespace

Result<std::vector<SentReply>> read_sent_log(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return fail(ErrorCode::io, "the log of what was sent cannot be read", path.string());
  std::unordered_map<std::uint64_t, SentReply> replies;
  std::string text;
  for (std::uint64_t number = 1; std::getline(file, text); ++number) {
    const auto where = path.string() + ":" + std::to_string(number);
    const auto line = parse_json(text, where);
    if (!line && file.eof()) break;  // Torn: the server was killed.
    if (!line || !line->is_object())
      return fail(ErrorCode::record_unreadable, "a line of the log is no JSON object", where);
    if (auto taken = take(*line, where, replies); !taken) return tl::unexpected(taken.error());
  }
  std::vector<SentReply> sorted;
  sorted.reserve(replies.size());
  for (auto& [number, reply] : replies) sorted.push_back(std::move(reply));
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.received_ns != b.received_ns ? a.received_ns < b.received_ns : a.number < b.number;
  });
  return sorted;
}

}  // namespace edgeeval
