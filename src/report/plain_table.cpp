// SPDX-License-Identifier: Apache-2.0
#include "report/plain_table.hpp"

#include <algorithm>

#include "core/one_line.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

bool stands_left(std::size_t column, std::size_t columns, std::size_t words) {
  return column == 0 || column + words >= columns;
}

}  // namespace

std::vector<std::string> aligned_lines(const TextTable& table, std::size_t words, std::size_t indent) {
  std::vector<std::vector<std::string>> all{table.header};
  for (const auto& row : table.rows) all.push_back(row);
  std::vector<std::size_t> widths(table.header.size(), 0);
  for (auto& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = one_line(row[i]);
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : all) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - display_width(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += stands_left(i, row.size(), words) ? row[i] + pad : pad + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string markdown_table(const TextTable& table, std::size_t words) {
  const auto line_of = [](const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const auto& cell : cells) line += " " + markdown_escaped(cell) + " |";
    return line + "\n";
  };
  auto text = line_of(table.header) + "|";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    text += stands_left(i, table.header.size(), words) ? " --- |" : " ---: |";
  text += "\n";
  for (const auto& row : table.rows) text += line_of(row);
  return text + "\n";
}

}  // namespace edgeeval
