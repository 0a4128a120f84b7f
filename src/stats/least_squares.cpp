// SPDX-License-Identifier: Apache-2.0
#include "stats/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace edgeeval {
namespace {

using Matrix = std::vector<std::vector<double>>;
constexpr double kLargestCondition = 1e8;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Matrix square(std::size_t size) { return Matrix(size, std::vector<double>(size)); }

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result = square(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a.size(); ++k)
      for (std::size_t j = 0; j < a.size(); ++j) result[i][j] += a[i][k] * b[k][j];
  return result;
}

/// Eigenvalues of a symmetric matrix, in its diagonal once Jacobi's rotations have emptied the rest, and the
/// eigenvectors as columns of `vectors` (Golub and Van Loan 2013, "Matrix Computations", section 8.5).
std::vector<double> eigenvalues(Matrix matrix, Matrix& vectors) {
  const auto size = matrix.size();
  vectors = square(size);
  for (std::size_t i = 0; i < size; ++i) vectors[i][i] = 1.0;
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        if (matrix[p][q] == 0.0) continue;
        const double angle = 0.5 * std::atan2(2.0 * matrix[p][q], matrix[q][q] - matrix[p][p]);
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        for (std::size_t k = 0; k < size; ++k) {
          const double kp = matrix[k][p];
          const double kq = matrix[k][q];
          matrix[k][p] = c * kp - s * kq;
          matrix[k][q] = s * kp + c * kq;
          const double vp = vectors[k][p];
          const double vq = vectors[k][q];
          vectors[k][p] = c * vp - s * vq;
          vectors[k][q] = s * vp + c * vq;
        }
        for (std::size_t k = 0; k < size; ++k) {
          const double pk = matrix[p][k];
          const double qk = matrix[q][k];
          matrix[p][k] = c * pk - s * qk;
          matrix[q][k] = s * pk + c * qk;
        }
      }
    }
  }
  std::vector<double> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = matrix[i][i];
  return values;
}

/// The columns scaled to length one, what they were divided by, and the inverse of their products.
struct Design {
  Matrix columns;
  std::vector<double> lengths;
  Matrix inverse;
  double condition = 0.0;
};

std::optional<Design> design_of(const Matrix& columns) {
  Design design{columns, {}, square(columns.size()), 0.0};
  for (auto& column : design.columns) {
    design.lengths.push_back(std::sqrt(dot(column, column)));
    if (!(design.lengths.back() > 0.0)) return std::nullopt;
    for (auto& value : column) value /= design.lengths.back();
  }
  const auto size = columns.size();
  Matrix products = square(size);
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) products[i][j] = dot(design.columns[i], design.columns[j]);
  Matrix vectors;
  const auto values = eigenvalues(products, vectors);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (!(*least > 0.0)) return std::nullopt;
  design.condition = std::sqrt(*most / *least);
  if (!(design.condition < kLargestCondition)) return std::nullopt;
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t k = 0; k < size; ++k)
        design.inverse[i][j] += vectors[i][k] * vectors[j][k] / values[k];
  return design;
}

/// The middle of the sandwich: products of scores, those `lag` apart weighted by 1 − lag / (lags + 1).
Matrix score_products(const Design& design, const std::vector<double>& residuals, std::size_t lags) {
  const auto size = design.columns.size();
  Matrix middle = square(size);
  for (std::size_t lag = 0; lag <= lags; ++lag) {
    const double weight = 1.0 - static_cast<double>(lag) / static_cast<double>(lags + 1);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        double sum = 0.0;
        for (std::size_t t = lag; t < residuals.size(); ++t)
          sum += residuals[t] * residuals[t - lag] * design.columns[i][t] * design.columns[j][t - lag];
        middle[i][j] += weight * sum;
        if (lag > 0) middle[j][i] += weight * sum;
      }
    }
  }
  return middle;
}

double explained(std::span<const double> y, const std::vector<double>& residuals) {
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
  double about = 0.0;
  for (const double value : y) about += (value - mean) * (value - mean);
  return about > 0.0 ? 1.0 - dot(residuals, residuals) / about : 0.0;
}

}  // namespace

std::optional<LeastSquares> least_squares(std::span<const double> y,
                                          const std::vector<std::vector<double>>& columns,
                                          std::optional<std::size_t> lags) {
  const auto n = y.size();
  if (columns.empty() || n <= columns.size()) return std::nullopt;
  for (const auto& column : columns)
    if (column.size() != n) return std::nullopt;
  const auto design = design_of(columns);
  if (!design) return std::nullopt;
  const auto size = columns.size();
  LeastSquares fit;
  fit.degrees = n - size;
  fit.condition = design->condition;
  fit.lags =
      lags.value_or(static_cast<std::size_t>(4.0 * std::pow(static_cast<double>(n) / 100.0, 2.0 / 9.0)));
  fit.lags = std::min(fit.lags, n - 1);
  std::vector<double> scaled(size);
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) scaled[i] += design->inverse[i][j] * dot(design->columns[j], y);
  std::vector<double> residuals(y.begin(), y.end());
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t t = 0; t < n; ++t) residuals[t] -= scaled[i] * design->columns[i][t];
  fit.r_squared = explained(y, residuals);
  const auto middle = score_products(*design, residuals, fit.lags);
  const auto spread = product(product(design->inverse, middle), design->inverse);
  const double small_sample = static_cast<double>(n) / static_cast<double>(fit.degrees);
  for (std::size_t i = 0; i < size; ++i) {
    fit.coefficients.push_back(scaled[i] / design->lengths[i]);
    fit.standard_errors.push_back(std::sqrt(std::max(0.0, spread[i][i] * small_sample)) / design->lengths[i]);
  }
  return fit;
}

}  // namespace edgeeval
