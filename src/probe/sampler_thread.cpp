// SPDX-License-Identifier: Apache-2.0
#include "probe/sampler_thread.hpp"

#include <csignal>
#include <ctime>
#include <system_error>
#include <utility>

namespace edgeeval {
namespace {

double thread_cpu_s() {
  timespec used{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) != 0) return 0.0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

SamplerThread::SamplerThread(std::chrono::milliseconds period, std::function<void(double)> tick, First first)
    : period_(period), tick_(std::move(tick)), first_(first) {
  // A thread inherits the mask: Ctrl-C must reach the threads that wait for children, not this one.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    thread_ = std::thread();  // running() tells.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

SamplerThread::~SamplerThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SamplerThread::work() {
  auto deadline = std::chrono::steady_clock::now();
  if (first_ == First::after_a_period) deadline += period_;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_until(lock, deadline, [this] { return stop_; })) {
    lock.unlock();
    tick_(thread_cpu_s());
    const auto now = std::chrono::steady_clock::now();
    deadline += period_ * ((now - deadline) / period_ + 1);
    lock.lock();
  }
}

}  // namespace edgeeval
