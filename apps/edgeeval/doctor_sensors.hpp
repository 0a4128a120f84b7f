// SPDX-License-Identifier: Apache-2.0
// `edgeeval doctor --sensors`: each sensor characterised, and where asked calibrated against a reference
#pragma once

#include <string>

namespace edgeeval {

/// What the user asked for.
struct DoctorSensorsOptions {
  double seconds = 20.0;   ///< Reading time for each measuring point.
  std::string load;        ///< Command that loads what is not a CPU; empty: none.
  std::string reference;   ///< A CSV file, or "plug"; empty: none.
  std::string efficiency;  ///< "LO:HI"; empty: that of PC power supplies.
  bool json = false;
};

/// Reads, characterises, prints and writes the calibration files. Returns the process exit code: 0 also where
/// there is no sensor; usage for options that cannot be understood; io, invalid_table for a reference that
/// cannot be read.
int doctor_sensors(const DoctorSensorsOptions& options);

}  // namespace edgeeval
