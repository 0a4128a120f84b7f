// SPDX-License-Identifier: Apache-2.0
// The mock server's log of what it sent when, read back: the truth that stamps are held against.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <vector>

namespace edgeeval {

/// One send call of an event with tokens (ns of CLOCK_MONOTONIC).
struct SentEvent {
  std::int64_t before_ns = 0, after_ns = 0;
};

/// One reply as the server made it.
struct SentReply {
  std::uint64_t number = 0;       ///< The server's own, from 1.
  std::int64_t received_ns = 0;   ///< When its request's last byte had arrived.
  std::vector<SentEvent> events;  ///< Those with tokens, in their order.
  bool complete = false;          ///< Sent to its end.
};

/// Reads a log (docs/mock-server.md), in the order in which requests were received. A torn last line is
/// dropped. Errors: io, record_unreadable.
[[nodiscard]] Result<std::vector<SentReply>> read_sent_log(const std::filesystem::path& path);

}  // namespace edgeeval
