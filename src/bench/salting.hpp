// SPDX-License-Identifier: Apache-2.0
// Whether requests need a salt each, and why.
#pragma once

#include <string>
#include <vector>

#include "bench/settings.hpp"
#include "workload/prompts.hpp"

namespace edgeeval {

/// Whether each measured request begins with a salt of its own.
struct SaltChoice {
  bool salted = false;
  std::string why;  ///< In words, where it does.
};

/// Under PrefixCache::defeat, prompts that are each sent once, and of which no two begin alike, have no salt;
/// all others have. `count` prompts are there, `prompts` themselves where they came from a file.
[[nodiscard]] SaltChoice choose_salt(const BenchSettings& settings, std::size_t count,
                                     const std::vector<Prompt>* prompts);

}  // namespace edgeeval
