// SPDX-License-Identifier: Apache-2.0
// Writes the pages that the browser tests look at: page_fixtures DIR.
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "report/report.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

/// Everything that has ever let a text out of its place on a page.
const std::string kHostile =
    "</script><script>window.pwned = 1</script><img src=x onerror=\"window.pwned = "
    "1\"><!--<script>'\"`{{7*7}}\xe2\x80\xa8&lt;";

template <class T>
void rename_keys(std::map<std::string, T>& map, const std::string& suffix) {
  std::map<std::string, T> renamed;
  for (auto& [key, value] : map) renamed.emplace(key + suffix, std::move(value));
  map = std::move(renamed);
}

void poison(Fact& fact) {
  fact.sources.push_back(kHostile);
  if (fact.unit.empty()) fact.unit = kHostile;
}

void poison(StageRecord& stage) {
  stage.id += kHostile;
  for (auto& [name, fact] : stage.facts) poison(fact);
  stage.notes["tensor_mix"] = kHostile;
  stage.notes[kHostile] = kHostile;
  for (auto& window : stage.windows) {
    window.notes.push_back(kHostile);
    // Where a source is missing no sum is known: only where no decision needs one.
    if (stage.kind == "score") window.voids.push_back({kHostile, kHostile, kHostile, "", kHostile, {}});
    for (auto& entry : window.energy) {
      poison(entry.joules);
      entry.source += kHostile;
      entry.flags.push_back(kHostile);
      entry.device = kHostile;
    }
  }
}

void poison(VariantInfo& variant) {
  for (auto* text :
       {&variant.id, &variant.model, &variant.family, &variant.size, &variant.method, &variant.task,
        &variant.model_stage, &variant.serve_stage, &variant.score_stage, &variant.note})
    *text += kHostile;
  for (auto& stage : variant.stages) stage += kHostile;
}

/// The sample run with what a decision needs of its requests.
RunRecord decided_run() {
  auto record = sample_run();
  for (auto& [variant, requests] : record.requests) {
    for (auto& request : requests) request.prompt_tokens = 400;
  }
  return record;
}

/// A run whose every text from outside tries to run something.
RunRecord hostile_run() {
  auto record = decided_run();
  record.study = kHostile;
  record.plan_key = kHostile;
  record.warnings.push_back(kHostile);
  record.settings.emplace_back(kHostile, kHostile);
  for (auto& variant : record.variants) poison(variant);
  for (auto& [id, stage] : record.stages) poison(stage);
  rename_keys(record.stages, kHostile);
  for (auto& [name, price] : record.prices) poison(price);
  for (auto& sitting : record.sittings) {
    sitting.environment["cpu"] = kHostile;
    sitting.environment[kHostile] = kHostile;
  }
  for (auto& [variant, scores] : record.scores) {
    for (auto& score : scores) {
      score.item += kHostile;
      score.prediction = kHostile;
      score.gold = {kHostile};
    }
  }
  rename_keys(record.scores, kHostile);
  for (auto& [variant, requests] : record.requests) {
    for (auto& request : requests) {
      request.item += kHostile;
      request.text = request.error = kHostile;
    }
  }
  rename_keys(record.requests, kHostile);
  auto& failed = record.stages.begin()->second;
  failed.outcome = StageOutcome::failed;
  failed.error = Error{ErrorCode::engine_failed, kHostile, kHostile, kHostile};
  failed.log_tail = {kHostile};
  return record;
}

bool write(RunRecord record, const std::string& path) {
  const auto reporter = reporter_for("html");
  std::ofstream out(path, std::ios::binary);
  return reporter && (*reporter)->write(make_report(std::move(record)), out) && out.flush();
}

}  // namespace
}  // namespace edgeeval

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "page_fixtures: give the folder to write to\n";
    return 2;
  }
  const std::string folder = argv[1];
  const bool done = edgeeval::write(edgeeval::decided_run(), folder + "/sample.html") &&
                    edgeeval::write(edgeeval::hostile_run(), folder + "/hostile.html");
  return done ? 0 : 1;
}
