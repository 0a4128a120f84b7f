// SPDX-License-Identifier: Apache-2.0
// The bodies of a load's requests, made from its prompts just before each is due.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "load/client.hpp"
#include "wire/dialect.hpp"
#include "workload/prompts.hpp"
#include "workload/salt.hpp"

namespace edgeeval {

/// What the requests of a load have in common.
struct RequestManner {
  Dialect dialect;
  std::string model;
  bool salted = false;         ///< Every measured prompt begins with a salt of its own.
  bool warmup_salted = false;  ///< Those of the warm-up do, so that the measured ones are not met before.
  WordSalts salts{};
  std::uint64_t salt_seed = 1;
  bool ignore_eos = false;
  bool reuse_prompt_cache = false;
  double temperature = 0.0;
  std::string extra_json{};
};

/// Bodies from prompts. May be called from several threads.
class PromptSource final : public RequestSource {
 public:
  /// `prompts` must outlive it and not be empty.
  PromptSource(RequestManner manner, const std::vector<Prompt>& prompts)
      : manner_(std::move(manner)), prompts_(prompts) {}
  std::string_view body(const Planned& planned, std::string& out) override;

 private:
  RequestManner manner_;
  const std::vector<Prompt>& prompts_;
};

}  // namespace edgeeval
