// SPDX-License-Identifier: Apache-2.0
// Where the bytes of one batch of reads lie until all sockets have been read: one block, no allocation.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "load/poller.hpp"
#include "load/socket.hpp"

namespace edgeeval::client {

class Connection;

/// What one ready socket brought.
struct ArenaEntry {
  Connection* connection = nullptr;
  const char* data = nullptr;
  std::optional<Reading> reading{};  ///< Absent where the socket is only writable.
  bool writable = false;
};

/// The entries of a batch. Reads lie one behind the other, so that few cache lines and pages are touched.
class Arena {
 public:
  static constexpr std::size_t kLargestRead = 16U << 10U;

  Arena() : block_(new char[kBlock]) { entries_.reserve(Poller::kBatch); }
  void clear() {
    entries_.clear();
    used_ = 0;
  }
  /// Whether another read fits.
  [[nodiscard]] bool has_room() const { return used_ + kLargestRead <= kBlock; }
  /// Reads into the block; the entry's data and length are in it. Returns the bytes read.
  std::size_t read(Connection& connection, Socket& socket, bool writable) {
    char* const to = block_.get() + used_;
    entries_.push_back({&connection, to, socket.receive(to, kLargestRead), writable});
    const auto got = entries_.back().reading->bytes;
    used_ += (got + 63) / 64 * 64;
    return got;
  }
  void note_writable(Connection& connection) {
    entries_.push_back({&connection, nullptr, std::nullopt, true});
  }
  [[nodiscard]] std::span<const ArenaEntry> entries() const { return entries_; }

 private:
  static constexpr std::size_t kBlock = 256U << 10U;
  std::unique_ptr<char[]> block_;
  std::vector<ArenaEntry> entries_;
  std::size_t used_ = 0;
};

}  // namespace edgeeval::client
