// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/code_point.hpp"
#include "core/json.hpp"
#include "report/html_document.hpp"
#include "report/html_page.hpp"
#include "report/report.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

std::string rendered(const StudyReport& report, const std::string& format) {
  const auto reporter = reporter_for(format);
  EXPECT_TRUE(reporter) << format;
  std::ostringstream out;
  EXPECT_TRUE((*reporter)->write(report, out));
  return out.str();
}

/// A run whose every text from outside tries to get out of its place.
StudyReport hostile() {
  const std::string text = "<script>alert(1)</script>|`x`\"'&\x1b[2J,\n=1+1";
  auto record = sample_run();
  record.study = text;
  record.warnings.push_back(text);
  record.settings.emplace_back("note", text);
  for (auto& variant : record.variants) {
    variant.note = text;
    variant.model = text;
  }
  for (auto& score : record.scores["base"]) score.prediction = text;
  for (auto& request : record.requests["base"]) request.text = text;
  record.stages["serve:qlora"].outcome = StageOutcome::failed;
  record.stages["serve:qlora"].error = Error{ErrorCode::engine_failed, text};
  record.stages["serve:qlora"].log_tail = {text};
  return make_report(record);
}

TEST(Formats, AreAllKnownByNameAndAnUnknownOneIsAUsageError) {
  EXPECT_EQ(report_formats(), (std::vector<std::string>{"console", "csv", "html", "json", "junit", "llmd",
                                                        "md", "model-card"}));
  const auto unknown = reporter_for("pdf");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
  EXPECT_NE(unknown.error().hint.find("console, csv, html, json, junit, llmd, md, model-card"),
            std::string::npos);
}

/// A run whose names hold a character of each kind that steers a screen.
StudyReport steering() {
  const std::string text =
      "x\x07\x1b[2J\x7f\xc2\x85\xc2\x9b"
      "31m\xd8\x9c\xe2\x80\x8f\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6\n::error::y";
  auto record = sample_run();
  record.study = text;
  record.warnings.push_back(text);
  record.settings.emplace_back("note", text);
  for (auto& variant : record.variants) {
    if (variant.id == "base") {
      record.requests[text] = record.requests["base"];
      record.scores[text] = record.scores["base"];
      variant.id = text;
    }
    variant.note = variant.model = variant.family = text;
  }
  for (auto& sitting : record.sittings) sitting.environment["gpu"] = text;
  for (auto& [id, stage] : record.stages) {
    for (auto& window : stage.windows)
      for (auto& entry : window.energy) entry.device = text;
  }
  record.stages["serve:qlora"].outcome = StageOutcome::failed;
  record.stages["serve:qlora"].error = Error{ErrorCode::engine_failed, text};
  record.stages["serve:qlora"].log_tail = {text};
  return make_report(record);
}

TEST(Formats, NoneSteersAScreen) {
  const auto report = steering();
  for (const auto& format : report_formats()) {
    const auto text = rendered(report, format);
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto point = first_code_point(rest);
      ASSERT_TRUE(point) << format << " is no UTF-8";
      // Tabs and line feeds are the formats' own; the script of the page has some of the others as data.
      const bool own = point->value == '\n' || point->value == '\t';
      if (steers(point->value) && !own && format != "html") {
        ADD_FAILURE() << format << ": U+" << std::hex << point->value << " at byte " << std::dec
                      << text.size() - rest.size();
        break;
      }
      rest.remove_prefix(point->bytes);
    }
  }
  for (const char* lines : {"console", "csv", "md"})
    EXPECT_EQ(rendered(report, lines).find("\n::error::"), std::string::npos)
        << lines << ": a name makes a line of its own, which CI takes for a command";
  const auto csv = rendered(report, "csv");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), report.rows.size() + 1);
  const auto json = parse_json(rendered(report, "json"), "test");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["study"], report.record.study) << "JSON keeps the name, escaped";
}

TEST(Html, DoesNotTurnTheOrderOfLetters) {
  std::ostringstream out;
  html::document(steering(), {"script", "/* style */", "sha256-hash"}, out);
  const auto page = out.str();
  for (std::string_view rest = page; !rest.empty();) {
    const auto point = first_code_point(rest);
    ASSERT_TRUE(point);
    ASSERT_TRUE(!steers(point->value) || point->value == '\n' || point->value == '\t')
        << std::hex << point->value << " at byte " << std::dec << page.size() - rest.size();
    rest.remove_prefix(point->bytes);
  }
}

TEST(Formats, AreTheSameBytesTwice) {
  for (const auto& format : report_formats())
    EXPECT_EQ(rendered(make_report(sample_run()), format), rendered(make_report(sample_run()), format))
        << format;
}

/// The page without its script: all of it that a record has a part in, but for the data that the script
/// reads.
std::string page_of(const StudyReport& report) {
  std::ostringstream out;
  html::document(report, {}, out);
  return out.str();
}

TEST(Html, RunsNothingThatARecordHolds) {
  const auto page = page_of(hostile());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos) << "it is shown, as text";
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos) << "and the page may load nothing";
}

TEST(Html, LoadsNothing) {
  const auto page = page_of(make_report(sample_run()));
  for (const char* loading : {"http://", "https://", "src=", "@import", "url("})
    EXPECT_EQ(page.find(loading), std::string::npos) << loading;
}

TEST(Escaped, ReplacesWhatHtmlActsOn) {
  EXPECT_EQ(escaped("<a href=\"x\">'&\x07"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\xEF\xBF\xBD");
}

TEST(Markdown, KeepsTextInItsCell) {
  const auto text = rendered(hostile(), "md");
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\|\\`x\\`"), std::string::npos);
}

TEST(Console, LetsNoControlCharacterThrough) {
  const auto text = rendered(hostile(), "console");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Json, StaysJsonWhateverARecordHolds) {
  auto report = hostile();
  report.record.study = "broken \xff\xfe UTF-8";
  const auto parsed = parse_json(rendered(report, "json"), "test");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["metrics"].size(), report.rows.size());
}

TEST(Csv, HasTheDocumentedHeaderAndOneLineARow) {
  const auto report = make_report(sample_run());
  const auto text = rendered(report, "csv");
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "variant,family,size,method,precision,task,mode,metric,value,lo,hi,unit,grade,flag");
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), report.rows.size() + 1);
  EXPECT_NE(text.find("lora-int4,SmolLM2,135M,lora,int4,rag,paper,rho_sys,400,,,tok/s/GB,computed,\n"),
            std::string::npos)
      << text;
}

TEST(Csv, QuotesWhatRfc4180WantsQuoted) {
  auto report = make_report(sample_run());
  report.rows.resize(1);
  report.rows[0].family = "a \"b\", c\nd";
  EXPECT_NE(rendered(report, "csv").find("base,\"a \"\"b\"\", c d\",135M"), std::string::npos)
      << "a record of it is one line";
}

TEST(Formats, ShowAnAbsentFigureAsAbsentAndSayWhy) {
  const auto report = make_report(sample_run());
  EXPECT_NE(rendered(report, "csv").find("base,SmolLM2,135M,none,fp16,rag,paper,n_break,,,,,,\n"),
            std::string::npos);
  EXPECT_NE(rendered(report, "md").find("- base, n\\_break: the base is not adapted"), std::string::npos);
  const auto parsed = parse_json(rendered(report, "json"), "test");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE((*parsed)["metrics"][0]["value"].is_null());
  EXPECT_EQ((*parsed)["metrics"][0]["absent_reason"], "the base is not adapted");
}

}  // namespace
}  // namespace edgeeval
