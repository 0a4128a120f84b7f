// SPDX-License-Identifier: Apache-2.0
// Traces as CSV: a header, and a row a request.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "core/csv_records.hpp"
#include "core/text.hpp"
#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

std::string lower(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return low;
}

/// A count as traces write it: "120", or "120.0" where a table went through a program that knows only such
/// numbers.
std::optional<std::uint32_t> count_of(const std::string& text) {
  double value = -1.0;
  const auto* end = text.data() + text.size();
  const auto [last, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || last != end) return std::nullopt;
  if (!(value >= 0.0) || value > static_cast<double>(kMostTokens)) return std::nullopt;
  const auto whole = static_cast<std::uint32_t>(value);
  return static_cast<double>(whole) == value ? std::optional(whole) : std::nullopt;
}

/// Takes records into prompts; the first is the header.
class TraceRows {
 public:
  TraceRows(const TraceColumns& columns, Findings& findings) : columns_(columns), findings_(findings) {}

  void take(const std::vector<std::string>& fields, std::size_t line) {
    if (width_ == 0) return take_header(fields, line);
    if (useless_ || findings_.full()) return;
    if (fields.size() != width_) {
      findings_.add(line, fmt::format("{} fields where the header has {}", fields.size(), width_));
      return;
    }
    const auto at = columns_.time_of(fields[time_]);
    const auto asked = count_of(fields[prompt_]), answered = count_of(fields[reply_]);
    if (!at) return add(line, columns_.time, fields[time_], columns_.time_form);
    if (!asked) return add(line, columns_.prompt_tokens, fields[prompt_], "a whole number of tokens");
    if (!answered) return add(line, columns_.reply_tokens, fields[reply_], "a whole number of tokens");
    Prompt prompt;
    prompt.at_s = *at;
    prompt.prompt_tokens = at_least_one(*asked);
    prompt.max_tokens = at_least_one(*answered);
    prompts.push_back(std::move(prompt));
  }
  /// The header was there but lacks a column: no row can be read.
  [[nodiscard]] bool useless() const { return useless_; }

  std::vector<Prompt> prompts{};

 private:
  void take_header(const std::vector<std::string>& fields, std::size_t line) {
    width_ = fields.size();
    const auto find = [&](std::string_view name) {
      const auto found = std::find_if(fields.begin(), fields.end(),
                                      [&](const std::string& field) { return lower(field) == lower(name); });
      if (found == fields.end()) {
        findings_.add(line, fmt::format("the column \"{}\" is missing", name));
        useless_ = true;
      }
      return static_cast<std::size_t>(found - fields.begin());
    };
    time_ = find(columns_.time);
    prompt_ = find(columns_.prompt_tokens);
    reply_ = find(columns_.reply_tokens);
  }
  void add(std::size_t line, std::string_view column, const std::string& found, const char* form) {
    findings_.add(line, fmt::format("{} is \"{}\", not {}", column, printable(found.substr(0, 60)), form));
  }

  const TraceColumns& columns_;
  Findings& findings_;
  std::size_t width_ = 0, time_ = 0, prompt_ = 0, reply_ = 0;
  bool useless_ = false;
};

}  // namespace

Result<std::vector<Prompt>> read_csv_trace(std::string_view text, const std::string& file,
                                           const TraceColumns& columns) {
  Findings findings(file);
  TraceRows rows(columns, findings);
  std::size_t line = 0;
  CsvRecords records([&](const std::vector<std::string>& fields) { rows.take(fields, line); });
  bool well_formed = true;
  for_each_line(text, [&](const Item& item) {
    line = item.line;
    if (item.text.size() > kLongestItem) {
      findings.add(line, fmt::format("longer than {} MiB", kLongestItem >> 20U));
      return false;
    }
    well_formed = records.feed(item.text) && records.feed("\n");
    return well_formed && !findings.full() && !rows.useless();
  });
  if (well_formed && !findings.full()) well_formed = records.finish();
  if (!well_formed)
    findings.add(line, fmt::format("malformed CSV: {}. {}", records.problem(), kCsvQuotingHint));
  return finished_trace(std::move(rows.prompts), findings, columns.form);
}

}  // namespace edgeeval::prompt_reading
