// SPDX-License-Identifier: Apache-2.0
// What is printed reaches its reader, or the exit code says that it did not.
#pragma once

#include <functional>

namespace edgeeval {

/// Makes a standard stream that was closed at the start fail when it is used, instead of letting the next
/// file that is opened take its number.
void hold_standard_streams();

/// Runs `work` and sees that all it printed was written. Its exit code; where stdout took not all of it, that
/// of disk_full or io, told on stderr; of internal where `work` let an exception out.
int with_checked_output(const std::function<int()>& work);

}  // namespace edgeeval
