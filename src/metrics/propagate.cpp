// SPDX-License-Identifier: Apache-2.0
#include "metrics/propagate.hpp"

#include <algorithm>
#include <set>

namespace edgeeval {
namespace {

/// The value of fact `index` at a corner: bit set = upper bound.
double corner_value(const Fact& fact, bool upper) {
  return upper ? fact.hi.value_or(fact.value) : fact.lo.value_or(fact.value);
}

void add_bounds(Fact& result, const std::vector<Fact>& facts, const Formula& formula) {
  const bool any =
      std::any_of(facts.begin(), facts.end(), [](const Fact& fact) { return fact.lo || fact.hi; });
  if (!any) return;
  bool open = false;
  result.lo = result.value;
  result.hi = result.value;
  std::vector<double> at(facts.size());
  for (std::size_t corner = 0; corner < (std::size_t{1} << facts.size()); ++corner) {
    for (std::size_t i = 0; i < facts.size(); ++i) at[i] = corner_value(facts[i], ((corner >> i) & 1U) != 0);
    const auto value = formula(at);
    open = open || !value;
    if (!value) continue;
    result.lo = std::min(*result.lo, *value);
    result.hi = std::max(*result.hi, *value);
  }
  if (open) result.hi.reset();
}

}  // namespace

MaybeFact propagate(const std::vector<MaybeFact>& maybe, const std::string& unit, const Formula& formula,
                    const std::string& never) {
  std::vector<Fact> facts;
  std::vector<double> values;
  std::set<std::string> sources;
  Grade grade = Grade::computed;
  for (const auto& fact : maybe) {
    if (!fact) return fact;
    facts.push_back(*fact);
    values.push_back(fact->value);
    grade = weaker(grade, fact->grade);
    sources.insert(fact->sources.begin(), fact->sources.end());
  }
  const auto value = formula(values);
  if (!value) return tl::unexpected<std::string>(never);
  Fact result{*value, unit, {}, {}, grade, {sources.begin(), sources.end()}};
  add_bounds(result, facts, formula);
  return result;
}

}  // namespace edgeeval
