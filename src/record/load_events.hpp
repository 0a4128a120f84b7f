// SPDX-License-Identifier: Apache-2.0
// events.bin: its head, and reading it a block at a time.
#pragma once

#include <array>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "record/load_file.hpp"
#include "record/owned_file.hpp"

namespace edgeeval {

/// Bytes before the first event.
inline constexpr std::size_t kEventsHeadBytes = 32;
using EventsHead = std::array<char, kEventsHeadBytes>;

/// The head that this version writes: "EDGEEVT1", then little-endian numbers of 32 bits: major version, minor
/// version, bytes an event, and 0x01020304 to tell the order of bytes; zeros to the end.
[[nodiscard]] EventsHead events_head();
/// Nothing where `head` is one that can be read; else what is wrong with it.
[[nodiscard]] std::optional<std::string> events_head_problem(const EventsHead& head);

/// The events of an events.bin, as far as it had grown when it was opened.
class FileEvents final : public EventStream {
 public:
  /// Errors: io, record_unreadable.
  [[nodiscard]] static Result<std::unique_ptr<FileEvents>> open(const std::filesystem::path& path);
  [[nodiscard]] Result<std::span<const EventRecord>> next() override;
  [[nodiscard]] Result<void> rewind() override { return seek(0); }
  /// Goes to the event of that number, from 0. Error: io.
  [[nodiscard]] Result<void> seek(std::uint64_t number);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Bytes behind the last whole event.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_; }

 private:
  FileEvents(OwnedFile file, std::string where, std::uint64_t bytes);
  OwnedFile file_;
  std::string where_;
  std::uint64_t size_;
  std::uint64_t torn_;
  std::uint64_t at_ = 0;
  std::vector<EventRecord> block_;
};

}  // namespace edgeeval
