// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <ostream>

#include "core/csv_field.hpp"
#include "core/text.hpp"
#include "report/renderers.hpp"

namespace edgeeval::render {
namespace {

std::string number(const std::optional<double>& value) {
  return value ? format_round_trip(*value) : std::string();
}

}  // namespace

void csv(const std::vector<MetricRow>& rows, std::ostream& out) {
  out << "variant,family,size,method,precision,task,mode,metric,value,lo,hi,unit,grade,flag\n";
  for (const auto& row : rows) {
    for (const auto& text :
         {row.variant, row.family, row.size, row.method, row.precision, row.task, row.mode, row.metric})
      out << csv_field(text) << ',';
    if (row.value) {
      out << number(row.value->value) << ',' << number(row.value->lo) << ',' << number(row.value->hi) << ','
          << csv_field(row.value->unit) << ',' << to_string(row.value->grade) << ',';
    } else {
      out << ",,,,,";
    }
    out << csv_field(row.flag) << '\n';
  }
}

}  // namespace edgeeval::render
