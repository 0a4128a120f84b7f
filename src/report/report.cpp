// SPDX-License-Identifier: Apache-2.0
#include "report/report.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>
#include <sstream>

#include "core/files.hpp"
#include "core/text.hpp"
#include "decision/decision.hpp"
#include "report/renderers.hpp"

namespace edgeeval {
namespace {

using Render = std::function<void(const StudyReport&, std::ostream&)>;

/// A format's function as a Reporter.
class FunctionReporter final : public Reporter {
 public:
  explicit FunctionReporter(Render render) : render_(std::move(render)) {}
  [[nodiscard]] Result<void> write(const StudyReport& report, std::ostream& out) const override {
    render_(report, out);
    out.flush();
    if (out) return {};
    return fail(ErrorCode::io, "the report cannot be written");
  }

 private:
  Render render_;
};

const std::map<std::string, Render>& formats() {
  static const std::map<std::string, Render> kFormats{
      {"console", [](const StudyReport& report, std::ostream& out) { render::console(report, false, out); }},
      {"csv", [](const StudyReport& report, std::ostream& out) { render::csv(report.rows, out); }},
      {"html", render::html},
      {"json", render::json},
      {"junit", render::junit},
      {"llmd", render::llmd},
      {"md", render::markdown},
      {"model-card", render::model_card}};
  return kFormats;
}

}  // namespace

std::vector<std::string> report_formats() {
  std::vector<std::string> names;
  for (const auto& [name, render] : formats()) names.push_back(name);
  return names;
}

Result<StudyReport> only_variant(StudyReport report, const std::string& id) {
  auto& variants = report.record.variants;
  std::vector<std::string> known;
  for (const auto& variant : variants) known.push_back(variant.id);
  std::erase_if(variants, [&](const VariantInfo& variant) { return variant.id != id; });
  std::erase_if(report.rows, [&](const MetricRow& row) { return row.variant != id; });
  if (!variants.empty()) {
    const auto rests_on = [&](const std::string& stage) {
      const auto& stages = variants.front().stages;
      return std::find(stages.begin(), stages.end(), stage) != stages.end();
    };
    std::erase_if(report.record.stages, [&](const auto& stage) { return !rests_on(stage.first); });
    std::erase_if(report.ledger, [&](const LedgerRow& row) { return !rests_on(row.stage); });
    if (report.decision) {
      auto decision = *report.decision;
      std::erase_if(decision.variants, [&](const VariantDecision& made) { return made.variant != id; });
      report.decision = std::make_shared<const StudyDecision>(std::move(decision));
    }
    return report;
  }
  auto hint = "known: " + join(known, ", ");
  if (const auto close = nearest(id, known); !close.empty()) hint += "\ndid you mean \"" + close + "\"?";
  return fail(ErrorCode::usage, "there is no variant \"" + id + "\"", "--variant", hint);
}

Result<std::unique_ptr<Reporter>> reporter_for(const std::string& format) {
  const auto found = formats().find(format);
  if (found == formats().end()) {
    return fail(ErrorCode::usage, "unknown report format \"" + format + "\"", "-o",
                "known: " + join(report_formats(), ", "));
  }
  return std::make_unique<FunctionReporter>(found->second);
}

Result<void> write_reports(const StudyReport& report, const std::filesystem::path& folder) {
  for (const auto& [format, file] : {std::pair{"json", "results.json"}, std::pair{"csv", "metrics.csv"},
                                     std::pair{"md", "report.md"}, std::pair{"html", "report.html"}}) {
    std::ostringstream text;
    formats().at(format)(report, text);
    if (auto written = write_file(folder / file, text.str()); !written) return written;
  }
  return {};
}

Result<void> write_console(const StudyReport& report, bool colour, std::ostream& out) {
  return FunctionReporter([colour](const StudyReport& r, std::ostream& o) { render::console(r, colour, o); })
      .write(report, out);
}

Result<void> write_metrics_csv(const std::vector<MetricRow>& rows, std::ostream& out) {
  render::csv(rows, out);
  if (out.flush()) return {};
  return fail(ErrorCode::io, "the metrics cannot be written");
}

}  // namespace edgeeval
