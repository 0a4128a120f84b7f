// SPDX-License-Identifier: Apache-2.0
// A validated study → variants and the DAG of stages behind them, with content keys.
#pragma once

#include <edgeeval/plan.hpp>
#include <map>
#include <string>
#include <vector>

#include "plan/study.hpp"

namespace edgeeval {

/// What tells the things a plan reads from other versions of themselves; "absent" where one is not there.
struct Identities {
  std::map<std::string, std::string> models;  ///< By name.
  std::map<std::string, std::string> tasks;   ///< By name.
  std::string engine;
  std::string tools;
};

/// Lays out variants and stages. Stages are in a dependency order that finishes one variant before it begins
/// the next, so that early results come early; a stage that several variants need is there once.
[[nodiscard]] Plan expand(StudyFile file, const Identities& identities);

}  // namespace edgeeval
