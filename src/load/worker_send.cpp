// SPDX-License-Identifier: Apache-2.0
// The worker's sending half: which request goes when, on which connection.
#include <algorithm>
#include <utility>

#include "load/worker.hpp"

namespace edgeeval::client {
namespace {

constexpr std::size_t kAhead = 8;             // Requests of an open loop rendered before they are due.
constexpr std::size_t kSpare = 2;             // Connections of an open loop kept ready.
constexpr std::size_t kAtOnce = 128;          // Connections in the making before a closed loop begins.
constexpr std::int64_t kLate = 1'000'000;     // A send this late is told as late.
constexpr std::int64_t kRenderTime = 20'000;  // Nothing is rendered this shortly before a send.
constexpr std::int64_t kSpareAgain = 1'000'000'000;
constexpr std::int64_t kPause = 100'000'000;  // Of a loop that ends by time and cannot connect.
constexpr int kHopeless = 10;                 // Failures to connect in a row before it pauses.
constexpr int kMostAtOnce = 256;              // Sends before sockets are looked at again.

void add(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

void Worker::preconnect(std::uint64_t slots) {
  if (shared_.addresses.empty()) return;
  const auto wanted = share_of(slots);
  const auto until = monotonic_ns() + static_cast<std::int64_t>(job_.limits.connect_s * 1e9);
  const auto cannot = failed_connects_;
  while (shared_.order.load(std::memory_order_relaxed) == Order::go_on && failed_connects_ == cannot) {
    while (connections_.free_count() + connections_.connecting() < wanted &&
           connections_.connecting() < kAtOnce) {
      ConnectFailure failure;
      auto* const connection = connections_.open(connections_.first_address(), failure);
      if (connection == nullptr) return;  // The request that needs it will tell.
      connection->of_its_flight = false;
    }
    if (connections_.connecting() == 0 || monotonic_ns() >= until) return;
    wait_and_take(20'000'000);
  }
}

void Worker::begin_phase() {
  const auto& phase = shared_.phase();
  prepared_.clear();
  exhausted_ = false;
  drained_ns_.reset();
  next_place_ = static_cast<std::uint64_t>(number_);
  next_check_ns_ = 0;
  freed_.assign(phase.open_loop ? 0 : share_of(phase.slots), phase.begun_ns);
}

void Worker::send_due() {
  const auto now = monotonic_ns();
  if (shared_.phase().open_loop) {
    send_open(now);
  } else {
    send_closed(now);
  }
}

void Worker::send_closed(std::int64_t now) {
  // Where every slot is taken, nobody asks for the next request: the end is seen all the same.
  if (freed_.empty()) exhausted_ = exhausted_ || shared_.none_left(now);
  if (exhausted_ || now < pause_until_ns_) return;
  for (int sent = 0; !freed_.empty() && sent < kMostAtOnce; ++sent) {
    const auto planned = shared_.take(now);
    if (!planned) {
      exhausted_ = true;
      return;
    }
    const auto scheduled = std::max(freed_.front(), pause_until_ns_);
    freed_.pop_front();
    launch(make_flight(*planned, scheduled));
    if (failed_connects_ < kHopeless || shared_.counted()) continue;
    pause_until_ns_ = monotonic_ns() + kPause;
    return;
  }
}

void Worker::send_open(std::int64_t now) {
  const bool warm = shared_.phase().name == LoadPhase::warmup && shared_.warm();
  if (warm) {
    // What was rendered ahead is of no more use, and would be waited for.
    prepared_.clear();
    exhausted_ = true;
  }
  for (int sent = 0; sent < kMostAtOnce; ++sent) {
    if (prepared_.empty()) prepare_ahead();
    if (prepared_.empty() || prepared_.front()->record.scheduled_ns > now) return;
    auto flight = std::move(prepared_.front());
    prepared_.pop_front();
    launch(std::move(flight));
    now = monotonic_ns();
  }
}

/// Renders requests of an open loop before they are due, as long as nothing else is.
void Worker::prepare_ahead() {
  const auto& phase = shared_.phase();
  if (!phase.open_loop) return;
  while (!exhausted_ && prepared_.size() < kAhead) {
    const auto now = monotonic_ns();
    if (!prepared_.empty() && prepared_.front()->record.scheduled_ns - now < kRenderTime) return;
    const auto planned = shared_.at(next_place_);
    if (!planned) {
      exhausted_ = true;
      return;
    }
    next_place_ += static_cast<std::uint64_t>(count_);
    prepared_.push_back(make_flight(*planned, phase.begun_ns + planned->due_ns.value_or(0)));
  }
  spare_connections(monotonic_ns());
}

void Worker::spare_connections(std::int64_t now) {
  const auto ready = connections_.free_count() + connections_.connecting();
  if (all_sent() || ready >= kSpare || now < next_spare_ns_ || shared_.addresses.empty() || !job_.preconnect)
    return;
  ConnectFailure failure;
  auto* const connection = connections_.open(connections_.first_address(), failure);
  if (connection != nullptr) connection->of_its_flight = false;
  if (connection == nullptr || failed_connects_ > 0) next_spare_ns_ = now + kSpareAgain;
}

std::unique_ptr<Flight> Worker::make_flight(const Planned& planned, std::int64_t scheduled_ns) {
  std::unique_ptr<Flight> flight;
  if (blank_flights_.empty()) {
    flight = std::make_unique<Flight>();
  } else {
    flight = std::move(blank_flights_.back());
    blank_flights_.pop_back();
  }
  auto& record = flight->record;
  record.index = planned.index;
  record.prompt = planned.prompt;
  record.phase = shared_.phase().name;
  record.scheduled_ns = scheduled_ns;
  record.asked_tokens = planned.max_tokens;
  record.item = std::string(job_.source->body(planned, body_));
  shared_.text->write(body_, flight->text);
  flight->addresses_left = shared_.addresses.size();
  return flight;
}

/// Sends now: on a connection that is free, or on one that is opened for it.
void Worker::launch(std::unique_ptr<Flight> flight) {
  ++in_flight_;
  add(counters_.sent);
  if (shared_.addresses.empty())
    return fail_flight(std::move(flight), FailureClass::name_resolution, shared_.no_address);
  if (auto* const connection = connections_.take_free()) {
    connection->flight = std::move(flight);
    return issue(*connection);
  }
  connect_for(std::move(flight), connections_.first_address());
}

void Worker::connect_for(std::unique_ptr<Flight> flight, std::size_t address) {
  ConnectFailure failure;
  while (flight->addresses_left > 0) {
    --flight->addresses_left;
    if (auto* const connection = connections_.open(address, failure)) {
      connection->of_its_flight = true;
      flight->record.connect_begun_ns = connection->begun_ns;
      connection->flight = std::move(flight);
      return;
    }
    ++failed_connects_;
    address = (address + 1) % shared_.addresses.size();
  }
  fail_flight(std::move(flight), failure.failure, std::move(failure.words));
}

void Worker::issue(Connection& connection) {
  connection.issue();
  const auto& record = connection.flight->record;
  if (shared_.phase().open_loop && *record.issued_ns - record.scheduled_ns > kLate) add(counters_.late);
}

/// Once more on a new connection: the reused one had been closed by the server before it saw the request, or
/// the server was busy. The record keeps nothing of the try before but that there was one.
void Worker::retry(std::unique_ptr<Flight> flight) {
  auto& record = flight->record;
  record.failure = FailureClass::none;
  record.error.clear();
  record.status = 0;
  record.reply_bytes = 0;
  record.retry_after_ms.reset();
  record.headers_ns.reset();
  record.first_byte_ns.reset();
  record.closed_ns.reset();
  record.issued_ns.reset();
  record.written_ns.reset();
  record.tx_ns.reset();
  flight->addresses_left = shared_.addresses.size();
  connect_for(std::move(flight), connections_.first_address());
}

}  // namespace edgeeval::client
