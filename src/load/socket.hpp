// SPDX-License-Identifier: Apache-2.0
// The socket calls of the client: connecting without blocking, and reads with the kernel's own stamps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "load/address.hpp"

namespace edgeeval::client {

/// A descriptor that is closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// A socket that has begun to connect; on failure the errno.
struct Begun {
  Descriptor socket;
  int problem = 0;  ///< 0: connected or on its way.
};
[[nodiscard]] Begun begin_connect(const Address& address);

/// The errno of a connect that has ended, 0 where it succeeded.
[[nodiscard]] int connect_problem(int socket);

/// Asks for the kernel's transmit stamps beside the receive stamps; only of a connected socket.
void ask_for_tx_stamps(int socket);

/// What one read brought.
struct ReadResult {
  long bytes = 0;                       ///< 0: the end; negative: see `problem`.
  int problem = 0;                      ///< errno.
  std::int64_t user_ns = 0;             ///< CLOCK_MONOTONIC just after the call.
  std::optional<std::int64_t> real_ns;  ///< The kernel's stamp of the last byte, CLOCK_REALTIME.
};
/// One recvmsg.
[[nodiscard]] ReadResult read_stamped(int socket, std::span<char> into);

/// The newest transmit stamp that waits in the error queue (CLOCK_REALTIME); absent where there is none.
[[nodiscard]] std::optional<std::int64_t> take_tx_stamp(int socket);

}  // namespace edgeeval::client
