// SPDX-License-Identifier: Apache-2.0
// Before the first load: the server found, waited for and asked what it is; the prompts read or made.
#pragma once

#include <edgeeval/result.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bench/settings.hpp"
#include "core/cancel.hpp"
#include "wire/probe_server.hpp"
#include "workload/prompts.hpp"

namespace edgeeval {

/// What preparing tells while it goes on: "the server loads its model".
using Telling = std::function<void(const std::string& text)>;

/// Finds out who answers and waits until it is ready, at most settings.ready_timeout_s. Errors: io (nobody
/// answers), engine_failed (no serving engine), usage (no such route), timed_out (never ready), cancelled.
[[nodiscard]] Result<ProbedServer> find_server(const BenchSettings& settings, const CancelToken& cancel,
                                               const Telling& tell);

/// The prompts of a benchmark.
struct PromptSet {
  std::vector<Prompt> prompts;
  bool exact = false;
  bool salted = false;  ///< They are met more than once, or may have been before: each request needs a salt.
  std::string note;     ///< What a reader must know of their lengths; empty where nothing.
};
/// Reads them, or makes up `count` of the length wished. Errors: io, invalid_task, usage
/// (more words than are made up), cancelled.
[[nodiscard]] Result<PromptSet> prepare_prompts(const BenchSettings& settings, const ProbedServer& server,
                                                const std::string& model, const CancelToken& cancel);

}  // namespace edgeeval
