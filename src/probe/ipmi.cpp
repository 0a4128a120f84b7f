// SPDX-License-Identifier: Apache-2.0
#include "probe/ipmi.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "core/cancel.hpp"
#include "core/process.hpp"

namespace edgeeval {
namespace {

/// Asks `token` to stop when the limit has passed, unless destroyed before.
class Deadline {
 public:
  Deadline(CancelToken& token, std::chrono::milliseconds limit)
      : thread_([this, &token, limit] {
          std::unique_lock lock(mutex_);
          if (!over_.wait_for(lock, limit, [this] { return done_; })) token.request();
        }) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    over_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::thread thread_;
};

/// The first number after `key`.
std::optional<double> number_after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  auto rest = text.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  double number = 0.0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), number).ec != std::errc{}) return std::nullopt;
  return number;
}

Result<DcmiPower> ask(const IpmiOptions& options) {
  CancelToken token;
  Result<CommandResult> result = fail(ErrorCode::internal, "");
  {
    const Deadline deadline(token, options.limit);
    result =
        run_command(ProcessOptions{.arguments = {options.program, "dcmi", "power", "reading"}}, {}, &token);
  }
  if (!result && result.error().code == ErrorCode::cancelled)
    return fail(ErrorCode::timed_out, "the management controller did not answer in time", "ipmitool");
  if (!result) return tl::unexpected(result.error());
  if (!result->status.ok()) {
    const auto& said = result->stderr_text;
    return fail(ErrorCode::unavailable,
                "ipmitool: " + (said.empty() ? result->status.describe() : said.substr(0, said.find('\n'))),
                "ipmitool", "sudo chmod a+rw /dev/ipmi0");
  }
  return parse_dcmi_power(result->stdout_text);
}

}  // namespace

Result<DcmiPower> parse_dcmi_power(std::string_view text) {
  DcmiPower power;
  const auto watts = number_after(text, "Instantaneous power reading:");
  if (!watts) return fail(ErrorCode::unavailable, "ipmitool gives no power reading", "ipmitool");
  if (text.find("Power reading state is:") != std::string_view::npos &&
      text.find("deactivated") != std::string_view::npos)
    return fail(ErrorCode::unavailable, "the management controller is not measuring power", "ipmitool",
                "sudo ipmitool dcmi power activate");
  if (*watts <= 0.0) return fail(ErrorCode::unavailable, "the management controller says 0 W", "ipmitool");
  power.watts = *watts;
  if (const auto period = number_after(text, "Sampling period:"); period && *period > 0.0)
    power.period_s = period;
  return power;
}

bool has_ipmi_device(const Sysfs& sysfs) {
  constexpr std::array<const char*, 3> kDevices{"dev/ipmi0", "dev/ipmi/0", "dev/ipmidev/0"};
  return std::any_of(kDevices.begin(), kDevices.end(), [&](const char* path) { return sysfs.exists(path); });
}

SourceSet open_ipmi(const Sysfs& sysfs, const Clock& clock, const IpmiOptions& options) {
  SourceSet set;
  if (!has_ipmi_device(sysfs)) return set;
  const bool here = options.program.find('/') != std::string::npos || find_on_path(options.program);
  if (!here) {
    set.notes.emplace_back(
        "server power (IPMI DCMI): ipmitool is not installed; sudo apt-get install ipmitool");
    return set;
  }
  const auto first = ask(options);
  if (!first) {
    const auto& error = first.error();
    set.notes.push_back("server power (IPMI DCMI): " + error.message +
                        (error.hint.empty() ? "" : "; " + error.hint));
    return set;
  }
  ProbeInfo info;
  info.id = "ipmi:dcmi";
  info.title = "server power supply (IPMI DCMI)";
  info.domain = "wall";
  info.boundary = "psu";
  info.grade = Grade::measured;
  info.detail = "ipmitool dcmi power reading";
  info.kind = ReadingKind::power;
  info.device = "ipmi0";
  info.pace = std::chrono::seconds(1);
  info.character.period = Seconds(std::max(1.0, first->period_s.value_or(1.0)));
  info.character.averaging = info.character.period;
  info.character.resolution = 1.0;
  // Neither DCMI nor the controllers' manuals state an accuracy (Dell's iDRAC6 guides tell of means over 5
  // minutes in their graphs only), so the figure is assumed. That refreshes are a second apart or more: Green
  // Metrics Tool's documentation, "PSU Energy AC - IPMI machine".
  info.character.gain_half_width = 0.10;
  info.character.origin = "default (IPMI DCMI: controllers refresh once a second or less; 10 % is assumed)";
  set.probes.push_back(std::make_unique<ValueProbe>(std::move(info), clock, [options]() -> Result<double> {
    const auto power = ask(options);
    if (!power) return tl::unexpected(power.error());
    return power->watts;
  }));
  return set;
}

}  // namespace edgeeval
