// SPDX-License-Identifier: Apache-2.0
// One connection and the request on it: bytes written, replies taken apart into stamped events. Knows nothing of
// schedules; the worker that owns it does the waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "load/address.hpp"
#include "load/client.hpp"
#include "load/http_reply.hpp"
#include "load/socket.hpp"
#include "load/tls.hpp"
#include "record/load_file.hpp"
#include "wire/framer.hpp"
#include "wire/piece.hpp"

namespace edgeeval::client {

/// A read as the worker stamped it.
struct StampedRead {
  std::string_view bytes;
  std::int64_t user_ns = 0;
  std::int64_t kernel_ns = 0;  ///< Mapped; equals user_ns where the kernel gave no stamp.
  bool kernel_stamp = false;
  std::uint32_t number = 0;
};

/// What connections of one worker share.
struct ConnectionShared {
  const LoadJob* job = nullptr;
  LoadSink* sink = nullptr;
  PieceReader* reader = nullptr;
  TlsContext* tls = nullptr;  ///< Null where the target has none.
};

/// How things stand after something happened.
enum class Step {
  waiting,   ///< For more of the same.
  ready,     ///< Connected (and secured), and free for a request.
  finished,  ///< The request on it has ended; see take().
  lost,      ///< Closed or broken while nothing was on it.
};

/// One connection. Not copied, not moved: the epoll set points at it.
class Connection final : private HttpTaker {
 public:
  enum class State { connecting, securing, idle, writing, reading, closed };

  explicit Connection(ConnectionShared& shared) : shared_(shared) {}

  /// Begins to connect to the first address from `from` on that lets one begin. False: none did.
  [[nodiscard]] bool connect(const std::vector<Address>& addresses);
  /// Puts a request on it, to be written as soon as it is ready. `text` is the whole HTTP request.
  void assign(RequestRecord&& record, std::string& text);
  /// The socket can be written to, or has just connected.
  [[nodiscard]] Step writable(std::int64_t now_ns);
  /// A read brought bytes.
  [[nodiscard]] Step received(const StampedRead& read);
  /// A read brought the end (problem 0) or an error.
  [[nodiscard]] Step ended(int problem, std::int64_t user_ns);
  /// Ends the request on it as failed.
  void abandon(FailureClass failure, std::string words, std::int64_t now_ns);
  /// The kernel's transmit stamp, mapped.
  void transmitted(std::int64_t at_ns);
  /// Which limit has passed at `now_ns`, if any.
  [[nodiscard]] FailureClass overdue(std::int64_t now_ns) const;

  /// The ended request. The connection is then idle or closed.
  [[nodiscard]] RequestRecord take();
  /// Closes the socket.
  void close();
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] bool busy() const { return busy_; }
  /// Whether the request that ended brought not one byte on a connection that had served before.
  [[nodiscard]] bool worth_another_try() const;
  /// The text of the request on it, for another try.
  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] bool wants_to_write() const;
  [[nodiscard]] std::uint64_t token_events() const { return token_events_; }
  [[nodiscard]] std::uint64_t events_seen() const { return events_seen_; }
  [[nodiscard]] std::int64_t first_token_ns() const { return first_token_ns_; }
  /// The user stamp of what ended the request.
  [[nodiscard]] std::int64_t ended_ns() const { return ended_ns_; }

  bool armed_for_writing = false;  ///< Kept by the worker: what epoll was told.
  std::size_t slot = 0;            ///< Kept by the worker: place in its list.

 private:
  bool head(const HttpHead& head) override;
  bool body(std::string_view bytes) override;
  [[nodiscard]] bool next_address();
  [[nodiscard]] Step connected(std::int64_t now_ns);
  [[nodiscard]] Step secure(std::int64_t now_ns);
  [[nodiscard]] Step send(std::int64_t now_ns);
  void begin_reply();
  void read_events();
  void take_event(const Frame& frame);
  void flush_events();
  void note_failure(FailureClass failure, std::string words);
  void settle(std::int64_t at_ns);
  void judge();
  [[nodiscard]] Step conclude(std::int64_t at_ns);
  [[nodiscard]] Step fail_to_connect(int problem, std::int64_t now_ns);

  ConnectionShared& shared_;
  const std::vector<Address>* addresses_ = nullptr;
  std::size_t next_address_ = 0;
  Descriptor socket_;
  State state_ = State::closed;
  std::unique_ptr<TlsSession> tls_;
  std::string plain_;    ///< Decrypted bytes of one read.
  std::string text_;     ///< The request.
  std::string output_;   ///< What the socket has not taken yet of encrypted bytes.
  std::size_t written_ = 0;
  bool busy_ = false;
  bool served_before_ = false;
  bool got_bytes_ = false;
  std::int64_t connect_begun_ns_ = 0, connected_ns_ = 0, secured_ns_ = 0, last_read_ns_ = 0, ended_ns_ = 0;

  RequestRecord record_;
  HttpReply reply_;
  Framer framer_{Framing::server_sent_events};
  ReplyState reply_state_;
  const StampedRead* read_ = nullptr;
  std::vector<EventRecord> events_;  ///< Of the read under way.
  bool streaming_ = false;
  bool carried_ = false;      ///< An event had begun before the read under way.
  std::string whole_;         ///< The beginning of a body that is no stream.
  std::uint64_t token_events_ = 0, counted_events_ = 0, events_seen_ = 0;
  TokenSource counted_source_ = TokenSource::unknown;
  std::int64_t first_token_ns_ = 0;
};

}  // namespace edgeeval::client
