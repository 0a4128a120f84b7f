// SPDX-License-Identifier: Apache-2.0
#include "stats/tails.hpp"

#include <boost/math/special_functions/gamma.hpp>

namespace edgeeval {

double chi_square_upper_tail(double value, double degrees) {
  return boost::math::gamma_q(degrees / 2.0, value / 2.0);
}

double chi_square_lower_tail(double value, double degrees) {
  return boost::math::gamma_p(degrees / 2.0, value / 2.0);
}

double poisson_upper_tail(std::size_t count, double mean) {
  return count == 0 ? 1.0 : boost::math::gamma_p(static_cast<double>(count), mean);
}

}  // namespace edgeeval
