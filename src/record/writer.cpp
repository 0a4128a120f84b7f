// SPDX-License-Identifier: Apache-2.0
#include "record/writer.hpp"

#include <fmt/format.h>

#include <edgeeval/version.hpp>

#include "record/codec.hpp"

namespace edgeeval {
namespace {

Json plan_entry(const RecordedPlan& plan) {
  Json entry{{"type", "plan"}, {"plan_key", plan.plan_key}, {"variants", Json::array()}};
  for (const auto& variant : plan.variants) entry["variants"].push_back(to_json(variant));
  entry["prices"] = Json::object();
  for (const auto& [name, fact] : plan.prices) entry["prices"][name] = to_json(fact);
  entry["settings"] = Json::object();
  for (const auto& [key, value] : plan.settings) entry["settings"][key] = value;
  return entry;
}

}  // namespace

Result<RecordWriter> RecordWriter::open(const std::filesystem::path& folder, const RecordedPlan& plan,
                                        bool fresh) {
  auto lines = LineWriter::open(folder / "record.jsonl", true);
  if (!lines) return tl::unexpected(lines.error());
  const auto torn = lines->torn_bytes();
  RecordWriter writer(std::move(*lines));
  if (fresh) {
    const Json header{{"type", "record"},
                      {"version", std::string(record_version())},
                      {"study", plan.study},
                      {"plan_key", plan.plan_key},
                      {"edgeeval", std::string(version())}};
    if (auto done = writer.append(header); !done) return tl::unexpected(done.error());
  }
  if (auto done = writer.append(plan_entry(plan)); !done) return tl::unexpected(done.error());
  if (torn > 0) {
    const auto text =
        fmt::format("the last line of record.jsonl was torn ({} bytes) and has been dropped", torn);
    if (auto done = writer.warning(text); !done) return tl::unexpected(done.error());
  }
  return writer;
}

Result<void> RecordWriter::sitting_started(const Sitting& sitting) {
  return append({{"type", "sitting"},
                 {"number", sitting.number},
                 {"started", sitting.started},
                 {"environment", sitting.environment}});
}

Result<void> RecordWriter::idled(const IdleRecord& idle) {
  Json entry{{"type", "idle"}};
  entry.update(to_json(idle));
  return append(entry);
}

Result<void> RecordWriter::stage_started(const std::string& id, const std::string& key, int sitting,
                                         const std::string& when) {
  return append(
      {{"type", "stage_started"}, {"id", id}, {"key", key}, {"sitting", sitting}, {"started", when}});
}

Result<void> RecordWriter::stage_ended(const StageRecord& stage) {
  Json entry{{"type", "stage"}};
  entry.update(to_json(stage));
  return append(entry);
}

Result<void> RecordWriter::warning(const std::string& message) {
  return append({{"type", "warning"}, {"message", message}});
}

Result<void> RecordWriter::sitting_ended(int number, const std::string& when, const std::string& how) {
  return append({{"type", "sitting_ended"}, {"number", number}, {"ended", when}, {"how", how}});
}

}  // namespace edgeeval
