// SPDX-License-Identifier: Apache-2.0
// How many joules a piece of code takes: the C++ API in one page
#include <chrono>
#include <cmath>
#include <edgeeval/meter.hpp>
#include <iostream>

namespace {

/// Some work, as long as `time`.
double work(std::chrono::milliseconds time) {
  double sum = 0.0;
  const auto until = std::chrono::steady_clock::now() + time;
  for (int i = 1; std::chrono::steady_clock::now() < until; ++i) sum += std::sqrt(static_cast<double>(i));
  return sum;
}

void print(const char* name, const edgeeval::MeterResult& result) {
  std::cout << name << ": " << result.window.duration_s << " s\n";
  for (const auto& entry : result.window.energy) {
    std::cout << "  " << entry.domain << "  " << entry.joules.value << " J  ["
              << entry.joules.lo.value_or(0.0) << ", " << entry.joules.hi.value_or(0.0) << "]  "
              << edgeeval::to_string(entry.joules.grade);
    if (entry.net) std::cout << ", " << entry.net->value << " J above rest";
    std::cout << "\n";
  }
  for (const auto& gone : result.window.voids)
    std::cout << "  " << gone.domain << "  not measured: " << gone.reason << "\n";
  if (result.total) std::cout << "  total  " << result.total->value << " J\n";
}

}  // namespace

int main() {
  auto meter = edgeeval::Meter::open();
  if (!meter) {
    std::cerr << meter.error().message << "\n" << meter.error().hint << "\n";
    return edgeeval::exit_code(meter.error().code);
  }
  meter->idle(std::chrono::milliseconds(500));  // Longer is better; this is what net joules are above.

  auto whole = meter->window("both");  // Windows nest.
  auto first = meter->window("first");
  double sum = work(std::chrono::milliseconds(200));
  print("first", first.close());
  sum += work(std::chrono::milliseconds(300));
  print("both", whole.close());
  return sum > 0.0 ? 0 : 1;
}
