// SPDX-License-Identifier: Apache-2.0
#include "bench_option_checks.hpp"

#include <sched.h>

#include <filesystem>

#include "core/json.hpp"
#include "core/text.hpp"

namespace edgeeval {

Result<std::vector<int>> cpus_of(const BenchOptions& options) {
  auto cpus = numbers<int>(options.cpus, "--cpus");
  if (!cpus) return cpus;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cpus;
  std::vector<std::string> usable;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) usable.push_back(std::to_string(cpu));
  for (const int cpu : *cpus) {
    if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(static_cast<unsigned>(cpu), &allowed))
      return fail(ErrorCode::usage, std::to_string(cpu) + " is no core that this process may use", "--cpus",
                  "it may use " + join(usable, ","));
  }
  return cpus;
}

Result<void> check_server_pid(const BenchOptions& options) {
  std::error_code status;
  if (!options.server_pid ||
      (*options.server_pid > 0 &&
       std::filesystem::exists("/proc/" + std::to_string(*options.server_pid), status)))
    return {};
  return fail(ErrorCode::usage, "there is no process " + std::to_string(*options.server_pid), "--server-pid",
              "give the engine's process id, as pidof or ss -ltnp tells it");
}

/// Members that every request has of its own: a second one would leave it to the server which it takes.
Result<void> check_extra(const std::string& extra) {
  if (extra.empty()) return {};
  const auto json = parse_json("{" + extra + "}", "--extra");
  if (!json || json->empty())
    return fail(ErrorCode::usage, "\"" + extra + "\" is no list of JSON members", "--extra",
                "write them without the braces around: '\"top_k\":1,\"min_p\":0.1'");
  for (const char* const own : {"model", "messages", "prompt", "stream"}) {
    if (json->contains(own))
      return fail(ErrorCode::usage, "\"" + std::string(own) + "\" is a member that EdgeEval writes itself",
                  "--extra", "leave it out; --model and --prompts say what is asked");
  }
  return {};
}

CLI::Validator number_between(double low, double high, Ends ends, const std::string& what) {
  const auto wanted = what + (ends == Ends::above ? " above " : " from ") + format_round_trip(low) + " to " +
                      format_round_trip(high);
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0.0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool number = problem == std::errc() && end == text.data() + text.size();
        const bool fits = number && value <= high && (ends == Ends::above ? value > low : value >= low);
        return fits ? std::string() : "\"" + text + "\" is not a " + wanted;
      },
      "");
}

CLI::Validator whole_number(std::uint64_t most) {
  return CLI::Validator(
      [most](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool fits = problem == std::errc() && end == text.data() + text.size() && value <= most;
        return fits ? std::string()
                    : "\"" + text + "\" is not a whole number from 0 to " + std::to_string(most);
      },
      "");
}

}  // namespace edgeeval
