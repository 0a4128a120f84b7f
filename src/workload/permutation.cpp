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
constexpr std::uint32_t kSmall = 32;

/// The key of one pass.
std::uint64_t key_of(std::uint64_t seed, std::uint64_t pass) {
  return SplitMix64(seed).next() + SplitMix64(pass).next();
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
std::uint32_t enciphered(std::uint64_t key, std::uint32_t count, std::uint32_t position) {
  constexpr int kRounds = 8;
  // Keys of the rounds lie far apart, so that key plus half never meet.
  constexpr std::uint64_t kNextRound = 0xD1B54A32D192ED03ULL;
  auto a = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(count)));
  while (a * a < count) ++a;
  const std::uint64_t b = (count + a - 1) / a;
  const auto add = [](std::uint64_t half, std::uint64_t other, std::uint64_t modulus) {
    const std::uint64_t sum = half + SplitMix64(other).below(modulus);
    return sum >= modulus ? sum - modulus : sum;
  };
  std::uint64_t value = position;
  do {
    std::uint64_t left = value / b, right = value % b, round_key = SplitMix64(key).next();
    for (int round = 0; round < kRounds; round += 2) {
      left = add(left, round_key + right, a);
      round_key += kNextRound;
      right = add(right, round_key + left, b);
      round_key += kNextRound;
    }
    value = left * b + right;
  } while (value >= count);
  return static_cast<std::uint32_t>(value);
}

}  // namespace

std::uint32_t prompt_at(std::uint64_t seed, std::uint32_t count, std::uint64_t index) {
  const auto key = key_of(seed, index / count);
  const auto position = static_cast<std::uint32_t>(index % count);
  return count <= kSmall ? shuffled(SplitMix64(key), count, position) : enciphered(key, count, position);
}

}  // namespace edgeeval
