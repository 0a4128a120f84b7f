// SPDX-License-Identifier: Apache-2.0
// How many tokens a server makes of a whole prompt, salt and template included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/settings.hpp"
#include "core/cancel.hpp"
#include "wire/probe_server.hpp"
#include "workload/prompts.hpp"

namespace edgeeval {

/// Counts with the server's own tokenizer. What the template and the salt add is found once, by one request
/// of one token whose usage tells the whole.
class ServerTokens {
 public:
  ServerTokens(const BenchSettings& settings, const ProbedServer& server, std::string model, bool salted,
               const CancelToken* cancel = nullptr);
  /// Of the prompt as it will be sent; absent where the server has no tokenizer route or tells no usage.
  [[nodiscard]] std::optional<std::int64_t> count(const Prompt& prompt);

 private:
  [[nodiscard]] std::optional<std::int64_t> overhead_of(const Prompt& prompt, std::int64_t bare);
  const BenchSettings& settings_;
  const ProbedServer& server_;
  std::string model_;
  bool salted_;
  SmallCall call_;
  bool asked_ = false;
  std::optional<std::int64_t> overhead_;
};

}  // namespace edgeeval
