// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "planted.hpp"

namespace edgeeval::audit {
namespace {

TEST(AuditProperty, AThousandCleanStudiesHaveNoError) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const auto report = audit(subject_of(clean_study(seed)));
    for (const auto& finding : report.findings) {
      ASSERT_NE(finding.severity, Severity::error)
          << "seed " << seed << ", " << finding.detector << ": " << finding.title << "; "
          << (finding.evidence.empty() ? "" : finding.evidence[0].what + " " + finding.evidence[0].text);
    }
  }
}

TEST(AuditProperty, AStudyOfRandomHolesIsAuditedWithoutAFault) {
  // Any figure may be missing; detectors then look at what is left.
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    auto study = clean_study(seed);
    for (std::size_t i = 0; i < study.serving.size(); ++i) {
      auto& row = study.serving[i];
      std::optional<double>* const fields[] = {&row.samples,          &row.tokens,     &row.load_time_s,
                                               &row.inference_time_s, &row.energy_j,   &row.power_mean_w,
                                               &row.power_peak_w,     &row.itl_mean_ms};
      fields[(i + seed) % std::size(fields)]->reset();
    }
    study.quality[seed % study.quality.size()].primary_mean.reset();
    const auto report = audit(subject_of(study));
    // What is taken from a clean study leaves a clean one: nothing absent may be taken for zero.
    for (const auto& finding : report.findings)
      ASSERT_NE(finding.severity, Severity::error)
          << "seed " << seed << ", " << finding.detector << ": " << finding.title;
    // The metrics cannot be computed, and that is the reason given; every other check finds rows enough to
    // look at.
    ASSERT_EQ(report.skipped.size(), audit(subject_of(clean_study(seed))).skipped.size() + 1)
        << "seed " << seed;
    EXPECT_TRUE(std::any_of(report.skipped.begin(), report.skipped.end(),
                            [](const Skipped& skip) {
                              return skip.detector == "flag" &&
                                     skip.reason.find("no ") != std::string::npos &&
                                     skip.reason.find(".csv:") != std::string::npos;
                            }))
        << "seed " << seed;
  }
}

TEST(Detectors, HaveIdsOfTheirOwnAndSayWhatTripsThem) {
  std::set<std::string> ids;
  for (const auto& detector : detectors()) {
    EXPECT_TRUE(ids.insert(detector.id).second) << detector.id;
    EXPECT_FALSE(std::string(detector.rule).empty());
    EXPECT_FALSE(std::string(detector.false_positives).empty());
  }
}

/// Rows looked at and rows asked about; both 0 where a detector looked at all or none.
std::pair<std::size_t, std::size_t> part_of(const AuditReport& report, std::string_view detector) {
  for (const auto& part : report.partial) {
    if (part.detector == detector) return {part.rows, part.of};
  }
  return {};
}

TEST(AuditReport, CountsTheRowsThatLackWhatACheckNeeds) {
  auto study = clean_study(1);
  const auto serving = study.serving.size();
  EXPECT_EQ(part_of(audit(subject_of(study)), "throughput"), std::pair(std::size_t{0}, std::size_t{0}))
      << "no field is empty";
  for (std::size_t i = 0; i < 3; ++i) study.serving[i].energy_j.reset();
  study.serving[5].tokens.reset();
  study.serving[6].power_peak_w.reset();
  study.serving[7].itl_mean_ms.reset();
  study.serving[7].throughput.reset();
  const auto report = audit(subject_of(study));
  EXPECT_EQ(part_of(report, "serving-energy"), std::pair(serving - 3, serving));
  EXPECT_EQ(part_of(report, "window-resolution"), std::pair(serving - 3, serving));
  EXPECT_EQ(part_of(report, "throughput"), std::pair(serving - 2, serving));
  EXPECT_EQ(part_of(report, "exact-tokens"), std::pair(serving - 1, serving));
  EXPECT_EQ(part_of(report, "mean-in-range").first + 1, part_of(report, "mean-in-range").second);
  EXPECT_EQ(part_of(report, "roofline"), std::pair(serving - 1, serving));
  EXPECT_EQ(part_of(report, "two-samples"), std::pair(std::size_t{0}, std::size_t{0}))
      << "it needs none of these";
  EXPECT_EQ(part_of(report, "sample-size"), std::pair(std::size_t{0}, std::size_t{0}));
  const auto quantized = [](const QualityRow& row) { return row.key.precision.starts_with("INT"); };
  const auto asked =
      static_cast<std::size_t>(std::count_if(study.quality.begin(), study.quality.end(), quantized));
  std::find_if(study.quality.begin(), study.quality.end(), quantized)->primary_mean.reset();
  EXPECT_EQ(part_of(audit(subject_of(study)), "sample-size"), std::pair(asked - 1, asked));
}

TEST(AuditReport, PutsTheGravestFirst) {
  auto study = clean_study(1);
  study.context.api_prices_usd = {1.0, 2.0};
  const auto report = audit(subject_of(study));
  ASSERT_GE(report.findings.size(), 2U);
  for (std::size_t i = 1; i < report.findings.size(); ++i)
    EXPECT_LE(report.findings[i - 1].severity, report.findings[i].severity);
  EXPECT_EQ(report.rows, 72U + 36U + 72U + 72U);
}

}  // namespace
}  // namespace edgeeval::audit
