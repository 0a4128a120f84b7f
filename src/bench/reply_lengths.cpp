// SPDX-License-Identifier: Apache-2.0
#include "bench/reply_lengths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace edgeeval {
namespace {

constexpr std::size_t kMostCounted = 4096;   // Some seconds of a tokenizer route.
constexpr double kTokensAWord = 1.0 / 0.75;  // As is usual for English text.
constexpr double kMostTokens = 10'000'000.0;

double words_in(const std::string& text) {
  bool in_word = false;
  double words = 0.0;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !space && !in_word ? 1.0 : 0.0;
    in_word = !space;
  }
  return words;
}

/// Takes replies into limits.
class Taker {
 public:
  explicit Taker(std::optional<std::uint32_t> most) : most_(most) {}

  void counted(Prompt& prompt, std::int64_t tokens) {
    tokens_ += static_cast<double>(tokens);
    words_ += words_in(prompt.reply);
    put(prompt, static_cast<double>(tokens));
  }
  void estimated(Prompt& prompt) {
    const double a_word = words_ > 0.0 && tokens_ > 0.0 ? tokens_ / words_ : kTokensAWord;
    put(prompt, std::round(words_in(prompt.reply) * a_word));
  }

 private:
  void put(Prompt& prompt, double tokens) const {
    const auto whole = static_cast<std::uint32_t>(std::clamp(tokens, 1.0, kMostTokens));
    prompt.max_tokens = most_ ? std::min(*most_, whole) : whole;
    std::string().swap(prompt.reply);
  }
  std::optional<std::uint32_t> most_;
  double tokens_ = 0.0, words_ = 0.0;
};

}  // namespace

ReplyLengths take_reply_lengths(
    std::vector<Prompt>& prompts, const std::vector<std::uint32_t>& used, std::optional<std::uint32_t> most,
    const std::function<std::optional<std::int64_t>(const std::string& text)>& tokenized) {
  ReplyLengths lengths;
  Taker taker(most);
  bool counts = static_cast<bool>(tokenized);
  for (const auto number : used) {
    if (!counts || lengths.counted == kMostCounted) break;
    auto& prompt = prompts.at(number);
    if (prompt.reply.empty()) continue;
    const auto tokens = tokenized(prompt.reply);
    counts = tokens.has_value();
    if (!counts) break;
    taker.counted(prompt, *tokens);
    ++lengths.counted;
  }
  for (auto& prompt : prompts) {
    if (prompt.reply.empty()) continue;
    taker.estimated(prompt);
    ++lengths.estimated;
  }
  if (lengths.estimated > 0 && lengths.counted < std::min(used.size(), prompts.size()))
    lengths.note = fmt::format(
        "reply lengths of {} prompts are estimated from the words of the file ({})", lengths.estimated,
        lengths.counted > 0
            ? fmt::format("at the mean of {} that the server's tokenizer counted", lengths.counted)
            : "0.75 words a token: the server has no tokenizer route");
  return lengths;
}

}  // namespace edgeeval
