// SPDX-License-Identifier: Apache-2.0
#include "record/environment.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <edgeeval/version.hpp>
#include <fstream>
#include <sstream>
#include <system_error>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

using Environment = std::map<std::string, std::string>;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n\"");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n\"") - first + 1);
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return trimmed(line);
}

/// The value after the first `separator` on the first line that begins with `key`.
std::string value_of(const fs::path& path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto at = line.find(separator);
    if (at != std::string::npos && trimmed(line.substr(0, at)) == key) return trimmed(line.substr(at + 1));
  }
  return {};
}

/// Sets `key` only where something was found out.
void put(Environment& environment, const std::string& key, const std::string& value) {
  if (!value.empty()) environment[key] = value;
}

void add_cpu(Environment& environment, const fs::path& root) {
  const auto cpuinfo = root / "proc/cpuinfo";
  put(environment, "cpu", value_of(cpuinfo, "model name", ':'));
  std::ifstream file(cpuinfo);
  int processors = 0;
  for (std::string line; std::getline(file, line);) processors += line.rfind("processor", 0) == 0 ? 1 : 0;
  if (processors > 0) put(environment, "logical_cpus", std::to_string(processors));
  put(environment, "cpu_governor", first_line(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  // x86 says so in its flags; elsewhere the kernel's hypervisor folder does.
  std::istringstream flags(value_of(cpuinfo, "flags", ':'));
  bool hypervisor = !first_line(root / "sys/hypervisor/type").empty();
  for (std::string flag; flags >> flag;) hypervisor = hypervisor || flag == "hypervisor";
  put(environment, "virtualised", hypervisor ? "yes" : "no");
}

void add_memory(Environment& environment, const fs::path& root) {
  std::istringstream text(value_of(root / "proc/meminfo", "MemTotal", ':'));
  unsigned long long kib = 0;
  if (!(text >> kib)) return;
  put(environment, "memory_b", std::to_string(kib * 1024));
  put(environment, "memory", fmt::format("{:.1f} GiB", static_cast<double>(kib) / (1024.0 * 1024.0)));
}

/// Whether this process seems to be in a container, judged by the marks the common runtimes leave.
bool contained(const fs::path& root) {
  std::error_code status;
  for (const char* mark : {".dockerenv", "run/.containerenv"}) {
    if (fs::exists(root / mark, status)) return true;
  }
  std::ifstream file(root / "proc/1/cgroup");
  for (std::string line; std::getline(file, line);) {
    for (const char* word : {"docker", "kubepods", "lxc", "containerd"}) {
      if (line.find(word) != std::string::npos) return true;
    }
  }
  return false;
}

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#else
  return {};
#endif
}

}  // namespace

std::map<std::string, std::string> capture_environment(const fs::path& root) {
  Environment environment;
  put(environment, "os", value_of(root / "etc/os-release", "PRETTY_NAME", '='));
  put(environment, "kernel", first_line(root / "proc/sys/kernel/osrelease"));
  utsname names{};
  if (::uname(&names) == 0) put(environment, "architecture", names.machine);
  add_cpu(environment, root);
  add_memory(environment, root);
  put(environment, "container", contained(root) ? "yes" : "no");
  put(environment, "compiler", compiler());
  put(environment, "edgeeval", std::string(version()));
  return environment;
}

}  // namespace edgeeval
