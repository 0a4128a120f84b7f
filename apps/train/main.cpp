// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <edgeeval/version.hpp>
#include <functional>
#include <string>

#include "shared/helper.hpp"
#include "shared/token_list.hpp"
#include "training.hpp"

namespace {

using edgeeval::Json;
using edgeeval::Result;
namespace train = edgeeval::train;

struct LogitsOptions {
  std::string model, tokens, tokens_file, adapter, out;
  int threads = 0;
};

using Action = std::function<Result<Json>()>;

void add_adapt(CLI::App& app, train::AdaptOptions& o, Action& action) {
  auto* adapt = app.add_subcommand("adapt", "Train a LoRA or QLoRA adapter and write it in PEFT's layout");
  adapt->add_option("--model", o.model, "Base GGUF file (LLaMA family)")->required();
  adapt
      ->add_option("--data", o.data,
                   R"(JSONL of {"id","input_ids","labels"}, labels -100 where no loss is taken)")
      ->required();
  adapt->add_option("--out", o.out, "Adapter folder to write")->required();
  adapt->add_option("--method", o.method, "lora, or qlora (frozen projections in NF4)")
      ->check(CLI::IsMember({"lora", "qlora"}))
      ->capture_default_str();
  adapt->add_option("--rank", o.rank, "LoRA rank")->check(CLI::Range(1, 1024))->capture_default_str();
  adapt->add_option("--alpha", o.alpha, "LoRA alpha; the scale is alpha/rank")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  adapt->add_option("--dropout", o.dropout, "Dropout before A")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  adapt->add_option("--learning-rate", o.learning_rate, "Peak rate of AdamW")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  adapt->add_option("--steps", o.steps, "Optimizer steps")->check(CLI::PositiveNumber)->capture_default_str();
  adapt->add_option("--batch", o.batch, "Examples a step")->check(CLI::PositiveNumber)->capture_default_str();
  adapt->add_option("--max-length", o.max_length, "Longest example, in tokens")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  adapt->add_option("--seed", o.seed, "Seed of order, initial matrices and dropout")->capture_default_str();
  adapt->add_option("--threads", o.threads, "Threads (0 = all)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  adapt->callback([&] { action = [&] { return train::adapt(o, edgeeval::emit); }; });
}

void add_logits(CLI::App& app, LogitsOptions& o, Action& action) {
  auto* logits = app.add_subcommand("logits", "Logits of every position, as raw F32");
  logits->add_option("--model", o.model, "GGUF file (LLaMA family)")->required();
  logits->add_option("--tokens", o.tokens, "Token ids, separated by commas");
  logits->add_option("--tokens-file", o.tokens_file, "File of token ids, separated by commas or white space");
  logits->add_option("--adapter", o.adapter, "PEFT adapter folder to apply");
  logits->add_option("--out", o.out, "File to write: [tokens, vocabulary] F32, row-major")->required();
  logits->add_option("--threads", o.threads, "Threads (0 = all)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  logits->callback([&] {
    action = [&]() -> Result<Json> {
      auto tokens = edgeeval::token_list(o.tokens, o.tokens_file);
      if (!tokens) return tl::unexpected(tokens.error());
      return train::logits(o.model, *tokens, o.adapter, o.out, o.threads);
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"LoRA and QLoRA fine-tuning of LLaMA-family models on libtorch", "edgeeval-train"};
  app.set_version_flag("--version", "edgeeval-train " + std::string(edgeeval::version()));
  app.require_subcommand(1);
  app.footer(
      "JSON lines on stdout (start, step, result), errors on stderr, exit codes as in docs/exit-codes.md.");
  train::AdaptOptions adapt_options;
  LogitsOptions logits_options;
  Action action;
  add_adapt(app, adapt_options, action);
  add_logits(app, logits_options, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : edgeeval::exit_code(edgeeval::ErrorCode::usage);
  }
  return edgeeval::conclude(action());
}
