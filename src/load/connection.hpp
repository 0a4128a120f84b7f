// SPDX-License-Identifier: Apache-2.0
// One connection of the load generator: how far it is, the request it carries, and the bytes that go both
// ways.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/prefetch.hpp"
#include "load/reply_reader.hpp"
#include "load/socket.hpp"
#include "load/tls.hpp"

namespace edgeeval::client {

/// A request on its way.
struct Flight {
  RequestRecord record;
  std::string text;                ///< All of it, head and body.
  std::size_t addresses_left = 0;  ///< Of the target, not tried yet.
  int busy_answers = 0;            ///< Times the server said that it was busy, and was asked again.
};

/// How far a connection is.
enum class Stage : std::uint8_t { closed, connecting, handshaking, idle, busy };

/// A failure to connect, in words.
struct ConnectFailure {
  FailureClass failure = FailureClass::other;
  std::string words;
};

/// What connecting failed with, by its error number.
[[nodiscard]] ConnectFailure connect_failure(int error);

/// A connection. The worker moves it on; it tells nobody by itself.
class Connection {
 public:
  explicit Connection(ReadingDesk& desk) : reader(desk) {}

  /// Begins to connect. Absent where that goes on.
  [[nodiscard]] std::optional<ConnectFailure> open(const Address& to, std::size_t number,
                                                   const TlsContext* tls);
  /// It has become writable: connected, or not. With TLS the handshake begins.
  [[nodiscard]] std::optional<ConnectFailure> connected_or_not();
  /// Sends the flight's request: stamps, first bytes. The connection must be idle and have a flight.
  void issue();
  /// Sends on. Once all is out, the flight's record knows.
  void send_more();
  /// Takes one read's bytes, of a handshake too. `scratch` is for decrypting.
  void take(const Reading& reading, std::string_view bytes, ReadStamp stamp, std::span<char> scratch);
  void close();

  /// Asks for the memory that looking at a ready socket takes.
  void prefetch_to_read() const {
    prefetch(this, 1);
    prefetch(&unsent_, sizeof unsent_);
  }
  /// Asks for the memory that taking a read's bytes takes. With more streams than the caches hold, to wait
  /// for it line by line costs more than the parsing. What this object points to comes second, as where it is
  /// stands in the first.
  void prefetch_to_take() const { prefetch(this, sizeof *this); }
  void prefetch_behind() const { reader.prefetch_behind(); }

  /// Whether all of the request was handed to the kernel.
  [[nodiscard]] bool request_out() const { return request_out_; }
  [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
  [[nodiscard]] bool secure() const { return tls_.has_value(); }

  Stage stage = Stage::closed;
  Socket socket;
  ReplyReader reader;
  std::unique_ptr<Flight> flight;
  std::optional<ConnectFailure> broken;  ///< Of a handshake that failed, or an idle connection that ended.
  std::size_t place = 0;                 ///< Among the open ones.
  std::size_t address = 0;               ///< Which of the target's it goes to.
  bool carried = false;                  ///< A request before.
  bool more_to_read = false;             ///< The last read may have left something.
  bool of_its_flight = false;            ///< Opened for the request that it carries.
  std::int64_t begun_ns = 0;             ///< Connecting.
  std::int64_t connected_ns = 0;
  std::int64_t secured_ns = 0;
  std::int64_t last_ns = 0;  ///< The last read, or the end of the last reply.

 private:
  void take_cipher(const Reading& reading, std::string_view bytes, const ReadStamp& stamp,
                   std::span<char> scratch);
  TlsStep take_plain(const ReadStamp& stamp, std::span<char> scratch);
  void shake_hands();
  void end_of_reading(const Reading& reading);
  void drain_tls();
  std::optional<TlsSession> tls_;
  std::string cipher_;
  std::string_view unsent_;
  bool request_out_ = true;  // All of the request is handed to the kernel.
  int send_error_ = 0;
};

}  // namespace edgeeval::client
