// SPDX-License-Identifier: Apache-2.0
#include "help_text.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::string_view kExample = "  edgeeval ";

/// How far the lines are set in that go on from `line`.
std::size_t hanging_indent(const std::string& line, std::size_t description_column) {
  const auto first = std::min(line.find_first_not_of(' '), line.size());
  if (first == 0 || first >= description_column) return first;
  return line.starts_with(kExample) ? first + 4 : description_column;
}

/// `line` in lines of at most kColumns columns; a command is broken so that the shell still takes it.
std::string wrapped(std::string line, std::size_t description_column) {
  const std::string_view mark = line.starts_with(kExample) ? " \\" : "";
  const auto indent = hanging_indent(line, description_column);
  std::string text;
  while (display_width(line) > kColumns) {
    std::size_t cut = std::string::npos;
    for (auto at = line.find(' ', indent + 1); at != std::string::npos; at = line.find(' ', at + 1)) {
      if (display_width(std::string_view(line).substr(0, at)) + mark.size() > kColumns) break;
      if (line.find_first_not_of(' ') < at) cut = at;
    }
    if (cut == std::string::npos) break;
    const auto rest = line.find_first_not_of(' ', cut);
    if (rest == std::string::npos) break;
    text += line.substr(0, cut).append(mark).append("\n");
    line = std::string(indent, ' ') + line.substr(rest);
  }
  return text + line + "\n";
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::istringstream help(CLI::Formatter::make_help(app, std::move(name), mode));
  std::string text;
  for (std::string line; std::getline(help, line);) text += wrapped(line, get_column_width());
  return text;
}

std::optional<Error> unknown_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) return std::nullopt;
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  const auto& word = arguments.front();
  if (std::find(names.begin(), names.end(), word) != names.end()) return std::nullopt;
  const auto close = nearest(word, names);
  Error error{ErrorCode::usage, "there is no subcommand \"" + word + "\""};
  if (!close.empty()) error.message += "; did you mean \"" + close + "\"?";
  error.hint = "known: " + join(names, ", ");
  return error;
}

}  // namespace edgeeval
