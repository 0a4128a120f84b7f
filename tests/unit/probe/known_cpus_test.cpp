// SPDX-License-Identifier: Apache-2.0
#include "probe/known_cpus.hpp"

#include <gtest/gtest.h>

#include "probe/power_model.hpp"

namespace edgeeval {
namespace {

struct Named {
  const char* model_name;
  int threads;
  double tdp_w;
  double most_w;
};

/// As the CPUs call themselves, with their threads a package.
constexpr Named kNamed[] = {{"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 28, 120.0, 150.0},
                            {"Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 40, 150.0, 187.5},
                            {"Intel(R) Xeon(R) Platinum 8480+", 112, 350.0, 437.5},
                            {"AMD EPYC 7763 64-Core Processor", 128, 280.0, 350.0},
                            {"AMD EPYC 9654 96-Core Processor", 192, 360.0, 450.0},
                            {"Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", 12, 95.0, 190.0},
                            {"Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz", 16, 95.0, 190.0},
                            {"12th Gen Intel(R) Core(TM) i7-12700K", 20, 125.0, 190.0},
                            {"12th Gen Intel(R) Core(TM) i9-12900K", 24, 125.0, 241.0},
                            {"13th Gen Intel(R) Core(TM) i9-13900K", 32, 125.0, 354.0},
                            {"AMD Ryzen 9 5950X 16-Core Processor", 32, 105.0, 142.0},
                            {"AMD Ryzen 9 7950X 16-Core Processor", 32, 170.0, 250.0}};

TEST(KnownCpu, TellsWhatItDrawsForLongAndAtMost) {
  for (const auto& named : kNamed) {
    const auto found = known_cpu(named.model_name);
    ASSERT_TRUE(found.has_value()) << named.model_name;
    EXPECT_DOUBLE_EQ(found->tdp_w, named.tdp_w) << named.model_name;
    EXPECT_DOUBLE_EQ(found->most_w, named.most_w) << named.model_name;
  }
}

TEST(KnownCpu, IsByWholeModelNumbers) {
  EXPECT_FALSE(known_cpu("Intel(R) Xeon(R) Gold 6148F CPU @ 2.40GHz").has_value()) << "another CPU: 160 W";
  EXPECT_FALSE(known_cpu("Intel(R) Xeon(R) Platinum 8480CL").has_value()) << "another CPU";
  EXPECT_FALSE(known_cpu("AMD Ryzen 9 7950X3D 16-Core Processor").has_value()) << "another CPU: 120 W";
  EXPECT_FALSE(known_cpu("").has_value());
}

TEST(KnownCpu, LiesWithinWhatWouldBeGuessedWithoutTheTable) {
  for (const auto& named : kNamed) {
    const auto guess = unknown_cpu_power_model(named.threads);
    EXPECT_GE(guess.hi_w, named.most_w) << named.model_name;
    EXPECT_LE(guess.lo_w, 0.02 * named.tdp_w) << named.model_name;
  }
}

}  // namespace
}  // namespace edgeeval
