// SPDX-License-Identifier: Apache-2.0
#include "support/sample_run.hpp"

#include <array>
#include <utility>

namespace edgeeval {
namespace {

using Scores = std::array<double, 4>;

Fact measured(double value, const char* unit, const char* source) {
  return {value, unit, {}, {}, Grade::measured, {source}};
}

WindowRecord window(const std::string& name, double seconds, double joules) {
  const Fact fact{joules, "J", joules / 2.0, joules * 2.0, Grade::modelled, {"cpu-model"}};
  return {name, 0.0, seconds, {{"cpu-model", "cpu", "vcpu", "", fact}}, 0.9, {}};
}

StageRecord stage(const std::string& id, const std::string& kind, double seconds, double joules) {
  StageRecord record;
  record.id = id;
  record.kind = kind;
  record.key = "key of " + id;
  record.sitting = 1;
  record.started = "2026-01-02T03:04:05Z";
  record.duration_s = seconds;
  record.windows.push_back(window(kind, seconds, joules));
  return record;
}

StageRecord serve_stage(const std::string& variant, double megabytes) {
  auto record = stage("serve:" + variant, "serve", 14.0, 500.0);
  record.windows.push_back(window("start", 2.5, 50.0));
  record.windows.push_back(window("resident", 1.0, 12.0));
  record.windows.push_back(window("load", 10.0, 400.0));
  record.facts["requests"] = measured(4.0, "1", "client");
  record.facts["failed_requests"] = measured(0.0, "1", "client");
  record.facts["model_bytes"] = measured(megabytes * 1e6, "B", "file size");
  record.facts["peak_resident"] = measured(megabytes * 2e6, "B", "VmHWM of the engine");
  record.facts["cold_ready"] = measured(2.0, "s", "steady clock from spawn");
  record.facts["cold_first_token"] = measured(2.5, "s", "steady clock from spawn");
  return record;
}

void serve(RunRecord& record, const std::string& variant, double megabytes) {
  record.stages["serve:" + variant] = serve_stage(variant, megabytes);
  for (int i = 0; i < 4; ++i) {
    RequestTimeline request;
    request.item = "item-" + std::to_string(i);
    request.index = i;
    request.sent_s = 2.5 * i;
    request.first_token_s = request.sent_s + 0.5;
    request.last_token_s = request.sent_s + 2.46;
    request.closed_s = request.last_token_s;
    request.prompt_tokens = 200;
    request.completion_tokens = 50;
    request.token_source = "usage";
    request.finish_reason = "stop";
    request.ok = true;
    request.text = "an answer";
    record.requests[variant].push_back(std::move(request));
  }
}

void score(RunRecord& record, const std::string& variant, const Scores& f1) {
  record.stages["score:" + variant] = stage("score:" + variant, "score", 0.1, 1.0);
  for (std::size_t i = 0; i < f1.size(); ++i) {
    const double exact = f1.at(i) == 1.0 ? 1.0 : 0.0;
    record.scores[variant].push_back(
        {"item-" + std::to_string(i), "an answer", {"the answer"}, true, exact, f1.at(i), f1.at(i)});
  }
}

struct Kind {
  const char* id;
  const char* method;
  const char* precision;
  double megabytes;
  Scores f1;
  std::vector<std::string> made_by;
};

}  // namespace

RunRecord sample_run() {
  RunRecord record;
  record.version = "1.0";
  record.study = "sample";
  record.plan_key = "plan-key";
  record.sittings.push_back(
      {1, "2026-01-02T03:04:05Z", "2026-01-02T03:10:05Z", "finished", {{"cpu", "a CPU"}, {"logical_cpus", "2"}}});
  for (const char* moment : {"before", "after"}) {
    record.idle.push_back({1, "bare", moment, window("idle", 1.0, 10.0)});
    record.idle.back().window.cpu_utilisation = 0.02;
  }
  record.settings = {{"name", "sample"}, {"serving.max_tokens", "16"}};
  record.prices["electricity_usd_per_kwh"] = {0.12, "USD/kWh", {}, {}, Grade::assumed, {"the study"}};
  record.prices["api_usd_per_request"] = {0.00125, "USD", {}, {}, Grade::assumed, {"the study"}};
  record.stages["import:m"] = stage("import:m", "import", 1.0, 10.0);
  record.stages["adapt:m.lora"] = stage("adapt:m.lora", "adapt", 100.0, 3.6e5);
  record.stages["adapt:m.qlora"] = stage("adapt:m.qlora", "adapt", 200.0, 7.2e5);
  record.stages["merge:m.lora"] = stage("merge:m.lora", "merge", 5.0, 1000.0);
  record.stages["merge:m.qlora"] = stage("merge:m.qlora", "merge", 5.0, 1000.0);
  record.stages["quantize:m.int8"] = stage("quantize:m.int8", "quantize", 2.0, 1000.0);
  record.stages["quantize:m.int4"] = stage("quantize:m.int4", "quantize", 2.0, 1000.0);
  const std::vector<Kind> kinds{
      {"base", "none", "fp16", 200.0, {0.0, 0.0, 0.5, 0.5}, {"import:m"}},
      {"lora-fp16", "lora", "fp16", 200.0, {1.0, 1.0, 1.0, 0.5}, {"import:m", "adapt:m.lora", "merge:m.lora"}},
      {"lora-int8", "lora", "int8", 100.0, {1.0, 1.0, 1.0, 0.5},
       {"import:m", "adapt:m.lora", "merge:m.lora", "quantize:m.int8"}},
      {"lora-int4", "lora", "int4", 50.0, {1.0, 1.0, 0.5, 0.5},
       {"import:m", "adapt:m.lora", "merge:m.lora", "quantize:m.int4"}},
      {"qlora", "qlora", "merged", 200.0, {1.0, 0.0, 1.0, 0.5}, {"import:m", "adapt:m.qlora", "merge:m.qlora"}}};
  for (const auto& kind : kinds) {
    VariantInfo info{kind.id,      "m",          "SmolLM2", "135M", kind.method, kind.precision, "rag", kind.made_by,
                     kind.made_by.back(), "", "", ""};
    info.serve_stage = std::string("serve:") + kind.id;
    info.score_stage = std::string("score:") + kind.id;
    info.stages.push_back(info.serve_stage);
    info.stages.push_back(info.score_stage);
    record.variants.push_back(std::move(info));
    serve(record, kind.id, kind.megabytes);
    score(record, kind.id, kind.f1);
  }
  return record;
}

}  // namespace edgeeval
