// SPDX-License-Identifier: Apache-2.0
#include "bench/prompt_source.hpp"

namespace edgeeval {

std::string_view PromptSource::body(const Planned& planned, std::string& out) {
  const auto& prompt = prompts_[planned.prompt % prompts_.size()];
  std::string salt;
  if (planned.warmup ? manner_.warmup_salted : manner_.salted)
    salt = manner_.salts.salt(manner_.salt_seed, planned.number);
  Asking asking;
  asking.model = manner_.model;
  asking.salt = salt;
  asking.system = prompt.system;
  asking.text = prompt.text;
  if (!prompt.messages.empty()) asking.messages = &prompt.messages;
  asking.max_tokens = planned.max_tokens;
  asking.ignore_eos = manner_.ignore_eos;
  asking.temperature = manner_.temperature;
  asking.reuse_prompt_cache = manner_.reuse_prompt_cache;
  asking.extra_json = manner_.extra_json;
  write_body(manner_.dialect, asking, out);
  return prompt.item;
}

}  // namespace edgeeval
