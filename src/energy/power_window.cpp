// SPDX-License-Identifier: Apache-2.0
#include "energy/power_window.hpp"
