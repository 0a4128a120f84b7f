// SPDX-License-Identifier: Apache-2.0
#include "sensor_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <edgeeval/version.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "core/json.hpp"
#include "core/text.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace {

using Probes = std::vector<std::unique_ptr<Probe>>;

constexpr double kModelSeconds = 0.2;  ///< Enough reads to time them.
/// A started program needs seconds until it loads its device.
constexpr double kLeastCommandHalf = 3.0;
/// What of the wall's watts a PC's power supply passes on: 80 PLUS programme, from its plain to its Titanium
/// class.
constexpr double kSupplyLo = 0.80;
constexpr double kSupplyHi = 0.94;

double unix_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<ReferenceUse> reference_use(const DoctorSensorsOptions& options) {
  ReferenceUse use{options.reference, kSupplyLo, kSupplyHi};
  if (options.efficiency.empty()) return use;
  const auto colon = options.efficiency.find(':');
  char* end = nullptr;
  use.efficiency_lo = std::strtod(options.efficiency.c_str(), &end);
  use.efficiency_hi = colon == std::string::npos ? use.efficiency_lo
                                                 : std::strtod(options.efficiency.c_str() + colon + 1, &end);
  const bool sound = *end == '\0' && use.efficiency_lo > 0.0 && use.efficiency_lo <= use.efficiency_hi &&
                     use.efficiency_hi <= 1.0;
  if (!sound)
    return fail(ErrorCode::usage,
                "--efficiency " + options.efficiency + ": needs LO:HI with 0 < LO <= HI <= 1");
  return use;
}

bool is_cpu_loaded(const ProbeInfo& info) { return info.domain.rfind("gpu", 0) != 0; }

/// The probes grouped by measuring point, in their order.
std::vector<std::vector<Probe*>> by_point(const Probes& probes) {
  std::vector<std::vector<Probe*>> points;
  for (const auto& probe : probes) {
    const auto same = [&](const std::vector<Probe*>& point) {
      return point.front()->info().measuring_point() == probe->info().measuring_point();
    };
    const auto found = std::find_if(points.begin(), points.end(), same);
    if (found != points.end()) {
      found->push_back(probe.get());
    } else {
      points.push_back({probe.get()});
    }
  }
  return points;
}

class SessionRunner {
 public:
  SessionRunner(const DoctorSensorsOptions& options, const ReferenceUse& use, Probes probes,
                const Clock& clock)
      : options_(options), use_(use), probes_(std::move(probes)), clock_(clock) {}

  Result<SensorSession> run(const CancelToken& cancel) {
    if (auto found = find_reference(); !found) return tl::unexpected(found.error());
    const bool from_file = !options_.reference.empty() && options_.reference != "plug";
    if (from_file && fit_former()) return write();
    for (const auto& point : by_point(probes_)) {
      if (cancel.requested()) return fail(ErrorCode::cancelled, "stopped; nothing was written");
      measure(point, cancel);
    }
    if (cancel.requested()) return fail(ErrorCode::cancelled, "stopped; nothing was written");
    if (from_file) {
      // The meter may still have been writing while we measured.
      auto series = read_reference(options_.reference);
      if (!series) return tl::unexpected(series.error());
      fit_file(*series);
    }
    return write();
  }

 private:
  Result<SensorSession> write() {
    for (const auto& [device, calibration] : session_.calibrations) {
      if (auto wrote = write_calibration(calibration_folder(), calibration); !wrote)
        return tl::unexpected(wrote.error());
      session_.written.push_back(calibration_file(calibration_folder(), device).string());
    }
    return std::move(session_);
  }

  Result<void> find_reference() {
    if (options_.reference.empty()) return {};
    if (options_.reference != "plug") {
      const auto series = read_reference(options_.reference);
      return series ? Result<void>() : tl::unexpected(series.error());
    }
    for (const auto& probe : probes_) {
      if (probe->info().domain == "wall" && probe->info().kind == ReadingKind::power) plug_ = probe.get();
    }
    if (plug_ == nullptr) return fail(ErrorCode::unavailable, "--reference plug: no wall meter is open");
    use_.name = plug_->info().title;
    return {};
  }

  /// Fits the steady stretches of an earlier session to the user's file; whether it covers any of them.
  bool fit_former() {
    const auto series = read_reference(options_.reference);
    if (!series) return false;
    for (const auto& probe : probes_) {
      const auto device = calibration_device(probe->info());
      auto former = read_calibration(calibration_folder(), device);
      if (former && *former) session_.calibrations.emplace(device, std::move(**former));
    }
    if (fit_file(*series)) return true;
    session_ = {};
    return false;
  }

  void measure(std::vector<Probe*> sources, const CancelToken& cancel) {
    const auto info = sources.front()->info();
    RecordingSettings settings;
    settings.seconds = options_.seconds;
    settings.pause = [](std::chrono::microseconds length) { std::this_thread::sleep_for(length); };
    std::unique_ptr<SwitchedLoad> load;
    if (info.kind == ReadingKind::model) {
      settings.seconds = std::min(options_.seconds, kModelSeconds);
    } else if (!options_.load.empty() && !(info.domain == "cpu" || info.domain == "dram")) {
      load = std::make_unique<CommandLoad>(options_.load, clock_);
      settings.least_half_s = kLeastCommandHalf;
    } else if (is_cpu_loaded(info)) {
      load = std::make_unique<CpuLoad>();
    }
    const bool with_plug = plug_ != nullptr && info.kind != ReadingKind::model && sources.front() != plug_;
    if (with_plug) {
      sources.push_back(plug_);
      settings.least_half_s = std::max(settings.least_half_s, kLeastCommandHalf);
    }
    const auto epoch = clock_.now();
    const double epoch_unix = unix_now();
    auto recording = record_point(sources, load.get(), settings, clock_, epoch, cancel);
    std::optional<energy::Series> plug;
    if (with_plug) {
      plug = std::move(recording.series.back());
      recording.series.pop_back();
    }
    MeasuredPoint point{report_sensors(recording), recording.load_problem};
    if (info.kind != ReadingKind::model) {
      for (const auto& report : point.reports) keep(report, epoch_unix, plug);
    }
    session_.points.push_back(std::move(point));
  }

  /// Puts what was found of one source into its device's calibration.
  void keep(const SensorReport& report, double epoch_unix, const std::optional<energy::Series>& plug) {
    auto& calibration = calibration_of(report.info);
    auto character = energy::characterised(report.info.character, report.found, report.info.kind, today());
    const auto former = calibration.sources.find(report.info.id);
    if (former != calibration.sources.end()) {
      // A gain once found against a reference outlives a new look at the sensor's times.
      const auto& old = former->second.character;
      if (old.origin.find("calibrated against") != std::string::npos) {
        character.gain = old.gain;
        character.offset_w = old.offset_w;
        character.gain_half_width = old.gain_half_width;
        character.origin = old.origin;
      }
    }
    auto findings = findings_json(report);
    if (plug) fit(report.info.id, report.found.plateaus, *plug, character, findings);
    auto steady = report.found.plateaus;
    for (auto& plateau : steady) {
      plateau.span.begin_s += epoch_unix;
      plateau.span.end_s += epoch_unix;
    }
    calibration.sources[report.info.id] = {character, findings, steady};
  }

  bool fit_file(const energy::Series& series) {
    bool any = false;
    for (auto& [device, calibration] : session_.calibrations) {
      for (auto& [id, source] : calibration.sources)
        any = fit(id, source.plateaus, series, source.character, source.findings) || any;
    }
    return any;
  }

  /// Puts the gain that the reference tells into `character`; whether it tells one.
  bool fit(const std::string& id, const std::vector<energy::Plateau>& steady, const energy::Series& reference,
           SensorCharacter& character, Json& findings) {
    const auto found = energy::fit_reference(steady, reference);
    if (!found) {
      session_.notes.push_back(id + ": no gain from " + use_.name + ": " + found.error());
      return false;
    }
    if (found->gain.value <= 0.0) {
      session_.notes.push_back(id + ": no gain from " + use_.name + ": it falls where the sensor rises");
      return false;
    }
    character = with_reference(character, *found, use_, today());
    findings["reference"] = {{"name", use_.name},
                             {"efficiency", {use_.efficiency_lo, use_.efficiency_hi}},
                             {"slope", {found->gain.value, found->gain.lo, found->gain.hi}},
                             {"offset_w", {found->offset_w.value, found->offset_w.lo, found->offset_w.hi}},
                             {"r_squared", found->r_squared},
                             {"levels", found->levels}};
    session_.notes.push_back(fmt::format("{}: gain {} ± {} % against {} (R² {}, {} stretches)", id,
                                         format_significant(character.gain, 4),
                                         format_significant(100.0 * character.gain_half_width, 2), use_.name,
                                         format_significant(found->r_squared, 4), found->levels));
    return true;
  }

  Calibration& calibration_of(const ProbeInfo& info) {
    const auto device = calibration_device(info);
    const auto known = session_.calibrations.find(device);
    if (known != session_.calibrations.end()) return known->second;
    Calibration calibration;
    auto former = read_calibration(calibration_folder(), device);
    if (!former)
      session_.notes.push_back(former.error().where + ": " + former.error().message + "; written anew");
    if (former && *former) calibration = std::move(**former);
    calibration.device = device;
    calibration.date = clock_.wall_label();
    calibration.tool = "edgeeval " + std::string(version());
    calibration.environment = capture_environment();
    return session_.calibrations.emplace(device, std::move(calibration)).first->second;
  }

  [[nodiscard]] std::string today() const { return clock_.wall_label().substr(0, 10); }

  DoctorSensorsOptions options_;
  ReferenceUse use_;
  Probes probes_;
  const Clock& clock_;
  Probe* plug_ = nullptr;
  SensorSession session_;
};

}  // namespace

Result<SensorSession> run_sensor_session(const DoctorSensorsOptions& options, Probes probes,
                                         const Clock& clock, const CancelToken& cancel) {
  const auto use = reference_use(options);
  if (!use) return tl::unexpected(use.error());
  return SessionRunner(options, *use, std::move(probes), clock).run(cancel);
}

}  // namespace edgeeval
