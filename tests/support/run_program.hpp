// SPDX-License-Identifier: Apache-2.0
// Runs the built programs as a user does, for integration tests.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval::testing {

/// How a program ended and what it said.
struct Ran {
  std::optional<int> code;    ///< Exit code; absent where a signal ended it.
  std::optional<int> signal;  ///< The signal that ended it.
  std::string out;
  std::string err;
};

/// What to do with the program after a line of its output: nothing, or send it a signal.
using OnLine = std::function<std::optional<int>(const std::string& line)>;

/// Runs `arguments` ([0] is the program's path) to its end with `environment` added to ours. After each line
/// on stdout `on_line` may ask for a signal to be sent to the program.
[[nodiscard]] Ran run_program(const std::vector<std::string>& arguments, const OnLine& on_line = {},
                              const std::map<std::string, std::string>& environment = {});

/// A folder of its own below the system's temporary one, removed with its content at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Ids of the living processes whose command line holds `text`.
[[nodiscard]] std::vector<int> processes_with(const std::string& text);

}  // namespace edgeeval::testing
