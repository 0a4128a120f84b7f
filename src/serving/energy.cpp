// SPDX-License-Identifier: Apache-2.0
#include "serving/energy.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "serving/load_view.hpp"
#include "stats/least_squares.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFewestSpans = 20;
constexpr double kWorstCondition =
    100.0;  // Beyond it coefficients are noise (Belsley, Kuh and Welsch 1980: 30 harms).
constexpr double kCovered = 0.9;  // Of the load, for joules a request.
constexpr auto kAdvice =
    "vary the load while power is read: several concurrencies or rates, prompts and replies of different "
    "lengths, "
    "and some idle time before and after";

double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

/// Work done in each stretch of power, in order of time.
class Work {
 public:
  explicit Work(std::vector<PowerSpan> spans) : spans_(std::move(spans)) {
    std::sort(spans_.begin(), spans_.end(),
              [](const auto& a, const auto& b) { return a.begin_ns < b.begin_ns; });
    prompt_.resize(spans_.size());
    reply_.resize(spans_.size());
  }
  [[nodiscard]] const std::vector<PowerSpan>& spans() const { return spans_; }

  void add_reply(std::int64_t at, double tokens) {
    const auto i = first_ending_after(at);
    if (i < spans_.size() && spans_[i].begin_ns <= at) reply_[i] += tokens;
  }
  /// Spreads a prompt's tokens evenly over the time until its first token.
  void add_prompt(std::int64_t begin, std::int64_t end, double tokens) {
    if (end <= begin) return;
    for (auto i = first_ending_after(begin); i < spans_.size() && spans_[i].begin_ns < end; ++i) {
      const auto overlap = std::min(end, spans_[i].end_ns) - std::max(begin, spans_[i].begin_ns);
      if (overlap > 0) prompt_[i] += tokens * static_cast<double>(overlap) / static_cast<double>(end - begin);
    }
  }
  /// Columns of the regression: a constant, prompt tokens and reply tokens a second.
  [[nodiscard]] std::vector<std::vector<double>> columns() const {
    std::vector<std::vector<double>> result(3);
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      const double length = seconds(spans_[i].end_ns - spans_[i].begin_ns);
      result[0].push_back(1.0);
      result[1].push_back(prompt_[i] / length);
      result[2].push_back(reply_[i] / length);
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t first_ending_after(std::int64_t at) const {
    const auto found = std::upper_bound(spans_.begin(), spans_.end(), at,
                                        [](auto when, const auto& span) { return when < span.end_ns; });
    return static_cast<std::size_t>(found - spans_.begin());
  }
  std::vector<PowerSpan> spans_;
  std::vector<double> prompt_, reply_;
};

/// Tokens of every request, those of warm-up and of failures too: they took their joules. Of the reply tokens
/// those of the measured phase are told.
Result<double> add_work(LoadRecord& load, const LoadView& view, Work& work) {
  double measured = 0.0;
  for (std::size_t i = 0; i < load.requests.size(); ++i) {
    const auto& request = load.requests[i];
    const auto end = view.table.replies[i].first_token_ns;
    if (!request.issued_ns || !end || !request.prompt_tokens) continue;
    const auto cached = request.cached_tokens.value_or(0);
    work.add_prompt(*request.issued_ns, *end,
                    static_cast<double>(std::max<std::int64_t>(0, *request.prompt_tokens - cached)));
  }
  if (!load.events) return measured;
  if (auto rewound = load.events->rewind(); !rewound) return tl::unexpected(rewound.error());
  for (;;) {
    const auto block = load.events->next();
    if (!block) return tl::unexpected(block.error());
    if (block->empty()) return measured;
    for (const auto& event : *block) {
      if (!carries_tokens(event.kind)) continue;
      const auto position = view.table.find(event.request, load.requests);
      if (!position) continue;
      const double told = (event.flags & kTokensKnown) != 0
                              ? static_cast<double>(event.tokens)
                              : static_cast<double>(std::max(1U, view.tokens[*position].each));
      work.add_reply(event.kernel_ns, told);
      if (is_measured(load.requests[*position])) measured += told;
    }
  }
}

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::unavailable, "joules a token cannot be told apart: " + std::move(why), {}, kAdvice);
}

bool varies(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *most > *least;
}

/// Measured requests that were sent.
double requests_sent(const LoadView& view) {
  double requests = 0.0;
  for (const auto& request : view.requests())
    if (is_measured(request) && request.issued_ns) requests += 1.0;
  return requests;
}

/// Energy over the load beyond idle, a measured request; nothing where power covers the load too little.
std::optional<Fact> joules_per_request(const LoadView& view, const Work& work, const Fact& idle, Grade grade,
                                       const std::string& source) {
  const auto whole = whole_window(view);
  if (!whole) return std::nullopt;
  double joules = 0.0;
  double covered = 0.0;
  for (const auto& span : work.spans()) {
    const auto overlap =
        seconds(std::min(span.end_ns, whole->end_ns) - std::max(span.begin_ns, whole->begin_ns));
    if (overlap <= 0.0) continue;
    joules += span.watts * overlap;
    covered += overlap;
  }
  const double requests = requests_sent(view);
  if (requests == 0.0 || covered < kCovered * whole->seconds()) return std::nullopt;
  const double scale = whole->seconds() / covered;
  const auto net = [&](double watts) { return (joules - watts * covered) * scale / requests; };
  return Fact{net(idle.value),
              "J",
              net(idle.hi.value_or(idle.value)),
              net(idle.lo.value_or(idle.value)),
              weaker(grade, Grade::computed),
              {source, "requests"}};
}

}  // namespace

Result<EnergyByPhase> energy_by_phase(LoadRecord& load, const std::vector<PowerSpan>& power, Grade grade,
                                      const std::string& source) {
  const auto view = view_load(load);
  if (!view) return tl::unexpected(view.error());
  std::vector<PowerSpan> usable;
  for (const auto& span : power)
    if (span.end_ns > span.begin_ns && std::isfinite(span.watts)) usable.push_back(span);
  if (usable.size() < kFewestSpans)
    return refused("there are " + std::to_string(usable.size()) + " stretches of power, at least " +
                   std::to_string(kFewestSpans) + " are needed");
  Work work(std::move(usable));
  const auto reply_tokens = add_work(load, *view, work);
  if (!reply_tokens) return tl::unexpected(reply_tokens.error());
  const auto columns = work.columns();
  if (!varies(columns[1]))
    return refused("the prompt tokens worked on a second do not vary, or are not known");
  if (!varies(columns[2])) return refused("no reply tokens came while power was read");
  std::vector<double> watts;
  for (const auto& span : work.spans()) watts.push_back(span.watts);
  const auto fit = least_squares(watts, columns);
  if (!fit || fit->condition > kWorstCondition)
    return refused(fit ? "prompt and reply tokens rise and fall together (condition " +
                             format_significant(fit->condition) + ", at most " +
                             format_significant(kWorstCondition) + ")"
                       : "prompt and reply tokens rise and fall together");
  const double t = student_95(static_cast<int>(std::min<std::size_t>(fit->degrees, 1000)));
  const auto fact = [&](std::size_t i, const char* unit) {
    const double half = t * fit->standard_errors[i];
    return Fact{fit->coefficients[i],           unit,
                fit->coefficients[i] - half,    fit->coefficients[i] + half,
                weaker(grade, Grade::computed), {source, "regression of power on tokens a second"}};
  };
  EnergyByPhase result{fact(1, "J"),  fact(2, "J"),   fact(0, "W"),        {}, requests_sent(*view),
                       *reply_tokens, fit->r_squared, work.spans().size(), {}};
  result.joules_per_request = joules_per_request(*view, work, result.idle_watts, grade, source);
  result.note = "Newey-West intervals with " + std::to_string(fit->lags) +
                " lags; prompts are spread evenly from sending to the first token, cached tokens left out";
  if (!result.joules_per_request)
    result.note += "; power covers less than 90 % of the load, so no joules a request";
  return result;
}

ClientEnergy client_energy(const ClientReport& client, double watts_per_core_lo, double watts_per_core_hi,
                           Grade grade, const std::string& source) {
  const double cpu_s = client.measured_cpu_s.value_or(client.cpu_s);
  const double lo = cpu_s * std::min(watts_per_core_lo, watts_per_core_hi);
  const double hi = cpu_s * std::max(watts_per_core_lo, watts_per_core_hi);
  return {
      Fact{0.5 * (lo + hi), "J", lo, hi, weaker(grade, Grade::computed), {source, "the client's CPU time"}}};
}

}  // namespace edgeeval
