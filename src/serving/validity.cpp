// SPDX-License-Identifier: Apache-2.0
#include "serving/validity.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "serving/checks.hpp"

namespace edgeeval {

CheckResult judged(std::string id, std::string title, double value, double limit, std::string found,
                   std::string advice, CheckVerdict beyond) {
  const bool over = !(value <= limit);
  return {std::move(id),
          std::move(title),
          over ? beyond : CheckVerdict::passed,
          std::move(found),
          over ? std::move(advice) : std::string(),
          value,
          limit};
}

CheckResult unchecked(std::string id, std::string title, std::string why) {
  return {std::move(id), std::move(title), CheckVerdict::not_checked, std::move(why), {}, {}, {}};
}

std::string percent(double share) { return format_significant(100.0 * share) + " %"; }

std::string signed_percent(double share) { return (share < 0.0 ? "" : "+") + percent(share); }

double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

double average(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

std::string milliseconds(double seconds) { return format_significant(1000.0 * seconds) + " ms"; }

std::string client_fault(const Validity& validity) {
  std::vector<std::string> faults;
  for (const auto& check : validity.checks) {
    if (check.verdict != CheckVerdict::failed) continue;
    if (!check.of_client) return {};
    faults.push_back(check.id + ": " + check.found);
  }
  return join(faults, "; ");
}

Result<Validity> check_validity(LoadRecord& load, const ServingSummary& summary,
                                const ValidityLimits& limits) {
  const auto view = view_load(load);
  if (!view) return tl::unexpected(view.error());
  const CheckSubject subject{*view, summary, limits, whole_window(*view).value_or(Stretch{})};
  Validity validity;
  check_client(subject, validity.checks);
  for (auto& check : validity.checks) check.of_client = true;
  check_wire(subject, validity.checks);
  check_machine(subject, validity.checks);
  check_server(subject, validity.checks);
  check_load(subject, validity.checks);
  validity.valid = std::none_of(validity.checks.begin(), validity.checks.end(),
                                [](const auto& check) { return check.verdict == CheckVerdict::failed; });
  return validity;
}

}  // namespace edgeeval
