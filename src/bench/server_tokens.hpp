// SPDX-License-Identifier: Apache-2.0
// How many tokens a server makes of a whole prompt, salt and template included.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/settings.hpp"
#include "core/cancel.hpp"
#include "wire/probe_server.hpp"
#include "workload/prompts.hpp"
#include "workload/salt.hpp"

namespace edgeeval {

/// By what prompts are counted.
enum class CountedBy {
  tokenizer,  ///< The server's tokenizer route counts each.
  usage,  ///< The usage of a few small replies told which words are one token each; prompts are made of them.
  nothing,  ///< Neither is there, or it tells nothing that adds up.
};

/// What was learnt of a server's tokens before the prompts were made.
struct LearntTokens {
  CountedBy by = CountedBy::nothing;
  WordSalts salts;
  bool even_salts = false;  ///< Salts were found to be all of one length.
  std::vector<std::string_view>
      vocabulary{};  ///< Of `usage`: words of one token each, the first at a beginning too.
};

/// Counts with the server's own tokenizer; what the template adds is found once, by one request of one token
/// whose usage tells the whole. Without a tokenizer route, usage alone is asked, some thirty to eighty small
/// times: a word that is repeated tells what it adds, and of groups of words that are more than one token
/// each the halves are asked again.
class ServerTokens {
 public:
  ServerTokens(const BenchSettings& settings, const ProbedServer& server, std::string model,
               const CancelToken* cancel = nullptr);
  /// Asks the server; `salted`: prompts will have a salt each, which is counted as a part of them.
  const LearntTokens& learn(bool salted);
  /// Of the prompt as it will be sent; absent where nothing counts. After learn().
  [[nodiscard]] std::optional<std::int64_t> count(const Prompt& prompt);
  /// Of a prompt as the usage of a reply tells it: a request of one token.
  [[nodiscard]] std::optional<std::int64_t> usage_of(const Prompt& prompt);
  /// Of `text` alone, by the tokenizer route; absent where there is none.
  [[nodiscard]] std::optional<std::int64_t> tokenized(const std::string& text);

 private:
  [[nodiscard]] std::optional<std::int64_t> small_count(const std::string& text);
  void learn_salts();
  [[nodiscard]] bool learn_vocabulary();
  void add_single(std::span<const std::string_view> words);

  const BenchSettings& settings_;
  const ProbedServer& server_;
  std::string model_;
  SmallCall call_;
  LearntTokens learnt_;
  bool salted_ = false;
  bool asked_ = false;
  int questions_left_ = 0;
  std::optional<std::int64_t> overhead_;  ///< What a whole prompt has beside the text and its salt.
};

}  // namespace edgeeval
