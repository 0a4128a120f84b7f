// SPDX-License-Identifier: Apache-2.0
// A published study as a run: the same record that our own measurements leave, with every number graded
// published.
#pragma once

#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>

#include "economics/paper_formulas.hpp"
#include "tables/published_study.hpp"

namespace edgeeval::paper {

/// Writes `study` as a run folder: record.jsonl with one adapt, merge or quantize, serve and score stage a
/// row. Energies become windows without raw samples; scores and counts become facts; nominal sizes and the
/// prices of `constants` are graded assumed. What the tables do not hold is absent. `when` labels the sitting.
/// Errors: record_mismatch where the folder holds a record already, io, disk_full, invalid_table where a size
/// label has no nominal size.
[[nodiscard]] Result<void> write_published_run(const PublishedStudy& study, const Constants& constants,
                                               const std::filesystem::path& folder, const std::string& when);

/// The same record without a folder, its only sitting dated `when`. Errors: invalid_table.
[[nodiscard]] Result<RunRecord> published_record(const PublishedStudy& study, const Constants& constants,
                                                 const std::string& when);

}  // namespace edgeeval::paper
