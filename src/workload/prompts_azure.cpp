// SPDX-License-Identifier: Apache-2.0
// Azure's LLM inference traces (github.com/Azure/AzurePublicDataset): a CSV row a request, with dates.
#include <charconv>
#include <chrono>

#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

/// Reads a date and a time piece by piece.
class Stamp {
 public:
  explicit Stamp(std::string_view text) : rest_(text) {}

  /// A number of exactly `digits` digits, from `least` to `most`.
  int number(std::size_t digits, int least, int most) {
    int value = 0;
    const auto [end, problem] =
        std::from_chars(rest_.data(), rest_.data() + std::min(digits, rest_.size()), value);
    const auto taken = static_cast<std::size_t>(end - rest_.data());
    good_ = good_ && problem == std::errc() && taken == digits && rest_.front() != '-' && value >= least &&
            value <= most;
    if (good_) rest_.remove_prefix(digits);
    return value;
  }
  void expect(std::string_view any_of) {
    good_ = good_ && !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
    if (good_) rest_.remove_prefix(1);
  }
  /// Takes `c` where it comes next.
  bool take(char c) {
    if (!good_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Digits behind a decimal point, as nanoseconds; those beyond the ninth are cut.
  std::int64_t fraction() {
    std::int64_t ns = 0, unit = 100'000'000;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits, unit /= 10)
      ns += unit * (rest_[digits] - '0');
    good_ = good_ && digits > 0;
    if (good_) rest_.remove_prefix(digits);
    return ns;
  }
  void require(bool condition) { good_ = good_ && condition; }
  [[nodiscard]] bool whole() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

/// "2023-11-16 18:17:03.9799600": seconds from 2000 on, so that a double keeps tenths of a microsecond.
std::optional<double> seconds_of(std::string_view text) {
  namespace chrono = std::chrono;
  Stamp stamp(text);
  const int year = stamp.number(4, 1970, 2200);
  stamp.expect("-");
  const int month = stamp.number(2, 1, 12);
  stamp.expect("-");
  const int day = stamp.number(2, 1, 31);
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  stamp.require(date.ok());
  stamp.expect(" T");
  std::int64_t seconds = stamp.number(2, 0, 23) * 3600;
  stamp.expect(":");
  seconds += stamp.number(2, 0, 59) * 60;
  stamp.expect(":");
  seconds += stamp.number(2, 0, 60);
  const std::int64_t ns = stamp.take('.') ? stamp.fraction() : 0;
  if (const bool east = stamp.take('+'); east || stamp.take('-')) {
    std::int64_t offset = stamp.number(2, 0, 14) * 3600;
    static_cast<void>(stamp.take(':'));
    offset += stamp.number(2, 0, 59) * 60;
    seconds -= east ? offset : -offset;
  } else {
    static_cast<void>(stamp.take('Z'));
  }
  if (!stamp.whole()) return std::nullopt;
  constexpr auto kOrigin = chrono::sys_days(chrono::year(2000) / 1 / 1);
  seconds += std::int64_t{(chrono::sys_days(date) - kOrigin).count()} * 86400;
  return static_cast<double>(seconds) + static_cast<double>(ns) * 1e-9;
}

}  // namespace

Result<std::vector<Prompt>> read_azure(std::string_view text, const std::string& file) {
  return read_csv_trace(text, file,
                        {"TIMESTAMP", "ContextTokens", "GeneratedTokens", seconds_of,
                         "a time such as 2023-11-16 18:17:03.9799600",
                         "a header with the columns TIMESTAMP, ContextTokens and GeneratedTokens"});
}

}  // namespace edgeeval::prompt_reading
