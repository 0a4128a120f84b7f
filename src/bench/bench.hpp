// SPDX-License-Identifier: Apache-2.0
// A whole benchmark of a server: probing, prompts, one load or a series of them.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/point.hpp"
#include "bench/search.hpp"
#include "bench/settings.hpp"
#include "core/cancel.hpp"

namespace edgeeval {

/// What a benchmark tells while it goes on; calls come from the calling thread.
struct BenchListener {
  std::function<void(const std::string& text)> on_note{};  ///< What is being done now.
  std::function<void(const LoadGlance&)> on_glance{};      ///< A few times a second during a load.
  std::function<void(const BenchPoint&)> on_point{};       ///< A load of a series has ended.
  std::function<bool()> engine_alive{};                    ///< Of an engine that the caller launched.
  std::function<std::optional<Fact>()> engine_memory{};    ///< Its peak resident memory (B).
};

/// What a benchmark was and found.
struct BenchRun {
  std::filesystem::path folder;
  Scenario scenario;
  std::vector<BenchPoint> points;  ///< One, or those of a sweep or a search in their order.
  std::optional<PeakFound> peak;
  bool cancelled = false;
  bool engine_ended = false;
};

/// What can be refused before anybody is asked: objectives that the scenario needs, prompts and a schedule
/// that cannot be read. For a caller whose own work comes first. Errors: usage, io, those of prompts.
[[nodiscard]] Result<void> check_bench(const BenchSettings& settings);

/// Does it. The folder holds what was measured whatever happens later; where nothing was, what was made of it
/// is taken away again. Errors: usage, those of find_server
/// and of the prompts, io, disk_full, record_mismatch (the folder holds a benchmark already).
[[nodiscard]] Result<BenchRun> run_bench(const BenchSettings& settings, const CancelToken& cancel,
                                         const BenchListener& listener);

/// Reads a benchmark's folder, or a file of its timelines, and computes its figures anew. Errors: io,
/// record_unreadable.
[[nodiscard]] Result<BenchRun> read_bench(const std::filesystem::path& folder);

/// Writes all of its loads as JSON lines: a single one as write_timelines does, those of a series as
/// write_series does, with what bench.json tells in the first line. `path` "-" is stdout. Errors: io,
/// disk_full, record_unreadable.
[[nodiscard]] Result<void> write_bench_timelines(const BenchRun& run, const std::filesystem::path& path);

/// Whether a benchmark has a load a step, each in a folder of its own.
[[nodiscard]] bool is_series(const Scenario& scenario);

/// Whether `folder` can take a new benchmark: record_mismatch where it holds one, or cold starts.
[[nodiscard]] Result<void> check_unused(const std::filesystem::path& folder);

/// Whether `folder` holds a load or a series of them.
[[nodiscard]] bool is_bench_folder(const std::filesystem::path& folder);

/// The folders of the loads of a sweep or a search; empty where `folder` is a load itself, or none.
[[nodiscard]] std::vector<std::string> loads_of_series(const std::filesystem::path& folder);

}  // namespace edgeeval
