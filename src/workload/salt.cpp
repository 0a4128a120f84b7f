// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "stats/random.hpp"
#include "workload/prompts.hpp"

namespace edgeeval {

std::string salt_of(std::uint64_t seed, std::uint64_t index) {
  // SplitMix64's output is a bijection of its state, so states that differ never meet: all 64 bits are shown,
  // in 13 letters and digits of 5 bits each, none of which is easily taken for another (Crockford's base 32).
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::uint64_t bits = SplitMix64(SplitMix64(seed).next() + index).next();
  std::string salt(13, '0');
  for (auto& digit : salt) {
    digit = kDigits[bits & 31U];
    bits >>= 5U;
  }
  return salt;
}

}  // namespace edgeeval
