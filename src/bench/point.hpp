// SPDX-License-Identifier: Apache-2.0
// One load of a benchmark, from its schedule to its figures and its verdict.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/energy_session.hpp"
#include "bench/settings.hpp"
#include "core/cancel.hpp"
#include "load/client.hpp"
#include "record/load_file.hpp"
#include "serving/energy.hpp"
#include "serving/server_distributions.hpp"
#include "serving/summary.hpp"
#include "serving/timings.hpp"
#include "serving/validity.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// What all loads of a benchmark share: who is asked, with what.
struct BenchContext {
  const BenchSettings* settings = nullptr;
  ProbedServer server;
  std::string model;
  std::vector<Prompt> prompts;
  bool exact_prompts = false;  ///< The server counted each as long as asked for, a salt included.
  bool salted = false;         ///< Every request has a salt of its own before its prompt.
  std::string prompts_note{};
  EnergySession* energy = nullptr;  ///< Null: no energy is read.
  const CancelToken* cancel = nullptr;
  std::function<void(const LoadGlance&)> on_glance{};
  std::function<bool()> engine_alive{};
  std::function<std::optional<Fact>()> engine_memory{};  ///< Absent: that of settings->server_process.
};

/// One load, made and computed.
struct BenchPoint {
  std::filesystem::path folder;
  Scenario scenario;
  LoadHeader header;
  ServingSummary summary;
  Validity validity;
  std::optional<LoadEnergy> energy;
  std::optional<EnergyByPhase> by_phase;
  std::string by_phase_absent;  ///< Why there are no joules by phase.
  std::optional<ClientEnergy> client_energy;
  std::vector<TimingCheck> timings;
  std::vector<ServerDistribution> server_distributions;
  std::optional<Fact> resident;  ///< Peak resident memory of the engine (B).
  bool cancelled = false;
  bool engine_ended = false;
};

/// Makes the load `scenario` and keeps its record in `folder`; `warmup` requests go before it. Errors: those
/// of the schedule, the folder and the client itself; failed requests are none.
[[nodiscard]] Result<BenchPoint> run_point(const BenchContext& context, const Scenario& scenario,
                                           std::uint64_t warmup, const std::filesystem::path& folder);

}  // namespace edgeeval
