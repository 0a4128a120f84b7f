// SPDX-License-Identifier: Apache-2.0
// A server's command as a user types it, made ready to be started on a port.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// A command ready to be started.
struct LaunchLine {
  std::vector<std::string> arguments;  ///< argv.
  std::vector<std::string> words;      ///< The command's own words, also where a shell runs it.
  bool shell = false;                  ///< It needs a shell: pipes, variables, several commands.
};

/// Whether `command` has the placeholder "{port}".
[[nodiscard]] bool wants_port(std::string_view command);

/// Takes `command` apart by POSIX quoting and puts `port` in the place of each "{port}". Without anything
/// that only a shell understands the program is started directly, so that its own start, end and exit code
/// are seen; else /bin/sh runs the line. Errors: usage (empty, an unfinished quote, a placeholder and no
/// port).
[[nodiscard]] Result<LaunchLine> launch_line(const std::string& command, std::optional<int> port);

/// Model files among a command's words: files, and files in folders, whose names end as weights do (.gguf,
/// .safetensors, …); also in "--option=FILE". Sorted, each once.
[[nodiscard]] std::vector<std::filesystem::path> model_files_in(const std::vector<std::string>& words);

/// The weights that `path` is or holds: itself where it is a file of whatever name, its files that end as
/// weights do where it is a folder.
[[nodiscard]] std::vector<std::filesystem::path> model_files_at(const std::filesystem::path& path);

}  // namespace edgeeval
