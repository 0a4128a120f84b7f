// SPDX-License-Identifier: Apache-2.0
#include "run/context.hpp"

#include <utility>

#include "run/idle.hpp"

namespace edgeeval {
namespace {

/// Passes a window on and files its record once it is closed, at the latest when the handle goes.
class FiledWindow final : public WindowHandle {
 public:
  FiledWindow(std::unique_ptr<WindowHandle> inner, std::shared_ptr<std::vector<WindowRecord>> filed)
      : inner_(std::move(inner)), filed_(std::move(filed)) {}
  FiledWindow(const FiledWindow&) = delete;
  FiledWindow& operator=(const FiledWindow&) = delete;
  ~FiledWindow() override { file(); }
  const WindowRecord& close() override { return file(); }

 private:
  const WindowRecord& file() {
    const WindowRecord& record = inner_->close();
    if (!std::exchange(closed_, true)) filed_->push_back(record);
    return record;
  }
  std::unique_ptr<WindowHandle> inner_;
  std::shared_ptr<std::vector<WindowRecord>> filed_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<WindowHandle> RunContext::open_window(const std::string& name) {
  return std::make_unique<FiledWindow>(services_.meter.open(name), windows_);
}

void RunContext::idle(const std::string& name) {
  const double length_s = idle_length_s(plan_, services_.meter);
  if (length_s <= 0.0) return;
  progress({0, 0, "idle, with the model resident"});
  const auto window = open_window(name);
  rest(services_, length_s);
  window->close();
}

void RunContext::progress(const Progress& progress) {
  services_.listener.on_event(StageProgressed{&spec_, progress});
}

void RunContext::warn(const std::string& message) {
  services_.listener.on_event(Warned{message});
  // A record that cannot take a warning cannot take the stage's end either, and that one is checked.
  [[maybe_unused]] const auto kept = writer_.warning(spec_.id + ": " + message);
}

}  // namespace edgeeval
