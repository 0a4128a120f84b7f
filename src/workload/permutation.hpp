// SPDX-License-Identifier: Apache-2.0
// Which prompt comes when: one random permutation of all prompts after the other, computed by index.
#pragma once

#include <cstdint>

namespace edgeeval {

/// The prompt, of `count`, that request `index` uses. Each run of `count` indices from a multiple of it is a
/// permutation of all prompts of its own, so that every prompt is used equally often (as MLPerf LoadGen's
/// setting sample_concatenate_permutation). Needs no memory, and time that does not grow with `index`.
/// `count` must not be 0.
[[nodiscard]] std::uint32_t prompt_at(std::uint64_t seed, std::uint32_t count, std::uint64_t index);

}  // namespace edgeeval
