// SPDX-License-Identifier: Apache-2.0
#include "wire/probe_server.hpp"

#include <array>

#include "core/foreign_json.hpp"
#include "wire/piece.hpp"
#include "wire/probe_parts.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

/// One way to tell a server: returns why it is one, or nothing.
using Sign = std::optional<std::string> (*)(Asker&);
struct Row {
  ServerKind kind;
  std::string_view owner;  ///< What it writes as the owner of its models; empty where that tells nothing.
  Sign sign;
};

std::string quoted(std::string_view path) { return "GET " + std::string(path); }

std::optional<std::string> llama_sign(Asker& ask) {
  const auto* props = ask.json("/props");
  if (props != nullptr && (props->contains("total_slots") || props->contains("default_generation_settings")))
    return quoted("/props") + " tells of slots";
  // While it loads every route says so in its own words.
  const auto* answer = ask.get("/health");
  const bool loading = answer != nullptr && answer->status == 503 &&
                       answer->body.find("unavailable_error") != std::string::npos;
  return loading ? std::optional(quoted("/health") + " says \"unavailable_error\"") : std::nullopt;
}

std::optional<std::string> ollama_sign(Asker& ask) {
  const auto* version = ask.json("/api/version");
  if (version != nullptr && version->contains("version")) return quoted("/api/version") + " tells a version";
  return std::nullopt;
}

std::optional<std::string> sglang_sign(Asker& ask) {
  for (const char* path : {"/get_model_info", "/model_info"}) {
    const auto* info = ask.json(path);
    if (info != nullptr && info->contains("model_path") && info->contains("is_generation"))
      return quoted(path) + " tells a model path";
  }
  return std::nullopt;
}

std::optional<std::string> tgi_sign(Asker& ask) {
  const auto* info = ask.json("/info");
  if (info != nullptr && info->contains("model_id")) return quoted("/info") + " tells a model id";
  const auto* answer = ask.get("/info");
  const bool loading =
      answer != nullptr && answer->status == 503 && answer->body.find("\"error_type\"") != std::string::npos;
  return loading ? std::optional(quoted("/info") + " answers with an error_type") : std::nullopt;
}

/// vLLM and TensorRT-LLM both tell a version; their metrics differ.
std::optional<std::string> vllm_sign(Asker& ask) {
  const auto* version = ask.json("/version");
  if (version == nullptr || !version->contains("version")) return std::nullopt;
  const auto* metrics = ask.get("/metrics");
  if (metrics != nullptr && metrics->status == 200 && metrics->body.find("vllm:") != std::string::npos)
    return quoted("/metrics") + " tells of vllm";
  return std::nullopt;
}

std::optional<std::string> tensorrt_sign(Asker& ask) {
  const auto* version = ask.json("/version");
  if (version == nullptr || !version->contains("version")) return std::nullopt;
  const auto* metrics = ask.get("/metrics");
  if (metrics != nullptr && metrics->status == 200 && metrics->body.starts_with('['))
    return quoted("/metrics") + " is a list in JSON";
  return std::nullopt;
}

std::optional<std::string> lm_studio_sign(Asker& ask) {
  const auto* models = ask.json("/api/v0/models");
  if (models != nullptr && models->contains("data")) return quoted("/api/v0/models") + " lists models";
  models = ask.json("/api/v1/models");
  if (models != nullptr && models->contains("models")) return quoted("/api/v1/models") + " lists models";
  return std::nullopt;
}

// The commonest and the cheapest to tell first. Owners: llama.cpp's, vLLM's, SGLang's, TensorRT-LLM's, LM
// Studio's and Ollama's own lists of models.
constexpr std::array<Row, 7> kRows{{{ServerKind::llama_server, "llamacpp", llama_sign},
                                    {ServerKind::ollama, "library", ollama_sign},
                                    {ServerKind::vllm, "vllm", vllm_sign},
                                    {ServerKind::tensorrt_llm, "tensorrt_llm", tensorrt_sign},
                                    {ServerKind::sglang, "sglang", sglang_sign},
                                    {ServerKind::tgi, "", tgi_sign},
                                    {ServerKind::lm_studio, "organization_owner", lm_studio_sign}}};

std::string owner_of(Asker& ask) {
  const auto* models = ask.json("/v1/models");
  if (models == nullptr) return {};
  const auto data = models->find("data");
  if (data == models->end() || !data->is_array() || data->empty()) return {};
  return value_or(data->front(), "owned_by", std::string());
}

bool lists_models(Asker& ask) {
  const auto* models = ask.json("/v1/models");
  return models != nullptr && models->contains("data") && models->at("data").is_array();
}

struct Found {
  ServerKind kind = ServerKind::openai_chat;
  std::string why;
};

std::optional<Found> recognise(Asker& ask) {
  const auto owner = owner_of(ask);
  for (const bool hinted : {true, false}) {
    for (const auto& row : kRows) {
      if (hinted != (!owner.empty() && row.owner == owner)) continue;
      if (auto why = row.sign(ask)) return Found{row.kind, std::move(*why)};
    }
  }
  // vLLM's metrics may be off; its name as an owner is enough.
  if (owner == "vllm") return Found{ServerKind::vllm, "its models are owned by \"vllm\""};
  if (lists_models(ask)) return Found{ServerKind::openai_chat, "it lists models as OpenAI does"};
  return std::nullopt;
}

/// Why what answered is no engine that we know.
Error no_engine(Asker& ask) {
  const auto* answer = ask.get("/v1/models");
  Error error{ErrorCode::engine_failed, "what answers is no serving engine that is known", {}, {}};
  if (answer == nullptr) return error;
  const auto type = answer->headers.find("content-type");
  const auto read = read_failure(
      {answer->status, type == answer->headers.end() ? std::string_view() : type->second, answer->body, {}});
  error.message += ": GET /v1/models answers " + std::to_string(answer->status) + ", " + read.message;
  if (read.failure == FailureClass::unauthorized) {
    error.message = "the server wants a key: GET /v1/models answers " + std::to_string(answer->status) +
                    ", " + read.message;
    error.hint = "Give the API key, by an environment variable.";
  } else if (answer->status == 503) {
    error.message = "the server answers 503 on every route, " + read.message;
    error.hint = "It may be loading its model: wait, or name its dialect.";
  } else {
    error.hint = "Is the URL that of the engine, without a route? Name the dialect to go on without probing.";
  }
  return error;
}

Readiness readiness_of(Asker& ask, const Dialect& dialect) {
  if (dialect.lazy_load) return Readiness::lazy;
  if (dialect.ready_path.empty()) return Readiness::unknown;
  const auto* answer = ask.get(dialect.ready_path);
  if (answer == nullptr) return Readiness::unknown;
  if (answer->status == 200) return Readiness::ready;
  return answer->status == 503 ? Readiness::loading : Readiness::unknown;
}

}  // namespace

Result<ProbedServer> probe_server(const SmallCall& call, std::optional<ServerKind> wanted) {
  Asker ask(call);
  ProbedServer probed;
  try {
    std::optional<Found> found;
    if (wanted) {
      found = Found{*wanted, "as asked"};
      // One request, to know that something answers.
      static_cast<void>(ask.get(dialects_of(*wanted).front().models_path));
    } else {
      found = recognise(ask);
    }
    if (!ask.answered()) return tl::unexpected(ask.first_problem());
    if (!found) return tl::unexpected(no_engine(ask));
    probed.dialect = dialects_of(found->kind).front();
    probed.why = found->why;
    probed.readiness = readiness_of(ask, probed.dialect);
    read_models(ask, probed);
    read_facts(ask, probed);
  } catch (const std::exception& problem) {
    return fail(ErrorCode::engine_failed,
                std::string("the server's answers cannot be understood: ") + problem.what());
  }
  return probed;
}

}  // namespace edgeeval
