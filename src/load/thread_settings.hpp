// SPDX-License-Identifier: Apache-2.0
// A thread's core and timer slack for as long as it makes a load, put back afterwards; and what it waited for
// a core.
#pragma once

#include <sched.h>

#include <cstdint>
#include <optional>

namespace edgeeval::client {

/// How long (ns) the calling thread has had something to do since it began and no core to do it on, as the
/// kernel counts it (/proc/thread-self/schedstat, the second figure); absent where the kernel does not.
[[nodiscard]] std::optional<std::int64_t> thread_wait_ns();

/// Pins the calling thread to `cpu` where there is one, and asks the kernel for exact timers.
class ThreadSettings {
 public:
  explicit ThreadSettings(std::optional<int> cpu);
  ThreadSettings(const ThreadSettings&) = delete;
  ThreadSettings& operator=(const ThreadSettings&) = delete;
  ~ThreadSettings();

 private:
  std::optional<cpu_set_t> before_;
  int slack_ = 0;
};

}  // namespace edgeeval::client
