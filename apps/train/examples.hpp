// SPDX-License-Identifier: Apache-2.0
// Training examples as token ids, and the batches they are trained in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace edgeeval::train {

/// A label that is not part of the loss (Hugging Face's convention).
inline constexpr std::int64_t kIgnored = -100;

/// One tokenized item. `labels` has the length of `ids` and is not shifted.
struct Example {
  std::string id;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> labels;
};

/// Reads {"id","input_ids","labels"} lines. Examples without a label or longer than `max_length` are left
/// out. Errors: io; invalid_task naming the line, also where no example is left.
[[nodiscard]] Result<std::vector<Example>> read_examples(const std::filesystem::path& file,
                                                         std::int64_t vocabulary, std::size_t max_length);

/// The order of training: `steps` batches of `batch` indices. Each pass shuffles the examples with `seed`,
/// groups neighbours of similar length to save padding, and shuffles the batches.
[[nodiscard]] std::vector<std::vector<std::size_t>> schedule(const std::vector<Example>& examples,
                                                             std::size_t batch, std::size_t steps,
                                                             std::uint64_t seed);

}  // namespace edgeeval::train
