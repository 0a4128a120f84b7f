// SPDX-License-Identifier: Apache-2.0
// The JSON body of a request, in the words of each route.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "wire/dialect.hpp"
#include "wire/json_text.hpp"

namespace edgeeval {
namespace {

/// Writes members of a JSON object, with their commas.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void open(std::string_view key = {}) {
    begin(key);
    out_ += '{';
    first_ = true;
  }
  void close() {
    out_ += '}';
    first_ = false;
  }
  void raw(std::string_view members) {
    if (members.empty()) return;
    begin({});
    out_ += members;
  }
  void flag(std::string_view key, bool value) {
    begin(key);
    out_ += value ? "true" : "false";
  }
  void number(std::string_view key, std::int64_t value) {
    begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void number(std::string_view key, double value) {
    if (!std::isfinite(value)) return;
    begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  /// `before` and `text` as one string.
  void text(std::string_view key, std::string_view before, std::string_view text) {
    begin(key);
    out_ += '"';
    append_escaped(out_, before);
    append_escaped(out_, text);
    out_ += '"';
  }
  void ids(std::string_view key, const std::vector<std::int32_t>& ids) {
    begin(key);
    out_ += '[';
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0) out_ += ',';
      fmt::format_to(std::back_inserter(out_), "{}", ids[i]);
    }
    out_ += ']';
  }
  void message(std::string_view role, std::string_view salt, std::string_view content) {
    open();
    text("role", {}, role);
    text("content", salt, content);
    close();
  }
  void open_list(std::string_view key) {
    begin(key);
    out_ += '[';
    first_ = true;
  }
  void close_list() {
    out_ += ']';
    first_ = false;
  }

 private:
  void begin(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    if (key.empty()) return;
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  std::string& out_;
  bool first_ = true;
};

void write_messages(Writer& writer, const Asking& asking) {
  writer.open_list("messages");
  if (asking.messages != nullptr && !asking.messages->empty()) {
    auto salt = asking.salt;
    for (const auto& [role, content] : *asking.messages) {
      writer.message(role, salt, content);
      salt = {};
    }
  } else {
    const bool system = !asking.system.empty();
    if (system) writer.message("system", asking.salt, asking.system);
    writer.message("user", system ? std::string_view() : asking.salt, asking.text);
  }
  writer.close_list();
}

/// All words as one text, for routes that take no messages; without roles, for no template is ours to choose.
std::string one_text(const Asking& asking, bool with_system) {
  std::string all;
  const auto add = [&](std::string_view text) {
    if (text.empty()) return;
    if (!all.empty()) all += "\n\n";
    all += text;
  };
  if (asking.messages != nullptr && !asking.messages->empty()) {
    for (const auto& [role, content] : *asking.messages) {
      if (with_system || role != "system") add(content);
    }
    return all;
  }
  if (with_system) add(asking.system);
  add(asking.text);
  return all;
}

/// The words of the system, where a route has a field of its own for them.
std::string system_text(const Asking& asking) {
  if (asking.messages == nullptr || asking.messages->empty()) return std::string(asking.system);
  for (const auto& [role, content] : *asking.messages) {
    if (role == "system") return content;
  }
  return {};
}

void write_prompt(Writer& writer, const Dialect& dialect, const Asking& asking, std::string_view key,
                  std::string_view ids_key) {
  if (dialect.takes_token_ids && asking.token_ids != nullptr) return writer.ids(ids_key, *asking.token_ids);
  if (asking.messages == nullptr && asking.system.empty()) return writer.text(key, asking.salt, asking.text);
  writer.text(key, asking.salt, one_text(asking, true));
}

/// A prompt where the system's words have a field of their own; the salt goes before what the server puts
/// first.
void write_split_prompt(Writer& writer, const Asking& asking, std::string_view system_key,
                        std::string_view key) {
  const auto system = system_text(asking);
  if (!system.empty()) writer.text(system_key, asking.salt, system);
  writer.text(key, system.empty() ? asking.salt : std::string_view(), one_text(asking, false));
}

void write_ignore_eos(Writer& writer, const Dialect& dialect, const Asking& asking) {
  if (!asking.ignore_eos) return;
  if (dialect.ignore_eos) {
    writer.flag("ignore_eos", true);
  } else if (dialect.min_tokens) {
    writer.number("min_tokens", std::int64_t{asking.max_tokens});
  }
}

void write_openai(Writer& writer, const Dialect& dialect, const Asking& asking) {
  if (!asking.model.empty()) writer.text("model", {}, asking.model);
  if (dialect.route == RouteKind::chat) {
    write_messages(writer, asking);
  } else {
    write_prompt(writer, dialect, asking, "prompt", "prompt");
  }
  writer.number("max_tokens", std::int64_t{asking.max_tokens});
  writer.number("temperature", asking.temperature);
  if (dialect.seed && asking.seed) writer.number("seed", *asking.seed);
  writer.flag("stream", true);
  if (dialect.include_usage) {
    writer.open("stream_options");
    writer.flag("include_usage", true);
    if (dialect.continuous_usage) writer.flag("continuous_usage_stats", true);
    writer.close();
  }
  write_ignore_eos(writer, dialect, asking);
  if (dialect.return_token_ids) writer.flag("return_token_ids", true);
  if (dialect.timings_per_token) writer.flag("timings_per_token", true);
  if (dialect.cache_prompt) writer.flag("cache_prompt", asking.reuse_prompt_cache);
}

void write_llama(Writer& writer, const Dialect& dialect, const Asking& asking) {
  write_prompt(writer, dialect, asking, "prompt", "prompt");
  writer.number("n_predict", std::int64_t{asking.max_tokens});
  writer.number("temperature", asking.temperature);
  if (dialect.seed && asking.seed) writer.number("seed", *asking.seed);
  writer.flag("stream", true);
  write_ignore_eos(writer, dialect, asking);
  if (dialect.return_token_ids) writer.flag("return_tokens", true);
  if (dialect.timings_per_token) writer.flag("timings_per_token", true);
  if (dialect.cache_prompt) writer.flag("cache_prompt", asking.reuse_prompt_cache);
}

void write_ollama(Writer& writer, const Dialect& dialect, const Asking& asking) {
  writer.text("model", {}, asking.model);
  if (dialect.route == RouteKind::ollama_chat) {
    write_messages(writer, asking);
  } else {
    write_split_prompt(writer, asking, "system", "prompt");
  }
  writer.flag("stream", true);
  writer.open("options");
  writer.number("num_predict", std::int64_t{asking.max_tokens});
  writer.number("temperature", asking.temperature);
  if (dialect.seed && asking.seed) writer.number("seed", *asking.seed);
  writer.close();
}

void write_sglang(Writer& writer, const Dialect& dialect, const Asking& asking) {
  write_prompt(writer, dialect, asking, "text", "input_ids");
  writer.open("sampling_params");
  writer.number("max_new_tokens", std::int64_t{asking.max_tokens});
  writer.number("temperature", asking.temperature);
  if (dialect.ignore_eos && asking.ignore_eos) writer.flag("ignore_eos", true);
  writer.close();
  writer.flag("stream", true);
}

void write_tgi(Writer& writer, const Dialect& dialect, const Asking& asking) {
  write_prompt(writer, dialect, asking, "inputs", "inputs");
  writer.open("parameters");
  writer.number("max_new_tokens", std::int64_t{asking.max_tokens});
  // TGI refuses a temperature of 0; without one it takes the likeliest token.
  if (asking.temperature > 0.0) {
    writer.flag("do_sample", true);
    writer.number("temperature", asking.temperature);
  }
  if (dialect.seed && asking.seed) writer.number("seed", *asking.seed);
  writer.flag("details", true);
  writer.close();
  writer.flag("stream", true);
}

void write_lm_studio(Writer& writer, const Asking& asking) {
  writer.text("model", {}, asking.model);
  write_split_prompt(writer, asking, "system_prompt", "input");
  writer.number("max_output_tokens", std::int64_t{asking.max_tokens});
  writer.number("temperature", asking.temperature);
  writer.flag("stream", true);
}

}  // namespace

void write_body(const Dialect& dialect, const Asking& asking, std::string& out) {
  out.clear();
  Writer writer(out);
  writer.open();
  switch (dialect.route) {
    case RouteKind::chat:
    case RouteKind::completions:
      write_openai(writer, dialect, asking);
      break;
    case RouteKind::llama_completion:
      write_llama(writer, dialect, asking);
      break;
    case RouteKind::ollama_chat:
    case RouteKind::ollama_generate:
      write_ollama(writer, dialect, asking);
      break;
    case RouteKind::sglang_generate:
      write_sglang(writer, dialect, asking);
      break;
    case RouteKind::tgi_generate:
      write_tgi(writer, dialect, asking);
      break;
    case RouteKind::lm_studio_chat:
      write_lm_studio(writer, asking);
      break;
  }
  writer.raw(asking.extra_json);
  writer.close();
}

}  // namespace edgeeval
