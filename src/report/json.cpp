// SPDX-License-Identifier: Apache-2.0
#include "core/json_document.hpp"

#include <ostream>

#include "record/codec.hpp"
#include "report/decision_json.hpp"
#include "report/renderers.hpp"

namespace edgeeval::render {
namespace {

constexpr const char* kSchemaVersion = "1.2";

Json json_of(const MetricRow& row) {
  Json json{{"variant", row.variant}, {"mode", row.mode}, {"metric", row.metric}};
  if (row.value) {
    json.update(to_json(*row.value));
  } else {
    json["value"] = nullptr;
    json["absent_reason"] = row.absent_reason;
  }
  if (!row.flag.empty()) json["flag"] = row.flag;
  return json;
}

Json json_of(const LedgerRow& row) {
  Json json{{"stage", row.stage},
            {"phase", row.phase},
            {"window", row.window},
            {"variants", row.variants},
            {"duration_s", row.duration_s}};
  if (row.gross) {
    json["gross"] = to_json(*row.gross);
    json["measured_share"] = row.measured_share;
  } else {
    json["gross"] = nullptr;
    json["absent_reason"] = row.absent_reason;
  }
  if (row.net) json["net"] = to_json(*row.net);
  if (!row.net_absent_reason.empty()) json["net_absent_reason"] = row.net_absent_reason;
  json["counted"] = row.counted;
  json["missing"] = row.missing;
  json["flags"] = row.flags;
  if (row.unexplained) json["unexplained"] = to_json(*row.unexplained);
  return json;
}

Json json_of(const Sitting& sitting) {
  return {{"number", sitting.number},
          {"started", sitting.started},
          {"ended", sitting.ended},
          {"how_ended", sitting.how_ended},
          {"environment", sitting.environment}};
}

}  // namespace

void json(const StudyReport& report, std::ostream& out) {
  const auto& record = report.record;
  Json root{{"schema_version", kSchemaVersion}, {"study", record.study},     {"plan_key", record.plan_key},
            {"verdict", report.verdict},        {"careful", report.careful}, {"warnings", record.warnings}};
  root["sittings"] = Json::array();
  for (const auto& sitting : record.sittings) root["sittings"].push_back(json_of(sitting));
  root["settings"] = Json::object();
  for (const auto& [key, value] : record.settings) root["settings"][key] = value;
  root["prices"] = Json::object();
  for (const auto& [name, fact] : record.prices) root["prices"][name] = to_json(fact);
  root["variants"] = Json::array();
  for (const auto& variant : record.variants) root["variants"].push_back(to_json(variant));
  root["metrics"] = Json::array();
  for (const auto& row : report.rows) root["metrics"].push_back(json_of(row));
  root["ledger"] = Json::array();
  for (const auto& row : report.ledger) root["ledger"].push_back(json_of(row));
  root["decision"] = report.decision ? to_json(*report.decision) : Json(nullptr);
  root["idle"] = Json::array();
  for (const auto& idle : record.idle) root["idle"].push_back(to_json(idle));
  root["stages"] = Json::array();
  for (const auto& [id, stage] : record.stages) root["stages"].push_back(to_json(stage));
  out << json_document(root);
}

}  // namespace edgeeval::render
