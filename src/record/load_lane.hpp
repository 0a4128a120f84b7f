// SPDX-License-Identifier: Apache-2.0
// A client thread's way to the disk: a ring of events that one thread fills and another empties.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// One lane. event() and request() are called by the client's thread, the rest by the writer's.
class LoadLane final : public LoadSink {
 public:
  /// 4 MiB: two and a half seconds of 51,000 events a second, for a disk that pauses.
  static constexpr std::uint64_t kCapacity = 131072;
  /// The writer is woken each time so many have come; else it looks by itself ten times a second.
  static constexpr std::uint64_t kBlock = 16384;
  static constexpr std::size_t kRequestBlock = 256;

  /// `wake` is the eventfd that the writer waits for.
  explicit LoadLane(int wake)
      : wake_(wake), ring_(std::make_unique_for_overwrite<EventRecord[]>(kCapacity)) {}

  void event(const EventRecord& event) noexcept override {
    const auto put = put_.load(std::memory_order_relaxed);
    if (put - seen_ == kCapacity) {
      seen_ = taken_.load(std::memory_order_acquire);
      if (put - seen_ == kCapacity) {
        lost_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
    }
    ring_[put % kCapacity] = event;
    put_.store(put + 1, std::memory_order_release);
    if ((put + 1) % kBlock == 0) wake();
  }

  void request(RequestRecord&& request) override {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(std::move(request));
    if (requests_.size() % kRequestBlock == 0) wake();
  }

  /// The requests that have ended since the last call.
  [[nodiscard]] std::vector<RequestRecord> take_requests() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(requests_, {});
  }

  /// Events that wait, as far as they lie in one piece.
  [[nodiscard]] std::span<const EventRecord> waiting() const {
    const auto taken = taken_.load(std::memory_order_relaxed);
    const auto count = put_.load(std::memory_order_acquire) - taken;
    const auto begin = taken % kCapacity;
    return {ring_.get() + begin, std::min(count, kCapacity - begin)};
  }
  /// Gives the place of the first `count` waiting events back.
  void drop(std::size_t count) {
    taken_.store(taken_.load(std::memory_order_relaxed) + count, std::memory_order_release);
  }
  [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  void wake() const noexcept {
    const std::uint64_t one = 1;
    // It can only fail where the counter is full, and then the writer is awake.
    [[maybe_unused]] const auto done = ::write(wake_, &one, sizeof one);
  }

  int wake_;
  std::unique_ptr<EventRecord[]> ring_;
  std::mutex mutex_;
  std::vector<RequestRecord> requests_;
  // Each side's counters on a cache line of their own.
  alignas(64) std::atomic<std::uint64_t> put_{0};
  std::uint64_t seen_ = 0;  ///< What the client's thread last saw of taken_.
  std::atomic<std::uint64_t> lost_{0};
  alignas(64) std::atomic<std::uint64_t> taken_{0};
};

}  // namespace edgeeval
