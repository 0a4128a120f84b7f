// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

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
