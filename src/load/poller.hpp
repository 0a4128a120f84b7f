// SPDX-License-Identifier: Apache-2.0
// Waiting for many sockets, with time limits finer than a millisecond.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <span>

namespace edgeeval::client {

/// An epoll instance.
class Poller {
 public:
  /// At most so many sockets are told of at once: their reads come before any parsing.
  static constexpr std::size_t kBatch = 256;

  /// Error: io.
  [[nodiscard]] static Result<Poller> make();
  Poller(Poller&& other) noexcept;
  Poller& operator=(Poller&& other) noexcept;
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  /// Watches a socket until it is closed; events hand `who` back. 0 or an error number.
  int add(int descriptor, std::uint32_t events, void* who);
  /// What is ready, waiting at most `timeout_ns` (0 = not at all). Good until the next call.
  [[nodiscard]] std::span<const epoll_event> wait(std::int64_t timeout_ns);

 private:
  explicit Poller(int descriptor) : descriptor_(descriptor) {}
  int wait_by_timer(std::int64_t timeout_ns);
  int descriptor_ = -1;
  int timer_ = -1;  // Where the kernel has no epoll_pwait2 (before 5.11).
  bool fine_ = true;
  std::array<epoll_event, kBatch> ready_{};
};

}  // namespace edgeeval::client
