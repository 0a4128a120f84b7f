// SPDX-License-Identifier: Apache-2.0
#include "mock/asked.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/foreign_json.hpp"

namespace edgeeval::mock {
namespace {

// The fields of OpenAI's chat and completion requests (platform.openai.com, API reference), as far as a
// server without tools of its own takes them.
constexpr std::array<std::string_view, 30> kKnownFields{"model",
                                                        "messages",
                                                        "prompt",
                                                        "stream",
                                                        "stream_options",
                                                        "max_tokens",
                                                        "temperature",
                                                        "top_p",
                                                        "n",
                                                        "stop",
                                                        "seed",
                                                        "user",
                                                        "presence_penalty",
                                                        "frequency_penalty",
                                                        "logprobs",
                                                        "top_logprobs",
                                                        "logit_bias",
                                                        "tools",
                                                        "tool_choice",
                                                        "response_format",
                                                        "best_of",
                                                        "echo",
                                                        "suffix",
                                                        "metadata",
                                                        "store",
                                                        "service_tier",
                                                        "top_k",
                                                        "reasoning_effort",
                                                        "parallel_tool_calls",
                                                        "max_completion_tokens"};

// What each server's own protocol names beyond them (research, loadgen.md section 4), as far as clients send
// it; what a server does not know of the others' it refuses where it is strict.
constexpr std::array<std::string_view, 2> kTensorRtFields{"ignore_eos", "min_tokens"};
constexpr std::array<std::string_view, 12> kLlamaFields{
    "ignore_eos",    "timings_per_token", "cache_prompt", "return_progress",
    "return_tokens", "n_predict",         "min_p",        "id_slot",
    "samplers",      "sse_ping_interval", "grammar",      "t_max_predict_ms"};
constexpr std::array<std::string_view, 12> kOllamaFields{"options", "keep_alive", "format", "system",
                                                         "raw",     "template",   "images", "context",
                                                         "think",   "dimensions", "input",  "truncate"};
constexpr std::array<std::string_view, 10> kVllmFields{
    "ignore_eos",          "min_tokens", "return_token_ids", "min_p",   "stop_token_ids",
    "skip_special_tokens", "cache_salt", "priority",         "best_of", "guided_json"};
constexpr std::array<std::string_view, 9> kSglangFields{"ignore_eos",     "min_tokens", "min_p",
                                                        "text",           "input_ids",  "sampling_params",
                                                        "return_logprob", "rid",        "stop_token_ids"};
constexpr std::array<std::string_view, 2> kTgiFields{"inputs", "parameters"};
constexpr std::array<std::string_view, 6> kLmStudioFields{
    "input", "system_prompt", "max_output_tokens", "context_length", "previous_response_id", "reasoning"};

/// The fields of the dialect's own.
std::span<const std::string_view> own_fields(Dialect dialect) {
  switch (dialect) {
    case Dialect::tensorrt_llm:
      return kTensorRtFields;
    case Dialect::llama_server:
      return kLlamaFields;
    case Dialect::ollama:
      return kOllamaFields;
    case Dialect::vllm:
      return kVllmFields;
    case Dialect::sglang:
      return kSglangFields;
    case Dialect::tgi:
      return kTgiFields;
    case Dialect::lm_studio:
      return kLmStudioFields;
    default:
      return {};
  }
}

bool known_field(std::string_view name, Dialect dialect) {
  const auto among = [&](std::span<const std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return among(kKnownFields) || among(own_fields(dialect));
}

/// Adds up the words of texts, and remembers what was in them.
class Prompt {
 public:
  void add(const Json& value) {
    if (value.is_string()) return add_text(value.get_ref<const std::string&>());
    if (value.is_number_integer()) {
      ++tokens_;
      return mix(value.dump());
    }
    if (value.is_array()) {
      for (const auto& item : value) add(item);
    } else if (value.is_object()) {
      for (const char* key : {"content", "text", "input"}) {
        if (const auto found = value.find(key); found != value.end()) add(*found);
      }
    }
  }
  [[nodiscard]] std::uint32_t tokens() const { return tokens_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  void add_text(const std::string& text) {
    tokens_ += count_words(text);
    mix(text);
  }
  void mix(std::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash_ = (hash_ ^ 0x1FU) * 0x100000001B3ULL;
  }
  std::uint32_t tokens_ = 0;
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

/// The text's fields that hold a prompt, by form.
std::vector<const char*> prompt_fields(Wire wire) {
  switch (wire) {
    case Wire::chat:
    case Wire::ollama_chat:
      return {"messages"};
    case Wire::sglang_generate:
      return {"text", "input_ids"};
    case Wire::tgi_generate:
      return {"inputs"};
    case Wire::lm_studio_chat:
      return {"system_prompt", "input"};
    case Wire::ollama_generate:
      return {"system", "prompt"};
    default:
      return {"prompt"};
  }
}

std::optional<std::uint32_t> count_in(const Json& object, std::initializer_list<const char*> keys) {
  if (!object.is_object()) return std::nullopt;
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) continue;
    const auto value = found->get<std::int64_t>();
    if (value >= 0) return static_cast<std::uint32_t>(std::min<std::int64_t>(value, 1'000'000));
  }
  return std::nullopt;
}

Json member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? Json() : *found;
}

std::optional<std::uint32_t> most_tokens(Wire wire, const Json& body) {
  switch (wire) {
    case Wire::ollama_chat:
    case Wire::ollama_generate:
      return count_in(member(body, "options"), {"num_predict"});
    case Wire::sglang_generate:
      return count_in(member(body, "sampling_params"), {"max_new_tokens"});
    case Wire::tgi_generate:
      return count_in(member(body, "parameters"), {"max_new_tokens"});
    case Wire::lm_studio_chat:
      return count_in(body, {"max_output_tokens"});
    default:
      return count_in(body, {"max_completion_tokens", "max_tokens", "n_predict"});
  }
}

}  // namespace

std::uint32_t count_words(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\v\f";
  std::uint32_t words = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool space = kSpace.find(c) != std::string_view::npos;
    if (!space && !in_word) ++words;
    in_word = !space;
  }
  return words;
}

Result<Asked> read_asked(Wire wire, std::string_view body, bool strict, Dialect dialect) {
  const auto json = parse_foreign(body);
  if (!json.is_object()) return fail(ErrorCode::usage, "the body is not a JSON object");
  if (strict) {
    for (const auto& item : json.items()) {
      if (!known_field(item.key(), dialect))
        return fail(ErrorCode::usage, "Extra inputs are not permitted: " + item.key());
    }
  }
  Prompt prompt;
  bool given = wire == Wire::ollama_chat || wire == Wire::ollama_generate;  // No prompt: load the model.
  for (const char* field : prompt_fields(wire)) {
    if (const auto found = json.find(field); found != json.end()) {
      prompt.add(*found);
      given = true;
    }
  }
  if (!given) return fail(ErrorCode::usage, std::string("Field required: ") + prompt_fields(wire).back());
  Asked asked;
  asked.prompt_tokens = prompt.tokens();
  asked.prompt_hash = prompt.hash();
  asked.max_tokens = most_tokens(wire, json);
  const bool by_default = wire == Wire::ollama_chat || wire == Wire::ollama_generate;
  asked.stream = value_or(json, "stream", by_default);
  asked.ignore_eos =
      value_or(json, "ignore_eos", false) || value_or(member(json, "sampling_params"), "ignore_eos", false);
  const auto options = member(json, "stream_options");
  asked.stream_options = options.is_object();
  if (options.is_object() && options.contains("include_usage"))
    asked.include_usage = value_or(options, "include_usage", false);
  asked.continuous_usage = value_or(options, "continuous_usage_stats", false);
  asked.token_ids = value_or(json, "return_token_ids", false);
  asked.timings_per_token = value_or(json, "timings_per_token", false);
  asked.return_progress = value_or(json, "return_progress", false);
  return asked;
}

}  // namespace edgeeval::mock
