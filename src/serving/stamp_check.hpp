// SPDX-License-Identifier: Apache-2.0
// How far a client's stamps were off, measured: each against the moment when the server sent the event.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "record/load_file.hpp"
#include "serving/sent_log.hpp"

namespace edgeeval {

/// Stamp less the moment just before the server's send call (s), by nearest rank. It holds the way through
/// the server's kernel too, so that it is an upper bound of the stamps' own error where it is positive.
struct StampDistance {
  double least_s = 0.0, p50_s = 0.0, p99_s = 0.0, most_s = 0.0;
};

/// The stamps of one load against the log of the server that was asked.
struct StampCheck {
  std::string scenario;       ///< "closed:16".
  std::string measured_at;    ///< Wall clock, a label.
  std::string cores;          ///< Where both sides ran: "client on core 1, server on core 0".
  bool of_this_load = true;   ///< Else it was made earlier, on the same machine.
  std::uint64_t replies = 0;  ///< Measured ones that ended well on both sides.
  std::uint64_t events = 0;   ///< Token events that both sides have.
  std::uint64_t lost =
      0;  ///< Token events that one side has and the other has not, lost ones of the record included.
  std::optional<StampDistance> kernel;  ///< Of events with a kernel stamp; absent where there is none.
  std::optional<StampDistance> user;    ///< Of the client's own stamps, of all events.
  std::optional<StampDistance>
      call;  ///< How long the send calls took: that much of the above is the server's.
  std::optional<double> cpu_per_event_s;  ///< Of the client, over all events, those without tokens included.
};

/// Joins a load with the log of the server. One thread sends requests one after the other, so that the order
/// of sending is that of receiving; token events are joined by their place in the reply. Errors: those of the
/// events; record_mismatch where the record and the log are not of the same requests, or several threads
/// sent.
[[nodiscard]] Result<StampCheck> check_stamps(LoadRecord& load, const std::vector<SentReply>& sent);

}  // namespace edgeeval
