// SPDX-License-Identifier: Apache-2.0
#include "audit/audit_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json_document.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"

namespace edgeeval::audit {
namespace {

std::size_t count(const AuditReport& report, Severity severity) {
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                [&](const Finding& f) { return f.severity == severity; }));
}

std::string counted(std::size_t number, const char* one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

std::string summary(const AuditReport& report) {
  return fmt::format("{}, {}, {} in {}; {} of {} checks could be made",
                     counted(count(report, Severity::error), "error"),
                     counted(count(report, Severity::warning), "warning"),
                     counted(count(report, Severity::note), "note"), counted(report.rows, "row"),
                     report.detectors - report.skipped.size(), report.detectors);
}

std::string at(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}", place.file, place.line);
}

Json json_of(const Evidence& row) {
  Json json{{"file", row.place.file}, {"what", row.what}, {"text", row.text}};
  if (row.place.line > 0) json["line"] = row.place.line;
  return json;
}

Json json_of(const Finding& finding) {
  Json json{{"detector", finding.detector},
            {"severity", std::string(to_string(finding.severity))},
            {"title", finding.title},
            {"meaning", finding.meaning},
            {"rows", Json::array()}};
  for (const auto& row : finding.evidence) json["rows"].push_back(json_of(row));
  return json;
}

}  // namespace

std::string console_text(const AuditReport& report, std::size_t rows_shown) {
  std::string text = fmt::format("{}\n{}\n{}\n", one_line(report.name), one_line(report.context.source),
                                 summary(report));
  for (const auto& finding : report.findings) {
    text += fmt::format("\n{:<8} {}  [{}]\n         {}\n", to_string(finding.severity), one_line(finding.title),
                        finding.detector, finding.meaning);
    const auto shown = std::min(rows_shown, finding.evidence.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& row = finding.evidence[i];
      text += fmt::format("           {}  {}: {}\n", one_line(at(row.place)), one_line(row.what), one_line(row.text));
    }
    if (finding.evidence.size() > shown)
      text += fmt::format("           … and {} (--rows, or -o md: or json:)\n",
                          counted(finding.evidence.size() - shown, "more row"));
  }
  if (!report.partial.empty()) text += "\nLooked at in part: the other rows lack a figure that is needed, or give it too coarsely\n";
  for (const auto& part : report.partial)
    text += fmt::format("  {:<21} {} of {}\n", part.detector, part.rows, counted(part.of, "row"));
  if (!report.skipped.empty()) text += "\nNot looked at\n";
  for (const auto& skip : report.skipped) text += fmt::format("  {:<21} {}\n", skip.detector, one_line(skip.reason));
  return text;
}

std::string markdown_text(const AuditReport& report) {
  std::string text =
      fmt::format("# Audit: {}\n\n{}\n\n{}\n", markdown_escaped(report.name), markdown_escaped(report.context.source), summary(report));
  for (const auto& finding : report.findings) {
    text += fmt::format("\n## {}: {}\n\n{} (`{}`)\n\n", to_string(finding.severity), markdown_escaped(finding.title),
                        markdown_escaped(finding.meaning), finding.detector);
    if (finding.evidence.empty()) continue;
    text += "| row | of | values |\n| --- | --- | --- |\n";
    for (const auto& row : finding.evidence)
      text += fmt::format("| {} | {} | {} |\n", markdown_escaped(at(row.place)), markdown_escaped(row.what), markdown_escaped(row.text));
  }
  if (!report.partial.empty())
    text += "\n## Looked at in part\n\nThe other rows lack a figure that is needed, or give it too coarsely.\n\n";
  for (const auto& part : report.partial)
    text += fmt::format("- `{}`: {} of {}\n", part.detector, part.rows, counted(part.of, "row"));
  if (!report.skipped.empty()) text += "\n## Not looked at\n\n";
  for (const auto& skip : report.skipped) text += fmt::format("- `{}`: {}\n", skip.detector, markdown_escaped(skip.reason));
  return text;
}

std::string json_text(const std::vector<AuditReport>& reports) {
  Json list = Json::array();
  for (const auto& report : reports) {
    Json json{{"name", report.name},
              {"source", report.context.source},
              {"rows", report.rows},
              {"detectors", report.detectors},
              {"findings", Json::array()},
              {"partial", Json::array()},
              {"skipped", Json::array()}};
    for (const auto& part : report.partial)
      json["partial"].push_back({{"detector", part.detector}, {"rows", part.rows}, {"of", part.of}});
    for (const auto& finding : report.findings) json["findings"].push_back(json_of(finding));
    for (const auto& skip : report.skipped)
      json["skipped"].push_back({{"detector", skip.detector}, {"reason", skip.reason}});
    list.push_back(std::move(json));
  }
  return json_document(Json{{"schema_version", "1.0"}, {"audits", std::move(list)}});
}

std::string detectors_markdown() {
  std::string text =
      "# Audit\n\nWritten by `edgeeval audit --list --markdown`. `edgeeval audit PATH…` asks these questions of "
      "run folders and of published tables. An *error* means that figures contradict each other, physics, or the "
      "procedure said to have made them; a *warning* that a conclusion does not follow from them; a *note* is what "
      "a reader should know. A finding says that figures ask for an explanation, not that anybody did wrong.\n\n"
      "| detector | reports | honest figures that trip it |\n| --- | --- | --- |\n";
  for (const auto& detector : detectors())
    text += fmt::format("| {} | {} | {} |\n", detector.id, detector.rule, detector.false_positives);
  return text;
}

std::string detectors_text() {
  std::string text;
  for (const auto& detector : detectors())
    text += fmt::format("{}\n  reports: {}\n  tripped by honest figures: {}\n", detector.id, detector.rule,
                        detector.false_positives);
  return text;
}

}  // namespace edgeeval::audit
