// SPDX-License-Identifier: Apache-2.0
#include "metrics/propagate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace edgeeval {
namespace {

/// A fact at one end of its interval. With a lower bound alone it is open above.
double corner_value(const Fact& fact, bool upper) {
  if (!upper) return fact.lo.value_or(fact.value);
  if (fact.hi) return *fact.hi;
  return fact.lo ? std::numeric_limits<double>::infinity() : fact.value;
}

void add_bounds(Fact& result, const std::vector<Fact>& facts, const Formula& formula) {
  const bool any =
      std::any_of(facts.begin(), facts.end(), [](const Fact& fact) { return fact.lo || fact.hi; });
  if (!any) return;
  bool open = false;
  double lo = result.value;
  double hi = result.value;
  std::vector<double> at(facts.size());
  for (std::size_t corner = 0; corner < (std::size_t{1} << facts.size()); ++corner) {
    for (std::size_t i = 0; i < facts.size(); ++i) at[i] = corner_value(facts[i], ((corner >> i) & 1U) != 0);
    const auto value = formula(at);
    open = open || !value;
    // Infinity over infinity: this corner says nothing that its neighbours do not.
    if (!value || std::isnan(*value)) continue;
    lo = std::min(lo, *value);
    hi = std::max(hi, *value);
  }
  if (std::isfinite(lo)) result.lo = lo;
  if (std::isfinite(hi) && !open) result.hi = hi;
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
  if (!std::isfinite(*value)) return tl::unexpected<std::string>("the formula divides by zero here");
  Fact result{*value, unit, {}, {}, grade, {sources.begin(), sources.end()}};
  add_bounds(result, facts, formula);
  return result;
}

}  // namespace edgeeval
