// SPDX-License-Identifier: Apache-2.0
// From a request and the script to the reply that it gets: which fault, how many tokens, which steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "mock/answers.hpp"
#include "mock/capture.hpp"
#include "mock/http_request.hpp"
#include "mock/reply.hpp"
#include "mock/script.hpp"

namespace edgeeval::mock {

/// When a request came, on the server's clock.
struct Moment {
  std::int64_t received_ns = 0;  ///< CLOCK_MONOTONIC.
  std::int64_t started_ns = 0;   ///< When the server started.
};

/// Makes replies; remembers how many, and which prompts were seen.
class ReplyMaker {
 public:
  /// `script` must outlive the maker.
  ReplyMaker(const Script& script, std::optional<Capture> capture);
  /// The reply to a request for one, at a path that wire_at knows.
  [[nodiscard]] Reply make(const HttpRequest& request, Wire wire, const Moment& moment);
  [[nodiscard]] const std::string& model_json() const { return model_json_; }

 private:
  void choose_fault(const HttpRequest& request, Reply& reply, SplitMix64& random, std::string& unknown) const;
  void count_tokens(Reply& reply, SplitMix64& random);
  void load(Reply& reply, const Moment& moment);
  void play_capture(Reply& reply, SplitMix64& random) const;

  const Script& script_;
  std::optional<Capture> capture_;
  std::string model_json_;
  std::uint64_t made_ = 0;
  std::optional<std::int64_t> load_began_ns_;
  std::unordered_set<std::uint64_t> prompts_seen_;
};

}  // namespace edgeeval::mock
