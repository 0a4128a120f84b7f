// SPDX-License-Identifier: Apache-2.0
// Tests on the fake management library, over a clock moved by hand
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "probe/nvml.hpp"
#include "probe/nvml_api.hpp"
#include "support/fake_nvml/fake_nvml.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {

/// Begins with one T4 of 50 W at second 3600; puts everything back afterwards.
class NvmlTest : public testing::Test {
 protected:
  NvmlTest() : handle_(::dlopen(FAKE_NVML, RTLD_NOW | RTLD_LOCAL)) {
    using Get = fake_nvml::State* (*)();
    state_ = reinterpret_cast<Get>(::dlsym(handle_, fake_nvml::kStateSymbol))();
    before_ = *state_;
    *state_ = {};
    state_->now = [this] { return seconds(); };
    state_->gpus = {std::make_shared<fake_nvml::Gpu>()};
  }
  ~NvmlTest() override {
    *state_ = before_;
    ::dlclose(handle_);
  }
  NvmlTest(const NvmlTest&) = delete;
  NvmlTest& operator=(const NvmlTest&) = delete;

  /// Since the clock's start.
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(clock_.now().time_since_epoch()).count() - 3600.0;
  }
  [[nodiscard]] fake_nvml::Gpu& gpu(std::size_t index = 0) { return *state_->gpus[index]; }
  fake_nvml::Gpu& add_gpu(const std::string& uuid, unsigned pci_bus) {
    state_->gpus.push_back(std::make_shared<fake_nvml::Gpu>());
    state_->gpus.back()->uuid = uuid;
    state_->gpus.back()->pci_bus = pci_bus;
    return *state_->gpus.back();
  }
  [[nodiscard]] NvmlSources open(const std::optional<std::string>& visible = std::nullopt) {
    return open_nvml_sources(clock_, FAKE_NVML, visible);
  }
  /// The probe with this id, or null.
  static Probe* find(const NvmlSources& sources, const std::string& id) {
    for (const auto& probe : sources.probes) {
      if (probe->info().id == id) return probe.get();
    }
    return nullptr;
  }

  FakeClock clock_;
  fake_nvml::State* state_ = nullptr;

 private:
  void* handle_;
  fake_nvml::State before_;
};

}  // namespace edgeeval
