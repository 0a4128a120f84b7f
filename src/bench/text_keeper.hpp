// SPDX-License-Identifier: Apache-2.0
// Texts of replies held beside a load's record, until the server's tokenizer has counted them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "record/load_file.hpp"

namespace edgeeval {

/// The text of one reply; `cut` where it was longer than is kept.
struct HeldText {
  std::uint32_t request = 0;
  std::string text;
  bool cut = false;
};

/// Stands between a load's client and its record: hands everything on, holds the texts that are to be
/// counted, and leaves in the record only as much of each text as was to be kept there.
class TextKeeper {
 public:
  /// Bytes of one reply that are held, and of all of them.
  static constexpr std::size_t kLongest = 1U << 20U;
  static constexpr std::size_t kMost = 256U << 20U;

  /// Hands on to `sinks`, which outlive it. `all`: every measured reply that ended well, else only those
  /// without a count. `recorded` bytes of each text stay in the record.
  TextKeeper(std::vector<LoadSink*> sinks, bool all, std::size_t recorded);
  ~TextKeeper();
  TextKeeper(const TextKeeper&) = delete;
  TextKeeper& operator=(const TextKeeper&) = delete;
  /// In place of `sinks`, in their order.
  [[nodiscard]] std::vector<LoadSink*> sinks() const;
  /// How many replies were to be held, once the load has ended; those beyond kMost are among them.
  [[nodiscard]] std::uint64_t wanted() const;
  /// The texts in order of their requests. Once, after the load has ended.
  [[nodiscard]] std::vector<HeldText> take();

 private:
  class Lane;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace edgeeval
