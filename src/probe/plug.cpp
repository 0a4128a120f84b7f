// SPDX-License-Identifier: Apache-2.0
#include "probe/plug.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "core/json.hpp"

namespace edgeeval {
namespace {

constexpr double kJoulesPerWattHour = 3600.0;
/// Counter and watts of one tick come from one request.
constexpr auto kFresh = std::chrono::milliseconds(200);

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The number at a path of keys; absent where there is none.
std::optional<double> number_at(const Json& json, std::initializer_list<const char*> keys) {
  const Json* place = &json;
  for (const char* key : keys) {
    if (!place->is_object()) return std::nullopt;
    const auto found = place->find(key);
    if (found == place->end()) return std::nullopt;
    place = &*found;
  }
  return place->is_number() ? std::optional(place->get<double>()) : std::nullopt;
}

Result<PlugReading> reading_of(std::optional<double> watts, std::optional<double> joules, const char* what) {
  if (!watts)
    return fail(ErrorCode::unavailable, fmt::format("the answer is not that of a {} with a meter", what));
  return PlugReading{*watts, joules};
}

/// Asks the plug, and keeps the answer for the other reading of the same tick.
class PlugMeter {
 public:
  struct Stamped {
    SteadyTime before;
    SteadyTime after;
    PlugReading reading;
  };

  PlugMeter(PlugAddress plug, const Clock& clock, std::chrono::milliseconds limit)
      : plug_(std::move(plug)), clock_(clock), limit_(limit) {}

  Result<Stamped> read() {
    const auto before = clock_.now();
    if (last_ && before - last_->after < kFresh) return *last_;
    last_.reset();
    auto reading = ask();
    if (!reading) return tl::unexpected(reading.error());
    last_ = Stamped{before, clock_.now(), *reading};
    return *last_;
  }

 private:
  Result<PlugReading> ask() {
    if (plug_.dialect == PlugAddress::Dialect::shelly) {
      const auto body =
          http_get(plug_.address, fmt::format("/rpc/Switch.GetStatus?id={}", plug_.channel), limit_);
      if (!body) return tl::unexpected(body.error());
      return parse_shelly(*body);
    }
    const auto body = http_get(plug_.address, fmt::format("/cm?cmnd=Status%20{}", tasmota_status_), limit_);
    if (!body) return tl::unexpected(body.error());
    auto reading = parse_tasmota(*body);
    if (!reading && tasmota_status_ == kStatus) {
      tasmota_status_ = kOldStatus;  // Firmware before version 6.
      return ask();
    }
    return reading;
  }

  static constexpr int kStatus = 10;
  static constexpr int kOldStatus = 8;
  PlugAddress plug_;
  const Clock& clock_;
  std::chrono::milliseconds limit_;
  int tasmota_status_ = kStatus;
  std::optional<Stamped> last_;
};

class PlugProbe final : public Probe {
 public:
  PlugProbe(ProbeInfo info, std::shared_ptr<PlugMeter> meter)
      : info_(std::move(info)), meter_(std::move(meter)) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    const auto answer = meter_->read();
    if (!answer) return tl::unexpected(answer.error());
    EnergyReading reading;
    reading.before = answer->before;
    reading.after = answer->after;
    reading.power = Watts(answer->reading.watts);
    if (info_.kind == ReadingKind::power) return reading;
    if (!answer->reading.joules)
      return fail(ErrorCode::unavailable, "the plug no longer tells its total", info_.id);
    reading.energy = Joules(*answer->reading.joules);
    reading.bounds = {reading.energy, reading.energy};
    return reading;
  }

 private:
  ProbeInfo info_;
  std::shared_ptr<PlugMeter> meter_;
};

/// Swedish Energy Agency, test of plugs and meters of 2022 ("Enkla elmatare och smarta pluggar med
/// energimatning"): from 30 W on less than 3.5 % off in total, a Shelly Plug S among them; one other make
/// above 5 %.
constexpr double kShellyGain = 0.05;
/// Tasmota's documentation, "Power Monitoring Calibration": readings must be calibrated by the user, and
/// whether they were cannot be seen from here. Liikkanen and Nieminen, "Comparison of End-User Electric Power
/// Meters for Accuracy", HIIT 2009-1: some cheap meters are more than 25 % off; Tasmota issue 20925: a
/// counter 37 % too fast.
constexpr double kTasmotaGain = 0.25;

ProbeInfo describe(const std::string& text, const PlugAddress& plug) {
  const bool shelly = plug.dialect == PlugAddress::Dialect::shelly;
  ProbeInfo info;
  info.id = "plug:" + text;
  info.title = shelly ? "metering plug (Shelly)" : "metering plug (Tasmota)";
  info.domain = "wall";
  info.boundary = "wall";
  info.grade = Grade::measured;
  info.detail = shelly ? "Switch.GetStatus: aenergy.total, apower" : "Status 10: ENERGY.Total, ENERGY.Power";
  info.device = text;
  info.pace = std::chrono::seconds(1);
  info.character.period = Seconds(1.0);
  info.character.gain_half_width = shelly ? kShellyGain : kTasmotaGain;
  info.character.origin =
      shelly ? "default (metering plug as sold; 5 % until calibrated)"
             : "default (plug with firmware that its user calibrates; 25 % until calibrated)";
  return info;
}

}  // namespace

Result<PlugAddress> parse_plug_address(const std::string& text) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorCode::usage, fmt::format("\"{}\" names no plug: {}", text, why), "",
                "Write shelly://host[:port][/channel] or tasmota://host[:port].");
  };
  PlugAddress plug;
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return refuse("it has no ://");
  const auto dialect = text.substr(0, scheme);
  if (dialect != "shelly" && dialect != "tasmota") return refuse("the kind is neither shelly nor tasmota");
  if (dialect == "tasmota") plug.dialect = PlugAddress::Dialect::tasmota;
  auto host = text.substr(scheme + 3);
  if (const auto slash = host.find('/'); slash != std::string::npos) {
    const auto channel = host.substr(slash + 1);
    host.resize(slash);
    const auto number = channel.empty() ? std::optional(0) : whole_number(channel);
    if (!number || *number < 0) return refuse("the channel is no number");
    plug.channel = *number;
  }
  std::optional<std::string> port;
  if (!host.empty() && host.front() == '[') {
    const auto end = host.find(']');
    if (end == std::string::npos) return refuse("the [ has no ]");
    const auto rest = host.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return refuse("only a port may follow the ]");
    if (!rest.empty()) port = rest.substr(1);
    host = host.substr(1, end - 1);
  } else if (const auto colon = host.find(':'); colon != std::string::npos) {
    if (host.find(':', colon + 1) != std::string::npos) return refuse("an IPv6 address needs brackets");
    port = host.substr(colon + 1);
    host.resize(colon);
  }
  if (port) {
    const auto number = whole_number(*port);
    if (!number || *number < 1 || *number > 65535) return refuse("the port is no number from 1 to 65535");
    plug.address.port = *number;
  }
  if (host.empty()) return refuse("it has no host");
  plug.address.host = std::move(host);
  return plug;
}

Result<PlugReading> parse_shelly(std::string_view body) {
  const auto json = parse_json(body, "plug");
  if (!json) return fail(ErrorCode::unavailable, json.error().message, "plug");
  auto joules = number_at(*json, {"aenergy", "total"});
  if (joules) *joules *= kJoulesPerWattHour;
  return reading_of(number_at(*json, {"apower"}), joules, "Shelly Gen2 switch");
}

Result<PlugReading> parse_tasmota(std::string_view body) {
  const auto json = parse_json(body, "plug");
  if (!json) return fail(ErrorCode::unavailable, json.error().message, "plug");
  auto joules = number_at(*json, {"StatusSNS", "ENERGY", "Total"});
  if (joules) *joules *= 1000.0 * kJoulesPerWattHour;
  return reading_of(number_at(*json, {"StatusSNS", "ENERGY", "Power"}), joules, "Tasmota plug");
}

Result<SourceSet> open_plug(const std::string& text, const Clock& clock, std::chrono::milliseconds limit) {
  SourceSet set;
  auto plug = parse_plug_address(text);
  if (!plug) return tl::unexpected(plug.error());
  auto address = resolved(plug->address, limit);
  if (!address) return tl::unexpected(address.error());
  plug->address = std::move(*address);
  const auto meter = std::make_shared<PlugMeter>(*plug, clock, limit);
  const auto first = meter->read();
  if (!first) {
    auto error = first.error();
    error.message = fmt::format("the plug {}: {}", text, error.message);
    return tl::unexpected(std::move(error));
  }
  const bool shelly = plug->dialect == PlugAddress::Dialect::shelly;
  auto info = describe(text, *plug);
  if (first->reading.joules) {
    info.kind = ReadingKind::counter;
    info.character.resolution = shelly ? 3.6 : 3600.0;  // 0.001 Wh; 0.001 kWh (EnergyRes 3).
    set.probes.push_back(std::make_unique<PlugProbe>(info, meter));
    info.point = info.id;
    info.id += "#power";
  }
  info.kind = ReadingKind::power;
  info.character.resolution = shelly ? 0.1 : 1.0;
  set.probes.push_back(std::make_unique<PlugProbe>(info, meter));
  return set;
}

}  // namespace edgeeval
