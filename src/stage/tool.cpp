// SPDX-License-Identifier: Apache-2.0
#include "stage/tool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "core/hash.hpp"
#include "core/paths.hpp"
#include "core/process.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kTailLines = 12;

Error failure_of(const CommandResult& command, const std::string& name, const std::string& verb,
                 const fs::path& log) {
  const auto& status = command.status;
  const auto code = status.code ? error_code_of_exit(*status.code) : ErrorCode::tool_failed;
  auto lines = last_lines(command.stderr_text, kTailLines);
  // The helper's own error block says it best; its first line is what a table has room for.
  const auto said = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
    return !line.empty() && line.front() != ' ';
  });
  const std::string reason = said == lines.rend() ? std::string() : ": " + *said;
  return Error{code, fmt::format("{} {} ended ({}){}", name, verb, status.describe(), reason), log.string(),
               ""};
}

Result<Artifact> describe_folder(const fs::path& folder, Artifact artifact) {
  std::vector<fs::path> files;
  std::error_code status;
  for (const auto& entry : fs::recursive_directory_iterator(folder, status)) {
    if (entry.is_regular_file(status)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string digests;
  for (const auto& file : files) {
    auto digest = sha256_file(file);
    if (!digest) return tl::unexpected(digest.error());
    digests += fs::relative(file, folder).string() + " " + *digest + "\n";
    artifact.bytes += fs::file_size(file, status);
  }
  artifact.sha256 = sha256(digests);
  return artifact;
}

}  // namespace

Result<Json> run_helper(StageContext& context, const std::string& name,
                        const std::vector<std::string>& arguments, const std::string& log,
                        const std::function<void(const Json&)>& on_event) {
  auto program = find_helper(name);
  if (!program) return tl::unexpected(program.error());
  const fs::path log_file = fs::path("logs") / (log + ".log");
  ProcessOptions options;
  options.arguments = {program->string()};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.stderr_file = context.run_folder() / log_file;
  std::optional<Json> result;
  const auto take = [&](std::string_view line) {
    auto json = parse_json(line, name);
    if (!json || !json->is_object()) return;
    if (value_or(*json, "event", std::string()) == "result") result = *json;
    if (on_event) on_event(*json);
  };
  auto command = run_command(options, take, &context.cancel());
  if (!command) return tl::unexpected(command.error());
  if (!command->status.ok() || !result) {
    context.keep_log_tail(last_lines(command->stderr_text, kTailLines));
    return tl::unexpected(failure_of(*command, name, arguments.front(), log_file));
  }
  (*result)["peak_rss_bytes"] = static_cast<std::uint64_t>(command->status.max_rss_kib) * 1024U;
  return *result;
}

Result<Artifact> artifact_of(const StageRecord& stage, const std::string& name) {
  const auto found = std::find_if(stage.artifacts.begin(), stage.artifacts.end(),
                                  [&](const Artifact& artifact) { return artifact.name == name; });
  if (found == stage.artifacts.end()) {
    return fail(ErrorCode::internal, fmt::format("stage {} has left no artifact \"{}\"", stage.id, name));
  }
  return *found;
}

Result<Artifact> describe_artifact(const fs::path& run_folder, const std::string& name,
                                   const fs::path& relative) {
  Artifact artifact{name, relative.string(), 0, ""};
  const auto path = run_folder / relative;
  std::error_code status;
  if (fs::is_directory(path, status)) return describe_folder(path, std::move(artifact));
  auto digest = sha256_file(path);
  if (!digest) return tl::unexpected(digest.error());
  artifact.sha256 = *digest;
  artifact.bytes = fs::file_size(path, status);
  return artifact;
}

}  // namespace edgeeval
