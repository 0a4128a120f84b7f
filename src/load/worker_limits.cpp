// SPDX-License-Identifier: Apache-2.0
// The worker's limits: requests that take too long, and loads that are to end.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "load/worker.hpp"

namespace edgeeval::client {
namespace {

constexpr std::int64_t kLongestWait = 50'000'000;  // An order to stop is seen within this.
constexpr std::int64_t kFinestCheck = 5'000'000;

std::int64_t nanoseconds(double seconds) {
  // Beyond 290 years a limit is none.
  constexpr double kMost = 9.0e9;
  return static_cast<std::int64_t>(std::min(seconds, kMost) * 1e9);
}

std::string words_for(FailureClass why, const RequestLimits& limits) {
  switch (why) {
    case FailureClass::connect_timeout:
      return fmt::format("not connected within {:g} s", limits.connect_s);
    case FailureClass::first_byte_timeout:
      return fmt::format("no byte of an answer within {:g} s", limits.first_byte_s);
    case FailureClass::stalled:
      return fmt::format("no byte for {:g} s", limits.idle_s);
    default:
      return fmt::format("not ended within {:g} s", limits.total_s);
  }
}

}  // namespace

/// When what the connection waits for has taken too long, and what that would be called.
std::optional<std::int64_t> Worker::deadline(const Connection& connection, FailureClass& why) const {
  const auto& limits = job_.limits;
  if (connection.stage == Stage::connecting || connection.stage == Stage::handshaking) {
    why = FailureClass::connect_timeout;
    return connection.begun_ns + nanoseconds(limits.connect_s);
  }
  if (connection.stage != Stage::busy) return std::nullopt;
  const auto& record = connection.flight->record;
  const auto issued = *record.issued_ns;
  why = FailureClass::total_timeout;
  auto first = issued + nanoseconds(limits.total_s);
  const bool answered = record.reply_bytes > 0;
  const auto next = answered ? connection.last_ns + nanoseconds(limits.idle_s)
                             : record.written_ns.value_or(issued) + nanoseconds(limits.first_byte_s);
  if (next < first) {
    why = answered ? FailureClass::stalled : FailureClass::first_byte_timeout;
    first = next;
  }
  return first;
}

/// All is sent: from now on the drain's time runs. Requests laid ahead that are not due yet are still to be
/// sent.
void Worker::begin_drain() {
  if (drained_ns_) return;
  drained_ns_ = monotonic_ns() + nanoseconds(job_.drain_s);
  next_check_ns_ = std::min(next_check_ns_, *drained_ns_);
}

/// Looks at all connections, but only as often as the nearest limit makes worth while: what begins later than
/// this look cannot run out before the shortest limit has passed.
void Worker::check_limits(std::int64_t now) {
  const auto& limits = job_.limits;
  const auto shortest = std::min({limits.connect_s, limits.first_byte_s, limits.idle_s, limits.total_s});
  auto next = now + nanoseconds(shortest);
  if (drained_ns_) {
    if (now >= *drained_ns_) {
      abandon(FailureClass::total_timeout,
              fmt::format("still under way {:g} s after the last request was sent", job_.drain_s));
      return;
    }
    next = std::min(next, *drained_ns_);
  }
  // From the end: closing takes the last one's place.
  for (auto i = connections_.all().size(); i-- > 0;) {
    if (i >= connections_.all().size()) continue;
    auto& connection = *connections_.all()[i];
    auto why = FailureClass::none;
    const auto until = deadline(connection, why);
    if (!until) continue;
    if (*until <= now) {
      ran_out(connection, why, now);
    } else {
      next = std::min(next, *until);
    }
  }
  connections_.recycle();
  next_check_ns_ = std::max(next, now + kFinestCheck);
}

void Worker::ran_out(Connection& connection, FailureClass why, std::int64_t now) {
  auto words = words_for(why, job_.limits);
  if (connection.stage == Stage::busy) {
    connection.reader.give_up(why, std::move(words), now);
    return reply_ended(connection, now);
  }
  connect_failed(connection, {why, std::move(words)});
}

/// Ends everything that is under way or prepared.
void Worker::abandon(FailureClass failure, const std::string& words) {
  const auto now = monotonic_ns();
  exhausted_ = true;
  prepared_.clear();
  while (!connections_.all().empty()) {
    auto& connection = *connections_.all().back();
    if (connection.stage == Stage::busy) connection.reader.give_up(failure, words, now);
    auto flight = std::move(connection.flight);
    const bool told = connection.stage == Stage::busy;
    connections_.close(connection);
    if (!flight) continue;
    if (told) {
      finish(std::move(flight), now);
    } else {
      fail_flight(std::move(flight), failure, words);
    }
  }
  connections_.recycle();
}

bool Worker::heed_order() {
  switch (shared_.order.load(std::memory_order_relaxed)) {
    case Order::go_on:
      return false;
    case Order::cancelled:
      abandon(FailureClass::cancelled, "the load was ended while it was under way");
      break;
    case Order::engine_ended:
      abandon(FailureClass::engine_ended, "the engine has ended");
      break;
  }
  return true;
}

std::int64_t Worker::time_to_wait(std::int64_t now) const {
  auto next = std::min(now + kLongestWait, next_check_ns_);
  const auto& phase = shared_.phase();
  if (phase.open_loop) {
    if (!prepared_.empty()) next = std::min(next, prepared_.front()->record.scheduled_ns);
  } else if (!exhausted_ && !freed_.empty()) {
    next = std::min(next, std::max(now, pause_until_ns_));
  }
  return std::max<std::int64_t>(next - now, 0);
}

}  // namespace edgeeval::client
