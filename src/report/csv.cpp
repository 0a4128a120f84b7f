// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <ostream>

#include "core/text.hpp"
#include "report/renderers.hpp"

namespace edgeeval::render {
namespace {

/// A field as RFC 4180 wants it: quoted where it holds a comma, a quote or a line end.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string number(const std::optional<double>& value) {
  return value ? format_round_trip(*value) : std::string();
}

}  // namespace

void csv(const std::vector<MetricRow>& rows, std::ostream& out) {
  out << "variant,family,size,method,precision,task,mode,metric,value,lo,hi,unit,grade,flag\n";
  for (const auto& row : rows) {
    for (const auto& text :
         {row.variant, row.family, row.size, row.method, row.precision, row.task, row.mode, row.metric})
      out << quoted(text) << ',';
    if (row.value) {
      out << number(row.value->value) << ',' << number(row.value->lo) << ',' << number(row.value->hi) << ','
          << quoted(row.value->unit) << ',' << to_string(row.value->grade) << ',';
    } else {
      out << ",,,,,";
    }
    out << quoted(row.flag) << '\n';
  }
}

}  // namespace edgeeval::render
