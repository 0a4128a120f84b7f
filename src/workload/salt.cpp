// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "stats/random.hpp"
#include "workload/salt.hpp"

namespace edgeeval {
namespace {

constexpr auto kUsual =
    std::to_array<std::string_view>({"the",  "and", "of",  "to",  "in", "a",  "is",   "it", "for", "on",
                                     "with", "as",  "was", "are", "at", "by", "that", "be", "or",  "from"});

/// The finaliser of MurmurHash3 (Appleby, public domain): each step can be undone, so numbers that differ
/// stay different.
std::uint32_t mixed(std::uint32_t bits) {
  bits ^= bits >> 16U;
  bits *= 0x85EBCA6BU;
  bits ^= bits >> 13U;
  bits *= 0xC2B2AE35U;
  return bits ^ (bits >> 16U);
}

}  // namespace

std::span<const std::string_view> WordSalts::usual() { return kUsual; }

WordSalts::WordSalts() : WordSalts(std::vector<std::string_view>(kUsual.begin(), kUsual.end())) {}

WordSalts::WordSalts(const std::vector<std::string_view>& words) {
  const bool enough = words.size() >= 2;
  words_ = enough ? words : std::vector<std::string_view>(kUsual.begin(), kUsual.end());
  while (bits_ > 1 && (std::size_t{1} << bits_) > words_.size()) --bits_;
  words_.resize(std::size_t{1} << bits_);
}

std::string WordSalts::salt(std::uint64_t seed, std::uint32_t number) const {
  const auto keys = SplitMix64(seed).next();
  auto bits =
      mixed(mixed(number ^ static_cast<std::uint32_t>(keys)) ^ static_cast<std::uint32_t>(keys >> 32U));
  std::string salt;
  for (std::size_t i = 0; i < words(); ++i) {
    salt += words_[bits & ((1U << bits_) - 1U)];
    salt += ' ';
    bits >>= bits_;
  }
  return salt;
}

}  // namespace edgeeval
