// SPDX-License-Identifier: Apache-2.0
#include "probe/proc_stat.hpp"

#include <unistd.h>

#include <array>
#include <sstream>
#include <string>

#include "core/files.hpp"

namespace edgeeval {

Result<CpuTimes> parse_proc_stat(std::string_view text, double ticks_per_s) {
  // Columns: user nice system idle iowait irq softirq steal guest guest_nice. The last two are already
  // inside the first two (proc(5)), so they are not read.
  enum Column { user, nice, system, idle, iowait, irq, softirq, steal, kColumns };
  CpuTimes times;
  bool found = false;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name;
    fields >> name;
    if (name.rfind("cpu", 0) != 0) continue;
    if (name != "cpu") {
      ++times.cpus;
      continue;
    }
    std::array<double, kColumns> ticks{};
    std::size_t column = 0;
    while (column < ticks.size() && fields >> ticks[column]) ++column;
    found = column > idle;
    times.busy_s = (ticks[user] + ticks[nice] + ticks[system] + ticks[irq] + ticks[softirq]) / ticks_per_s;
    times.idle_s = (ticks[idle] + ticks[iowait]) / ticks_per_s;
    times.steal_s = ticks[steal] / ticks_per_s;
  }
  if (!found)
    return fail(ErrorCode::io, "no summary line of CPU times in the kernel's statistics", "proc/stat");
  if (times.cpus == 0) times.cpus = 1;
  return times;
}

Result<CpuTimes> read_cpu_times(const std::filesystem::path& root) {
  auto text = read_file(root / "proc/stat");
  if (!text) return tl::unexpected(text.error());
  return parse_proc_stat(*text, static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace edgeeval
