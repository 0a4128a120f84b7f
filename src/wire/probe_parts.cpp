// SPDX-License-Identifier: Apache-2.0
#include "wire/probe_parts.hpp"

#include "core/foreign_json.hpp"
#include "wire/words.hpp"

namespace edgeeval {
namespace {

std::string clean(const std::string& text) {
  std::string words;
  write_words(words, text);
  return words;
}

/// The names under `key` of the objects in the list `list`.
void add_names(const Json& json, const char* list, const char* key, ProbedServer& probed) {
  const auto found = json.find(list);
  if (found == json.end() || !found->is_array()) return;
  for (const auto& item : *found) {
    auto name = value_or(item, key, std::string());
    if (!name.empty()) probed.models.push_back(std::move(name));
  }
}

/// A fact of the object, where it is text or a number.
void add_fact(const Json& json, const char* key, ProbedServer& probed) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  if (found->is_string()) {
    probed.facts[key] = clean(found->get<std::string>());
  } else if (found->is_number() || found->is_boolean()) {
    probed.facts[key] = found->dump();
  }
}

void read_llama_facts(Asker& ask, ProbedServer& probed) {
  const auto* props = ask.json("/props");
  if (props == nullptr) return;
  const auto slots = props->find("total_slots");
  if (slots != props->end() && slots->is_number_integer()) probed.slots = slots->get<int>();
  probed.version = clean(value_or(*props, "build_info", std::string()));
  for (const char* key : {"build_info", "model_path", "model_alias", "is_sleeping"})
    add_fact(*props, key, probed);
}

/// LM Studio lists what it could load; what is loaded is asked first.
void prefer_loaded(Asker& ask, ProbedServer& probed) {
  const auto* models = ask.json("/api/v0/models");
  if (models == nullptr) return;
  const auto data = models->find("data");
  if (data == models->end() || !data->is_array()) return;
  for (const auto& item : *data) {
    if (value_or(item, "state", std::string()) != "loaded") continue;
    if (value_or(item, "type", std::string("llm")) == "embeddings") continue;
    probed.model = value_or(item, "id", probed.model);
    probed.facts["state"] = "loaded";
    return;
  }
}

}  // namespace

Asker::Known& Asker::ask(const std::string& path) {
  const auto [at, fresh] = known_.try_emplace(path);
  if (!fresh || (problem_ && !answered_)) return at->second;
  auto answer = call_(path, {});
  if (answer) {
    answered_ = true;
    at->second.answer = std::move(*answer);
  } else if (!problem_) {
    problem_ = answer.error();
  }
  return at->second;
}

const SmallAnswer* Asker::get(const std::string& path) {
  const auto& known = ask(path);
  return known.answer ? &*known.answer : nullptr;
}

const Json* Asker::json(const std::string& path) {
  auto& known = ask(path);
  if (!known.parsed && known.answer) {
    known.parsed = true;
    auto value = parse_foreign(known.answer->body);
    // LM Studio answers 200 with an error to routes that it does not have.
    if (known.answer->status == 200 && value.is_object() && !value.contains("error"))
      known.json = std::move(value);
  }
  return known.json ? &*known.json : nullptr;
}

Error Asker::first_problem() const {
  return problem_.value_or(Error{ErrorCode::internal, "nothing was asked", {}, {}});
}

void read_models(Asker& ask, ProbedServer& probed) {
  const auto& path = probed.dialect.models_path;
  const auto* json = ask.json(path);
  if (json != nullptr) {
    if (probed.dialect.server == ServerKind::ollama) {
      add_names(*json, "models", "name", probed);
    } else if (probed.dialect.server == ServerKind::tgi) {
      const auto id = value_or(*json, "model_id", std::string());
      if (!id.empty()) probed.models.push_back(id);
    } else {
      add_names(*json, "data", "id", probed);
    }
  }
  if (!probed.models.empty()) probed.model = probed.models.front();
}

void read_facts(Asker& ask, ProbedServer& probed) {
  const auto version_at = [&](const char* path) {
    const auto* json = ask.json(path);
    if (json != nullptr) probed.version = clean(value_or(*json, "version", std::string()));
    return json;
  };
  switch (probed.dialect.server) {
    case ServerKind::llama_server:
      return read_llama_facts(ask, probed);
    case ServerKind::vllm:
    case ServerKind::tensorrt_llm:
      version_at("/version");
      return;
    case ServerKind::ollama:
      version_at("/api/version");
      return;
    case ServerKind::sglang:
      version_at("/server_info");
      if (probed.version.empty()) version_at("/get_server_info");
      if (const auto* info = ask.json("/get_model_info")) add_fact(*info, "model_path", probed);
      return;
    case ServerKind::tgi:
      if (const auto* info = version_at("/info")) {
        for (const char* key : {"max_total_tokens", "max_concurrent_requests", "model_dtype", "sha"})
          add_fact(*info, key, probed);
      }
      return;
    case ServerKind::lm_studio:
      return prefer_loaded(ask, probed);
    default:
      return;
  }
}

}  // namespace edgeeval
