// SPDX-License-Identifier: Apache-2.0
// What a study asks for, validated and laid out as a DAG of stages with content keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// How the base model is adapted to the task.
enum class Adaptation { none, lora, qlora };

/// In which precision the variant is deployed. `merged` is the paper's name for a QLoRA adapter merged
/// into the full-precision base and served as that.
enum class Precision { fp16, int8, int4, merged };

/// What a stage does.
enum class StageKind {
  import,    ///< Base model file → FP16 GGUF.
  adapt,     ///< Base + task training data → PEFT adapter.
  merge,     ///< Base + adapter → FP16 GGUF.
  quantize,  ///< FP16 GGUF → INT8 or INT4 GGUF.
  serve,     ///< Cold start of the engine and the load on it → request timelines.
  score,     ///< Request timelines + gold answers → per-item scores.
};

[[nodiscard]] std::string_view to_string(Adaptation adaptation) noexcept;
[[nodiscard]] std::string_view to_string(Precision precision) noexcept;
[[nodiscard]] std::string_view to_string(StageKind kind) noexcept;
[[nodiscard]] std::optional<Adaptation> adaptation_from(std::string_view name) noexcept;
[[nodiscard]] std::optional<Precision> precision_from(std::string_view name) noexcept;
[[nodiscard]] std::optional<StageKind> stage_kind_from(std::string_view name) noexcept;

/// A base model of the study.
struct Model {
  std::string name;     ///< Short, file-name safe: "smollm2-135m".
  std::string family;   ///< "SmolLM2", "Llama", "Qwen".
  std::string size;     ///< Nominal size label: "135M", "1B".
  std::string package;  ///< A model scripts/setup installed, e.g. "smollm2-135m-instruct"; empty where `gguf`
                        ///< is given.
  std::filesystem::path
      gguf;          ///< A GGUF file, resolved against the study's folder; empty where `package` is given.
  std::string note;  ///< Shown with every result, e.g. that the FP16 weights come from a 4-bit file.
  std::string huggingface;  ///< A Hugging Face id; such a model can be planned but not yet run. Empty where
                            ///< not given.
};

/// How adapters are trained (defaults: the paper's, economics.md 1.2).
struct AdaptSettings {
  int rank = 16;
  double alpha = 16.0;
  double dropout = 0.05;
  double learning_rate = 2e-4;
  int steps = 0;        ///< Optimizer steps; 0 = `epochs` decides.
  double epochs = 1.0;  ///< Passes over the training items where steps is 0.
  int batch_size = 4;
  int max_tokens = 512;  ///< Longest training item, in tokens.
  std::uint64_t seed = 1;
  std::vector<std::string> target_modules;  ///< Default: the seven projections of a LLaMA block.
};

/// How the engine is launched.
struct EngineSettings {
  std::string name = "llama-server";
  int threads = 0;         ///< 0 = all cores.
  int slots = 2;           ///< Requests the engine works on at once.
  int context_tokens = 0;  ///< Context of each slot; 0 = 1024.
  int port = 0;            ///< 0 = the kernel picks a free one.
  double ready_timeout_s = 120.0;
  std::vector<std::string> extra_arguments;
};

/// The load put on the engine.
struct LoadSettings {
  int items = 0;            ///< Evaluation items asked, from the first on; 0 = all.
  int concurrency = 2;      ///< Requests in flight (closed loop).
  int max_tokens = 32;      ///< Longest answer.
  int warmup_requests = 2;  ///< Sent before the window opens, not counted.
  double request_timeout_s = 60.0;
};

/// How energy is taken.
struct EnergySettings {
  std::optional<double> idle_s;  ///< Length of each idle window (s); 0: none. Not given: by the sensors at hand.
  std::string require = "any";   ///< "any", or "measured": refuse to run on a machine without a sensor.
};

/// Prices and sizes the paper-mode metrics take on trust, each with where it comes from.
struct PriceBook {
  double electricity_usd_per_kwh = 0.12;
  double api_usd_per_request = 0.00125;
  std::string source = "paper: electricity 0.12 USD/kWh, 500 tokens × 2.50 USD/M tokens";
};

/// One setting as asked for and as used.
struct Setting {
  std::string key;        ///< Dotted path in the study, e.g. "adapt.rank".
  std::string requested;  ///< As written in the study; empty where it was not given.
  std::string effective;  ///< As used.
  std::string origin;     ///< "study", "default", "machine" or "command line".
};

/// The effective study.
struct Study {
  std::string name;
  std::filesystem::path file;  ///< The study file.
  std::vector<Model> models;
  std::vector<std::filesystem::path> task_folders;  ///< One a task, parallel to task_names.
  std::vector<std::string> task_names;
  AdaptSettings adapt;
  EngineSettings engine;
  LoadSettings load;
  EnergySettings energy;
  PriceBook prices;
};

/// One deployable model for one task.
struct Variant {
  std::string id;  ///< "smollm2-135m.rag.lora.int4", unique in the study and file-name safe.
  std::string model;
  std::string family;
  std::string size;
  Adaptation adaptation = Adaptation::none;
  Precision precision = Precision::fp16;
  std::string task;
  std::vector<std::string> stages;  ///< Ids of all stages it rests on, in order.
  std::string model_stage;          ///< The stage whose artifact is served.
  std::string serve_stage;
  std::string score_stage;
};

/// One node of the DAG.
struct StageSpec {
  std::string id;  ///< "adapt:smollm2-135m.rag.lora", unique in the plan.
  StageKind kind = StageKind::import;
  std::string key;  ///< Content key: SHA-256 over kind, effective settings, input keys and tool versions.
  std::vector<std::string> needs;  ///< Ids of the stages whose artifacts it reads.
  std::string model;
  std::string task;  ///< Empty for import.
  Adaptation adaptation = Adaptation::none;
  Precision precision = Precision::fp16;
  std::string variant;  ///< Set for serve and score.
  std::string label;    ///< For people: "lora · rag".
  std::map<std::string, std::string>
      inputs;  ///< What entered the key besides `needs`: name → text or digest.
};

/// The study, validated and expanded. Stages are in a dependency order.
struct Plan {
  Study study;
  std::string key;  ///< Digest of the whole plan's effective settings; names "the same study".
  std::vector<Setting> settings;
  std::vector<Variant> variants;
  std::vector<StageSpec> stages;
  std::vector<std::string> missing;  ///< What is not there and must be before the plan can run; for people.
};

}  // namespace edgeeval
