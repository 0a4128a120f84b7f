// SPDX-License-Identifier: Apache-2.0
// One way to be told to stop: Ctrl-C, SIGTERM, or a test.
#pragma once

#include <atomic>

namespace edgeeval {

/// A flag that says "stop as soon as you can do so cleanly". Safe to set from a signal handler.
class CancelToken {
 public:
  void request(int signal_number = 2) noexcept { signal_.store(signal_number, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept { return signal_.load(std::memory_order_relaxed) != 0; }
  /// The signal that asked, or 0.
  [[nodiscard]] int signal_number() const noexcept { return signal_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int> signal_{0};
};

/// Routes SIGINT and SIGTERM to `token` and ignores SIGPIPE, for as long as the object lives.
/// At most one may live at a time; a second SIGINT ends the process at once.
class SignalGuard {
 public:
  explicit SignalGuard(CancelToken& token);
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

}  // namespace edgeeval
