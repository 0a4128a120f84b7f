// SPDX-License-Identifier: Apache-2.0
#include "load/shared.hpp"

#include <algorithm>
#include <limits>

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

void Shared::warmed(std::int64_t latency_ns) {
  if (!job->warmup_until_steady || warm()) return;
  const std::lock_guard lock(warming_);
  if (steady_.add(latency_ns)) warm_.store(true, std::memory_order_relaxed);
}

/// Whether a warm-up that goes on until latencies are steady is to send no more.
bool Shared::warm_enough(double elapsed_s) const {
  if (phase_.name != LoadPhase::warmup || !job->warmup_until_steady) return false;
  return warm() || elapsed_s >= SteadyRule::kLongest_s;
}

/// The schedule's requests, from the first on and round again, at the schedule's gaps.
Planned Shared::planned_warmup(std::uint64_t place) const {
  const auto size = job->schedule->size().value_or(0);
  auto planned = job->schedule->at(size > 0 ? place % size : place);
  if (size > 0 && planned.due_ns)
    *planned.due_ns +=
        static_cast<std::int64_t>(place / size) * job->schedule->at(size - 1).due_ns.value_or(0);
  planned.warmup = true;
  planned.number = std::numeric_limits<std::uint32_t>::max() - static_cast<std::uint32_t>(place);
  return planned;
}

Planned Shared::planned(std::uint64_t place) {
  const bool warmup = phase_.name == LoadPhase::warmup;
  auto planned = warmup ? planned_warmup(place) : job->schedule->at(place);
  if (warmup) {
    auto most = warmup_places_.load();
    while (most <= place && !warmup_places_.compare_exchange_weak(most, place + 1)) continue;
  }
  planned.index = static_cast<std::uint32_t>(job->first_index + (warmup ? 0 : warmup_places_.load()) + place);
  if (!phase_.open_loop) planned.due_ns.reset();
  return planned;
}

std::optional<Planned> Shared::take(std::int64_t now_ns) {
  const double elapsed = static_cast<double>(now_ns - phase_.begun_ns) * 1e-9;
  if (warm_enough(elapsed) || beyond_longest(elapsed)) return std::nullopt;
  const auto place = next_.fetch_add(1, std::memory_order_relaxed);
  if (count_ && place >= *count_) return std::nullopt;
  if (enough(place, elapsed)) return std::nullopt;
  return planned(place);
}

bool Shared::none_left(std::int64_t now_ns) const {
  const double elapsed = static_cast<double>(now_ns - phase_.begun_ns) * 1e-9;
  const auto place = next_.load(std::memory_order_relaxed);
  return (count_ && place >= *count_) || enough(place, elapsed) || warm_enough(elapsed) ||
         beyond_longest(elapsed);
}

std::optional<Planned> Shared::at(std::uint64_t place) {
  if (count_ && place >= *count_) return std::nullopt;
  const bool warmup = phase_.name == LoadPhase::warmup;
  const auto look = [&](std::uint64_t at) { return warmup ? planned_warmup(at) : planned(at); };
  const auto next = look(place);
  // By the schedule's time, not the clock's, so that the same requests are sent every time; and, as the
  // schedule was laid out, up to the first one with which the load may end, that one included.
  const auto due_s = [](const Planned& one) { return static_cast<double>(one.due_ns.value_or(0)) * 1e-9; };
  if (place > 0 && enough(place, due_s(look(place - 1)))) return std::nullopt;
  if (warm_enough(due_s(next)) || beyond_longest(due_s(next))) return std::nullopt;
  return warmup ? planned(place) : next;
}

}  // namespace edgeeval::client
