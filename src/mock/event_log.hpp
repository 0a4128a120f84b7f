// SPDX-License-Identifier: Apache-2.0
// The log of what was sent when: noted in memory at once, written as JSON lines while nothing is due.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mock/reply.hpp"

namespace edgeeval::mock {

/// One line of the log. Times are nanoseconds of CLOCK_MONOTONIC.
struct LogRecord {
  /// What the line tells.
  enum class What : std::uint8_t { request, event, end };
  What what = What::event;
  StepKind kind = StepKind::head;
  std::uint64_t request = 0;
  std::uint64_t connection = 0;
  std::int64_t first_ns = 0;   ///< Received, or just before the first send of the event.
  std::int64_t second_ns = 0;  ///< Read, or just after the last send of the event.
  std::int64_t due_ns = 0;
  std::uint32_t step = 0;  ///< Place among the reply's events, from 0.
  std::uint32_t bytes = 0;
  std::uint32_t unsent = 0;  ///< Of them not taken by the kernel yet: the client reads slowly.
  std::uint32_t tokens = 0;
  std::uint32_t prompt_tokens = 0;
  std::string_view text{};  ///< The fault, or how the reply ended. Must outlive the log.
};

/// Appends records to a file of JSON lines.
class EventLog {
 public:
  /// A log that keeps nothing.
  EventLog() = default;
  /// Creates or empties the file. Error: io.
  [[nodiscard]] static Result<EventLog> open(const std::filesystem::path& path);
  EventLog(EventLog&& other) noexcept;
  EventLog& operator=(EventLog&& other) noexcept;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();

  [[nodiscard]] bool on() const { return descriptor_ >= 0; }
  /// Notes a record. Allocates nothing until a million records wait; then they are written at once.
  void note(const LogRecord& record);
  /// Records that are not written yet.
  [[nodiscard]] std::size_t waiting() const { return waiting_.size() - written_; }
  /// Writes up to `most` waiting records; true where some still wait.
  bool write_some(std::size_t most);
  /// Writes all and closes. Errors: io or disk_full, also those met earlier.
  [[nodiscard]] Result<void> close();

 private:
  explicit EventLog(int descriptor, std::string path);
  void flush();
  int descriptor_ = -1;
  std::string path_;
  std::vector<LogRecord> waiting_;
  std::size_t written_ = 0;
  std::string text_;
  int problem_ = 0;
};

}  // namespace edgeeval::mock
