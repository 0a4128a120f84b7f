// SPDX-License-Identifier: Apache-2.0
#include "probe/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "core/files.hpp"
#include "core/json.hpp"
#include "core/paths.hpp"
#include "core/process.hpp"
#include "core/text.hpp"
#include "probe/open_probes.hpp"
#include "probe/proc_stat.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr double kBusyLoad = 0.2;  ///< Load a CPU from which other work disturbs a measurement.
constexpr double kNotableSteal = 0.01;
constexpr const char* kQuickstartModel = "smollm2-135m-instruct";

/// What `program --version` says on its first line that names a version; empty where it does not run.
std::string version_of(const fs::path& program) {
  const auto result = run_command(ProcessOptions{.arguments = {program.string(), "--version"}});
  if (!result || !result->status.ok()) return {};
  std::istringstream lines(result->stdout_text + result->stderr_text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("version: ", 0) == 0) return line.substr(std::string("version: ").size());
  }
  return {};
}

PartFinding found_at(std::string name, const fs::path& location, std::string version = {}) {
  return {std::move(name), true, std::move(version), location.string(), {}, {}};
}

PartFinding missing(std::string name, const Error& error) {
  return {std::move(name), false, {}, {}, error.message, error.hint};
}

PartFinding find_engine() {
  const auto server = find_llama_server();
  if (!server) return missing("llama-server", server.error());
  auto finding = found_at("llama-server", *server, version_of(*server));
  if (finding.version.empty()) {
    finding.found = false;
    finding.why_not = "found, but `llama-server --version` fails";
    finding.how_to_get = "run it by hand to see why, or let `scripts/setup` build another";
  }
  return finding;
}

PartFinding find_program(const std::string& name) {
  const auto program = find_helper(name);
  return program ? found_at(name, *program) : missing(name, program.error());
}

PartFinding find_data() {
  const auto folder = data_folder();
  return folder ? found_at("shipped data", *folder) : missing("shipped data", folder.error());
}

std::vector<PartFinding> find_models() {
  std::vector<PartFinding> models;
  const auto table = read_json_file((cache_folder() / "installed.json").string());
  const std::string prefix = "model/";
  if (table && table->is_object()) {
    for (const auto& [key, value] : table->items()) {
      if (key.rfind(prefix, 0) != 0) continue;
      if (const auto path = installed(key)) models.push_back(found_at(key.substr(prefix.size()), *path));
    }
  }
  const bool quickstart = std::any_of(
      models.begin(), models.end(), [](const PartFinding& model) { return model.name == kQuickstartModel; });
  if (!quickstart) {
    models.push_back(
        {kQuickstartModel, false, {}, {}, "not in the cache", "Run `scripts/setup` (98 MB, once)."});
  }
  return models;
}

std::optional<std::uint64_t> available_memory(const fs::path& root) {
  const auto lines = read_lines(root / "proc/meminfo");
  if (!lines) return std::nullopt;
  for (const auto& line : *lines) {
    std::istringstream fields(line);
    std::string key;
    std::uint64_t kib = 0;
    if (fields >> key >> kib && key == "MemAvailable:") return kib * 1024;
  }
  return std::nullopt;
}

std::optional<double> load_per_cpu(const fs::path& root, int cpus) {
  std::istringstream fields(read_file(root / "proc/loadavg").value_or(std::string()));
  double last_minute = 0.0;
  if (cpus < 1 || !(fields >> last_minute)) return std::nullopt;
  return last_minute / cpus;
}

std::string trimmed_file(const fs::path& path) {
  auto text = read_file(path).value_or(std::string());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::vector<std::string> find_limits(const MachineReport& report, const std::optional<CpuTimes>& times,
                                     const fs::path& root) {
  std::vector<std::string> limits;
  const auto at = [&](const char* key) {
    const auto found = report.environment.find(key);
    return found == report.environment.end() ? std::string() : found->second;
  };
  if (at("virtualised") == "yes")
    limits.emplace_back("virtual machine: neighbours share the CPU, and its sensors are hidden");
  if (at("container") == "yes")
    limits.emplace_back("container: limits on CPU and memory may be tighter than what is shown");
  if (const auto governor = at("cpu_governor"); !governor.empty() && governor != "performance") {
    limits.push_back(fmt::format(
        "CPU governor \"{}\": clocks follow the load (sudo cpupower frequency-set -g performance)",
        governor));
  }
  const auto no_turbo = trimmed_file(root / "sys/devices/system/cpu/intel_pstate/no_turbo");
  const auto boost = trimmed_file(root / "sys/devices/system/cpu/cpufreq/boost");
  if (no_turbo == "0" || boost == "1")
    limits.emplace_back("turbo is on: speed depends on temperature and on idle neighbours");
  if (report.load_per_cpu && *report.load_per_cpu > kBusyLoad) {
    limits.push_back(
        fmt::format("other work is running: load {:.2f} per CPU over the last minute", *report.load_per_cpu));
  }
  if (times && times->total_s() > 0.0 && times->steal_s / times->total_s() > kNotableSteal) {
    limits.push_back(fmt::format("the hypervisor has given {:.1f} % of CPU time to others since boot",
                                 100.0 * times->steal_s / times->total_s()));
  }
  return limits;
}

}  // namespace

bool MachineReport::can_run_quickstart() const {
  const auto there = [](const PartFinding& part) { return part.found; };
  const bool model = std::any_of(models.begin(), models.end(), [](const PartFinding& part) {
    return part.found && part.name == kQuickstartModel;
  });
  return model && data.found && std::any_of(engines.begin(), engines.end(), there) &&
         std::all_of(helpers.begin(), helpers.end(), there);
}

MachineReport inspect_machine(const fs::path& root) {
  MachineReport report;
  report.environment = capture_environment(root);
  report.memory_free_b = available_memory(root);
  if (const auto space = free_space(".")) report.disk_free_b = *space;
  std::optional<CpuTimes> times;
  if (const auto read = read_cpu_times(root)) times = *read;
  if (times) report.load_per_cpu = load_per_cpu(root, times->cpus);
  const SystemClock clock;
  auto options = source_options_from_environment();
  options.root = root;
  for (const auto& probe : open_sources(clock, options).probes) report.sources.push_back(probe->info());
  report.sensors = find_sensors(options);
  report.engines = {find_engine()};
  report.helpers = {find_program("edgeeval-train"), find_program("edgeeval-model")};
  report.data = find_data();
  report.models = find_models();
  report.cache = cache_folder().string();
  report.limits = find_limits(report, times, root);
  return report;
}

}  // namespace edgeeval
