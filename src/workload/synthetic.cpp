// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdlib>
#include <span>
#include <string_view>

#include "workload/fitting.hpp"
#include "workload/permutation.hpp"
#include "workload/prompts.hpp"
#include "workload/words.hpp"

namespace edgeeval {
namespace {

/// Tokens that each id of a Mooncake trace's `hash_ids` stands for.
constexpr std::uint32_t kBlockTokens = 512;
/// Word streams of one seed are numbered by prompt; this one is no prompt's.
constexpr std::uint64_t kCalibration = ~std::uint64_t{0};

/// What prompts are made of.
std::span<const std::string_view> vocabulary(const std::vector<std::string_view>& measured) {
  return measured.empty() ? common_words() : std::span<const std::string_view>(measured);
}

/// A first word that no other prompt of the set has.
std::string first_word(std::uint64_t seed, std::uint64_t number) {
  const auto words = common_words();
  const auto place = prompt_at(seed, static_cast<std::uint32_t>(words.size()), number % words.size());
  std::string word(words[place]);
  if (const auto round = number / words.size(); round > 0) word += std::to_string(round);
  return word;
}

/// The first words of a prompt of measured words: a number that no other prompt of the set has, in words,
/// behind the one word that is known to have its length at the very beginning too.
std::vector<std::string_view> measured_lead(const std::vector<std::string_view>& words,
                                            std::uint64_t number) {
  std::vector<std::string_view> lead{words.front(), words[number % words.size()]};
  for (number /= words.size(); number > 0; number /= words.size())
    lead.push_back(words[number % words.size()]);
  return lead;
}

/// How the prompts of a set came out.
struct Tally {
  std::size_t prompts = 0, uncounted = 0, missed = 0;
  std::int64_t worst = 0;

  void add(const Fitter::Fit& fit) {
    ++prompts;
    uncounted += fit.counted ? 0 : 1;
    missed += fit.missed != 0 ? 1 : 0;
    if (std::abs(fit.missed) > std::abs(worst)) worst = fit.missed;
  }
  [[nodiscard]] bool exact() const { return uncounted == 0 && missed == 0; }
  [[nodiscard]] std::string note() const {
    if (exact()) return {};
    std::string text;
    if (uncounted > 0)
      text = fmt::format(
          "the server could not count {} of {} prompts: they have about 0.75 words for each token asked "
          "for, and may be a third longer or shorter",
          uncounted, prompts);
    if (missed > 0)
      text += fmt::format("{}{} of {} prompts are not of the length asked for, at worst {} tokens too {}",
                          text.empty() ? "" : "; ", missed, prompts, std::abs(worst),
                          worst > 0 ? "long" : "short");
    return text;
  }
};

/// Words of blocks that prompts share: the same for the same id.
class Blocks {
 public:
  /// Blocks have ids of any 64 bits, so they get a seed of their own, apart from that of the prompts'
  /// streams.
  Blocks(std::uint64_t seed, std::size_t words, std::span<const std::string_view> vocabulary)
      : seed_(SplitMix64(~seed).next()), words_(words), vocabulary_(vocabulary) {}
  /// Appends the words of `id`.
  void append(std::uint64_t id, std::vector<std::string_view>& words) const {
    WordStream stream(seed_, id, vocabulary_);
    for (std::size_t i = 0; i < words_; ++i) words.push_back(stream.next());
  }

 private:
  std::uint64_t seed_;
  std::size_t words_;
  std::span<const std::string_view> vocabulary_;
};

}  // namespace

SyntheticResult make_prompts(const SyntheticPrompts& wanted, const CountTokens& counter) {
  SyntheticResult result;
  result.prompts.resize(wanted.count);
  Fitter fitter(counter);
  const auto words = vocabulary(wanted.words);
  fitter.calibrate(Prompt{}, WordStream(wanted.seed, kCalibration, words));
  Tally tally;
  for (std::size_t number = 0; number < wanted.count; ++number) {
    auto& prompt = result.prompts[number];
    const std::string first = first_word(wanted.seed, number);
    WordStream tail(wanted.seed, number, words);
    std::vector<std::string_view> lead{first};
    if (!wanted.words.empty()) lead = measured_lead(wanted.words, number);
    tally.add(fitter.fit(prompt, std::move(lead), tail, wanted.tokens));
    prompt.prompt_tokens = wanted.tokens;
  }
  result.exact = tally.exact();
  result.note = tally.note();
  return result;
}

SyntheticResult fill_in_words(std::vector<Prompt> prompts, std::uint64_t seed, const CountTokens& counter,
                              const std::vector<std::string_view>& measured) {
  SyntheticResult result;
  result.prompts = std::move(prompts);
  Fitter fitter(counter);
  const auto words = vocabulary(measured);
  fitter.calibrate(Prompt{}, WordStream(seed, kCalibration, words));
  const Blocks blocks(seed, fitter.words_of(kBlockTokens), words);
  Tally tally;
  for (std::size_t number = 0; number < result.prompts.size(); ++number) {
    auto& prompt = result.prompts[number];
    // What has words keeps them, and what has no length gets none.
    if (!prompt.prompt_tokens || !prompt.text.empty() || !prompt.messages.empty()) continue;
    const std::string first = first_word(seed, number);
    std::vector<std::string_view> lead;
    // Blocks begin with any word; the one that is known to have its length at the beginning goes before.
    if (!measured.empty() && !prompt.blocks.empty()) lead.push_back(measured.front());
    for (const auto id : prompt.blocks) {
      // No more than the length needs, with a block to spare: the fitting cuts at the end.
      if (lead.size() > fitter.words_of(*prompt.prompt_tokens) + fitter.words_of(kBlockTokens)) break;
      blocks.append(id, lead);
    }
    if (lead.empty() && measured.empty()) lead.emplace_back(first);
    if (lead.empty()) lead = measured_lead(measured, number);
    WordStream tail(seed, number, words);
    tally.add(fitter.fit(prompt, std::move(lead), tail, *prompt.prompt_tokens));
  }
  result.exact = tally.exact();
  result.note = tally.note();
  return result;
}

}  // namespace edgeeval
