// SPDX-License-Identifier: Apache-2.0
// Replies counted by the server's own tokenizer, once their load has ended.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench/settings.hpp"
#include "bench/text_keeper.hpp"
#include "record/retokenised.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// The counts, and what is to be told of them.
struct RetokenisedReplies {
  Retokenising summary;
  std::vector<CountedReply> counts;
};

/// Asks for each text in turn, until all are counted, the server fails or has no route, or `go_on` says
/// that it is enough. What went wrong stands in the summary: a load is no worse for it. `wanted` replies were
/// to be counted.
[[nodiscard]] RetokenisedReplies retokenise(const SmallCall& call, const ProbedServer& server,
                                            const std::string& model, RetokeniseWish wish,
                                            std::uint64_t wanted, const std::vector<HeldText>& texts,
                                            const std::function<bool()>& go_on);

}  // namespace edgeeval
