// SPDX-License-Identifier: Apache-2.0
#include "load/worker.hpp"

#include <ctime>

#include <algorithm>
#include <utility>

#include "load/thread_settings.hpp"

namespace edgeeval::client {
namespace {

constexpr std::int64_t kTick = 100'000'000;
constexpr std::int64_t kSoon = 1'000'000'000;  // A connection that lived no longer after a reply was no use.
// Events that follow each other closer than this are read together after a sleep. The kernel has stamped
// them, and a stream's next token is rarely so near; a wake-up an event would cost more than reading and
// parsing it.
constexpr std::int64_t kGather = 200'000;
constexpr std::int64_t kShortest = 20'000;
constexpr std::size_t kReadAhead = 2;  // Connections whose memory is asked for before their turn.
constexpr std::size_t kTakeAhead = 3;
constexpr int kBusy = 503;
constexpr std::uint64_t kFewLost = 2;  // So many are lost before no connection is kept any more.

std::int64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) {
  // One thread writes: no locked instruction is needed.
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

Result<std::unique_ptr<Worker>> Worker::make(Shared& shared, LoadSink& sink, int number, int count) {
  auto poller = Poller::make();
  if (!poller) return tl::unexpected(poller.error());
  return std::unique_ptr<Worker>(new Worker(shared, sink, std::move(*poller), number, count));
}

Worker::Worker(Shared& shared, LoadSink& sink, Poller poller, int number, int count)
    : shared_(shared),
      job_(*shared.job),
      number_(number),
      count_(count),
      poller_(std::move(poller)),
      desk_{&job_.dialect, &job_.limits, shared.secrets, &sink, {}, {}, 0, 0},
      connections_(shared, desk_, poller_) {
  desk_.events.reserve(64);
  if (shared.tls) scratch_.resize(Arena::kLargestRead);
}

std::uint64_t Worker::share_of(std::uint64_t slots) const {
  const auto count = static_cast<std::uint64_t>(count_);
  return slots / count + (static_cast<std::uint64_t>(number_) < slots % count ? 1 : 0);
}

void Worker::run(const std::function<void()>& on_tick) {
  const auto& cpus = job_.cpus;
  const ThreadSettings settings(
      cpus.empty() ? std::nullopt : std::optional(cpus[static_cast<std::size_t>(number_) % cpus.size()]));
  const auto cpu_before = thread_cpu_ns();
  const auto wait_before = thread_wait_ns();
  begin_phase();
  for (;;) {
    if (on_tick && monotonic_ns() >= next_tick_ns_) {
      on_tick();
      next_tick_ns_ = monotonic_ns() + kTick;
    }
    if (heed_order()) break;
    send_due();
    if (all_sent()) {
      if (in_flight_ == 0) break;
      begin_drain();
    }
    prepare_ahead();
    const auto now = monotonic_ns();
    if (now >= next_check_ns_) check_limits(now);
    const auto most = time_to_wait(now);
    let_gather(now, most);
    wait_and_take(most);
  }
  report_.cpu_ns += thread_cpu_ns() - cpu_before;
  const auto wait_after = thread_wait_ns();
  if (wait_before && wait_after)
    report_.core_wait_ns += *wait_after - *wait_before;
  else
    report_.core_wait_known = false;
}

/// Sleeps a little where sockets become ready one after the other, so that the next look finds many.
void Worker::let_gather(std::int64_t now, std::int64_t at_most) {
  const bool dense = last_batch_ > 1 || (last_batch_ == 1 && now - last_wake_ns_ < kGather);
  last_wake_ns_ = now;
  const auto sleep = std::min(kGather, at_most);
  // Where only this side stamps, to sleep would be to err.
  if (!dense || !unfinished_.empty() || sleep < kShortest || report_.kernel_stamped_reads == 0) return;
  const timespec time{0, static_cast<long>(sleep)};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

void Worker::wait_and_take(std::int64_t timeout_ns) {
  arena_.clear();
  const auto ready = poller_.wait(unfinished_.empty() ? timeout_ns : 0);
  last_batch_ = ready.size();
  going_on_.swap(unfinished_);
  for (auto* const connection : going_on_) {
    if (!connection->more_to_read) continue;
    connection->more_to_read = false;
    read_one(*connection, EPOLLIN, false);
  }
  going_on_.clear();
  for (std::size_t i = 0; i < ready.size(); ++i) {
    if (i + kReadAhead < ready.size())
      static_cast<Connection*>(ready[i + kReadAhead].data.ptr)->prefetch_to_read();
    read_event(ready[i]);
  }
  take_readings();
  connections_.recycle();
  add(counters_.tokens, desk_.token_event_count - told_events_);
  told_events_ = desk_.token_event_count;
}

/// The first half of a batch: nothing is parsed before all that is ready has been read and stamped.
void Worker::read_event(const epoll_event& event) {
  auto& connection = *static_cast<Connection*>(event.data.ptr);
  auto what = event.events;
  if (connection.stage == Stage::closed) return;
  if (connection.stage == Stage::connecting) return arena_.note_writable(connection);
  if ((what & EPOLLERR) != 0) note_transmit_stamps(connection, what);
  const bool writable = (what & EPOLLOUT) != 0 && connection.has_unsent();
  if ((what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    read_one(connection, what, writable);
  } else if (writable) {
    arena_.note_writable(connection);
  }
}

/// Takes the stamps out of the error queue; what is left of EPOLLERR in `what` is an error.
void Worker::note_transmit_stamps(Connection& connection, std::uint32_t& what) {
  constexpr int kMost = 8;  // One a send; a request is rarely sent in parts.
  bool found = true;
  for (int i = 0; found && i < kMost; ++i) {
    const auto stamp = connection.socket.transmit_stamp(found);
    if (found) what &= ~static_cast<std::uint32_t>(EPOLLERR);
    if (!stamp || !connection.flight || !connection.request_out()) continue;
    connection.flight->record.tx_ns = clocks_.to_monotonic(*stamp);
    report_.tx_stamps = true;
  }
}

void Worker::read_one(Connection& connection, std::uint32_t what, bool writable) {
  if (!arena_.has_room()) {
    take_readings();
    arena_.clear();
    if (connection.stage == Stage::closed) return;
  }
  const auto got = arena_.read(connection, connection.socket, writable);
  // A read that got less than it asked for has got all, but the connection's end may be behind it.
  const bool ends = (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (got == 0 || (got < Arena::kLargestRead && !ends) || connection.more_to_read) return;
  connection.more_to_read = true;
  unfinished_.push_back(&connection);
}

void Worker::take_readings() {
  clocks_.refresh(monotonic_ns());
  const auto entries = arena_.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i + 2 * kTakeAhead < entries.size()) entries[i + 2 * kTakeAhead].connection->prefetch_to_take();
    if (i + kTakeAhead < entries.size()) entries[i + kTakeAhead].connection->prefetch_behind();
    const auto& entry = entries[i];
    auto& connection = *entry.connection;
    if (connection.stage == Stage::closed) continue;
    if (connection.stage == Stage::connecting) {
      after_connecting(connection);
      continue;
    }
    if (entry.writable) connection.send_more();
    if (entry.reading) take_reading(connection, entry);
  }
}

void Worker::take_reading(Connection& connection, const ArenaEntry& entry) {
  const auto& reading = *entry.reading;
  ReadStamp stamp{reading.user_ns, reading.user_ns, 0, 0};
  if (reading.bytes > 0) {
    stamp.read = read_number_++;
    ++report_.reads;
    report_.bytes += reading.bytes;
    if (reading.kernel_ns) {
      const auto kernel = clocks_.to_monotonic(*reading.kernel_ns);
      // A stamp after its own reading comes of a clock that was set meanwhile; a hair is the map's own error.
      if (kernel < reading.user_ns + 100'000) {
        stamp.kernel_ns = std::min(kernel, reading.user_ns);
        stamp.flags = kKernelStamp;
        ++report_.kernel_stamped_reads;
        report_.user_delay.add(stamp.user_ns - stamp.kernel_ns);
      }
    }
  }
  const bool shaking = connection.stage == Stage::handshaking;
  connection.take(reading, {entry.data, reading.bytes}, stamp, scratch_);
  if (connection.broken) {
    auto failure = std::move(*connection.broken);
    connection.broken.reset();
    if (shaking) return connect_failed(connection, std::move(failure));
    if (connection.stage == Stage::idle) return settle_idle(connection);
  }
  if (shaking && connection.stage == Stage::idle) return after_connecting(connection);
  if (connection.stage == Stage::busy && connection.reader.ended()) reply_ended(connection, reading.user_ns);
}

/// A connection is made, or not; with TLS this comes before and after the handshake.
void Worker::after_connecting(Connection& connection) {
  if (connection.stage == Stage::connecting) {
    if (auto failure = connection.connected_or_not()) return connect_failed(connection, std::move(*failure));
  }
  if (connection.stage != Stage::idle) return;
  connections_.settled(connection);
  failed_connects_ = 0;
  if (connection.flight) {
    issue(connection);
  } else {
    connections_.keep(connection);
  }
}

void Worker::connect_failed(Connection& connection, ConnectFailure failure) {
  auto flight = std::move(connection.flight);
  const auto next = (connection.address + 1) % shared_.addresses.size();
  connections_.close(connection);
  ++failed_connects_;
  if (!flight) return;
  if (flight->addresses_left > 0 && failure.failure != FailureClass::tls)
    return connect_for(std::move(flight), next);
  fail_flight(std::move(flight), failure.failure, std::move(failure.words));
}

/// An idle connection ended. One that ended soon after its reply tells that the server keeps none.
void Worker::settle_idle(Connection& connection) {
  if (connection.carried && monotonic_ns() - connection.last_ns < kSoon) ++lost_;
  connections_.close(connection);
}

void Worker::reply_ended(Connection& connection, std::int64_t at_ns) {
  auto flight = std::move(connection.flight);
  auto& record = flight->record;
  const bool unanswered = record.failure == FailureClass::closed_unanswered ||
                          record.failure == FailureClass::reset_unanswered ||
                          record.failure == FailureClass::send_failed;
  if (unanswered && record.reused_connection && record.attempts == 1 && record.reply_bytes == 0) {
    ++lost_;
    connections_.close(connection);
    return retry(std::move(flight));
  }
  if (record.status == kBusy && flight->busy_answers < job_.busy_retries) {
    ++flight->busy_answers;
    connections_.close(connection);
    return retry(std::move(flight));
  }
  const bool kept = job_.keep_alive && connection.reader.reusable() && connection.request_out() &&
                    (lost_ < kFewLost || lost_ * 2 < kept_);
  if (record.ok()) {
    const auto place = counters_.ended.load(std::memory_order_relaxed) % Counters::kLast;
    counters_.first_token_ns[place].store(connection.reader.first_token_ns() - record.issued_ns.value_or(0),
                                          std::memory_order_relaxed);
  }
  if (kept) {
    ++kept_;
    connection.last_ns = at_ns;
    connection.of_its_flight = false;
    connections_.keep(connection);
  } else {
    connections_.close(connection);
  }
  finish(std::move(flight), at_ns);
}

void Worker::finish(std::unique_ptr<Flight> flight, std::int64_t at_ns) {
  --in_flight_;
  add(counters_.ended);
  if (!flight->record.ok()) add(counters_.failed);
  const bool warming = shared_.phase().name == LoadPhase::warmup;
  if (warming && flight->record.ok() && flight->record.issued_ns)
    shared_.warmed(at_ns - *flight->record.issued_ns);
  report_.last_end_ns = std::max(report_.last_end_ns, at_ns);
  desk_.sink->request(std::move(flight->record));
  flight->record = {};
  flight->busy_answers = 0;
  blank_flights_.push_back(std::move(flight));
  if (!shared_.phase().open_loop) freed_.push_back(at_ns);
}

void Worker::fail_flight(std::unique_ptr<Flight> flight, FailureClass failure, std::string words) {
  const auto now = monotonic_ns();
  flight->record.failure = failure;
  redact(words, desk_.secrets);
  flight->record.error = std::move(words);
  flight->record.closed_ns = now;
  finish(std::move(flight), now);
}

}  // namespace edgeeval::client
