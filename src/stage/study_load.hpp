// SPDX-License-Identifier: Apache-2.0
// The load of a serve stage: the items of a task, each asked once by the load generator, and the raw record
// of it.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/cancel.hpp"
#include "load/client.hpp"

namespace edgeeval {

/// One evaluation item as it is asked.
struct ItemQuestion {
  std::string item;                                           ///< Its id.
  std::vector<std::pair<std::string, std::string>> messages;  ///< Role and content.
};

/// What is asked, of whom, and where the raw record goes.
struct StudyLoad {
  Target target;
  Dialect dialect;
  std::string variant;
  const std::vector<ItemQuestion>& questions;
  const LoadSettings& settings;
  std::filesystem::path folder;  ///< Of the raw record; what an earlier try left there is replaced.
};

/// Who is told what, and who may end it.
struct StudyLoadHooks {
  std::function<void()> on_measured;  ///< The warm-up is over, the measured requests begin now.
  std::function<void()> on_ended;     ///< The last measured request has ended.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress;
  std::function<bool()> engine_alive;
};

/// Warms up, then asks every question once, in order, so many in flight; greedy, and no prompt taken from a
/// cache of earlier requests, so that each pays for its own. A request answered by 503 is asked up to three
/// times more. Keeps requests, events and answers in `folder` (docs/record-format.md, "A load"), also where
/// it is cancelled or the engine ends. Errors: io, disk_full.
[[nodiscard]] Result<LoadOutcome> make_study_load(const StudyLoad& load, const CancelToken& cancel,
                                                  const StudyLoadHooks& hooks);

}  // namespace edgeeval
