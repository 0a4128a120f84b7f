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
#include "bench/prepare.hpp"
#include "bench/settings.hpp"
#include "core/cancel.hpp"
#include "load/client.hpp"
#include "record/load_file.hpp"
#include "serving/energy.hpp"
#include "serving/net_of_client.hpp"
#include "serving/stamp_check.hpp"
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
  PromptSet set;
  std::string prompts_digest{};
  std::uint64_t step = 0;           ///< Of a series, from 0: each has salts of its own.
  EnergySession* energy = nullptr;  ///< Null: no energy is read.
  const CancelToken* cancel = nullptr;
  std::function<void(const LoadGlance&)> on_glance{};
  std::function<void(const std::string&)> on_note{};  ///< What is being done now, beside the load.
  std::function<bool()> engine_alive{};
  std::function<std::optional<Fact>()> engine_memory{};  ///< Absent: that of settings->server_process.
};

/// One load, made and computed.
struct BenchPoint {
  std::filesystem::path folder;  ///< Or the file of timelines that it was read from.
  std::string in_file;           ///< Its name in a file that holds several loads; else empty.
  Scenario scenario;
  LoadHeader header;
  ServingSummary summary;
  Validity validity;
  std::optional<LoadEnergy> energy;
  std::optional<EnergyByPhase> by_phase;
  std::string by_phase_absent;  ///< Why there are no joules by phase.
  std::optional<ClientEnergy> client_energy;
  std::optional<NetOfClient> net_of_client;
  std::string not_subtracted;            ///< Why there is none, where the client's energy is known.
  std::optional<StampCheck> self_check;  ///< Of this load, or an earlier one on this machine.
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
