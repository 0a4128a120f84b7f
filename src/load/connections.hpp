// SPDX-License-Identifier: Apache-2.0
// The connections of one thread: opened, kept for the next request, closed, and used again as objects.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "load/connection.hpp"
#include "load/poller.hpp"
#include "load/shared.hpp"

namespace edgeeval::client {

/// Connections to one target.
class Connections {
 public:
  Connections(const Shared& shared, ReadingDesk& desk, Poller& poller)
      : shared_(&shared), desk_(&desk), poller_(&poller) {}

  /// Begins to connect to the address that is tried first, or to `number`. Null where it failed at once;
  /// `failure` then says why.
  [[nodiscard]] Connection* open(std::size_t number, ConnectFailure& failure);
  /// The connection used last that is free and, as far as the kernel knows, alive; it is no longer free. Null
  /// where there is none.
  [[nodiscard]] Connection* take_free();
  /// Keeps a connection for the next request.
  void keep(Connection& connection);
  void close(Connection& connection);
  /// It is connected: its address is the first to be tried from now on, and connecting() counts it no more.
  void settled(Connection& connection);
  /// Objects of closed connections may be used again: none of them is spoken of any more.
  void recycle();

  [[nodiscard]] const std::vector<std::unique_ptr<Connection>>& all() const { return open_; }
  [[nodiscard]] std::size_t free_count() const { return free_.size(); }
  [[nodiscard]] std::size_t connecting() const { return connecting_; }
  [[nodiscard]] std::size_t first_address() const { return first_address_; }

 private:
  std::unique_ptr<Connection> blank();
  const Shared* shared_;
  ReadingDesk* desk_;
  Poller* poller_;
  std::vector<std::unique_ptr<Connection>> open_;
  std::vector<std::unique_ptr<Connection>> closed_;  // Still spoken of in the batch under way.
  std::vector<std::unique_ptr<Connection>> blank_;
  std::vector<Connection*> free_;
  std::size_t connecting_ = 0;
  std::size_t first_address_ = 0;
};

}  // namespace edgeeval::client
