// SPDX-License-Identifier: Apache-2.0
#include "workload/fitting.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace edgeeval {
namespace {

/// Counts that one prompt may cost. Few take more than five.
constexpr int kMostCounts = 48;
/// Words of one token in every usual vocabulary, which their neighbours do not change.
constexpr auto kFillers = std::to_array<std::string_view>({"the", "and", "of", "to", "in", "a", "is", "it"});
constexpr std::size_t kMostFillers = 64;

}  // namespace

WordStream::WordStream(std::uint64_t seed, std::uint64_t number, std::span<const std::string_view> words)
    : random_(SplitMix64(seed).next() + SplitMix64(number).next()), words_(words) {}

std::string_view WordStream::next() { return words_[random_.below(words_.size())]; }

/// One prompt's way to its length.
struct Fitter::Search {
  Prompt& prompt;
  std::vector<std::string_view> words;
  WordStream& tail;
  std::int64_t wanted = 0;
  int counts = 0;
  std::optional<Counted> below{}, above{};
  std::optional<std::int64_t> nearest{};  ///< Of the text in `best`.
  std::string best{};
};

std::optional<std::int64_t> Fitter::count(Search& search, std::size_t words, std::size_t fillers,
                                          std::string_view filler) const {
  while (search.words.size() < words) search.words.push_back(search.tail.next());
  auto& text = search.prompt.text;
  text.clear();
  for (std::size_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += search.words[i];
  }
  for (std::size_t i = 0; i < fillers; ++i) {
    text += ' ';
    text += filler;
  }
  ++search.counts;
  const auto counted = counter_ ? counter_(search.prompt) : std::nullopt;
  if (counted &&
      (!search.nearest || std::abs(*counted - search.wanted) < std::abs(*search.nearest - search.wanted))) {
    search.nearest = counted;
    search.best = text;
  }
  return counted;
}

std::size_t Fitter::words_of(std::uint32_t tokens) const {
  return static_cast<std::size_t>(std::max(1.0, std::round(static_cast<double>(tokens) / tokens_a_word_)));
}

void Fitter::calibrate(Prompt probe, WordStream words) {
  constexpr std::size_t kMany = 129;
  Search search{probe, {}, words};
  const auto one = count(search, 1, 0, {});
  const auto many = one ? count(search, kMany, 0, {}) : std::nullopt;
  counts_ = many.has_value();
  if (!many || *many <= *one) return;
  // No vocabulary has tokens of four words in the mean: what tells so does not count, and must not make us
  // write books.
  tokens_a_word_ = std::max(0.25, static_cast<double>(*many - *one) / static_cast<double>(kMany - 1));
  template_tokens_ = std::max(0.0, static_cast<double>(*one) - tokens_a_word_);
}

bool Fitter::by_words(Search& search) const {
  const double guess = (static_cast<double>(search.wanted) - template_tokens_) / tokens_a_word_;
  auto words = static_cast<std::size_t>(std::max(1.0, std::round(guess)));
  while (search.counts < kMostCounts / 2) {
    const auto counted = count(search, words, 0, {});
    if (!counted) return false;
    if (*counted == search.wanted) return true;
    (*counted < search.wanted ? search.below : search.above) = Counted{words, *counted};
    const std::size_t floor = search.below ? search.below->words + 1 : 1;
    if (search.above && search.above->words <= floor) return false;
    const double step = static_cast<double>(search.wanted - *counted) / tokens_a_word_;
    const double next = std::max(static_cast<double>(floor), std::round(static_cast<double>(words) + step));
    words = static_cast<std::size_t>(next);
    if (search.above) words = std::min(words, search.above->words - 1);
  }
  return false;
}

bool Fitter::by_fillers(Search& search) const {
  if (!search.below) return false;
  const auto [words, tokens] = *search.below;
  for (const auto filler : kFillers) {
    auto missing = search.wanted - tokens;
    for (int round = 0; round < 6 && search.counts < kMostCounts; ++round) {
      if (missing <= 0 || missing > static_cast<std::int64_t>(kMostFillers)) break;
      const auto counted = count(search, words, static_cast<std::size_t>(missing), filler);
      if (!counted) return false;
      if (*counted == search.wanted) return true;
      missing += search.wanted - *counted;
    }
  }
  return false;
}

Fitter::Fit Fitter::fit(Prompt& prompt, std::vector<std::string_view> lead, WordStream& tail,
                        std::uint32_t tokens) {
  Search search{prompt, std::move(lead), tail, static_cast<std::int64_t>(tokens)};
  if (!counts_) {
    static_cast<void>(count(search, words_of(tokens), 0, {}));
    return {};
  }
  if (by_words(search) || by_fillers(search)) return {true, 0};
  if (!search.nearest) {
    // Not one count: the text is there, of the expected length.
    return {};
  }
  prompt.text = std::move(search.best);
  return {true, *search.nearest - search.wanted};
}

}  // namespace edgeeval
