// SPDX-License-Identifier: Apache-2.0
// How far off the gain of a power sensor is taken to be where nobody has published a study of it
#pragma once

namespace edgeeval {

/// 95 % half-width of the gain: the worst board published, rounded down from 13.2 % (an RTX 2060 SUPER; Yang,
/// Adamek, Armour, "Part-time Power Measurements", SC'24, and Overall_Results.xlsx of
/// github.com/JimZeyuYang/GPU_Power_Benchmark). Other makers' sensors may be better or worse; a calibration
/// replaces it.
inline constexpr double kUnstudiedGain = 0.13;

}  // namespace edgeeval
