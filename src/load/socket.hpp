// SPDX-License-Identifier: Apache-2.0
// Non-blocking sockets whose reads carry the kernel's receive stamp: addresses, connecting, reading, sending.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/target.hpp"

namespace edgeeval::client {

/// Where to connect to.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] int family() const { return storage.ss_family; }
};

/// All addresses of a target, in the resolver's order; a Unix socket has one. Error: io, in the resolver's
/// words.
[[nodiscard]] Result<std::vector<Address>> resolve(const Target& target);

/// What one read brought. At the end of the stream `ended`, else bytes, else an error number.
struct Reading {
  std::size_t bytes = 0;
  bool ended = false;
  int error = 0;                            ///< errno; EAGAIN where there was nothing.
  std::int64_t user_ns = 0;                 ///< CLOCK_MONOTONIC just after the call returned.
  std::optional<std::int64_t> kernel_ns{};  ///< CLOCK_REALTIME when the last of the bytes came in.
};

/// How a connection without a request under way looks.
enum class Quiet { alive, has_bytes, over };

/// A socket; closed at the end of its life.
class Socket {
 public:
  Socket() = default;
  Socket(Socket&& other) noexcept { *this = std::move(other); }
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }

  /// Begins to connect; 0, or an error number. 0 says nothing about having connected.
  int connect(const Address& address);
  /// Once it is writable: 0, or why it did not connect.
  [[nodiscard]] int connect_error() const;
  [[nodiscard]] Reading receive(char* into, std::size_t size);
  /// Sends what the kernel takes at once; the bytes taken, or less than 0 with the error in `error`.
  std::int64_t send(std::string_view bytes, int& error);
  /// A transmit stamp (CLOCK_REALTIME) out of the error queue, where one is there and belongs to the last
  /// byte sent; `found` says whether anything was in the queue.
  [[nodiscard]] std::optional<std::int64_t> transmit_stamp(bool& found);
  [[nodiscard]] Quiet quiet() const;
  void close() noexcept;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  void ask_for_stamps();
  int descriptor_ = -1;
  bool numbered_ = false;  // Transmit stamps tell which byte they are of.
  std::uint32_t sent_ = 0;
};

/// Holds the kernel's receive stamping switched on: it is off until the first socket asks, and packets that
/// come before the switch has worked are without a stamp.
class StampingOn {
 public:
  StampingOn();
  StampingOn(const StampingOn&) = delete;
  StampingOn& operator=(const StampingOn&) = delete;
  ~StampingOn();

 private:
  int descriptor_ = -1;
};

}  // namespace edgeeval::client
