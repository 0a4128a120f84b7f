// SPDX-License-Identifier: Apache-2.0
// One client's connection: its requests coming in, its reply going out step by step, never blocking.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "mock/event_log.hpp"
#include "mock/http_request.hpp"
#include "mock/lateness.hpp"
#include "mock/render.hpp"
#include "mock/reply.hpp"
#include "mock/served.hpp"
#include "mock/server.hpp"
#include "mock/sockets.hpp"

namespace edgeeval::mock {

/// What all connections write to.
struct Shared {
  Renderer renderer;
  std::string scratch;
  EventLog log;
  Lateness late;  ///< Of events with tokens.
  Lateness wake;  ///< Of the timer.
  Totals totals;
  Served served;              ///< What metrics routes tell.
  std::uint64_t streams = 0;  ///< Replies under way.
};

/// A connection and the reply under way on it.
class Connection {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  Connection(Descriptor socket, std::uint64_t id, Shared& shared)
      : socket_(std::move(socket)), id_(id), shared_(shared) {}

  /// Reads what has come. False where the client has closed or the connection is broken.
  bool read();
  /// The next whole request, while no reply is under way. Bytes that are none end the connection.
  std::optional<HttpRequest> next_request();
  /// Begins a reply to the request that next_request gave.
  void begin(Reply reply);
  /// Sends an answer that is not logged.
  void answer(std::string_view bytes, bool keep_alive);
  /// Sends what is due at `now` (ns of CLOCK_MONOTONIC).
  void perform(std::int64_t now);
  /// Goes on with what a slow reader held up.
  void flush();
  /// Ends the reply under way as `how`.
  void abandon(std::string_view how);

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] bool busy() const { return reply_.has_value(); }
  [[nodiscard]] bool closed() const { return closed_; }
  /// When perform has something to do next; kNever where nothing is planned.
  [[nodiscard]] std::int64_t next_due() const { return next_due_; }
  /// Bytes wait for the client to read.
  [[nodiscard]] bool wants_to_write() const { return waiting() || giant_left_ > 0; }
  /// When the request that comes next was received: the kernel's stamp of its last bytes, but not before the
  /// end of the reply before it.
  [[nodiscard]] std::int64_t received_ns() const { return std::max(received_ns_, ended_ns_); }
  /// What epoll was last told of wants_to_write; kept here for the server.
  bool write_watched = false;
  /// The time for which the server has planned it; 0 = not planned.
  std::int64_t planned = 0;

 private:
  struct Sent {
    std::size_t step = 0;
    std::uint32_t bytes = 0;
  };

  [[nodiscard]] bool waiting() const { return out_at_ < out_.size(); }
  [[nodiscard]] const Step& last_of_group() const { return reply_->steps[group_.back().step]; }
  [[nodiscard]] bool is_cut() const;
  void collect_group();
  void find_cuts();
  void send_group();
  void send_slice(std::int64_t now);
  void note_group(std::int64_t before, std::int64_t after, std::size_t unsent);
  void finish_group();
  void end_reply(std::string_view how);
  void end_connection(bool reset);
  std::size_t send_or_keep(std::string_view bytes);

  Descriptor socket_;
  std::uint64_t id_;
  Shared& shared_;
  HttpRequestReader reader_;
  std::string in_;
  std::string out_;
  std::size_t out_at_ = 0;
  std::optional<Reply> reply_;
  ServedReply served_;  ///< Of the reply under way.
  std::size_t at_ = 0;
  std::vector<Sent> group_;
  std::string slices_;
  std::vector<std::size_t> cuts_;
  std::size_t slice_ = 0;
  std::int64_t slice_due_ = 0;
  std::int64_t first_slice_ns_ = 0;
  SplitMix64 cut_random_{0};
  std::uint64_t giant_left_ = 0;
  std::int64_t received_ns_ = 0;
  std::int64_t base_ns_ = 0;   ///< From which the steps of the reply count.
  std::int64_t ended_ns_ = 0;  ///< When the reply before ended.
  std::int64_t next_due_ = kNever;
  bool close_when_flushed_ = false;
  bool closed_ = false;
};

}  // namespace edgeeval::mock
