// SPDX-License-Identifier: Apache-2.0
// A thread's core and timer slack for as long as it makes a load, put back afterwards.
#pragma once

#include <sched.h>

#include <optional>

namespace edgeeval::client {

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
