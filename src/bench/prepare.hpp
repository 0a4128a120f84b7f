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
#include "workload/salt.hpp"

namespace edgeeval {

/// What preparing tells while it goes on: "the server loads its model".
using Telling = std::function<void(const std::string& text)>;

/// Finds out who answers and waits until it is ready, at most settings.ready_timeout_s. Fields that it
/// refuses are taken out of its dialect, and named among its facts ("refused_fields"). Errors: io (nobody
/// answers), engine_failed (no serving engine), usage (no such route), timed_out (never ready), cancelled.
[[nodiscard]] Result<ProbedServer> find_server(const BenchSettings& settings, const CancelToken& cancel,
                                               const Telling& tell);

/// The prompts of a benchmark.
struct PromptSet {
  std::vector<Prompt> prompts;
  bool salted = false;  ///< Each measured request begins with a salt of its own.
  WordSalts salts{};
  std::string lengths_by{};          ///< How their lengths came about, in words.
  bool reply_lengths = false;        ///< Each tells how long its reply is to be, not only at most.
  std::vector<std::string> notes{};  ///< What a reader must know of them.
};
/// Reads them, or makes up `count` of the length wished. Errors: io, invalid_task (a trace without times),
/// usage (more words than are made up), cancelled.
[[nodiscard]] Result<PromptSet> prepare_prompts(const BenchSettings& settings, const ProbedServer& server,
                                                const std::string& model, const CancelToken& cancel);

/// A trace scenario needs a time for each request. Error: usage, with what to do.
[[nodiscard]] Result<void> check_trace_times(const BenchSettings& settings,
                                             const std::vector<Prompt>& prompts);

}  // namespace edgeeval
