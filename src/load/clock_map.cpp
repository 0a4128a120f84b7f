// SPDX-License-Identifier: Apache-2.0
#include "load/clock_map.hpp"

#include <ctime>

#include <algorithm>
#include <cstdlib>

namespace edgeeval::client {
namespace {

constexpr std::int64_t kStep = 100'000;        // A move beyond this and beyond slewing is a step.
constexpr std::int64_t kSlewPerMillion = 500;  // adjtime(3) and NTP slew by at most 500 ppm.
constexpr std::int64_t kWide = 2'000;  // A pair this far apart was torn by an interruption: read again.
constexpr int kTries = 4;

}  // namespace

std::int64_t realtime_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

ClockMap::ClockMap(ClockSource source) : source_(source) {
  last_[0] = last_[1] = narrow_pair();
  kept_.push_back(last_[0]);
}

ClockPair ClockMap::narrow_pair() const {
  ClockPair best;
  for (int i = 0; i < kTries; ++i) {
    const auto before = source_.monotonic(source_.self);
    const auto real = source_.realtime(source_.self);
    const auto after = source_.monotonic(source_.self);
    const auto middle = before + (after - before) / 2;
    if (i == 0 || after - before < best.width_ns) best = {middle, real - middle, after - before};
    if (best.width_ns <= kWide) break;
  }
  return best;
}

void ClockMap::read() {
  const auto pair = narrow_pair();
  judge(newest(), pair);
  newest_ = 1 - newest_;
  last_[newest_] = pair;
  keep(pair);
}

void ClockMap::judge(const ClockPair& before, const ClockPair& now) {
  const auto move = std::abs(now.offset_ns - before.offset_ns);
  largest_move_ = std::max(largest_move_, move);
  const auto slewed = (now.monotonic_ns - before.monotonic_ns) * kSlewPerMillion / 1'000'000;
  // Each offset may be off by half its pair's width.
  const auto unsure = (before.width_ns + now.width_ns) / 2;
  if (move > kStep + slewed + unsure) ++steps_;
}

void ClockMap::keep(const ClockPair& pair) {
  if (pair.monotonic_ns - kept_.back().monotonic_ns < kept_every_) return;
  if (kept_.size() == kMostPairs) {
    for (std::size_t i = 0; i < kMostPairs / 2; ++i) kept_[i] = kept_[2 * i];
    kept_.resize(kMostPairs / 2);
    kept_every_ *= 2;
  }
  kept_.push_back(pair);
}

std::int64_t ClockMap::to_monotonic(std::int64_t real_ns) const noexcept {
  const auto& now = last_[newest_];
  const auto& before = last_[1 - newest_];
  const auto from_now = std::abs(real_ns - (now.monotonic_ns + now.offset_ns));
  const auto from_before = std::abs(real_ns - (before.monotonic_ns + before.offset_ns));
  return real_ns - (from_now <= from_before ? now.offset_ns : before.offset_ns);
}

}  // namespace edgeeval::client
