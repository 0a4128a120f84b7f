// SPDX-License-Identifier: Apache-2.0
#include "bench/server_tokens.hpp"

#include <algorithm>
#include <utility>

#include "bench/prompt_source.hpp"
#include "bench/small_call.hpp"
#include "wire/framer.hpp"
#include "wire/piece.hpp"
#include "workload/words.hpp"

namespace edgeeval {
namespace {

constexpr double kOneReply_s = 120.0;
constexpr std::size_t kRepeated = 9;      // Times that a word stands in a text that tells what it adds.
constexpr std::size_t kGroup = 32;        // Words that are asked for at once.
constexpr std::size_t kVocabulary = 128;  // One-token words that are enough.
constexpr std::size_t kFewest = 16;       // Fewer make no prompts.
constexpr int kQuestions = 60;            // At most, for the vocabulary.
constexpr std::string_view kFirst = "the";

/// A reply of one token is waited for no longer than a request of the load would be.
double patience_s(const RequestLimits& limits) {
  return std::min({kOneReply_s, limits.first_byte_s + limits.idle_s, limits.total_s});
}

/// The prompt tokens that a whole streamed answer tells.
std::optional<std::int64_t> prompt_tokens_of(const Dialect& dialect, const std::string& body) {
  Framer framer(dialect.framing);
  PieceReader reader;
  ReplyState state;
  Frame frame;
  Piece piece;
  framer.feed(body);
  while (framer.next(frame)) reader.read(dialect, frame, state, piece);
  framer.end();
  while (framer.next(frame)) reader.read(dialect, frame, state, piece);
  return state.prompt_tokens;
}

std::string repeated(std::string_view word, std::size_t times) {
  std::string text(word);
  for (std::size_t i = 1; i < times; ++i) text.append(" ").append(word);
  return text;
}

std::int64_t words_in(const std::string& text) {
  return text.empty() ? 0 : 1 + static_cast<std::int64_t>(std::count(text.begin(), text.end(), ' '));
}

}  // namespace

ServerTokens::ServerTokens(const BenchSettings& settings, const ProbedServer& server, std::string model,
                           const CancelToken* cancel)
    : settings_(settings),
      server_(server),
      model_(std::move(model)),
      call_(small_call(settings.target, patience_s(settings.limits), cancel)) {}

const LearntTokens& ServerTokens::learn(bool salted) {
  salted_ = salted;
  const std::string probe = repeated(kFirst, kRepeated);
  const auto bare = tokenized(probe);
  Prompt prompt;
  prompt.text = probe;
  salted_ = false;
  const auto whole = usage_of(prompt);
  salted_ = salted;
  if (!whole) return learnt_;
  if (bare) {
    learnt_.by = CountedBy::tokenizer;
  } else if (learn_vocabulary()) {
    learnt_.by = CountedBy::usage;
  }
  if (learnt_.by != CountedBy::nothing && salted) learn_salts();
  return learnt_;
}

std::optional<std::int64_t> ServerTokens::tokenized(const std::string& text) {
  return count_tokens(call_, server_.dialect, model_, text);
}

/// Of a text as the way that was found counts it; what all texts have in common is in it or not.
std::optional<std::int64_t> ServerTokens::small_count(const std::string& text) {
  if (learnt_.by == CountedBy::tokenizer) return tokenized(text);
  Prompt prompt;
  prompt.text = text;
  const bool salted = std::exchange(salted_, false);
  const auto whole = usage_of(prompt);
  salted_ = salted;
  return whole;
}

/// Words that, said over and over from the very beginning, add as much as "the" does.
void ServerTokens::learn_salts() {
  const auto wanted = small_count(repeated(kFirst, kRepeated));
  std::vector<std::string_view> even;
  for (const auto word : WordSalts::usual()) {
    if (even.size() == 16) break;
    if (wanted && small_count(repeated(word, kRepeated)) == wanted) even.push_back(word);
  }
  learnt_.even_salts = even.size() >= 4;
  if (learnt_.even_salts) learnt_.salts = WordSalts(even);
}

bool ServerTokens::learn_vocabulary() {
  questions_left_ = kQuestions;
  const auto one = small_count(std::string(kFirst));
  const auto many = small_count(repeated(kFirst, kGroup + 1));
  if (!one || !many || *many - *one != static_cast<std::int64_t>(kGroup)) return false;
  overhead_ = *one - 1;
  learnt_.vocabulary = {kFirst};
  // Every so manieth, so that a few groups are of the whole alphabet.
  const auto all = common_words();
  std::vector<std::string_view> words;
  const std::size_t stride = std::max<std::size_t>(1, all.size() / (2 * kVocabulary));
  for (std::size_t at = 0; at < all.size(); at += stride)
    if (all[at] != kFirst) words.push_back(all[at]);
  for (std::size_t at = 0; at < words.size() && learnt_.vocabulary.size() <= kVocabulary; at += kGroup)
    add_single(std::span(words).subspan(at, std::min(kGroup, words.size() - at)));
  if (learnt_.vocabulary.size() > kFewest) return true;
  learnt_.vocabulary.clear();
  overhead_.reset();
  return false;
}

/// Adds those of `words` that are one token each: all where they add as many tokens as words, else each half.
void ServerTokens::add_single(std::span<const std::string_view> words) {
  if (words.empty() || questions_left_-- <= 0) return;
  std::string text(kFirst);
  for (const auto word : words) text.append(" ").append(word);
  const auto whole = small_count(text);
  if (!whole) return;
  if (*whole == *overhead_ + 1 + static_cast<std::int64_t>(words.size())) {
    learnt_.vocabulary.insert(learnt_.vocabulary.end(), words.begin(), words.end());
  } else if (words.size() > 1) {
    add_single(words.first(words.size() / 2));
    add_single(words.subspan(words.size() / 2));
  }
}

std::optional<std::int64_t> ServerTokens::count(const Prompt& prompt) {
  if (learnt_.by == CountedBy::usage) {
    const auto salt = salted_ ? static_cast<std::int64_t>(learnt_.salts.words()) : 0;
    return *overhead_ + salt + words_in(prompt.text);
  }
  if (learnt_.by != CountedBy::tokenizer) return std::nullopt;
  const auto salt = salted_ ? learnt_.salts.salt(settings_.seeds.library, 0) : std::string();
  const auto bare = tokenized(salt + prompt.text);
  if (!bare) return std::nullopt;
  if (!asked_) {
    asked_ = true;
    const auto whole = usage_of(prompt);
    if (whole) overhead_ = *whole - *bare;
  }
  if (!overhead_) return std::nullopt;
  return *bare + *overhead_;
}

std::optional<std::int64_t> ServerTokens::usage_of(const Prompt& prompt) {
  const std::vector<Prompt> one{prompt};
  RequestManner manner;
  manner.dialect = server_.dialect;
  manner.model = model_;
  manner.salted = salted_;
  manner.salts = learnt_.salts;
  manner.salt_seed = settings_.seeds.library;
  PromptSource source(manner, one);
  std::string body;
  Planned planned;
  planned.max_tokens = 1;
  source.body(planned, body);
  const auto answer = call_(server_.dialect.path, body);
  if (!answer || answer->status != 200) return std::nullopt;
  return prompt_tokens_of(server_.dialect, answer->body);
}

}  // namespace edgeeval
