// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string_view>

#include "core/one_line.hpp"
#include "core/text.hpp"

namespace edgeeval {

Terminal terminal_of(std::FILE* stream) {
  Terminal terminal;
  const char* kind = std::getenv("TERM");
  const char* plain = std::getenv("NO_COLOR");
  terminal.interactive =
      ::isatty(::fileno(stream)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
  terminal.colour = terminal.interactive && (plain == nullptr || *plain == '\0');
  winsize size{};
  if (terminal.interactive && ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

std::string error_block(const Error& error) {
  std::string block = error.where.empty() ? "edgeeval: " : one_line(error.where) + ": ";
  block += printable(error.message) + "\n";
  std::istringstream hint(error.hint);
  for (std::string line; std::getline(hint, line);) block += "  " + printable(line) + "\n";
  return block;
}

void print_if_possible(std::FILE* stream, const std::string& text) {
  // Nothing can be done here: a reader of stderr that has gone must not end a run, and main looks at stdout.
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
}

int report_error(const Error& error) {
  print_if_possible(stderr, error_block(error));
  return exit_code(error.code);
}

}  // namespace edgeeval
