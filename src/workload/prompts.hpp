// SPDX-License-Identifier: Apache-2.0
// What is asked: prompts from files of several formats, or made up with an exact length.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval {

/// One prompt.
struct Prompt {
  std::string item;  ///< Its own id in the file; empty where it has none.
  std::string system;
  std::string text;                                           ///< The user's words where `messages` is empty.
  std::vector<std::pair<std::string, std::string>> messages;  ///< Role and content.
  std::optional<std::uint32_t> prompt_tokens;  ///< That it should have, where a trace or a setting says.
  std::optional<std::uint32_t> max_tokens;     ///< Its own limit of reply tokens.
  std::optional<double> at_s;                  ///< When it came, in a trace; from the trace's first.
  std::vector<std::uint64_t> blocks{};         ///< Mooncake: ids of prefix blocks that prompts share.
  std::string reply{};  ///< ShareGPT: what was answered, from which its length is to be counted.
};

/// Formats of prompt files.
enum class PromptFormat { jsonl, sharegpt, burstgpt, mooncake, azure };
[[nodiscard]] std::string_view to_string(PromptFormat format);

/// Which format a file is, told from its beginning. Error: invalid_task with what was tried.
[[nodiscard]] Result<PromptFormat> prompt_format_of(const std::filesystem::path& file);

/// Reads prompts; a broken line is named with file and line, several at once. JSONL takes `prompt`, `text`,
/// `messages` or SQuAD-like items (`context`, `question`), and `id`, `system`, `max_tokens`. Traces have no
/// words: their prompts have only lengths, and fill_in_words() makes them. Errors: io, invalid_task.
[[nodiscard]] Result<std::vector<Prompt>> read_prompts(const std::filesystem::path& file,
                                                       std::optional<PromptFormat> format = {});
/// The same from text. `file` names it in errors.
[[nodiscard]] Result<std::vector<Prompt>> parse_prompts(std::string_view text, PromptFormat format,
                                                        const std::string& file);

/// Counts the tokens that the server makes of a whole prompt, template included; absent where it cannot tell.
using CountTokens = std::function<std::optional<std::int64_t>(const Prompt& prompt)>;

/// Made-up English-like words from a seed: `count` prompts of exactly `tokens` server-side tokens where
/// `counter` can tell, else of about so many. All differ from their first word on, so that they share no
/// prefix.
struct SyntheticPrompts {
  std::size_t count = 1;
  std::uint32_t tokens = 256;
  std::uint64_t seed = 1;
  /// Words to take, of one token each, the first of them also at a prompt's beginning; empty = the common
  /// ones.
  std::vector<std::string_view> words{};
};
struct SyntheticResult {
  std::vector<Prompt> prompts;
  bool exact = false;  ///< Every one was counted by the server and has the length asked for.
  std::string note;    ///< Where not exact: why, and by how much at most.
};
[[nodiscard]] SyntheticResult make_prompts(const SyntheticPrompts& wanted, const CountTokens& counter);

/// Gives prompts of a trace words for their lengths; prompts with equal leading `blocks` share the words of
/// those blocks (512 tokens each in Mooncake traces), so that the trace's prefix reuse is kept. `measured`:
/// as SyntheticPrompts::words.
[[nodiscard]] SyntheticResult fill_in_words(std::vector<Prompt> prompts, std::uint64_t seed,
                                            const CountTokens& counter,
                                            const std::vector<std::string_view>& measured = {});

/// A digest of all that the prompts say, by which two sets are told apart (SHA-256, in hexadecimal).
[[nodiscard]] std::string prompts_digest(const std::vector<Prompt>& prompts);

}  // namespace edgeeval
