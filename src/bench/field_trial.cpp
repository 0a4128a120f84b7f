// SPDX-License-Identifier: Apache-2.0
#include "bench/field_trial.hpp"

#include <array>
#include <string_view>

namespace edgeeval {
namespace {

/// A field as it is written, and what says in the dialect that it is sent.
struct Field {
  std::string_view name;
  bool Dialect::*sent;
};
// "return_tokens" is what llama-server's own route calls return_token_ids.
constexpr std::array kFields{
    Field{"ignore_eos", &Dialect::ignore_eos},
    Field{"min_tokens", &Dialect::min_tokens},
    Field{"return_token_ids", &Dialect::return_token_ids},
    Field{"return_tokens", &Dialect::return_token_ids},
    Field{"timings_per_token", &Dialect::timings_per_token},
    Field{"cache_prompt", &Dialect::cache_prompt},
    Field{"continuous_usage_stats", &Dialect::continuous_usage},
};
constexpr int kMostTries = static_cast<int>(kFields.size());

bool sends_any(const Dialect& dialect) {
  for (const auto& field : kFields)
    if (dialect.*field.sent) return true;
  return false;
}

bool refused(int status) { return status == 400 || status == 422; }

/// Takes out of `dialect` what `words` names, or all where that is none.
void leave_out(const std::string& words, Dialect& dialect) {
  bool named = false;
  for (const auto& field : kFields) {
    if (!(dialect.*field.sent) || words.find(field.name) == std::string::npos) continue;
    dialect.*field.sent = false;
    named = true;
  }
  if (named) return;
  for (const auto& field : kFields) dialect.*field.sent = false;
}

}  // namespace

std::vector<std::string> leave_out_refused(const SmallCall& call, const std::string& model,
                                           const std::string& extra_json, Dialect& dialect) {
  auto tried = dialect;
  for (int tries = 0; tries <= kMostTries; ++tries) {
    if (tries == 0 && !sends_any(tried)) return {};
    Asking asking;
    asking.model = model;
    asking.text = "Hello";
    asking.max_tokens = 1;
    asking.ignore_eos = true;
    asking.extra_json = extra_json;
    std::string body;
    write_body(tried, asking, body);
    const auto answer = call(tried.path, body);
    if (!answer) return {};
    if (refused(answer->status) && sends_any(tried)) {
      leave_out(answer->body, tried);
      continue;
    }
    if (tries == 0 || answer->status != 200) return {};
    std::vector<std::string> names;
    for (const auto& field : kFields) {
      if (!(dialect.*field.sent) || tried.*field.sent) continue;
      const bool own = dialect.route == RouteKind::llama_completion;
      if (field.sent == &Dialect::return_token_ids && own != (field.name == "return_tokens")) continue;
      names.emplace_back(field.name);
    }
    dialect = tried;
    return names;
  }
  return {};
}

}  // namespace edgeeval
