// SPDX-License-Identifier: Apache-2.0
// One thread of the load generator: an epoll set, its connections, and when each of its requests is sent.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "load/clock_map.hpp"
#include "load/connection.hpp"
#include "load/delay_histogram.hpp"

namespace edgeeval::client {

/// What the threads of one load share. Counters only; nobody waits for anybody within a phase.
struct LoadShared {
  const LoadJob* job = nullptr;
  const std::vector<Address>* addresses = nullptr;
  TlsContext* tls = nullptr;
  const CancelToken* cancel = nullptr;
  std::string head;                          ///< Of every request, up to its Content-Length.
  std::atomic<std::uint64_t> next{0};        ///< Next index of a closed loop's phase.
  std::atomic<std::uint64_t> sent{0}, ended{0}, ended_ok{0}, failed{0}, late{0}, tokens{0};
  std::atomic<bool> engine_ended{false};
};

/// One phase of a load.
struct Phase {
  LoadPhase kind = LoadPhase::measured;
  std::int64_t begun_ns = 0;   ///< Origin of due times.
  bool open = false;           ///< An open loop: requests are due.
  int in_flight = 1;           ///< Of this thread, in a closed loop.
  std::optional<std::uint64_t> count;  ///< Exact number of requests of all threads; absent: time ends it.
  std::uint64_t base = 0;      ///< Index of the phase's first request.
};

/// A thread's share of a load.
class Worker {
 public:
  Worker(LoadShared& shared, LoadSink& sink, int number);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Opens the epoll set. Errors: io.
  [[nodiscard]] Result<void> open();
  /// Connects `count` connections and waits until each is ready or failed.
  void preconnect(int count);
  /// Makes its share of the phase and waits for what is in flight. `on_tick` is called some ten times a second.
  void run(const Phase& phase, const std::function<void()>& on_tick);
  /// Adds what it found of itself.
  void report(ClientReport& report) const;
  [[nodiscard]] const DelayHistogram& delays() const { return delays_; }
  [[nodiscard]] const ClockMap& clock() const { return clock_; }
  [[nodiscard]] std::optional<double> recent_ttft_ms() const;
  [[nodiscard]] int in_flight() const { return busy_; }
  /// A problem that kept requests from being sent at all; empty where none.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kReadBytes = 16U << 10U;
  struct Prepared {
    Planned planned;
    std::uint32_t index = 0;
    std::string text, item;
    std::int64_t scheduled_ns = 0;
  };
  struct Pending {
    Connection* connection = nullptr;
    ReadResult read;
  };

  [[nodiscard]] bool may_issue(std::int64_t now_ns) const;
  [[nodiscard]] std::optional<std::uint64_t> next_index();
  void prepare_ahead();
  [[nodiscard]] Prepared render(std::uint64_t index);
  void issue_due(std::int64_t now_ns);
  void issue(Prepared&& prepared);
  void put_on(Connection& connection, RequestRecord&& record, std::string& text);
  void fail_unsent(RequestRecord&& record);
  [[nodiscard]] Connection* free_connection();
  [[nodiscard]] Connection* new_connection();
  void arm(Connection& connection);
  void poll(std::int64_t until_ns);
  void read_batch(int ready);
  void take_read(Pending& pending, std::size_t buffer);
  void after(Connection& connection, Step step);
  void finish(Connection& connection);
  void retire(Connection& connection);
  void watch_limits(std::int64_t now_ns);
  void abandon_all(FailureClass failure, const char* words);
  void tick(std::int64_t now_ns, const std::function<void()>& on_tick);
  [[nodiscard]] std::int64_t wake_at(std::int64_t now_ns) const;

  LoadShared& shared_;
  LoadSink& sink_;
  int number_;
  Descriptor epoll_;
  ConnectionShared connection_shared_;
  PieceReader reader_;
  ClockMap clock_;
  DelayHistogram delays_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> retired_;  ///< Kept until the batch that saw them end is over.
  std::vector<Connection*> idle_;
  std::deque<Prepared> prepared_;
  std::array<epoll_event, kBatch> ready_{};
  std::vector<std::array<char, kReadBytes>> buffers_;
  std::array<Pending, kBatch> pending_{};
  std::array<std::int64_t, 64> recent_ttft_ns_{};
  std::size_t recent_ = 0;
  Phase phase_;
  std::uint64_t cursor_ = 0;        ///< Of an open loop: the thread's next place in the schedule.
  std::uint32_t reads_ = 0;
  std::uint64_t kernel_reads_ = 0, events_before_ = 0, bytes_ = 0;
  bool tx_stamps_ = false;
  int busy_ = 0;
  std::int64_t next_tick_ns_ = 0, next_watch_ns_ = 0, last_end_ns_ = 0;
  std::string trouble_;
};

}  // namespace edgeeval::client
