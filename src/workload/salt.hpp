// SPDX-License-Identifier: Apache-2.0
// Salts made of words: the beginnings of prompts that no other prompt has, all of the same length in tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// Salts in which each word is a digit of the request's number, so that they differ where numbers do, and all
/// have as many words. Where each word is one token, all are as long.
class WordSalts {
 public:
  /// Of the usual words: the shortest ones of English, a token each in usual vocabularies.
  WordSalts();
  /// Of the first 2^b of `words`, with the largest b from 1 to 4 for which there are enough; the usual ones
  /// where there are not two.
  explicit WordSalts(const std::vector<std::string_view>& words);
  /// The salt of request `number`: words() words and a space behind each. The same for the same seed.
  [[nodiscard]] std::string salt(std::uint64_t seed, std::uint32_t number) const;
  /// Words of each salt.
  [[nodiscard]] std::size_t words() const { return (32 + bits_ - 1) / bits_; }
  /// What salts may be made of.
  [[nodiscard]] static std::span<const std::string_view> usual();

 private:
  std::vector<std::string_view> words_;
  std::size_t bits_ = 4;
};

}  // namespace edgeeval
