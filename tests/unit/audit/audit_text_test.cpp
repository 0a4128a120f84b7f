// SPDX-License-Identifier: Apache-2.0
#include "audit/audit_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/json.hpp"
#include "planted.hpp"

namespace edgeeval::audit {
namespace {

AuditReport planted() {
  auto study = clean_study(1);
  study.context.title = "study | <script>alert(1)</script> \x1b[31m";
  study.context.api_prices_usd = {0.00125, 0.005};
  return audit(subject_of(study));
}

TEST(AuditText, ShowsAsManyRowsAsAskedAndSaysHowManyMore) {
  const auto text = console_text(planted(), 2);
  EXPECT_NE(text.find("error    the API's price is 0.00125 USD"), std::string::npos) << text;
  EXPECT_NE(text.find("… and 71 more rows"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "control characters of a title reach no terminal";
}

TEST(AuditText, EscapesWhatOthersWroteInMarkdown) {
  const auto text = markdown_text(planted());
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_NE(text.find("study \\| &lt;script>"), std::string::npos) << text.substr(0, 200);
}

TEST(AuditText, IsOneJsonObjectForAllAudits) {
  const auto parsed = parse_json(json_text({planted(), planted()}), "test");
  ASSERT_TRUE(parsed);
  ASSERT_EQ((*parsed)["audits"].size(), 2U);
  const auto& first = (*parsed)["audits"][0];
  EXPECT_EQ(first["detectors"], detectors().size());
  EXPECT_EQ(first["findings"][0]["detector"], "api-price");
  EXPECT_EQ(first["findings"][0]["rows"].size(), 73U);
  EXPECT_FALSE(first["skipped"].empty()) << "run checks cannot look at tables";
}

TEST(AuditText, SaysOfHowManyRowsACheckCouldBeMade) {
  auto study = clean_study(1);
  const auto rows = study.serving.size();
  study.serving[0].energy_j.reset();
  study.serving[1].energy_j.reset();
  const auto report = audit(subject_of(study));
  const auto count = std::to_string(rows - 2) + " of " + std::to_string(rows) + " rows\n";
  EXPECT_NE(console_text(report, 3).find("  serving-energy        " + count), std::string::npos)
      << console_text(report, 3);
  EXPECT_NE(markdown_text(report).find("- `serving-energy`: " + count), std::string::npos);
  const auto parsed = parse_json(json_text({report}), "test");
  ASSERT_TRUE(parsed);
  for (const auto& part : (*parsed)["audits"][0]["partial"]) {
    if (part["detector"] != "serving-energy") continue;
    EXPECT_EQ(part["rows"], rows - 2);
    EXPECT_EQ(part["of"], rows);
  }
  EXPECT_EQ(console_text(audit(subject_of(clean_study(1))), 3).find("serving-energy"), std::string::npos);
}

TEST(AuditText, IsTheSameTwice) { EXPECT_EQ(console_text(planted(), 3), console_text(planted(), 3)); }

TEST(DetectorTable, ListsThemAllInBothForms) {
  for (const auto& detector : detectors()) {
    EXPECT_NE(detectors_markdown().find("| " + std::string(detector.id) + " |"), std::string::npos);
    EXPECT_NE(detectors_text().find(std::string(detector.id) + "\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace edgeeval::audit
