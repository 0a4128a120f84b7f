// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "probe/nvml_survey.hpp"
#include "probe/nvml_visible.hpp"

namespace edgeeval {
namespace {

using nvml::Surveyed;

/// Every device that may be opened, in the order of PCI addresses; the others become notes.
std::vector<Surveyed> survey_all(const std::shared_ptr<const nvml::Library>& library, const Clock& clock,
                                 std::vector<std::string>& notes) {
  std::vector<Surveyed> gpus;
  unsigned count = 0;
  const auto& calls = library->calls();
  if (const int code = calls.count(&count); code != nvml::kSuccess)
    notes.push_back("the driver does not count its GPUs: " + library->error_text(code));
  for (unsigned i = 0; i < count; ++i) {
    nvml::Device handle = nullptr;
    if (const int code = calls.by_index(i, &handle); code != nvml::kSuccess) {
      notes.push_back(fmt::format("one of {} GPUs may not be opened: {}", count, library->error_text(code)));
      continue;
    }
    gpus.push_back(nvml::survey(library, handle, clock));
  }
  std::stable_sort(gpus.begin(), gpus.end(), [](const Surveyed& a, const Surveyed& b) {
    return std::tie(a.pci_order, a.description.uuid) < std::tie(b.pci_order, b.description.uuid);
  });
  for (std::size_t i = 0; i < gpus.size(); ++i) gpus[i].description.domain = fmt::format("gpu{}", i);
  return gpus;
}

std::string parent_of_mig(const nvml::Library& library, const std::string& uuid) {
  const auto& calls = library.calls();
  nvml::Device instance = nullptr, board = nullptr;
  if (calls.by_uuid == nullptr || calls.parent_of_mig == nullptr) return {};
  if (calls.by_uuid(uuid.c_str(), &instance) != nvml::kSuccess) return {};
  if (calls.parent_of_mig(instance, &board) != nvml::kSuccess) return {};
  return nvml::ask_text(calls.uuid, board);
}

ProbeInfo common_info(const Surveyed& gpu) {
  const auto& description = gpu.description;
  ProbeInfo info;
  info.domain = description.domain;
  info.boundary = description.shared ? "shared board" : "board";
  info.grade = Grade::measured;
  info.point = "nvml:" + gpu.identity();
  info.device = gpu.identity();
  return info;
}

std::string detail_of(const Surveyed& gpu, const std::string& how) {
  auto detail = fmt::format("{}, {}", how, gpu.description.architecture);
  if (!gpu.description.pci.empty()) detail += ", PCI " + gpu.description.pci;
  for (const auto& note : gpu.description.notes) detail += "; " + note;
  return detail;
}

std::unique_ptr<Probe> open_counter(const Surveyed& gpu, const Clock& clock) {
  auto info = common_info(gpu);
  info.id = info.point;
  info.title = gpu.description.name + " energy counter (NVML)";
  info.kind = ReadingKind::counter;
  info.detail = detail_of(gpu, gpu.description.energy.how);
  if (gpu.counter_is_module) info.boundary = "module";
  info.character = nvml::default_character(gpu.description.name, gpu.architecture, {}, gpu.ceiling());
  // The limit is the GPU's own; what a whole module may draw is not told.
  if (gpu.counter_is_module) info.character.ceiling.reset();
  return std::make_unique<nvml::CounterProbe>(gpu.device, std::move(info), clock);
}

std::unique_ptr<Probe> open_power(const Surveyed& gpu, const Clock& clock) {
  auto info = common_info(gpu);
  info.id = info.point + "#power";
  info.title = gpu.description.name + " power (NVML)";
  info.kind = ReadingKind::power;
  info.detail = detail_of(gpu, gpu.description.power.how);
  info.character =
      nvml::default_character(gpu.description.name, gpu.architecture, gpu.power_way, gpu.ceiling());
  if (gpu.power_scope == nvml::kScopeModule) {
    info.boundary = "module";
    info.character.ceiling.reset();
  } else if (gpu.counter_is_module) {
    // Watts of the GPU are a part of what the counter counts, not another view of it.
    info.parent = info.point;
    info.point = info.id;
  }
  return std::make_unique<nvml::PowerProbe>(gpu.device, std::move(info), clock, gpu.power_way,
                                            gpu.power_scope);
}

void open_gpu(Surveyed& gpu, bool allowed, const Clock& clock, NvmlSources& sources) {
  auto& description = gpu.description;
  if (!allowed) {
    description.notes.emplace_back("not used: CUDA_VISIBLE_DEVICES leaves it out");
  } else if (gpu.identity().empty()) {
    description.notes.emplace_back("not used: it has neither a UUID nor a PCI address to be known by");
  } else {
    if (description.energy.works) sources.probes.push_back(open_counter(gpu, clock));
    if (description.power.works) sources.probes.push_back(open_power(gpu, clock));
    description.used = description.energy.works || description.power.works;
    sources.conditions.push_back(std::make_unique<nvml::Conditions>(gpu.device, gpu.identity()));
  }
  sources.devices.push_back(std::move(description));
}

std::string why_no_probe(const NvmlSources& sources) {
  if (sources.devices.empty()) return "NVML starts, but no GPU may be opened";
  const bool any = std::any_of(sources.devices.begin(), sources.devices.end(),
                               [](const auto& gpu) { return gpu.energy.works || gpu.power.works; });
  if (any) return "CUDA_VISIBLE_DEVICES leaves out every GPU that can be measured";
  const auto& gpu = sources.devices.front();
  return fmt::format("the driver refuses energy and power: {}: {}", gpu.name, gpu.energy.why_not);
}

const char* environment_text(const char* name) { return std::getenv(name); }  // NOLINT(concurrency-mt-unsafe)

}  // namespace

std::string nvml_library_name() {
  const char* name = environment_text("EDGEEVAL_NVML_LIBRARY");
  return name != nullptr && *name != '\0' ? name : "libnvidia-ml.so.1";
}

std::optional<std::string> cuda_visible_devices() {
  const char* value = environment_text("CUDA_VISIBLE_DEVICES");
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

NvmlSources open_nvml_sources(const Clock& clock, const std::string& library,
                              const std::optional<std::string>& visible) {
  NvmlSources sources;
  auto opened = nvml::Library::open(library);
  if (!opened) {
    sources.why_not = opened.error().message;
    return sources;
  }
  sources.library = true;
  sources.driver = (*opened)->driver_version();
  sources.version = (*opened)->nvml_version();
  auto gpus = survey_all(*opened, clock, sources.notes);
  std::vector<std::string> uuids;
  for (const auto& gpu : gpus) uuids.push_back(gpu.description.uuid);
  auto chosen = nvml::visible_devices(visible, uuids,
                                      [&](const std::string& uuid) { return parent_of_mig(**opened, uuid); });
  for (auto& note : chosen.notes) sources.notes.push_back(std::move(note));
  for (std::size_t i = 0; i < gpus.size(); ++i) open_gpu(gpus[i], chosen.allowed[i], clock, sources);
  if (sources.probes.empty()) sources.why_not = why_no_probe(sources);
  return sources;
}

NvmlFinding inspect_nvml(const std::string& library) {
  const SystemClock clock;
  const auto sources = open_nvml_sources(clock, library, std::nullopt);
  NvmlFinding finding;
  finding.library = sources.library;
  for (const auto& gpu : sources.devices)
    finding.devices.push_back({gpu.name, gpu.energy.works, gpu.power.works});
  if (finding.devices.empty()) finding.why_not = sources.why_not;
  return finding;
}

}  // namespace edgeeval
