// SPDX-License-Identifier: Apache-2.0
#include "probe/square_load.hpp"

#include <signal.h>

#include <algorithm>
#include <cmath>
#include <system_error>

namespace edgeeval {
namespace {

constexpr int kOff = 0;
constexpr int kOn = 1;
constexpr int kOver = 2;
constexpr std::chrono::seconds kGrace{1};

/// Arithmetic that keeps a core busy between two looks at the state.
double busy_work(double seed) {
  for (int i = 0; i < 2000; ++i) seed = seed * 1.0000001 + 1e-9;
  return seed;
}

}  // namespace

CpuLoad::CpuLoad(unsigned threads) {
  const unsigned cpus = std::thread::hardware_concurrency();
  const unsigned count = threads > 0 ? threads : std::max(1U, cpus > 1 ? cpus - 1 : 1U);
  // A thread inherits the mask: Ctrl-C must reach the thread that reads, not these.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // Fewer threads are a smaller load; on() refuses where there are none.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

CpuLoad::~CpuLoad() {
  state_ = kOver;
  state_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void CpuLoad::work() {
  volatile double sink = 1.0;
  for (;;) {
    state_.wait(kOff);
    ++busy_;
    while (state_.load(std::memory_order_relaxed) == kOn) sink = busy_work(sink);
    --busy_;
    if (state_ == kOver) return;
  }
}

Result<void> CpuLoad::on() {
  if (threads_.empty()) return fail(ErrorCode::unavailable, "the system refused to start a thread");
  state_ = kOn;
  state_.notify_all();
  return {};
}

void CpuLoad::off() { state_ = kOff; }

Result<bool> CpuLoad::settled() { return busy_ == (state_ == kOn ? threads_.size() : 0U); }

Result<void> CommandLoad::on() {
  auto process = Process::spawn(ProcessOptions{.arguments = {"/bin/sh", "-c", command_}});
  if (!process) return tl::unexpected(process.error());
  process_ = std::move(*process);
  ending_since_.reset();
  killed_ = false;
  return {};
}

void CommandLoad::off() {
  if (!process_ || ending_since_) return;
  ending_since_ = clock_.now();
  if (!process_->poll()) ::kill(-process_->pid(), SIGTERM);
}

Result<bool> CommandLoad::settled() {
  if (!process_) return true;
  const auto ended = process_->poll();
  if (!ending_since_) {
    if (!ended) return true;
    const auto how = ended->describe();
    process_.reset();
    return fail(ErrorCode::tool_failed, "the load ended by itself (" + how + ")", command_,
                "It must keep the device busy until it is ended with SIGTERM.");
  }
  if (ended) {
    process_.reset();
    return true;
  }
  if (!killed_ && clock_.now() - *ending_since_ > kGrace) {
    killed_ = true;
    ::kill(-process_->pid(), SIGKILL);
  }
  return false;
}

void SquareWave::advance() {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double length = half_s_ * (0.9 + 0.2 * std::fmod(count_ * kGoldenRatio, 1.0));
  next_ += std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(length));
  ++count_;
}

}  // namespace edgeeval
