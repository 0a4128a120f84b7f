// SPDX-License-Identifier: Apache-2.0
#include "mock/server.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_map>
#include <vector>

#include "core/files.hpp"
#include "mock/answers.hpp"
#include "mock/capture.hpp"
#include "mock/connection.hpp"
#include "mock/reply_maker.hpp"
#include "mock/sockets.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kTimer = 1;
constexpr std::uint64_t kFirstConnection = 2;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kLongestSleepNs = 100'000'000;  // How late a stop may be seen.
constexpr std::int64_t kIdleNs = 300'000;              // Enough time to write some of the log.
constexpr std::size_t kLogBacklog = 1U << 15U;

/// Something to do at a time.
struct Due {
  std::int64_t at;
  std::uint64_t order;  ///< What was planned first goes first.
  std::uint64_t connection;
  bool operator>(const Due& other) const { return at != other.at ? at > other.at : order > other.order; }
};

double cpu_seconds() {
  rusage use{};
  ::getrusage(RUSAGE_THREAD, &use);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

std::optional<double> in_seconds(std::optional<std::uint64_t> nanos) {
  if (!nanos) return std::nullopt;
  return static_cast<double>(*nanos) / static_cast<double>(kNanosPerSecond);
}

}  // namespace

struct MockServer::Impl {
  Impl(Script given, std::optional<Capture> capture)
      : script(std::move(given)), maker(script, std::move(capture)) {}

  Result<void> open();
  Result<Totals> run(const CancelToken& stop);
  Result<void> begin_listening();
  void watch(int descriptor, std::uint64_t id, int operation, std::uint32_t events) const;
  void accept_all();
  void on_event(const epoll_event& event);
  void serve_requests(Connection& connection);
  void after(Connection& connection);
  void drop(std::uint64_t id) { connections.erase(id); }
  void plan(Connection& connection);
  void perform_due();
  void arm();
  int sleep_limit_ms();

  Script script;
  ReplyMaker maker;
  Shared shared;
  Descriptor listener;
  Descriptor epoll;
  Descriptor timer;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;
  std::vector<Due> due;  ///< A heap, the earliest first.
  std::uint64_t next_id = kFirstConnection;
  std::uint64_t order = 0;
  std::int64_t started_ns = 0;
  std::int64_t armed_for = 0;
  bool listening = false;
};

Result<void> MockServer::Impl::open() {
  raise_file_limit();
  auto bound = bind_socket(script.host, script.port);
  if (!bound) return tl::unexpected(bound.error());
  listener = std::move(*bound);
  epoll = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  timer = Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (epoll.get() < 0 || timer.get() < 0)
    return tl::unexpected(errno_error(errno, "cannot make epoll or timer", ""));
  watch(timer.get(), kTimer, EPOLL_CTL_ADD, EPOLLIN);
  if (!script.log.empty()) {
    auto log = EventLog::open(script.log);
    if (!log) return tl::unexpected(log.error());
    shared.log = std::move(*log);
  }
  started_ns = monotonic_ns();
  const bool refuses = script.loading_manner == LoadingManner::refuse && script.loading.count() > 0;
  if (!refuses) return begin_listening();
  due.push_back({started_ns + script.loading.count(), order++, kListener});
  return {};
}

Result<void> MockServer::Impl::begin_listening() {
  if (auto ready = listen_on(listener); !ready) return ready;
  watch(listener.get(), kListener, EPOLL_CTL_ADD, EPOLLIN);
  listening = true;
  return {};
}

void MockServer::Impl::watch(int descriptor, std::uint64_t id, int operation, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  ::epoll_ctl(epoll.get(), operation, descriptor, &event);
}

void MockServer::Impl::accept_all() {
  constexpr int kMostAtOnce = 16;  // What is due must not wait for a storm of clients.
  for (int i = 0; i < kMostAtOnce; ++i) {
    auto socket = accept_from(listener);
    if (socket.get() < 0) return;
    ++shared.totals.connections;
    const auto id = next_id++;
    watch(socket.get(), id, EPOLL_CTL_ADD, EPOLLIN);
    connections.emplace(id, std::make_unique<Connection>(std::move(socket), id, shared));
  }
}

void MockServer::Impl::on_event(const epoll_event& event) {
  const auto id = event.data.u64;
  if (id == kListener) return accept_all();
  if (id == kTimer) {
    armed_for = 0;  // Arming again clears it.
    return;
  }
  const auto found = connections.find(id);
  if (found == connections.end()) return;
  auto& connection = *found->second;
  if ((event.events & EPOLLOUT) != 0U) connection.flush();
  if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0U && !connection.closed()) {
    if (connection.read()) serve_requests(connection);
  }
  after(connection);
}

void MockServer::Impl::serve_requests(Connection& connection) {
  while (auto request = connection.next_request()) {
    const auto wire = request->method == "POST" ? wire_at(script.dialect, request->path) : std::nullopt;
    if (wire) {
      connection.begin(maker.make(*request, *wire, {connection.received_ns(), started_ns}));
      connection.perform(monotonic_ns());
      continue;
    }
    const bool loading = script.loading_manner == LoadingManner::answer_503 &&
                         monotonic_ns() < started_ns + script.loading.count();
    const auto answer = route_answer(
        {script.dialect, maker.model_json(), loading, shared.streams, &shared.served, script.metrics},
        request->method, request->path, request->body);
    connection.answer(http_text(answer, request->keep_alive), request->keep_alive);
  }
}

/// Brings timer and epoll up to what a connection now wants.
void MockServer::Impl::after(Connection& connection) {
  if (connection.closed()) return drop(connection.id());
  plan(connection);
  const bool wants = connection.wants_to_write();
  if (wants != connection.write_watched) {
    watch(connection.socket(), connection.id(), EPOLL_CTL_MOD, wants ? EPOLLIN | EPOLLOUT : EPOLLIN);
    connection.write_watched = wants;
  }
}

void MockServer::Impl::plan(Connection& connection) {
  const auto at = connection.next_due();
  if (at == Connection::kNever || at == connection.planned) return;
  connection.planned = at;
  due.push_back({at, order++, connection.id()});
  std::push_heap(due.begin(), due.end(), std::greater<>());
}

void MockServer::Impl::perform_due() {
  const auto now = monotonic_ns();
  if (!due.empty() && due.front().at <= now) shared.wake.add(now - due.front().at);
  while (!due.empty() && due.front().at <= now) {
    const auto next = due.front();
    std::pop_heap(due.begin(), due.end(), std::greater<>());
    due.pop_back();
    if (next.connection == kListener) {
      // A port that another process took meanwhile cannot be had any more; then nobody can connect.
      if (!listening) static_cast<void>(begin_listening());
      continue;
    }
    const auto found = connections.find(next.connection);
    if (found == connections.end()) continue;
    auto& connection = *found->second;
    if (connection.next_due() != next.at) continue;
    connection.planned = 0;
    connection.perform(now);
    if (!connection.closed()) serve_requests(connection);
    after(connection);
  }
}

void MockServer::Impl::arm() {
  const auto at = due.empty() ? 0 : due.front().at;
  if (at == armed_for && at != 0) return;
  armed_for = at;
  itimerspec when{};
  when.it_value.tv_sec = at / kNanosPerSecond;
  when.it_value.tv_nsec = at % kNanosPerSecond;
  ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

/// Writes some of the log where there is time for it; how long the loop may sleep.
int MockServer::Impl::sleep_limit_ms() {
  if (script.spin) return 0;
  const auto now = monotonic_ns();
  const auto next = due.empty() ? now + kLongestSleepNs : due.front().at;
  if (next <= now) return 0;
  bool more = false;
  if (next - now > kIdleNs) more = shared.log.write_some(128);
  return more ? 0 : static_cast<int>(kLongestSleepNs / 1'000'000);
}

Result<Totals> MockServer::Impl::run(const CancelToken& stop) {
  const auto cpu_before = cpu_seconds();
  const auto wall_before = monotonic_ns();
  std::array<epoll_event, 64> events{};
  while (!stop.requested()) {
    perform_due();
    if (shared.log.waiting() > kLogBacklog) shared.log.write_some(8);
    if (!script.spin) arm();
    const int count =
        ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), sleep_limit_ms());
    if (count < 0 && errno != EINTR) return tl::unexpected(errno_error(errno, "epoll_wait failed", ""));
    for (int i = 0; i < count; ++i) {
      on_event(events[static_cast<std::size_t>(i)]);
      perform_due();
    }
  }
  for (auto& [id, connection] : connections) connection->abandon("server-stopped");
  connections.clear();
  auto& totals = shared.totals;
  totals.cpu_s = cpu_seconds() - cpu_before;
  totals.wall_s = static_cast<double>(monotonic_ns() - wall_before) / static_cast<double>(kNanosPerSecond);
  totals.late_p50_s = in_seconds(shared.late.quantile_ns(0.5));
  totals.late_p99_s = in_seconds(shared.late.quantile_ns(0.99));
  totals.late_max_s = in_seconds(shared.late.max_ns());
  totals.wake_p50_s = in_seconds(shared.wake.quantile_ns(0.5));
  totals.wake_p99_s = in_seconds(shared.wake.quantile_ns(0.99));
  if (auto closed = shared.log.close(); !closed) return tl::unexpected(closed.error());
  return totals;
}

MockServer::MockServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MockServer::MockServer(MockServer&&) noexcept = default;
MockServer& MockServer::operator=(MockServer&&) noexcept = default;
MockServer::~MockServer() = default;

Result<MockServer> MockServer::start(Script script) {
  std::optional<Capture> capture;
  if (!script.replay.empty()) {
    auto read = read_capture(script.replay);
    if (!read) return tl::unexpected(read.error());
    capture = std::move(*read);
  }
  auto impl = std::make_unique<Impl>(std::move(script), std::move(capture));
  if (auto opened = impl->open(); !opened) return tl::unexpected(opened.error());
  return MockServer(std::move(impl));
}

std::uint16_t MockServer::port() const { return port_of(impl_->listener); }

Result<Totals> MockServer::run(const CancelToken& stop) { return impl_->run(stop); }

}  // namespace edgeeval::mock
