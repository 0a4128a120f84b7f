// SPDX-License-Identifier: Apache-2.0
// Stages that use a model: serve it to a load, score what it said.
#pragma once

#include <edgeeval/stage.hpp>

namespace edgeeval {

/// Cold start of the engine and a closed loop of evaluation items on it. Windows "start" (spawn → first
/// token), "resident" (the engine up, nothing in flight; where idle windows are on) and "load" (the closed
/// loop). Artifact "requests": a timeline an item, failures among them. loads/<variant>/ keeps the raw record
/// that they are made from, the warm-up included.
class ServeStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

/// Request timelines and gold answers → exact match, token F1 and ROUGE-L an item. Artifact "predictions".
class ScoreStage final : public Stage {
 public:
  [[nodiscard]] Result<StageResult> run(const StageSpec& spec, StageContext& context) override;
};

}  // namespace edgeeval
