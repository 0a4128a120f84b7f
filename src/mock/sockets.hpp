// SPDX-License-Identifier: Apache-2.0
// The socket calls that the server needs, with the time at which the kernel took the bytes.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "core/monotonic.hpp"

namespace edgeeval::mock {

/// A file descriptor that is closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return number_; }
  void close() noexcept;

 private:
  int number_ = -1;
};

/// A socket bound to `host`:`port`, not listening yet, so that connections are refused. Errors: port_taken,
/// io.
[[nodiscard]] Result<Descriptor> bind_socket(const std::string& host, std::uint16_t port);
/// The port a socket is bound to.
[[nodiscard]] std::uint16_t port_of(const Descriptor& socket);
/// Lets a bound socket take connections. Error: io.
[[nodiscard]] Result<void> listen_on(const Descriptor& socket);
/// The next connection: non-blocking, without delay of small writes; -1 where none waits.
[[nodiscard]] Descriptor accept_from(const Descriptor& socket);

/// What one read brought.
struct Received {
  std::int64_t bytes = 0;  ///< 0 at the end of the stream, below 0 where there is nothing or an error.
  bool failed = false;     ///< The connection is broken.
  std::int64_t arrived_ns =
      0;  ///< When the kernel took the last of the bytes; the time of the read where it does not say.
};
/// Reads what is there, up to 64 KiB, and appends it to `out`.
[[nodiscard]] Received receive(int socket, std::string& out);
/// Sends without blocking; the bytes taken, or below 0 where the connection is broken.
[[nodiscard]] std::int64_t send_some(int socket, std::string_view bytes) noexcept;
/// Makes the next close a reset.
void reset_on_close(int socket) noexcept;
/// Lets this process open as many files as the system allows it.
void raise_file_limit() noexcept;

}  // namespace edgeeval::mock
