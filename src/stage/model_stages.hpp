// SPDX-License-Identifier: Apache-2.0
// Stages that make files: import, adapt, merge, quantize. The work is done by helper programs.
#pragma once

#include <edgeeval/stage.hpp>

namespace edgeeval {

/// Base model file → FP16 GGUF (edgeeval-model convert). Artifact "model".
class ImportStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

/// Task training items + base → PEFT adapter (edgeeval-model tokenize, edgeeval-train adapt). Artifact
/// "adapter".
class AdaptStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

/// Base + adapter → FP16 GGUF (edgeeval-model merge). Artifact "model".
class MergeStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

/// FP16 GGUF → INT8 or INT4 GGUF (edgeeval-model quantize). Artifact "model".
class QuantizeStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

}  // namespace edgeeval
