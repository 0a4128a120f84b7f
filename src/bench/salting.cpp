// SPDX-License-Identifier: Apache-2.0
#include "bench/salting.hpp"

#include <string_view>
#include <unordered_set>

namespace edgeeval {
namespace {

using Kind = Scenario::Kind;

/// Engines reuse whole blocks of 16 tokens and more (vLLM's block size), some 64 letters; what is shorter and
/// alike costs nobody anything.
constexpr std::size_t kBlockLetters = 64;

std::string_view beginning_of(const Prompt& prompt) {
  std::string_view text = prompt.text;
  if (!prompt.messages.empty()) text = prompt.messages.front().second;
  if (!prompt.system.empty()) text = prompt.system;
  return text.substr(0, kBlockLetters);
}

bool some_begin_alike(const std::vector<Prompt>& prompts) {
  std::unordered_set<std::string_view> texts;
  std::unordered_set<std::uint64_t> blocks;
  for (const auto& prompt : prompts) {
    if (!prompt.blocks.empty() && !blocks.insert(prompt.blocks.front()).second) return true;
    const auto text = beginning_of(prompt);
    if (!text.empty() && !texts.insert(text).second) return true;
  }
  return false;
}

/// How many requests will be made at most; absent where time ends the load.
std::optional<std::uint64_t> most_requests(const BenchSettings& settings, std::size_t count) {
  if (settings.stop.requests) return settings.stop.requests;
  if (settings.scenario.kind == Kind::trace) return count;
  return settings.stop.min_duration_s ? std::nullopt : settings.stop.min_requests;
}

}  // namespace

SaltChoice choose_salt(const BenchSettings& settings, std::size_t count, const std::vector<Prompt>* prompts) {
  if (settings.replay) return {settings.replay->salted, "they began with one in the load that is replayed"};
  if (settings.prefix_cache != PrefixCache::defeat) return {};
  if (settings.scenario.kind == Kind::sweep || settings.scenario.kind == Kind::find_peak)
    return {true, "each load of the series asks the same prompts"};
  if (!settings.schedule_file.empty()) return {true, "a schedule may ask a prompt more than once"};
  const auto most = most_requests(settings, count);
  if (!most) return {true, "time ends the load, so prompts may be sent more than once"};
  if (*most > count) return {true, "prompts are sent more than once"};
  if (prompts != nullptr && some_begin_alike(*prompts)) return {true, "some prompts begin as others do"};
  return {};
}

}  // namespace edgeeval
