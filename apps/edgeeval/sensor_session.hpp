// SPDX-License-Identifier: Apache-2.0
// One session of sensor characterisation: every measuring point recorded, calibrations written
#pragma once

#include <edgeeval/probe.hpp>
#include <edgeeval/result.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel.hpp"
#include "doctor_sensors.hpp"
#include "probe/calibration.hpp"
#include "probe/characterise_run.hpp"

namespace edgeeval {

/// One measuring point, done.
struct MeasuredPoint {
  std::vector<SensorReport> reports;
  std::string load_problem;
};

/// The whole session: what was found, calibrated and written.
struct SensorSession {
  std::vector<MeasuredPoint> points;
  std::vector<std::string> notes;  ///< What a reader must know: files ignored, fits that failed.
  std::vector<std::string> written;
  std::map<std::string, Calibration> calibrations;  ///< By device.
};

/// Records each measuring point of `probes` in turn, fits the reference where one is named, and writes a
/// calibration file for each device. Where a reference file covers an earlier session's recording, that is
/// used and nothing is measured. Errors: usage, cancelled, unavailable (no plug), io, invalid_table,
/// disk_full.
[[nodiscard]] Result<SensorSession> run_sensor_session(const DoctorSensorsOptions& options,
                                                       std::vector<std::unique_ptr<Probe>> probes,
                                                       const Clock& clock, const CancelToken& cancel);

}  // namespace edgeeval
