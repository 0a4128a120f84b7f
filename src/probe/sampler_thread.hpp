// SPDX-License-Identifier: Apache-2.0
// A thread that does one thing at a steady pace.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace edgeeval {

/// Calls a function every `period`, by absolute deadlines: a late call does not shift those after it, and
/// deadlines that passed meanwhile are skipped. Takes no signals. Stops at once when destroyed.
class SamplerThread {
 public:
  /// When the first call comes.
  enum class First { after_a_period, now };
  /// `tick` gets the CPU time the thread has used so far (s).
  SamplerThread(std::chrono::milliseconds period, std::function<void(double)> tick,
                First first = First::after_a_period);
  ~SamplerThread();
  SamplerThread(const SamplerThread&) = delete;
  SamplerThread& operator=(const SamplerThread&) = delete;
  /// False where the system refused to start a thread.
  [[nodiscard]] bool running() const { return thread_.joinable(); }

 private:
  void work();
  std::chrono::milliseconds period_;
  std::function<void(double)> tick_;
  First first_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace edgeeval
