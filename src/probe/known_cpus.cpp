// SPDX-License-Identifier: Apache-2.0
#include "probe/known_cpus.hpp"

#include <array>

#include "core/has_word.hpp"

namespace edgeeval {
namespace {

struct Row {
  const char* name;  ///< Part of the model name.
  double tdp_w;
  double most_w;
};

constexpr Row server(const char* name, double tdp_w) { return {name, tdp_w, kShortTermShare * tdp_w}; }

// Sources, each looked up and found to say so:
//   C  CodeCarbon 3.3.2, codecarbon/data/hardware/cpu_power.csv (from ark.intel.com and amd.com)
//   I  github.com/toUpperCase78/intel-processors, intel_xeon_processors_v1_8.csv (from ark.intel.com)
//   A  github.com/felixsteinke/cpu-spec-dataset, dataset/amd-cpus.csv (amd.com's product list), "Default TDP"
//   B  Boavizta API 2.5.0, boaviztapi/data/crowdsourcing/cpu_specs.csv (from TechPowerUp)
// The highest power of desktop parts is above what limits servers, since their boards keep turbo on:
//   P  AMD's package power limit is 1.35 TDP on AM4 and AM5 (AMD's correction of May 2022 on socket AM5)
//   T  maximum turbo power, as Intel states it and club386.com, "Intel Core i9-12900K at 125W", repeats it;
//      238 W measured (Tom's Hardware, "Core i9-12900K and Core i5-12600K review")
//   N  AnandTech, "The Intel Core i9-9900K at 95W": 95 W is almost half of its power in standard operation
//   X  technopixel.org, "Intel Core i9-13900K performance test results": above its 253 W by 20 to 40 %;
//      there too: the Ryzen 9 7950X stays within 250 W
constexpr std::array<Row, 20> kCpus{{
    server("E5-2680 v4", 120.0),         // C, I
    server("E5-2690 v4", 135.0),         // C, I
    server("Gold 6148", 150.0),          // C, I
    server("Gold 6248", 150.0),          // C, I
    server("Gold 6338", 205.0),          // C, I
    server("Platinum 8180", 205.0),      // C, I
    server("Platinum 8280", 205.0),      // C, I
    server("Platinum 8380", 270.0),      // C, I
    server("Platinum 8480", 350.0),      // C, I: as "8480+"
    server("EPYC 7702", 200.0),          // C, A, B
    server("EPYC 7742", 225.0),          // C, A, B
    server("EPYC 7763", 280.0),          // C, A, B; configurable from 225 to 280 W (A)
    server("EPYC 9654", 360.0),          // C, B
    Row{"i7-8700K", 95.0, 190.0},        // C, B; N for its successor
    Row{"i9-9900K", 95.0, 190.0},        // C, B; N
    Row{"i7-12700K", 125.0, 190.0},      // B; 190 W in C, which is its maximum turbo power
    Row{"i9-12900K", 125.0, 241.0},      // B, T; T
    Row{"i9-13900K", 125.0, 354.0},      // C, B; 1.4 of 253 W, X
    Row{"Ryzen 9 5950X", 105.0, 142.0},  // C, B; P
    Row{"Ryzen 9 7950X", 170.0, 250.0}   // C, A, B; 230 W by P, 250 W by X
}};

}  // namespace

std::optional<KnownCpu> known_cpu(std::string_view model_name) {
  for (const auto& cpu : kCpus) {
    if (has_word(model_name, cpu.name)) return KnownCpu{cpu.tdp_w, cpu.most_w};
  }
  return std::nullopt;
}

}  // namespace edgeeval
