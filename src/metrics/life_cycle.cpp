// SPDX-License-Identifier: Apache-2.0
// The life-cycle ledger: what each phase of a variant's life took, gross and net.
#include <algorithm>
#include <edgeeval/metrics.hpp>
#include <utility>

#include "metrics/net_energy.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

/// The phases of a kind of stage, each with the window that tells it.
std::vector<std::pair<std::string, std::string>> phases_of(const std::string& kind) {
  if (kind == "serve") return {{"cold_start", "start"}, {"idle", "resident"}, {"serve", "load"}};
  return {{kind, kind}};
}

/// The kind of the stage `id`, recorded or as its id begins.
std::string kind_of(const RunRecord& record, const std::string& id) {
  const auto found = record.stages.find(id);
  return found == record.stages.end() ? id.substr(0, id.find(':')) : found->second.kind;
}

void add_energy(const RunRecord& record, const StageRecord& stage, const WindowRecord& window,
                LedgerRow& row) {
  row.duration_s = window.duration_s;
  const auto total = add_up({&window});
  if (!total) {
    row.absent_reason = "no energy source was read in window " + window.name;
    for (const auto& absent : window.voids) row.missing.push_back(absent.domain);
    return;
  }
  row.gross = total->joules;
  row.measured_share = total->measured_share;
  row.counted = total->counted;
  row.missing = total->missing;
  row.flags = total->flags;
  row.unexplained = total->unexplained;
  const auto net = net_window(record, stage.sitting, window);
  if (net) row.net = total_energy(*net);
  if (!net) row.net_absent_reason = net.error();
}

LedgerRow row_of(const RunRecord& record, const std::string& id, const std::string& phase,
                 const std::string& window) {
  LedgerRow row;
  row.stage = id;
  row.phase = phase;
  row.window = window;
  const auto stage = record.stages.find(id);
  if (stage == record.stages.end() || stage->second.outcome != StageOutcome::finished) {
    const bool failed = stage != record.stages.end() && stage->second.outcome == StageOutcome::failed;
    row.absent_reason = "stage " + id + (failed ? " failed" : " has not run");
    return row;
  }
  const auto& windows = stage->second.windows;
  const auto found = std::find_if(windows.begin(), windows.end(),
                                  [&](const WindowRecord& each) { return each.name == window; });
  if (found == windows.end()) {
    row.absent_reason = "stage " + id + " has no window " + window;
  } else {
    add_energy(record, stage->second, *found, row);
  }
  return row;
}

}  // namespace

std::vector<LedgerRow> life_cycle(const RunRecord& record) {
  std::vector<LedgerRow> rows;
  for (const auto& variant : record.variants) {
    for (const auto& id : variant.stages) {
      bool known = false;
      for (auto& row : rows) {
        if (row.stage != id) continue;
        known = true;
        row.variants.push_back(variant.id);
      }
      if (known) continue;
      for (const auto& [phase, window] : phases_of(kind_of(record, id))) {
        rows.push_back(row_of(record, id, phase, window));
        rows.back().variants.push_back(variant.id);
      }
    }
  }
  return rows;
}

}  // namespace edgeeval
