// SPDX-License-Identifier: Apache-2.0
// Made-up words, and a prompt of them fitted to a length that only the server can count.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stats/random.hpp"
#include "workload/prompts.hpp"

namespace edgeeval {

/// A stream of random common words.
class WordStream {
 public:
  /// Streams of different seeds or numbers have nothing in common. `words`, not empty, must outlive it.
  WordStream(std::uint64_t seed, std::uint64_t number, std::span<const std::string_view> words);
  [[nodiscard]] std::string_view next();

 private:
  SplitMix64 random_;
  std::span<const std::string_view> words_;
};

/// Fits prompts to lengths. One fitter serves many prompts and learns from each.
class Fitter {
 public:
  /// What came of one prompt.
  struct Fit {
    bool counted = false;     ///< The server told the length.
    std::int64_t missed = 0;  ///< Tokens by which it is off: negative = too short. 0 where not counted.
  };

  explicit Fitter(const CountTokens& counter) : counter_(counter) {}
  /// Gives `prompt` words: `lead` as far as they are needed, then `tail`. The server's whole count becomes
  /// `tokens` where it can; else it is near. The first word always stays.
  [[nodiscard]] Fit fit(Prompt& prompt, std::vector<std::string_view> lead, WordStream& tail,
                        std::uint32_t tokens);
  /// Words that `tokens` tokens are expected to take, the template not counted.
  [[nodiscard]] std::size_t words_of(std::uint32_t tokens) const;
  /// Learns tokens a word and the size of the template from two counts, before the first prompt is fitted.
  void calibrate(Prompt probe, WordStream words);

 private:
  /// A number of words with what the server counts of it.
  struct Counted {
    std::size_t words = 0;
    std::int64_t tokens = 0;
  };
  struct Search;
  /// Counts `words` words and then `fillers` times `filler`; leaves that text in the prompt.
  [[nodiscard]] std::optional<std::int64_t> count(Search& search, std::size_t words, std::size_t fillers,
                                                  std::string_view filler) const;
  /// Searches the number of words; true where the length is met.
  [[nodiscard]] bool by_words(Search& search) const;
  /// Makes up what no whole number of words gives with words of one token each; true where the length is met.
  [[nodiscard]] bool by_fillers(Search& search) const;

  const CountTokens& counter_;
  // Until the server has told better: about 0.75 words a token, as is usual for English text.
  double tokens_a_word_ = 1.0 / 0.75;
  double template_tokens_ = 0.0;
  bool counts_ = true;  ///< Until the server could not.
};

}  // namespace edgeeval
