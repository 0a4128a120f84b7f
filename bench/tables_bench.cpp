// SPDX-License-Identifier: Apache-2.0
// Published tables: the 72 variants of the paper (goal: under 5 ms) and a million rows of the same shape,
// read from disk, joined and computed (goal: under 3 s on one core).
#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "paper/published_metrics.hpp"
#include "tables/mapping.hpp"

namespace {

namespace fs = std::filesystem;
using edgeeval::PublishedStudy;

constexpr int kFamilies = 33'334;  ///< 12 serving, 6 adaptation and 12 quality rows each: a million rows.
constexpr std::array kTasks = {"rag", "summ", "chat"};
constexpr std::array kWays = {"LoRA,FP16", "LoRA,INT8", "LoRA,INT4", "QLoRA,MERGED"};

fs::path shipped() { return fs::path(EDGEEVAL_SOURCE_DIR) / "data" / "paper"; }

/// Tables of kFamilies made-up families with the shipped columns, in a folder that goes with the object.
class LargeTables {
 public:
  LargeTables() : folder_(fs::temp_directory_path() / "edgeeval-tables-bench") {
    fs::create_directories(folder_);
    std::ofstream serving = open("serving.csv");
    std::ofstream adaptation = open("adaptation.csv");
    std::ofstream quality = open("quality.csv");
    for (int family = 0; family < kFamilies; ++family) {
      for (const char* task : kTasks) {
        for (const char* method : {"LoRA", "QLoRA"})
          adaptation << 'F' << family << ",1B," << method << ',' << task
                     << ",74995.85,53.85,1392.68,5000,1\n";
        for (const char* way : kWays) {
          serving << 'F' << family << ",1B," << way << ',' << task
                  << ",INT8,100,15000,24.86,10.96,1368.02,64.35,64.99,19.61,18.94,1210.51,110.4,125.48\n";
          quality << 'F' << family << ",1B," << way << ',' << task
                  << ",FP16,0.7683333333333332,0.77,0.006236095644623242,0.8411797298562004,0.8435,0.0106\n";
          rows_ += 2;
        }
        rows_ += 2;
      }
    }
  }
  LargeTables(const LargeTables&) = delete;
  LargeTables& operator=(const LargeTables&) = delete;
  ~LargeTables() { fs::remove_all(folder_); }
  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] int rows() const { return rows_; }

 private:
  /// A file that begins with the shipped file's header.
  [[nodiscard]] std::ofstream open(const char* name) const {
    std::ifstream from(shipped() / name);
    std::string header;
    std::getline(from, header);
    std::ofstream to(folder_ / name);
    to << header << '\n';
    return to;
  }
  fs::path folder_;
  int rows_ = 0;
};

void read_and_compute(benchmark::State& state, const fs::path& folder,
                      const edgeeval::StudyMapping& mapping) {
  for (auto _ : state) {
    const auto study = edgeeval::read_tables(folder, mapping);
    if (!study) return state.SkipWithError(study.error().message.c_str());
    const auto variants = edgeeval::paper::compute(*study, edgeeval::paper::Constants{});
    if (!variants) return state.SkipWithError(variants.error().message.c_str());
    benchmark::DoNotOptimize(variants->data());
    state.counters["variants"] = static_cast<double>(variants->size());
  }
}

void paper_tables(benchmark::State& state) {
  const auto mapping = edgeeval::read_mapping(shipped() / "mapping.yaml");
  if (!mapping) return state.SkipWithError(mapping.error().message.c_str());
  read_and_compute(state, shipped(), *mapping);
}

void million_rows(benchmark::State& state) {
  auto mapping = edgeeval::read_mapping(shipped() / "mapping.yaml");
  if (!mapping) return state.SkipWithError(mapping.error().message.c_str());
  mapping->tables.erase("merging");
  const LargeTables tables;
  read_and_compute(state, tables.folder(), *mapping);
  state.counters["rows"] = tables.rows();
}

BENCHMARK(paper_tables)->Unit(benchmark::kMillisecond);
BENCHMARK(million_rows)->Unit(benchmark::kMillisecond)->Iterations(1)->Repetitions(3);

}  // namespace

BENCHMARK_MAIN();
