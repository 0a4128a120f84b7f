// SPDX-License-Identifier: Apache-2.0
// What an audit says of a study, one detector at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.hpp"
#include "support/clean_study.hpp"

namespace edgeeval::audit {

/// The findings of one detector.
[[nodiscard]] inline std::vector<Finding> findings_of(const PublishedStudy& study, std::string_view detector) {
  auto report = audit(subject_of(study));
  std::erase_if(report.findings, [&](const Finding& f) { return f.detector != detector; });
  return report.findings;
}

/// What a detector gave as its reason not to look; empty where it looked.
[[nodiscard]] inline std::string why_skipped(const PublishedStudy& study, std::string_view detector) {
  for (const auto& skip : audit(subject_of(study)).skipped) {
    if (skip.detector == detector) return skip.reason;
  }
  return {};
}

}  // namespace edgeeval::audit
