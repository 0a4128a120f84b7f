// SPDX-License-Identifier: Apache-2.0
#include "energy/reconcile.hpp"
