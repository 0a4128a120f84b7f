// SPDX-License-Identifier: Apache-2.0
// Runs as sets of results, changed for a test, and written as run folders
#pragma once

#include <edgeeval/record.hpp>
#include <filesystem>
#include <functional>
#include <string>

namespace edgeeval {

/// Gives a variant of `record` scores of `count` items, "item-0" on: F1, exact match and ROUGE-L are what
/// `score` makes of the item's number. Answers and gold are alike in all.
void set_scores(RunRecord& record, const std::string& variant, int count,
                const std::function<double(int)>& score);

/// Writes `record` as `edgeeval run` leaves it: record.jsonl by the record's own writer, requests and
/// predictions. False where something could not be written.
[[nodiscard]] bool save_run(RunRecord record, const std::filesystem::path& folder);

}  // namespace edgeeval
