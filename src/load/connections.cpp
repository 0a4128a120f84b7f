// SPDX-License-Identifier: Apache-2.0
#include "load/connections.hpp"

#include <algorithm>
#include <utility>

namespace edgeeval::client {
namespace {

// Edges: each change is told once, so that neither a second look a read nor a call to change what is watched
// is needed. Whoever is told reads until there is less than was asked for.
constexpr std::uint32_t kEdges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

bool not_settled(const Connection& connection) {
  return connection.stage == Stage::connecting || connection.stage == Stage::handshaking;
}

}  // namespace

std::unique_ptr<Connection> Connections::blank() {
  if (blank_.empty()) return std::make_unique<Connection>(*desk_);
  auto connection = std::move(blank_.back());
  blank_.pop_back();
  return connection;
}

Connection* Connections::open(std::size_t number, ConnectFailure& failure) {
  auto connection = blank();
  const auto* tls = shared_->tls ? &*shared_->tls : nullptr;
  if (auto problem = connection->open(shared_->addresses[number], number, tls)) {
    failure = std::move(*problem);
    blank_.push_back(std::move(connection));
    return nullptr;
  }
  if (const int error = poller_->add(connection->socket.descriptor(), kEdges, connection.get()); error != 0) {
    failure = connect_failure(error);
    connection->close();
    blank_.push_back(std::move(connection));
    return nullptr;
  }
  ++connecting_;
  connection->place = open_.size();
  open_.push_back(std::move(connection));
  return open_.back().get();
}

void Connections::settled(Connection& connection) {
  --connecting_;
  first_address_ = connection.address;
}

Connection* Connections::take_free() {
  while (!free_.empty()) {
    auto* const connection = free_.back();
    const auto quiet = connection->socket.quiet();
    // Under TLS bytes on an idle connection may be a session ticket.
    if (quiet == Quiet::alive || (quiet == Quiet::has_bytes && connection->secure())) {
      free_.pop_back();
      return connection;
    }
    close(*connection);
  }
  return nullptr;
}

void Connections::keep(Connection& connection) {
  connection.stage = Stage::idle;
  free_.push_back(&connection);
}

void Connections::close(Connection& connection) {
  if (connection.stage == Stage::closed) return;
  if (not_settled(connection)) --connecting_;
  if (connection.stage == Stage::idle) std::erase(free_, &connection);
  connection.close();
  const auto place = connection.place;
  closed_.push_back(std::move(open_[place]));
  if (place + 1 < open_.size()) {
    open_[place] = std::move(open_.back());
    open_[place]->place = place;
  }
  open_.pop_back();
}

void Connections::recycle() {
  for (auto& connection : closed_) blank_.push_back(std::move(connection));
  closed_.clear();
}

}  // namespace edgeeval::client
