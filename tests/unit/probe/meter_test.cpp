// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <edgeeval/meter.hpp>
#include <utility>

#include "unit/probe/meter_fixture.hpp"

namespace edgeeval {
namespace {

std::vector<std::unique_ptr<Probe>> one_probe(ReadingKind kind, const FakeClock& clock) {
  std::vector<std::unique_ptr<Probe>> probes;
  probes.push_back(std::make_unique<FakeProbe>(fake_info("p", kind), std::make_shared<FakeSource>(), clock));
  return probes;
}

TEST(MeterApi, GivesAWindowsRecord) {
  const FakeClock clock;
  auto meter = Meter::over(one_probe(ReadingKind::model, clock));
  ASSERT_TRUE(meter.has_value());
  auto window = meter->window("prefill");
  const auto& result = window.close();
  EXPECT_EQ(result.window.name, "prefill");
  EXPECT_EQ(&window.close(), &result);
  EXPECT_EQ(meter->sources().size(), 1U);
}

TEST(MeterApi, AWindowOutlivesAMeterThatMoved) {
  const FakeClock clock;
  auto meter = Meter::over(one_probe(ReadingKind::model, clock));
  auto window = meter->window("w");
  {
    const Meter moved = std::move(*meter);
    EXPECT_EQ(moved.sources().size(), 1U);
  }
  EXPECT_EQ(window.close().window.name, "w");
}

TEST(MeterApi, RefusesAModelWhereASensorIsRequired) {
  const FakeClock clock;
  MeterSettings settings;
  settings.require_measured = true;
  const auto refused = Meter::over(one_probe(ReadingKind::model, clock), settings);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::not_measured);
  EXPECT_TRUE(Meter::over(one_probe(ReadingKind::counter, clock), settings).has_value());
}

TEST(MeterApi, HasAnErrorWhereNothingCanBeRead) {
  const auto none = Meter::over({});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace edgeeval
