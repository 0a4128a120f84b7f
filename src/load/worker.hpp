// SPDX-License-Identifier: Apache-2.0
// One thread of the load generator: an event loop that sends what is due, reads all that is ready, then
// parses.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load/arena.hpp"
#include "load/clock_map.hpp"
#include "load/connections.hpp"
#include "load/delay_histogram.hpp"
#include "load/shared.hpp"

namespace edgeeval::client {

/// What a worker found of itself.
struct WorkerReport {
  std::int64_t cpu_ns = 0;
  std::int64_t core_wait_ns = 0;  ///< Something to do and no core to do it on.
  bool core_wait_known = true;    ///< The kernel counted it, in every phase.
  std::uint64_t reads = 0, bytes = 0, kernel_stamped_reads = 0;
  bool tx_stamps = false;
  std::int64_t last_end_ns = 0;  ///< When its last request ended.
  DelayHistogram user_delay;     ///< User stamp less kernel stamp, of reads with both.
};

/// A worker. Its connections outlive phases.
class Worker {
 public:
  /// `number` of `count` workers. Error: io.
  [[nodiscard]] static Result<std::unique_ptr<Worker>> make(Shared& shared, LoadSink& sink, int number,
                                                            int count);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Opens connections for its share of a closed loop, before its phase begins.
  void preconnect(std::uint64_t slots);
  /// Sends and receives until the phase is over. `on_tick`, where there is one, is called every tenth of a
  /// second.
  void run(const std::function<void()>& on_tick);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const WorkerReport& report() const { return report_; }
  [[nodiscard]] const ClockMap& clocks() const { return clocks_; }
  [[nodiscard]] std::uint64_t events() const { return desk_.event_count; }
  /// Its share of a closed loop's slots.
  [[nodiscard]] std::uint64_t share_of(std::uint64_t slots) const;

 private:
  Worker(Shared& shared, LoadSink& sink, Poller poller, int number, int count);

  // What is to be sent (worker_send.cpp).
  void begin_phase();
  void send_due();
  void send_open(std::int64_t now);
  void send_closed(std::int64_t now);
  void prepare_ahead();
  void spare_connections(std::int64_t now);
  std::unique_ptr<Flight> make_flight(const Planned& planned, std::int64_t scheduled_ns);
  void launch(std::unique_ptr<Flight> flight);
  void connect_for(std::unique_ptr<Flight> flight, std::size_t address);
  void issue(Connection& connection);
  void retry(std::unique_ptr<Flight> flight);
  [[nodiscard]] bool all_sent() const { return exhausted_ && prepared_.empty(); }

  // What came (worker.cpp).
  void wait_and_take(std::int64_t timeout_ns);
  void let_gather(std::int64_t now, std::int64_t at_most);
  void read_event(const epoll_event& event);
  void read_one(Connection& connection, std::uint32_t what, bool writable);
  void note_transmit_stamps(Connection& connection, std::uint32_t& what);
  void take_readings();
  void take_reading(Connection& connection, const ArenaEntry& entry);
  void after_connecting(Connection& connection);
  void connect_failed(Connection& connection, ConnectFailure failure);
  void settle_idle(Connection& connection);
  void reply_ended(Connection& connection, std::int64_t at_ns);
  void finish(std::unique_ptr<Flight> flight, std::int64_t at_ns);
  void fail_flight(std::unique_ptr<Flight> flight, FailureClass failure, std::string words);

  // What takes too long (worker_limits.cpp).
  void begin_drain();
  void check_limits(std::int64_t now);
  [[nodiscard]] std::optional<std::int64_t> deadline(const Connection& connection, FailureClass& why) const;
  void ran_out(Connection& connection, FailureClass why, std::int64_t now);
  void abandon(FailureClass failure, const std::string& words);
  [[nodiscard]] std::int64_t time_to_wait(std::int64_t now) const;
  [[nodiscard]] bool heed_order();

  Shared& shared_;
  const LoadJob& job_;
  int number_, count_;
  Poller poller_;
  ReadingDesk desk_;
  Connections connections_;
  ClockMap clocks_;
  Arena arena_;
  std::vector<Connection*> unfinished_;  // Whose last read may have left something.
  std::vector<Connection*> going_on_;    // The same, while they are read.
  std::vector<char> scratch_;            // For decrypting.
  std::string body_;                     // Of the request being rendered.
  Counters counters_;
  WorkerReport report_;
  std::uint32_t read_number_ = 0;
  std::size_t last_batch_ = 0;  // Sockets that were ready at once.
  std::int64_t last_wake_ns_ = 0;
  std::uint64_t told_events_ = 0;

  std::uint64_t in_flight_ = 0;
  std::deque<std::int64_t> freed_;                // When each free slot of a closed loop fell free.
  std::deque<std::unique_ptr<Flight>> prepared_;  // Of an open loop, rendered ahead.
  std::vector<std::unique_ptr<Flight>> blank_flights_;
  std::uint64_t next_place_ = 0;            // Of an open loop.
  bool exhausted_ = false;                  // No more requests are to come.
  std::optional<std::int64_t> drained_ns_;  // When what is under way is given up; absent until all is sent.
  std::int64_t next_check_ns_ = 0;
  std::int64_t next_tick_ns_ = 0;
  std::int64_t next_spare_ns_ = 0;
  std::int64_t pause_until_ns_ = 0;
  int failed_connects_ = 0;  // In a row.
  std::uint64_t kept_ = 0;   // Connections kept after a reply.
  std::uint64_t lost_ = 0;   // Of them, those that the server closed soon after.
};

}  // namespace edgeeval::client
