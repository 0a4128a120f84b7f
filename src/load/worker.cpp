// SPDX-License-Identifier: Apache-2.0
#include "load/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace edgeeval::client {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kTick = 100 * kMillisecond;   // Cancel, glances and a dead engine are seen this soon.
constexpr std::int64_t kWatch = 10 * kMillisecond;   // Limits are looked at this often.
constexpr std::int64_t kLate = kMillisecond;         // A request sent later than this counts as late.
constexpr std::size_t kAhead = 16;                   // Requests rendered before they are due.
constexpr std::size_t kSpare = 2;                    // Connections kept ready in an open loop.

timespec as_timespec(std::int64_t ns) { return {ns / 1'000'000'000, ns % 1'000'000'000}; }

}  // namespace

Worker::Worker(LoadShared& shared, LoadSink& sink, int number)
    : shared_(shared),
      sink_(sink),
      number_(number),
      connection_shared_{shared.job, &sink_, &reader_, shared.tls},
      buffers_(kBatch) {}

Worker::~Worker() = default;

Result<void> Worker::open() {
  epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.open()) return fail(ErrorCode::io, std::string("no epoll set: ") + std::strerror(errno));
  return {};
}

Connection* Worker::new_connection() {
  auto made = std::make_unique<Connection>(connection_shared_);
  if (!made->connect(*shared_.addresses)) {
    trouble_ = fmt::format("no connection could be begun: {}", std::strerror(errno));
    return nullptr;
  }
  made->slot = connections_.size();
  made->armed_for_writing = true;
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLRDHUP | EPOLLOUT;
  wanted.data.ptr = made.get();
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, made->socket(), &wanted);
  connections_.push_back(std::move(made));
  return connections_.back().get();
}

void Worker::arm(Connection& connection) {
  if (connection.state() == Connection::State::closed) return;
  const bool writing = connection.wants_to_write();
  if (writing == connection.armed_for_writing) return;
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLRDHUP | (writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  wanted.data.ptr = &connection;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket(), &wanted);
  connection.armed_for_writing = writing;
}

void Worker::retire(Connection& connection) {
  std::erase(idle_, &connection);
  connection.close();
  const auto slot = connection.slot;
  retired_.push_back(std::move(connections_[slot]));
  if (slot + 1 < connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
}

void Worker::preconnect(int count) {
  for (int i = 0; i < count; ++i) {
    if (new_connection() == nullptr) return;
    // A listener's queue is short: the handshakes are let through a few at a time.
    if (i % 32 == 31) poll(monotonic_ns() + kMillisecond);
  }
  const auto until = monotonic_ns() + static_cast<std::int64_t>(shared_.job->limits.connect_s * 1e9);
  while (static_cast<int>(idle_.size()) < count && !connections_.empty() && monotonic_ns() < until &&
         !shared_.cancel->requested()) {
    const auto before = connections_.size();
    poll(monotonic_ns() + 10 * kMillisecond);
    // One that was refused will be refused again: the requests themselves shall tell.
    if (connections_.size() < before) return;
  }
}

bool Worker::may_issue(std::int64_t now_ns) const {
  if (shared_.cancel->requested() || shared_.engine_ended.load(std::memory_order_relaxed)) return false;
  const auto& stop = shared_.job->stop;
  const double elapsed = static_cast<double>(now_ns - phase_.begun_ns) * 1e-9;
  if (elapsed >= stop.max_duration_s) return false;
  if (phase_.count || phase_.open) return true;
  return elapsed < stop.min_duration_s.value_or(0.0) ||
         shared_.ended.load(std::memory_order_relaxed) < stop.min_requests.value_or(0);
}

std::optional<std::uint64_t> Worker::next_index() {
  if (phase_.open) {
    const auto index = cursor_;
    if (phase_.count && index >= *phase_.count) return std::nullopt;
    cursor_ += static_cast<std::uint64_t>(shared_.job->threads);
    return index;
  }
  const auto index = shared_.next.fetch_add(1, std::memory_order_relaxed);
  if (phase_.count && index >= *phase_.count) return std::nullopt;
  return index;
}

Worker::Prepared Worker::render(std::uint64_t index) {
  Prepared prepared;
  const auto& job = *shared_.job;
  if (phase_.kind == LoadPhase::warmup) {
    // Prompts of its own where there are enough: those after the schedule's.
    prepared.planned = job.schedule->at(index % std::max<std::uint64_t>(job.schedule->size().value_or(index + 1), 1));
    if (const auto size = job.schedule->size())
      prepared.planned.prompt = static_cast<std::uint32_t>(*size + index);
  } else {
    prepared.planned = job.schedule->at(index);
  }
  prepared.index = static_cast<std::uint32_t>(job.first_index + phase_.base + index);
  auto asked = prepared.planned;
  asked.index = prepared.index;
  std::string body;
  prepared.item = job.source->body(asked, body);
  prepared.text.reserve(shared_.head.size() + body.size() + 32);
  prepared.text = shared_.head;
  fmt::format_to(std::back_inserter(prepared.text), "Content-Length: {}\r\n\r\n", body.size());
  prepared.text += body;
  if (phase_.open) prepared.scheduled_ns = phase_.begun_ns + prepared.planned.due_ns.value_or(0);
  return prepared;
}

void Worker::prepare_ahead() {
  while (phase_.open && prepared_.size() < kAhead) {
    const auto index = next_index();
    if (!index) return;
    prepared_.push_back(render(*index));
  }
}

Connection* Worker::free_connection() {
  while (!idle_.empty()) {
    auto* connection = idle_.back();
    idle_.pop_back();
    if (connection->state() == Connection::State::idle) return connection;
  }
  return nullptr;
}

void Worker::issue(Prepared&& prepared) {
  RequestRecord record;
  record.index = prepared.index;
  record.prompt = prepared.planned.prompt;
  record.item = std::move(prepared.item);
  record.phase = phase_.kind;
  record.scheduled_ns = prepared.scheduled_ns;
  record.asked_tokens = prepared.planned.max_tokens;
  shared_.sent.fetch_add(1, std::memory_order_relaxed);
  ++busy_;
  auto* connection = shared_.job->keep_alive ? free_connection() : nullptr;
  if (connection == nullptr && (connection = new_connection()) == nullptr) {
    fail_unsent(std::move(record));
    return;
  }
  put_on(*connection, std::move(record), prepared.text);
}

void Worker::put_on(Connection& connection, RequestRecord&& record, std::string& text) {
  connection.assign(std::move(record), text);
  if (connection.state() == Connection::State::writing) after(connection, connection.writable(monotonic_ns()));
}

void Worker::fail_unsent(RequestRecord&& record) {
  const auto now = monotonic_ns();
  record.failure = FailureClass::unreachable;
  record.error = trouble_;
  record.closed_ns = now;
  --busy_;
  last_end_ns_ = now;
  shared_.ended.fetch_add(1, std::memory_order_relaxed);
  shared_.failed.fetch_add(1, std::memory_order_relaxed);
  sink_.request(std::move(record));
}

/// An open loop sends what is due; a closed one fills its free places.
void Worker::issue_due(std::int64_t now_ns) {
  if (phase_.open) {
    while (!prepared_.empty() && prepared_.front().scheduled_ns <= now_ns && may_issue(now_ns)) {
      auto prepared = std::move(prepared_.front());
      prepared_.pop_front();
      if (now_ns - prepared.scheduled_ns > kLate) shared_.late.fetch_add(1, std::memory_order_relaxed);
      issue(std::move(prepared));
      prepare_ahead();
      now_ns = monotonic_ns();
    }
    if (shared_.job->keep_alive && !prepared_.empty() && idle_.size() < kSpare) {
      const auto coming = std::count_if(connections_.begin(), connections_.end(), [](const auto& connection) {
        return !connection->busy() && connection->state() == Connection::State::connecting;
      });
      if (static_cast<std::size_t>(coming) + idle_.size() < kSpare) static_cast<void>(new_connection());
    }
    return;
  }
  while (busy_ < phase_.in_flight && may_issue(now_ns)) {
    const auto index = next_index();
    if (!index) return;
    const auto freed = last_end_ns_ != 0 ? last_end_ns_ : phase_.begun_ns;
    auto prepared = render(*index);
    prepared.scheduled_ns = freed;
    issue(std::move(prepared));
  }
}

std::int64_t Worker::wake_at(std::int64_t now_ns) const {
  auto at = std::min(next_tick_ns_, busy_ > 0 ? next_watch_ns_ : next_tick_ns_);
  if (phase_.open && !prepared_.empty() && may_issue(now_ns)) at = std::min(at, prepared_.front().scheduled_ns);
  return at;
}

void Worker::run(const Phase& phase, const std::function<void()>& on_tick) {
  phase_ = phase;
  cursor_ = static_cast<std::uint64_t>(number_);
  last_end_ns_ = 0;
  prepared_.clear();
  prepare_ahead();
  std::int64_t drain_until = 0;
  while (true) {
    const auto now = monotonic_ns();
    tick(now, on_tick);
    issue_due(now);
    prepare_ahead();
    const bool more = may_issue(now) && (phase_.open ? !prepared_.empty() : busy_ >= phase_.in_flight);
    if (!more && busy_ == 0) break;
    if (!more && drain_until == 0) drain_until = now + static_cast<std::int64_t>(shared_.job->drain_s * 1e9);
    if (shared_.cancel->requested()) {
      abandon_all(FailureClass::cancelled, "interrupted");
    } else if (shared_.engine_ended.load(std::memory_order_relaxed)) {
      abandon_all(FailureClass::engine_ended, "the engine ended");
    } else if (drain_until != 0 && now > drain_until) {
      abandon_all(FailureClass::total_timeout, "not ended within the time that draining may take");
    }
    if (busy_ == 0 && !more) break;
    poll(wake_at(now));
  }
  prepared_.clear();
}

void Worker::tick(std::int64_t now_ns, const std::function<void()>& on_tick) {
  if (now_ns >= next_watch_ns_) {
    next_watch_ns_ = now_ns + kWatch;
    watch_limits(now_ns);
  }
  if (now_ns < next_tick_ns_) return;
  next_tick_ns_ = now_ns + kTick;
  if (on_tick) on_tick();
}

void Worker::poll(std::int64_t until_ns) {
  const auto wait = as_timespec(std::max<std::int64_t>(0, until_ns - monotonic_ns()));
  const int ready = ::epoll_pwait2(epoll_.get(), ready_.data(), static_cast<int>(kBatch), &wait, nullptr);
  if (ready > 0) read_batch(ready);
  retired_.clear();
}

/// Reads everything that is there before anything is taken apart, so that one reply's parsing delays no other's
/// stamp.
void Worker::read_batch(int ready) {
  clock_.refresh(monotonic_ns());
  std::size_t reads = 0;
  for (int i = 0; i < ready; ++i) {
    const auto& event = ready_[static_cast<std::size_t>(i)];
    auto* connection = static_cast<Connection*>(event.data.ptr);
    if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) == 0) continue;
    if (connection->state() == Connection::State::connecting) continue;
    pending_[reads] = {connection, read_stamped(connection->socket(), buffers_[reads])};
    ++reads;
  }
  for (std::size_t i = 0; i < reads; ++i) take_read(pending_[i], i);
  for (int i = 0; i < ready; ++i) {
    const auto& event = ready_[static_cast<std::size_t>(i)];
    auto& connection = *static_cast<Connection*>(event.data.ptr);
    if (connection.state() == Connection::State::closed) continue;
    if ((event.events & EPOLLERR) != 0 && connection.state() != Connection::State::connecting) {
      if (const auto stamp = take_tx_stamp(connection.socket())) {
        tx_stamps_ = true;
        connection.transmitted(clock_.to_monotonic(*stamp));
      }
    }
    const bool may_write = (event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
    if (may_write && connection.wants_to_write()) after(connection, connection.writable(monotonic_ns()));
  }
}

void Worker::take_read(Pending& pending, std::size_t buffer) {
  auto& connection = *pending.connection;
  const auto& read = pending.read;
  if (connection.state() == Connection::State::closed) return;
  if (read.bytes <= 0) {
    if (read.bytes < 0 && (read.problem == EAGAIN || read.problem == EINTR)) return;
    after(connection, connection.ended(read.bytes == 0 ? 0 : read.problem, read.user_ns));
    return;
  }
  StampedRead stamped;
  stamped.bytes = {buffers_[buffer].data(), static_cast<std::size_t>(read.bytes)};
  stamped.user_ns = read.user_ns;
  stamped.kernel_stamp = read.real_ns.has_value();
  // A stamp later than the read itself can only be the mapping's own error.
  stamped.kernel_ns = read.real_ns ? std::min(clock_.to_monotonic(*read.real_ns), read.user_ns) : read.user_ns;
  stamped.number = reads_++;
  bytes_ += static_cast<std::uint64_t>(read.bytes);
  if (stamped.kernel_stamp) {
    ++kernel_reads_;
    delays_.add(stamped.user_ns - stamped.kernel_ns);
  }
  after(connection, connection.received(stamped));
}

void Worker::after(Connection& connection, Step step) {
  switch (step) {
    case Step::ready:
      if (std::find(idle_.begin(), idle_.end(), &connection) == idle_.end()) idle_.push_back(&connection);
      arm(connection);
      break;
    case Step::finished:
      finish(connection);
      break;
    case Step::lost:
      retire(connection);
      break;
    case Step::waiting:
      arm(connection);
      break;
  }
}

void Worker::finish(Connection& connection) {
  if (connection.worth_another_try()) {
    // Not one byte came on a connection that had served before: the server had closed it meanwhile.
    auto text = std::move(connection.text());
    auto record = connection.take();
    record.failure = FailureClass::none;
    record.error.clear();
    record.issued_ns.reset();
    record.written_ns.reset();
    record.tx_ns.reset();
    record.closed_ns.reset();
    retire(connection);
    auto* fresh = new_connection();
    if (fresh == nullptr) {
      fail_unsent(std::move(record));
    } else {
      put_on(*fresh, std::move(record), text);
    }
    return;
  }
  const auto first_token = connection.first_token_ns();
  shared_.tokens.fetch_add(connection.token_events(), std::memory_order_relaxed);
  events_before_ += connection.events_seen();
  last_end_ns_ = connection.ended_ns();
  auto record = connection.take();
  --busy_;
  if (first_token != 0 && record.issued_ns)
    recent_ttft_ns_[recent_++ % recent_ttft_ns_.size()] = first_token - *record.issued_ns;
  shared_.ended.fetch_add(1, std::memory_order_relaxed);
  if (!record.ok()) shared_.failed.fetch_add(1, std::memory_order_relaxed);
  sink_.request(std::move(record));
  if (connection.state() == Connection::State::idle) {
    idle_.push_back(&connection);
    arm(connection);
  } else {
    retire(connection);
  }
  // A closed loop's next request goes out at once, not after the batch.
  if (!phase_.open) issue_due(last_end_ns_);
}

void Worker::watch_limits(std::int64_t now_ns) {
  for (std::size_t i = 0; i < connections_.size();) {
    auto& connection = *connections_[i];
    const auto failure = connection.overdue(now_ns);
    if (failure == FailureClass::none) {
      ++i;
    } else if (connection.busy()) {
      connection.abandon(failure, "took longer than its limit", now_ns);
      finish(connection);
      i = 0;
    } else {
      retire(connection);
    }
  }
}

void Worker::abandon_all(FailureClass failure, const char* words) {
  const auto now = monotonic_ns();
  for (std::size_t i = 0; i < connections_.size();) {
    auto& connection = *connections_[i];
    if (!connection.busy()) {
      ++i;
      continue;
    }
    connection.abandon(failure, words, now);
    finish(connection);
    i = 0;
  }
}

std::optional<double> Worker::recent_ttft_ms() const {
  const auto count = std::min(recent_, recent_ttft_ns_.size());
  if (count == 0) return std::nullopt;
  auto sorted = recent_ttft_ns_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<double>(*middle) * 1e-6;
}

void Worker::report(ClientReport& report) const {
  report.reads += reads_;
  report.bytes += bytes_;
  report.events += events_before_;
  report.kernel_stamped_reads += kernel_reads_;
  report.tx_stamps = report.tx_stamps || tx_stamps_;
  report.clock_steps += clock_.steps();
  report.largest_offset_move_ns = std::max(report.largest_offset_move_ns, clock_.largest_move_ns());
}

}  // namespace edgeeval::client
