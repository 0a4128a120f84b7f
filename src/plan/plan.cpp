// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.hpp"

#include <fmt/format.h>

#include <system_error>

#include "core/files.hpp"
#include "plan/expand.hpp"
#include "plan/study.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kLargestStudy = 256 * 1024;
constexpr const char* kAbsent = "absent";

Error study_error(std::string message, const fs::path& file, std::string hint) {
  return {ErrorCode::invalid_study, std::move(message), file.string(), std::move(hint)};
}

/// What is not there, as the error each would be in a run.
std::vector<Error> missing_errors(const StudyFile& file) {
  std::vector<Error> errors;
  for (const auto& text : file.missing) {
    auto code = ErrorCode::invalid_task;
    if (text.starts_with("model "))
      code = text.find("Hugging Face") == std::string::npos ? ErrorCode::bad_model : ErrorCode::unsupported;
    errors.push_back(
        {code, text, file.study.file.string(), "`edgeeval check` lists everything that is missing."});
  }
  return errors;
}

/// The identity of `path`, or "absent" where it is not there; an unreadable one is an error.
std::string identity(const fs::path& path, const PlanOptions& options, std::vector<Error>& errors) {
  std::error_code status;
  if (path.empty() || !fs::exists(path, status)) return kAbsent;
  auto digest = options.digest(path);
  if (digest) return *digest;
  errors.push_back(digest.error());
  return kAbsent;
}

Identities identify(StudyFile& file, const PlanOptions& options, std::vector<Error>& errors) {
  Identities identities;
  identities.tools = options.tool_versions;
  for (const auto& model : file.study.models) {
    auto found = identity(model.gguf, options, errors);
    // Two sources that are both absent are still two sources.
    if (found == kAbsent) found += " " + model.package + model.huggingface + model.gguf.filename().string();
    identities.models[model.name] = std::move(found);
  }
  for (std::size_t i = 0; i < file.study.task_names.size(); ++i) {
    const auto& name = file.study.task_names[i];
    identities.tasks[name] = name + " " + identity(file.study.task_folders[i], options, errors);
  }
  auto engine = options.identify_engine(file.study.engine.name);
  identities.engine = engine ? *engine : kAbsent;
  if (!engine && options.need_all) errors.push_back(engine.error());
  if (!engine) file.missing.push_back("engine " + file.study.engine.name + ": " + engine.error().message);
  return identities;
}

}  // namespace

tl::expected<Plan, std::vector<Error>> plan_from_text(const std::string& text, const fs::path& study_file,
                                                      const PlanOptions& options) {
  auto file = parse_study(text, study_file, options);
  if (!file) return tl::unexpected(std::move(file.error()));
  std::vector<Error> errors;
  if (options.need_all) errors = missing_errors(*file);
  const auto identities = identify(*file, options, errors);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return expand(std::move(*file), identities);
}

tl::expected<Plan, std::vector<Error>> load_plan(const fs::path& study_file, const PlanOptions& options) {
  std::error_code status;
  if (!fs::is_regular_file(study_file, status)) {
    return tl::unexpected(std::vector{
        study_error(fs::exists(study_file, status) ? "is not a file" : "there is no such study file",
                    study_file, "A first one: examples/quickstart.yaml")});
  }
  if (const auto size = fs::file_size(study_file, status); !status && size > kLargestStudy) {
    return tl::unexpected(
        std::vector{study_error(fmt::format("is {} bytes long", size), study_file,
                                fmt::format("A study has at most {} bytes; is this one?", kLargestStudy))});
  }
  const auto text = read_file(study_file);
  if (!text) return tl::unexpected(std::vector{text.error()});
  return plan_from_text(*text, study_file, options);
}

}  // namespace edgeeval
