// SPDX-License-Identifier: Apache-2.0
// What the threads of one load share: the job, where to connect to, and which request comes next.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "load/client.hpp"
#include "load/request_text.hpp"
#include "load/socket.hpp"
#include "load/steady.hpp"
#include "load/tls.hpp"

namespace edgeeval::client {

/// What the threads are told while they work.
enum class Order : int { go_on, cancelled, engine_ended };

/// A part of the load: its requests, and when it began.
struct Phase {
  LoadPhase name = LoadPhase::measured;
  bool open_loop = false;
  std::uint64_t slots = 1;  ///< Requests in flight of a closed loop, all threads together.
  std::int64_t begun_ns = 0;
  std::optional<std::uint64_t> requests;  ///< Exactly so many; else as the job's stop rule says.
};

/// Read by all threads; what they write is atomic.
class Shared {
 public:
  explicit Shared(const LoadJob& of)
      : job(&of), secrets(secrets_of(of.target)), steady_(static_cast<std::size_t>(of.warmup)) {}

  const LoadJob* job;
  const std::vector<std::string> secrets;  ///< Never empty ones.
  std::vector<Address> addresses;
  std::string no_address;  ///< The resolver's words where there is none.
  std::optional<TlsContext> tls;
  std::optional<RequestText> text;
  std::atomic<Order> order{Order::go_on};

  /// Begins a phase; no thread may be at work.
  void begin(const Phase& phase);
  [[nodiscard]] const Phase& phase() const { return phase_; }
  /// The next request of a closed loop; absent when no more are to be sent.
  [[nodiscard]] std::optional<Planned> take(std::int64_t now_ns);
  /// Whether take() would tell that no more are to be sent.
  [[nodiscard]] bool none_left(std::int64_t now_ns) const;
  /// The request at `place` of an open loop, its index that of its record; absent past the end.
  [[nodiscard]] std::optional<Planned> at(std::uint64_t place);
  /// Takes the latency of a reply that ended well in a warm-up.
  void warmed(std::int64_t latency_ns);
  /// Whether a warm-up that goes on until latencies are steady has brought them there.
  [[nodiscard]] bool warm() const { return warm_.load(std::memory_order_relaxed); }
  /// Whether a closed loop ends after an exact count, so that failing fast cannot go on for ever.
  [[nodiscard]] bool counted() const { return count_.has_value(); }
  /// Whether the longest duration kept a request of this phase from being sent.
  [[nodiscard]] bool cut_short() const { return cut_.load(); }

 private:
  [[nodiscard]] bool enough(std::uint64_t sent, double elapsed_s) const;
  [[nodiscard]] bool beyond_longest(double elapsed_s) const;
  [[nodiscard]] bool warm_enough(double elapsed_s) const;
  [[nodiscard]] Planned planned(std::uint64_t place);
  [[nodiscard]] Planned planned_warmup(std::uint64_t place) const;
  Phase phase_;
  std::mutex warming_;
  SteadyRule steady_;  ///< Under `warming_`.
  std::atomic<bool> warm_{false};
  std::atomic<std::uint64_t> warmup_places_{0};  ///< Of the warm-up: the measured requests' indices follow.

  std::optional<std::uint64_t> count_;
  std::atomic<std::uint64_t> next_{0};
  mutable std::atomic<bool> cut_{false};
};

/// What one thread tells of its work while it goes on. Written by that thread, read by another one.
struct Counters {
  std::atomic<std::uint64_t> sent{0}, ended{0}, failed{0}, late{0}, tokens{0};
  static constexpr std::size_t kLast = 32;
  std::array<std::atomic<std::int64_t>, kLast> first_token_ns{};  ///< Of the last requests, 0 = none yet.
};

}  // namespace edgeeval::client
