// SPDX-License-Identifier: Apache-2.0
#include "bench/retokenise.hpp"

#include <fmt/format.h>

namespace edgeeval {
namespace {

/// Why texts were not asked about, where every question was answered.
std::string left_out(std::uint64_t cut, std::uint64_t empty, std::uint64_t beyond, bool stopped) {
  if (stopped) return "counting was ended before it was through";
  const auto replies = [](std::uint64_t n) { return fmt::format("{} {}", n, n == 1 ? "reply" : "replies"); };
  if (empty > 0) return replies(empty) + (empty == 1 ? " shows no text" : " show no text");
  if (cut > 0) return fmt::format("{} of more than {} bytes of text", replies(cut), TextKeeper::kLongest);
  if (beyond > 0)
    return fmt::format("the texts of {} are beyond the {} bytes that are held", replies(beyond),
                       TextKeeper::kMost);
  return {};
}

}  // namespace

RetokenisedReplies retokenise(const SmallCall& call, const ProbedServer& server, const std::string& model,
                              RetokeniseWish wish, std::uint64_t wanted, const std::vector<HeldText>& texts,
                              const std::function<bool()>& go_on) {
  RetokenisedReplies result;
  auto& summary = result.summary;
  summary.wish = std::string(to_string(wish));
  summary.route = server.dialect.tokenize_path;
  summary.replies = wanted;
  std::uint64_t cut = 0;
  std::uint64_t empty = 0;
  bool stopped = false;
  for (const auto& held : texts) {
    if (held.cut) {
      ++cut;
      continue;
    }
    // Tokens without a text (of a tool call) are no tokens less. Without a route nothing was kept to ask
    // about.
    if (held.text.empty() && !summary.route.empty()) {
      ++empty;
      continue;
    }
    stopped = !go_on();
    if (stopped) break;
    const auto tokens = count_reply_tokens(call, server.dialect, model, held.text);
    if (!tokens) {
      summary.problem = tokens.error().message;
      break;
    }
    result.counts.emplace_back(held.request, *tokens);
  }
  summary.counted = result.counts.size();
  if (summary.problem.empty() && summary.counted < wanted)
    summary.problem = left_out(cut, empty, wanted - texts.size(), stopped);
  return result;
}

}  // namespace edgeeval
