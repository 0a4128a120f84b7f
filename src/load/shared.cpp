// SPDX-License-Identifier: Apache-2.0
#include "load/shared.hpp"

#include <algorithm>

namespace edgeeval::client {

void Shared::begin(const Phase& phase) {
  phase_ = phase;
  next_.store(0);
  cut_.store(false);
  count_ = phase.requests;
  if (phase.name == LoadPhase::warmup) return;
  if (!count_) count_ = job->stop.requests;
  if (const auto size = job->schedule->size()) count_ = std::min(count_.value_or(*size), *size);
}

/// Whether a load that ends by time has lasted long enough, and brought enough.
bool Shared::enough(std::uint64_t sent, double elapsed_s) const {
  const auto& stop = job->stop;
  if (phase_.requests || stop.requests) return false;
  if (!stop.min_duration_s && !stop.min_requests) return false;
  return elapsed_s >= stop.min_duration_s.value_or(0.0) && sent >= stop.min_requests.value_or(0);
}

/// Whether nothing may be sent so late; remembers that there still was something to send.
bool Shared::beyond_longest(double elapsed_s) const {
  if (elapsed_s <= job->stop.max_duration_s) return false;
  cut_.store(true, std::memory_order_relaxed);
  return true;
}

Planned Shared::planned(std::uint64_t place) const {
  const bool warmup = phase_.name == LoadPhase::warmup;
  const auto size = job->schedule->size();
  auto planned = job->schedule->at(warmup && size && *size > 0 ? place % *size : place);
  // The index of the record, so that a salt made of it is the request's own, warm-up included.
  planned.index = static_cast<std::uint32_t>(job->first_index + (warmup ? 0 : job->warmup) + place);
  if (!phase_.open_loop) planned.due_ns.reset();
  return planned;
}

std::optional<Planned> Shared::take(std::int64_t now_ns) {
  const double elapsed = static_cast<double>(now_ns - phase_.begun_ns) * 1e-9;
  if (beyond_longest(elapsed)) return std::nullopt;
  const auto place = next_.fetch_add(1, std::memory_order_relaxed);
  if (count_ && place >= *count_) return std::nullopt;
  if (enough(place, elapsed)) return std::nullopt;
  return planned(place);
}

bool Shared::none_left(std::int64_t now_ns) const {
  const double elapsed = static_cast<double>(now_ns - phase_.begun_ns) * 1e-9;
  const auto place = next_.load(std::memory_order_relaxed);
  return (count_ && place >= *count_) || enough(place, elapsed) || beyond_longest(elapsed);
}

std::optional<Planned> Shared::at(std::uint64_t place) const {
  if (count_ && place >= *count_) return std::nullopt;
  auto next = planned(place);
  // By the schedule's time, not the clock's, so that the same requests are sent every time; and, as the
  // schedule was laid out, up to the first one with which the load may end, that one included.
  const auto due_s = [](const Planned& one) { return static_cast<double>(one.due_ns.value_or(0)) * 1e-9; };
  if (place > 0 && enough(place, due_s(planned(place - 1)))) return std::nullopt;
  if (beyond_longest(due_s(next))) return std::nullopt;
  return next;
}

}  // namespace edgeeval::client
