// SPDX-License-Identifier: Apache-2.0
#include "workload/permutation.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

/// Sets up to this size are shuffled outright: cheap there, and exactly uniform where ciphers are weak.
constexpr std::uint32_t kSmall = 64;

/// The generator of one pass.
SplitMix64 of_pass(std::uint64_t seed, std::uint64_t pass) {
  return SplitMix64(SplitMix64(seed).next() + SplitMix64(pass).next());
}

/// Place `position` of a shuffled 0…count-1, by Fisher and Yates as far as it is needed.
std::uint32_t shuffled(SplitMix64 random, std::uint32_t count, std::uint32_t position) {
  std::array<std::uint32_t, kSmall> order{};
  std::iota(order.begin(), order.begin() + count, 0U);
  for (std::uint32_t i = 0; i <= position; ++i) std::swap(order.at(i), order.at(i + random.below(count - i)));
  return order.at(position);
}

/// A permutation of 0…a·b-1 as a Feistel network over Z_a × Z_b (Black and Rogaway 2002, "Ciphers with
/// arbitrary finite domains", section 5); values at and above `count` are enciphered again until one falls
/// below ("cycle walking", their section 3), which a·b < count + a makes rare.
std::uint32_t enciphered(SplitMix64 keys, std::uint32_t count, std::uint32_t position) {
  constexpr std::size_t kRounds = 8;
  std::array<std::uint64_t, kRounds> key{};
  for (auto& k : key) k = keys.next();
  auto a = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(count)));
  while (a * a < count) ++a;
  const std::uint64_t b = (count + a - 1) / a;
  std::uint64_t value = position;
  do {
    std::uint64_t left = value / b, right = value % b;
    for (std::size_t round = 0; round < kRounds; round += 2) {
      left += SplitMix64(key.at(round) + right).below(a);
      left -= left >= a ? a : 0;
      right += SplitMix64(key.at(round + 1) + left).below(b);
      right -= right >= b ? b : 0;
    }
    value = left * b + right;
  } while (value >= count);
  return static_cast<std::uint32_t>(value);
}

}  // namespace

std::uint32_t prompt_at(std::uint64_t seed, std::uint32_t count, std::uint64_t index) {
  const auto random = of_pass(seed, index / count);
  const auto position = static_cast<std::uint32_t>(index % count);
  return count <= kSmall ? shuffled(random, count, position) : enciphered(random, count, position);
}

}  // namespace edgeeval
