// SPDX-License-Identifier: Apache-2.0
#include "examples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "core/files.hpp"
#include "core/json.hpp"

namespace edgeeval::train {
namespace {

constexpr std::size_t kBatchesInABucket = 8;

/// What is wrong with an example; empty where nothing is.
std::string problem_of(const Example& example, std::int64_t vocabulary) {
  if (example.ids.size() != example.labels.size()) return "input_ids and labels differ in length";
  if (example.ids.size() < 2) return "fewer than two tokens";
  const auto outside = [&](std::int64_t id) { return id < 0 || id >= vocabulary; };
  if (std::any_of(example.ids.begin(), example.ids.end(), outside))
    return "a token id outside the model's vocabulary";
  const auto bad_label = [&](std::int64_t id) { return id != kIgnored && outside(id); };
  if (std::any_of(example.labels.begin(), example.labels.end(), bad_label))
    return "a label outside the model's vocabulary";
  return {};
}

Result<Example> example_of(const std::string& line, const std::string& where, std::int64_t vocabulary) {
  auto json = parse_json(line, where);
  if (!json) return fail(ErrorCode::invalid_task, json.error().message, where);
  Example example;
  try {
    example.id = json->value("id", std::string());
    example.ids = json->at("input_ids").get<std::vector<std::int64_t>>();
    example.labels = json->at("labels").get<std::vector<std::int64_t>>();
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::invalid_task, std::string("not a training example: ") + problem.what(), where,
                R"(expected {"id": …, "input_ids": […], "labels": […]})");
  }
  if (const auto problem = problem_of(example, vocabulary); !problem.empty())
    return fail(ErrorCode::invalid_task, problem, where);
  return example;
}

/// A shuffle that is the same on every standard library, unlike std::shuffle.
void shuffle(std::vector<std::size_t>& items, std::mt19937_64& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

}  // namespace

Result<std::vector<Example>> read_examples(const std::filesystem::path& file, std::int64_t vocabulary,
                                           std::size_t max_length) {
  auto lines = read_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<Example> examples;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    auto example = example_of((*lines)[i], fmt::format("{}:{}", file.string(), i + 1), vocabulary);
    if (!example) return tl::unexpected(example.error());
    // The first label has nothing before it to be predicted from.
    const bool taught = std::any_of(example->labels.begin() + 1, example->labels.end(),
                                    [](auto label) { return label != kIgnored; });
    if (taught && example->ids.size() <= max_length) examples.push_back(std::move(*example));
  }
  if (!examples.empty()) return examples;
  return fail(
      ErrorCode::invalid_task,
      fmt::format("no example of at most {} tokens with a label among {} lines", max_length, lines->size()),
      file.string(), "Raise --max-length, or look at the task's data.");
}

std::vector<std::vector<std::size_t>> schedule(const std::vector<Example>& examples, std::size_t batch,
                                               std::size_t steps, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::vector<std::size_t>> batches;
  while (batches.size() < steps) {
    std::vector<std::size_t> order(examples.size());
    std::iota(order.begin(), order.end(), 0U);
    shuffle(order, random);
    const auto bucket = static_cast<std::ptrdiff_t>(batch * kBatchesInABucket);
    for (auto from = order.begin(); from != order.end();) {
      const auto to = from + std::min(bucket, order.end() - from);
      std::sort(from, to, [&](auto a, auto b) { return examples[a].ids.size() < examples[b].ids.size(); });
      from = to;
    }
    std::vector<std::size_t> firsts;
    for (std::size_t first = 0; first < order.size(); first += batch) firsts.push_back(first);
    shuffle(firsts, random);
    for (const auto first : firsts) {
      const auto last = std::min(first + batch, order.size());
      batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(first),
                           order.begin() + static_cast<std::ptrdiff_t>(last));
    }
  }
  batches.resize(steps);
  return batches;
}

}  // namespace edgeeval::train
