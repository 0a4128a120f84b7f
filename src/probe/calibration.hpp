// SPDX-License-Identifier: Apache-2.0
// What was found out of a device's sensors, kept in a file that later runs read
#pragma once

#include <edgeeval/probe.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "energy/characterise.hpp"
#include "probe/characterise_run.hpp"

namespace edgeeval {

/// What the reference stood for.
struct ReferenceUse {
  std::string name;  ///< "meter.csv", "plug: Shelly …".
  /// The share of the reference's watts that reach what the sensor measures. Both 1: the same rail.
  double efficiency_lo = 1.0;
  double efficiency_hi = 1.0;
};

/// One source's part of a calibration file.
struct SourceCalibration {
  SensorCharacter character;
  Json findings;                          ///< All figures with bounds, or why not; for people and programs.
  std::vector<energy::Plateau> plateaus;  ///< Times in seconds since 1970.
};

/// A device's calibration file: <folder>/<device>.json.
struct Calibration {
  std::string device;
  std::string date;                                  ///< ISO 8601, UTC.
  std::string tool;                                  ///< "edgeeval 0.1.0".
  std::map<std::string, std::string> environment;    ///< Driver, kernel, …: what the figures may depend on.
  std::map<std::string, SourceCalibration> sources;  ///< By ProbeInfo::id.
};

/// The version of the file's layout; a file of a newer one is not used.
inline constexpr int kCalibrationVersion = 1;

/// The device a source's calibration is kept under: its `device`, else its measuring point.
[[nodiscard]] std::string calibration_device(const ProbeInfo& info);

/// The file of `device`; characters that file systems dislike become '-'.
[[nodiscard]] std::filesystem::path calibration_file(const std::filesystem::path& folder,
                                                     const std::string& device);

/// <cache>/calibrations.
[[nodiscard]] std::filesystem::path calibration_folder();

/// A report as the figures of a calibration file.
[[nodiscard]] Json findings_json(const SensorReport& report);

/// Writes the file, creating the folder. Errors: io, disk_full.
[[nodiscard]] Result<void> write_calibration(const std::filesystem::path& folder,
                                             const Calibration& calibration);

/// Reads the file of `device`; nothing where there is none. Errors: record_unreadable where it is damaged, of
/// a newer layout or of another device; io.
[[nodiscard]] Result<std::optional<Calibration>> read_calibration(const std::filesystem::path& folder,
                                                                  const std::string& device);

/// Readings of a meter from CSV with the columns t_s,watts, on the clock of `t_s`. Errors: io, invalid_table.
[[nodiscard]] Result<energy::Series> read_reference(const std::filesystem::path& file);

/// `character` with the gain that `fit` and `use` tell:  gain = slope · efficiency. The offset is taken over
/// only from a reference on the same rail: else it is what the rest of the machine draws.
[[nodiscard]] SensorCharacter with_reference(SensorCharacter character, const energy::ReferenceFit& fit,
                                             const ReferenceUse& use, const std::string& date);

/// Probes whose characters come from calibration files, and what was wrong with files that were not used.
struct CalibratedProbes {
  std::vector<std::unique_ptr<Probe>> probes;
  std::vector<std::string> warnings;
};

/// Wraps each probe that has a usable calibration in `folder`, so that its info() tells the calibrated
/// character; the others stay as they are.
[[nodiscard]] CalibratedProbes with_calibrations(std::vector<std::unique_ptr<Probe>> probes,
                                                 const std::filesystem::path& folder);

}  // namespace edgeeval
