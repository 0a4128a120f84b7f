// SPDX-License-Identifier: Apache-2.0
// The runner's side of one stage: its windows, its progress, its inputs.
#pragma once

#include <edgeeval/runner.hpp>
#include <edgeeval/stage.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "record/writer.hpp"
#include "run/runner.hpp"

namespace edgeeval {

/// Serves one stage while it runs and collects what it leaves on the way.
class RunContext final : public StageContext {
 public:
  RunContext(const Plan& plan, const StageSpec& spec, const std::filesystem::path& folder,
             const RunServices& services, const std::map<std::string, StageRecord>& finished,
             RecordWriter& writer)
      : plan_(plan),
        spec_(spec),
        folder_(folder),
        services_(services),
        finished_(finished),
        writer_(writer) {}

  [[nodiscard]] const std::filesystem::path& run_folder() const override { return folder_; }
  [[nodiscard]] const Plan& plan() const override { return plan_; }
  [[nodiscard]] const StageRecord& input(const std::string& stage_id) const override {
    return finished_.at(stage_id);
  }
  [[nodiscard]] std::unique_ptr<WindowHandle> open_window(const std::string& name) override;
  void idle(const std::string& name) override;
  void progress(const Progress& progress) override;
  void warn(const std::string& message) override;
  void keep_log_tail(std::vector<std::string> lines) override { log_tail_ = std::move(lines); }
  [[nodiscard]] const CancelToken& cancel() const override { return services_.cancel; }
  [[nodiscard]] const Clock& clock() const override { return services_.clock; }

  /// The windows closed so far, in the order of their closing.
  [[nodiscard]] std::vector<WindowRecord> take_windows() { return std::move(*windows_); }
  [[nodiscard]] std::vector<std::string> take_log_tail() { return std::move(log_tail_); }

 private:
  const Plan& plan_;
  const StageSpec& spec_;
  const std::filesystem::path& folder_;
  const RunServices& services_;
  const std::map<std::string, StageRecord>& finished_;
  RecordWriter& writer_;
  std::shared_ptr<std::vector<WindowRecord>> windows_ = std::make_shared<std::vector<WindowRecord>>();
  std::vector<std::string> log_tail_;
};

}  // namespace edgeeval
