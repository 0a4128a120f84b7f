// SPDX-License-Identifier: Apache-2.0
#include "support/clean_study.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/random.hpp"

namespace edgeeval {
namespace {

constexpr double kItems = 200.0;
constexpr double kBandwidth = 640.0;

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  double between(double lo, double hi) {
    return lo + (hi - lo) * static_cast<double>(random_.next() >> 11U) * 0x1.0p-53;
  }
  /// Rounded to two decimals, as published figures are.
  double printed(double lo, double hi) { return rounded(between(lo, hi)); }
  static double rounded(double value) { return std::round(value * 100.0) / 100.0; }
  double whole(double lo, double hi) { return std::floor(between(lo, hi)); }

 private:
  SplitMix64 random_;
};

double nominal_fp16_gb(const std::string& size) { return size == "1B" ? 2.0 : size == "3B" ? 6.0 : 14.0; }

double share_of(const std::string& precision) {
  return precision == "FP16" ? 1.0 : precision == "INT8" ? 0.5 : 0.3125;
}

ServingRow serving(Draw& draw, const CellKey& key, std::size_t line) {
  ServingRow row;
  row.key = key;
  row.place = {"serving.csv", line};
  row.precision_label = key.precision;
  row.samples = kItems;
  row.tokens = kItems * 100.0 + draw.whole(-3000.0, 3000.0);
  row.load_time_s = draw.printed(10.0, 40.0);
  row.inference_time_s = draw.printed(10.0, 40.0);
  row.throughput = Draw::rounded(*row.tokens / *row.inference_time_s);
  row.ttft_mean_ms = draw.printed(30.0, 90.0);
  row.ttft_median_ms = draw.printed(30.0, 90.0);
  const double step_ms = 1e3 * nominal_fp16_gb(key.size) * share_of(key.precision) / kBandwidth;
  row.itl_mean_ms = Draw::rounded(step_ms * draw.between(1.1, 4.0));
  row.itl_median_ms = Draw::rounded(step_ms * draw.between(1.1, 4.0));
  row.power_mean_w = draw.printed(40.0, 130.0);
  row.power_peak_w = Draw::rounded(draw.between(*row.power_mean_w, 140.0));
  row.energy_j = Draw::rounded(*row.power_mean_w * (*row.load_time_s + *row.inference_time_s));
  return row;
}

QualityRow quality(Draw& draw, const CellKey& key, std::size_t line) {
  std::array<double, 3> passes{};
  const double centre = draw.between(0.4, 0.9);
  for (auto& pass : passes) pass = std::round((centre + draw.between(-0.02, 0.02)) * kItems) / kItems;
  std::sort(passes.begin(), passes.end());
  QualityRow row;
  row.key = key;
  row.place = {"quality.csv", line};
  row.precision_label = key.precision;
  row.primary_mean = (passes[0] + passes[1] + passes[2]) / 3.0;
  row.primary_median = passes[1];
  double squares = 0.0;
  for (const double pass : passes) squares += std::pow(pass - *row.primary_mean, 2);
  row.primary_sd = std::sqrt(squares / 3.0);
  return row;
}

AdaptationRow adaptation(Draw& draw, CellKey key, std::size_t line) {
  key.precision.clear();
  AdaptationRow row;
  row.key = key;
  row.place = {"adaptation.csv", line};
  row.power_mean_w = draw.printed(40.0, 69.0);
  row.time_s = draw.printed(1000.0, 9000.0);
  row.energy_j = Draw::rounded(*row.power_mean_w * *row.time_s);
  row.rows = 5000.0;
  row.boards = 1.0;
  return row;
}

MergingRow merging(Draw& draw, const CellKey& key, std::size_t line) {
  MergingRow row;
  row.key = key;
  row.place = {"merging.csv", line};
  row.operation = key.precision == "FP16" || key.precision == "MERGED" ? "MERGE" : "QUANTIZE";
  row.precision_label = key.precision;
  row.board0_energy_j = draw.printed(300.0, 3000.0);
  row.board1_energy_j = draw.printed(300.0, 3000.0);
  row.energy_j = Draw::rounded(*row.board0_energy_j + *row.board1_energy_j);
  row.power_mean_w = draw.printed(40.0, 55.0);
  row.time_s = Draw::rounded(*row.energy_j / *row.power_mean_w);
  row.board0_peak_w = draw.printed(30.0, 60.0);
  row.board1_peak_w = draw.printed(30.0, 60.0);
  return row;
}

StudyContext clean_context() {
  StudyContext context;
  context.title = "clean";
  context.source = "drawn at random";
  context.board_power_limit_w = 70.0;
  context.boards = 2.0;
  context.boards_read = 2.0;
  context.sensor_period_s = 0.1;
  context.memory_bandwidth_gb_per_s = kBandwidth / 2.0;
  context.board_memory_gb = 16.0;
  context.quality_items = kItems;
  context.quality_passes = 3.0;
  context.window_holds_load = true;
  context.api_prices_usd = {0.00125};
  context.cost_terms = {"hardware rent", "host electricity", "PUE", "idle", "merging", "failed runs",
                        "evaluation", "retraining", "labour", "output tokens"};
  return context;
}

}  // namespace

PublishedStudy clean_study(std::uint64_t seed) {
  Draw draw(seed);
  PublishedStudy study;
  study.context = clean_context();
  std::size_t line = 1;
  for (const char* family : {"Llama", "Qwen"}) {
    for (const char* size : {"1B", "3B", "7B"}) {
      for (const char* task : {"rag", "summ", "chat"}) {
        for (const char* precision : {"FP16", "INT8", "INT4", "MERGED"}) {
          const bool merged = std::string_view(precision) == "MERGED";
          const CellKey key{family, size, merged ? "QLoRA" : "LoRA", precision, task};
          ++line;
          study.serving.push_back(serving(draw, key, line));
          study.quality.push_back(quality(draw, key, line));
          study.merging.push_back(merging(draw, key, line));
          if (merged || key.precision == "FP16") study.adaptation.push_back(adaptation(draw, key, line));
        }
      }
    }
  }
  return study;
}

}  // namespace edgeeval
