// SPDX-License-Identifier: Apache-2.0
#include "metrics/paired_scores.hpp"

#include <map>
#include <string>

namespace edgeeval {

PairedScores paired_f1(const std::vector<ItemScore>& a, const std::vector<ItemScore>& b) {
  std::map<std::string, double> others;
  for (const auto& score : b) others.emplace(score.item, score.f1);
  PairedScores pairs;
  for (const auto& score : a) {
    const auto other = others.find(score.item);
    if (other == others.end()) {
      ++pairs.left_out;
      continue;
    }
    pairs.a.push_back(score.f1);
    pairs.b.push_back(other->second);
    others.erase(other);
  }
  pairs.left_out += others.size();
  return pairs;
}

}  // namespace edgeeval
