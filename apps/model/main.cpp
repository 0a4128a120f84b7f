// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <edgeeval/version.hpp>
#include <functional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "shared/helper.hpp"
#include "shared/token_list.hpp"

namespace {

using edgeeval::Json;
using edgeeval::Result;
namespace model = edgeeval::model;

/// What the command line may say; each subcommand uses its own part.
struct Options {
  std::string model, out, adapter, items, text, tokens, tokens_file;
  std::string type = "f16";
  model::QuantizeOptions quantize;
  int max_length = 0;
  bool render = false;
};

using Action = std::function<Result<Json>()>;

void add_file_commands(CLI::App& app, Options& o, Action& action) {
  auto* inspect = app.add_subcommand("inspect", "Say what a GGUF file is");
  inspect->add_option("--model", o.model, "GGUF file")->required();
  inspect->callback([&] { action = [&] { return model::inspect(o.model); }; });

  auto* convert = app.add_subcommand("convert", "Write a GGUF file with all matrices as F16 or F32");
  convert->add_option("--model", o.model, "GGUF file")->required();
  convert->add_option("--out", o.out, "File to write")->required();
  convert->add_option("--type", o.type, "f16 or f32")->capture_default_str();
  convert->callback([&] { action = [&] { return model::convert(o.model, o.out, o.type); }; });

  auto* merge = app.add_subcommand("merge", "Base + PEFT adapter → GGUF");
  merge->add_option("--model", o.model, "Base GGUF file")->required();
  merge->add_option("--adapter", o.adapter, "PEFT adapter folder")->required();
  merge->add_option("--out", o.out, "File to write")->required();
  merge->add_option("--type", o.type, "f16 or f32")->capture_default_str();
  merge->callback([&] { action = [&] { return model::merge(o.model, o.adapter, o.out, o.type); }; });

  auto* quantize = app.add_subcommand("quantize", "F16 GGUF → FP16, INT8 (Q8_0) or INT4 (Q4_0)");
  quantize->add_option("--model", o.model, "F16 or F32 GGUF file")->required();
  quantize->add_option("--out", o.out, "File to write")->required();
  quantize->add_option("--to", o.quantize.to, "fp16, int8 or int4")->required();
  quantize->add_flag("--allow-fallback", o.quantize.allow_fallback,
                     "Let llama.cpp choose another type for shapes that do not fit");
  quantize->add_option("--threads", o.quantize.threads, "Threads (0 = all)")->capture_default_str();
  quantize->callback([&] { action = [&] { return model::quantize(o.model, o.out, o.quantize); }; });
}

void add_token_commands(CLI::App& app, Options& o, Action& action) {
  auto* tokenize = app.add_subcommand(
      "tokenize", "Conversations (JSONL) → token ids with labels, or the tokens of a text");
  tokenize->add_option("--model", o.model, "GGUF file")->required();
  auto* items = tokenize->add_option("--items", o.items, R"(JSONL of {"id","messages","answer"})");
  tokenize->add_option("--out", o.out, R"(JSONL of {"id","input_ids","labels"} to write)");
  tokenize->add_option("--max-length", o.max_length, "Leave out longer items (0 = none)")
      ->capture_default_str();
  tokenize->add_option("--text", o.text, "Print the tokens of this text instead")->excludes(items);
  tokenize->add_flag("--render", o.render, "Print the rendered prompts instead of writing tokens");
  tokenize->callback([&] {
    if (o.items.empty() && o.text.empty()) throw CLI::RequiredError("--items or --text");
    if (!o.items.empty() && !o.render && o.out.empty()) throw CLI::RequiredError("--out");
    action = [&] {
      if (o.items.empty()) return model::tokens_of(o.model, o.text);
      return o.render ? model::render(o.model, o.items)
                      : model::tokenize(o.model, o.items, o.out, o.max_length);
    };
  });

  auto* logits = app.add_subcommand("logits", "Logits of every position from llama.cpp, as raw F32");
  logits->add_option("--model", o.model, "GGUF file")->required();
  logits->add_option("--tokens", o.tokens, "Token ids, separated by commas");
  logits->add_option("--tokens-file", o.tokens_file, "File of token ids, separated by commas or white space");
  logits->add_option("--out", o.out, "File to write: [tokens, vocabulary] F32, row-major")->required();
  logits->callback([&] {
    action = [&]() -> Result<Json> {
      auto tokens = edgeeval::token_list(o.tokens, o.tokens_file);
      if (!tokens) return tl::unexpected(tokens.error());
      return model::logits(o.model, *tokens, o.out);
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Model files for EdgeEval, on llama.cpp: inspect, convert, merge, quantize, tokenize",
               "edgeeval-model"};
  app.set_version_flag("--version", "edgeeval-model " + std::string(edgeeval::version()));
  app.require_subcommand(1);
  app.footer("JSON lines on stdout, errors on stderr, exit codes as in docs/exit-codes.md.");
  Options options;
  Action action;
  add_file_commands(app, options, action);
  add_token_commands(app, options, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : edgeeval::exit_code(edgeeval::ErrorCode::usage);
  }
  return edgeeval::conclude(action());
}
