// SPDX-License-Identifier: Apache-2.0
#include "probe/window_meter.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/files.hpp"
#include "unit/probe/meter_fixture.hpp"

namespace edgeeval {
namespace {

using MeterTest = MeterFixture;

TEST_F(MeterTest, BracketsTheTrueEnergyOfAWindow) {
  const auto meter = make();
  pass(*meter, 1.0, 20.0);
  const auto window = meter->open("adapt");
  pass(*meter, 5.0, 50.0);
  window->end();
  pass(*meter, 0.3, 20.0);
  const auto& record = window->close();
  EXPECT_EQ(record.name, "adapt");
  EXPECT_NEAR(record.start_s, 1.0, 1e-9);
  EXPECT_NEAR(record.duration_s, 5.0, 1e-9);
  const auto* gpu = entry(record, "gpu");
  ASSERT_NE(gpu, nullptr);
  EXPECT_LE(*gpu->joules.lo, 250.0);
  EXPECT_GE(*gpu->joules.hi, 250.0);
  EXPECT_NEAR(gpu->joules.value, 250.0, 10.0);
  EXPECT_EQ(gpu->method, "counter and integral");
  EXPECT_EQ(gpu->joules.grade, Grade::measured);
  EXPECT_TRUE(record.voids.empty());
  EXPECT_TRUE(meter->warnings().empty());
}

TEST_F(MeterTest, CountsTheSourcesOfOnePointOnce) {
  const auto meter = make();
  const auto window = meter->open("w");
  pass(*meter, 5.0, 50.0);
  EXPECT_EQ(window->close().energy.size(), 2U) << "a model, and a GPU of two sources";
}

TEST_F(MeterTest, KeepsAModelsOwnBounds) {
  const auto meter = make();
  const auto window = meter->open("w");
  pass(*meter, 2.0, 10.0);
  const auto* model = entry(window->close(), "model");
  ASSERT_NE(model, nullptr);
  EXPECT_NEAR(model->joules.value, 20.0, 1e-6);
  EXPECT_NEAR(*model->joules.lo, 10.0, 1e-6);
  EXPECT_NEAR(*model->joules.hi, 40.0, 1e-6);
  EXPECT_EQ(model->joules.grade, Grade::modelled);
}

TEST_F(MeterTest, TellsPartsOfAnOpenWindowAfterwards) {
  const auto meter = make();
  const auto begin = clock_.now();
  const auto window = meter->open("start");
  pass(*meter, 2.0, 10.0);
  pass(*meter, 3.0, 60.0);
  meter->mark();
  pass(*meter, 1.0, 10.0);
  const auto at = [&](int seconds) { return begin + std::chrono::seconds(seconds); };
  const auto part = window->part("load", at(2), at(5));
  EXPECT_EQ(part.name, "load");
  EXPECT_NEAR(part.duration_s, 3.0, 1e-9);
  EXPECT_NEAR(entry(part, "model")->joules.value, 180.0, 1e-6);
  EXPECT_LE(*entry(part, "gpu")->joules.lo, 180.0);
  EXPECT_GE(*entry(part, "gpu")->joules.hi, 180.0);
  EXPECT_NEAR(entry(window->close(), "model")->joules.value, 20.0 + 180.0 + 10.0, 1e-6);
  EXPECT_TRUE(window->part("late", at(2), at(5)).energy.empty());
}

TEST_F(MeterTest, SaysTheSameWheneverAClosedWindowIsAsked) {
  const auto meter = make();
  const auto window = meter->open("w");
  pass(*meter, 1.0, 5.0);
  const double first = window->close().energy.at(0).joules.value;
  pass(*meter, 9.0, 5.0);
  EXPECT_EQ(window->close().energy.at(0).joules.value, first);
}

TEST_F(MeterTest, NestsAndOverlapsWindows) {
  const auto meter = make();
  const auto outer = meter->open("outer");
  pass(*meter, 1.0, 10.0);
  const auto inner = meter->open("inner");
  pass(*meter, 1.0, 20.0);
  const auto crossing = meter->open("crossing");
  pass(*meter, 1.0, 30.0);
  EXPECT_NEAR(inner->close().energy.at(0).joules.value, 50.0, 1e-6);
  pass(*meter, 1.0, 40.0);
  EXPECT_NEAR(outer->close().energy.at(0).joules.value, 100.0, 1e-6);
  EXPECT_NEAR(crossing->close().energy.at(0).joules.value, 70.0, 1e-6);
}

TEST_F(MeterTest, LetsAWindowOutliveIt) {
  auto meter = make();
  const auto window = meter->open("w");
  pass(*meter, 1.0, 4.0);
  meter.reset();
  EXPECT_NEAR(window->close().energy.at(0).joules.value, 4.0, 1e-6);
}

TEST_F(MeterTest, ASensorThatVanishesVoidsItsWindowAndNoOther) {
  const auto meter = make();
  const auto early = meter->open("early");
  pass(*meter, 3.0, 50.0);
  early->close();
  const auto window = meter->open("w");
  pass(*meter, 2.0, 50.0);
  counter_->broken = power_->broken = true;
  pass(*meter, 2.0, 50.0);
  const auto& record = window->close();
  EXPECT_NE(entry(early->close(), "gpu"), nullptr);
  EXPECT_EQ(entry(record, "gpu"), nullptr);
  const auto* why = gone(record, "gpu");
  ASSERT_NE(why, nullptr);
  EXPECT_NE(why->reason.find("vanished"), std::string::npos) << why->reason;
  EXPECT_NE(why->reason.find("unplugged"), std::string::npos) << why->reason;
  ASSERT_NE(entry(record, "model"), nullptr);
  EXPECT_NEAR(entry(record, "model")->joules.value, 200.0, 1e-6);
  EXPECT_EQ(meter->warnings().size(), 2U) << "each source once";
}

TEST_F(MeterTest, TriesAVanishedSensorSeldom) {
  const auto meter = make();
  const auto window = meter->open("w");
  counter_->broken = true;
  pass(*meter, 60.0, 1.0);
  const auto lines = *read_lines(csv_);
  const auto failed = std::count_if(lines.begin(), lines.end(),
                                    [](const std::string& line) { return line.ends_with(",failed"); });
  EXPECT_GT(failed, 20 + 50);
  EXPECT_LT(failed, 20 + 70) << "about once a second after the first twenty";
}

TEST_F(MeterTest, AWindowTooShortForTheSensorSaysHowLongWouldDo) {
  const auto meter = make();
  pass(*meter, 1.0, 50.0);
  const auto window = meter->open("w");
  pass(*meter, 0.05, 50.0);
  power_->broken = true;
  window->end();
  pass(*meter, 0.5, 50.0);
  const auto& record = window->close();
  const auto* why = gone(record, "gpu");
  ASSERT_NE(why, nullptr);
  EXPECT_TRUE(why->needed_s.has_value()) << why->reason;
}

TEST_F(MeterTest, NetEnergyIsWhatIsAboveRest) {
  const auto meter = make();
  const auto idle = meter->open("idle");
  pass(*meter, 10.0, 20.0);
  idle->end();
  const auto rest = idle->baselines("bare");
  ASSERT_TRUE(rest.contains("gpu"));
  EXPECT_NEAR(rest.at("gpu").watts, 20.0, 0.5);
  EXPECT_EQ(rest.at("gpu").state, "bare");
  const auto window = meter->open("w");
  pass(*meter, 10.0, 70.0);
  window->end();
  pass(*meter, 2.0, 20.0);
  const auto& record = window->subtract_idle(rest, std::nullopt);
  const auto* gpu = entry(record, "gpu");
  ASSERT_TRUE(gpu != nullptr && gpu->net.has_value());
  EXPECT_NEAR(gpu->net->value, 500.0, 20.0);
  EXPECT_LE(*gpu->net->lo, 500.0);
  EXPECT_GE(*gpu->net->hi, 500.0);
}

TEST_F(MeterTest, HeldBaselinesGoIntoLaterWindows) {
  const auto meter = make();
  meter->hold_baselines({{"model", {"bare", 5.0, 0.1, 30.0, 0.0}}});
  const auto window = meter->open("w");
  pass(*meter, 2.0, 15.0);
  const auto& record = window->close();
  ASSERT_TRUE(entry(record, "model")->net.has_value());
  EXPECT_NEAR(entry(record, "model")->net->value, 20.0, 1e-6);
  EXPECT_FALSE(entry(record, "gpu")->net.has_value()) << "nothing is known of its rest";
}

TEST_F(MeterTest, HoursTakeNoMoreMemoryThanOnePart) {
  const auto meter = make(std::chrono::seconds(60));
  const auto window = meter->open("long");
  std::size_t most = 0;
  for (int minute = 0; minute < 20; ++minute) {
    pass(*meter, 60.0, 10.0 + minute);
    most = std::max(most, meter->samples_kept());
  }
  EXPECT_LT(most, 3U * 20U * 100U) << "three sources, twenty samples a second, one part and margins";
  pass(*meter, 30.0, 100.0);
  window->end();
  pass(*meter, 0.3, 20.0);
  const double truth = true_j_ - 0.3 * 20.0;
  const auto& record = window->close();
  EXPECT_NEAR(entry(record, "model")->joules.value, truth, 1e-3);
  const auto* gpu = entry(record, "gpu");
  ASSERT_NE(gpu, nullptr);
  EXPECT_LE(*gpu->joules.lo, truth);
  EXPECT_GE(*gpu->joules.hi, truth);
  EXPECT_NEAR(gpu->joules.value, truth, 0.01 * truth);
  EXPECT_NEAR(*gpu->mean_w, truth / record.duration_s, 0.5);
}

TEST_F(MeterTest, ForgetsSamplesThatNoWindowNeeds) {
  const auto meter = make();
  pass(*meter, 300.0, 10.0);
  EXPECT_LT(meter->samples_kept(), 3U * 20U * 20U);
}

TEST_F(MeterTest, TellsUtilisationAndStolenTime) {
  const auto meter = make();
  root_.put_cpu(1000, 1000, 0);
  const auto window = meter->open("w");
  pass(*meter, 10.0, 1.0);
  root_.put_cpu(1000 + 1500, 1000 + 400, 100);  // 15 of 20 CPU seconds busy, one stolen.
  const auto& record = window->close();
  ASSERT_TRUE(record.cpu_utilisation.has_value());
  EXPECT_NEAR(*record.cpu_utilisation, 0.75, 1e-9);
  EXPECT_TRUE(has_note(record, "5.0 %"));
}

TEST_F(MeterTest, NotesGapsAndLateSamples) {
  const auto meter = make();
  const auto steady = meter->open("steady");
  pass(*meter, 2.0, 1.0);
  EXPECT_FALSE(has_note(steady->close(), "gap"));
  const auto broken = meter->open("broken");
  pass(*meter, 0.1, 1.0);
  clock_.advance(1.5);
  meter->sample();
  EXPECT_TRUE(has_note(broken->close(), "longest gap between samples 1.50 s"));
  EXPECT_TRUE(has_note(broken->close(), "more than half a period late"));
}

TEST_F(MeterTest, KeepsRawSamplesOnceAWindowWasOpened) {
  const auto meter = make();
  EXPECT_FALSE(std::filesystem::exists(csv_)) << "the run folder may not be ours yet";
  const auto window = meter->open("w");
  pass(*meter, 0.05, 5.0);
  window->close();
  EXPECT_EQ(read_lines(csv_)->size(), 1U + 3U * 3U);
}

TEST_F(MeterTest, GoesOnWithoutRawSamplesAfterOneWarning) {
  csv_ = root_.path() / "gone" / "power.csv";
  const auto meter = make();
  const auto window = meter->open("w");
  pass(*meter, 1.0, 5.0);
  EXPECT_NEAR(window->close().energy.at(0).joules.value, 5.0, 1e-6);
  ASSERT_EQ(meter->warnings().size(), 1U);
  EXPECT_NE(meter->warnings()[0].find("raw power samples"), std::string::npos);
}

TEST_F(MeterTest, WorksWithoutAnySource) {
  MeterOptions options;
  options.sampler_thread = false;
  options.root = root_.path();
  WindowMeter meter({}, clock_, clock_.now(), csv_, options);
  EXPECT_TRUE(meter.open("w")->close().energy.empty());
}

class Thermometer final : public ConditionSource {
 public:
  std::vector<Condition> read() override {
    return {{"GPU-1", "temperature_c", std::to_string(40 + reads_++)}};
  }

 private:
  int reads_ = 0;
};

TEST_F(MeterTest, TellsTheConditionsAtBothEdgesByTheDevicesShortName) {
  std::vector<std::unique_ptr<Probe>> probes;
  probes.push_back(std::make_unique<FakeProbe>(fake_info("gpu", ReadingKind::counter), counter_, clock_));
  std::vector<std::unique_ptr<ConditionSource>> conditions;
  conditions.push_back(std::make_unique<Thermometer>());
  MeterOptions options;
  options.sampler_thread = false;
  options.root = root_.path();
  WindowMeter meter(std::move(probes), clock_, clock_.now(), {}, options, std::move(conditions));
  const auto window = meter.open("w");
  const auto& record = window->close();
  ASSERT_EQ(record.conditions.size(), 1U);
  EXPECT_EQ(record.conditions.at("gpu0.temperature_c"), (std::pair<std::string, std::string>("40", "41")));
  EXPECT_EQ(meter.conditions(), (std::map<std::string, std::string>{{"gpu0.temperature_c", "42"}}));
}

TEST(MeterThreads, SampleWhileWindowsOpenAndCloseEverywhere) {
  const FakeRoot root;
  root.put_cpu(0, 0);
  const SystemClock clock;
  const FakeClock stopped;
  std::vector<std::unique_ptr<Probe>> probes;
  probes.push_back(std::make_unique<FakeProbe>(fake_info("p", ReadingKind::model),
                                               std::make_shared<FakeSource>(), stopped));
  const auto csv = root.path() / "power.csv";
  MeterOptions options;
  options.period = std::chrono::milliseconds(1);
  options.root = root.path();
  WindowMeter meter(std::move(probes), clock, clock.now(), csv, options);
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto outer = meter.open("outer");
        const auto inner = meter.open("inner");
        const auto& record = outer->close();
        EXPECT_EQ(record.energy.size() + record.voids.size(), 1U);
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_TRUE(meter.warnings().empty());
  EXPECT_GE(read_lines(csv)->size(), 1U + 4U * 50U * 4U) << "header and both edges of all windows";
}

/// Hangs in its first reading until it is let go.
class HangingPlug final : public Probe {
 public:
  HangingPlug() : info_(fake_info("plug", ReadingKind::power)) { info_.pace = std::chrono::milliseconds(1); }
  const ProbeInfo& info() const override { return info_; }
  Result<EnergyReading> read() override {
    std::unique_lock lock(mutex_);
    entered_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
    return fail(ErrorCode::timed_out, "the plug did not answer");
  }
  void wait_until_entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  ProbeInfo info_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false;
  bool released_ = false;
};

TEST(MeterThreads, APlugThatHangsDelaysNoFastSource) {
  const FakeRoot root;
  root.put_cpu(0, 0);
  const SystemClock clock;
  const FakeClock stopped;
  auto owned = std::make_unique<HangingPlug>();
  auto* plug = owned.get();
  std::vector<std::unique_ptr<Probe>> probes;
  probes.push_back(std::move(owned));
  probes.push_back(std::make_unique<FakeProbe>(fake_info("p", ReadingKind::model),
                                               std::make_shared<FakeSource>(), stopped));
  MeterOptions options;
  options.period = std::chrono::milliseconds(1);
  options.root = root.path();
  WindowMeter meter(std::move(probes), clock, clock.now(), {}, options);
  const auto window = meter.open("w");
  plug->wait_until_entered();
  const auto before = meter.samples_kept();
  while (meter.samples_kept() < before + 10)
    std::this_thread::yield();  // Would never end if the plug held all up.
  const auto& record = window->close();
  EXPECT_EQ(record.energy.size() + record.voids.size(), 2U);
  plug->release();
}

}  // namespace
}  // namespace edgeeval
