// SPDX-License-Identifier: Apache-2.0
#include "training.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <numeric>
#include <string_view>

#include "core/files.hpp"
#include "examples.hpp"
#include "llama.hpp"

namespace edgeeval::train {
namespace {

constexpr double kLargestGradient =
    1.0;                               // Norm to which gradients are clipped, as Hugging Face's trainer does.
constexpr double kWarmUpShare = 0.05;  // Of the steps; then the rate falls linearly to zero.
constexpr double kWindowShare = 0.1;   // Of the steps whose mean is called the first or last loss.

/// One batch, padded at the end, and where its loss is taken.
struct Batch {
  at::Tensor ids;        ///< [batch, length]
  at::Tensor positions;  ///< Flat indices into batch·length that predict a labelled token.
  at::Tensor targets;    ///< The tokens they predict.
  std::int64_t tokens = 0;
};

Batch batch_of(const std::vector<Example>& examples, const std::vector<std::size_t>& indices) {
  std::size_t length = 0;
  for (const auto i : indices) length = std::max(length, examples[i].ids.size());
  Batch batch;
  batch.ids =
      at::zeros({static_cast<std::int64_t>(indices.size()), static_cast<std::int64_t>(length)}, at::kLong);
  std::vector<std::int64_t> positions;
  std::vector<std::int64_t> targets;
  auto* rows = batch.ids.data_ptr<std::int64_t>();
  for (std::size_t row = 0; row < indices.size(); ++row) {
    const auto& example = examples[indices[row]];
    std::copy(example.ids.begin(), example.ids.end(), rows + row * length);
    batch.tokens += static_cast<std::int64_t>(example.ids.size());
    for (std::size_t i = 1; i < example.labels.size(); ++i) {
      if (example.labels[i] == kIgnored) continue;
      positions.push_back(static_cast<std::int64_t>(row * length + i - 1));
      targets.push_back(example.labels[i]);
    }
  }
  batch.positions = at::tensor(positions, at::kLong);
  batch.targets = at::tensor(targets, at::kLong);
  return batch;
}

/// Mean cross-entropy over the labelled tokens; the vocabulary is only computed where a label is.
at::Tensor loss_of(const Llama& model, const Batch& batch) {
  const auto hidden = model.hidden(batch.ids).flatten(0, 1).index_select(0, batch.positions);
  return at::cross_entropy_loss(model.logits(hidden), batch.targets);
}

double rate_at(int step, int steps, double peak) {
  const int warm_up = std::max(1, static_cast<int>(steps * kWarmUpShare));
  if (step <= warm_up) return peak * step / warm_up;
  return peak * (steps - step + 1) / (steps - warm_up + 1);
}

double mean_of(const std::vector<double>& values, bool first) {
  const auto count = std::max<std::ptrdiff_t>(
      1, static_cast<std::ptrdiff_t>(static_cast<double>(values.size()) * kWindowShare));
  const auto begin = first ? values.begin() : values.end() - count;
  return std::accumulate(begin, begin + count, 0.0) / static_cast<double>(count);
}

Json start_event(const AdaptOptions& options, const Llama& model, std::size_t examples) {
  std::int64_t parameters = 0;
  for (const auto& tensor : model.trainable()) parameters += tensor.numel();
  return {{"event", "start"},           {"method", options.method},
          {"rank", options.rank},       {"alpha", options.alpha},
          {"dropout", options.dropout}, {"learning_rate", options.learning_rate},
          {"steps", options.steps},     {"batch", options.batch},
          {"seed", options.seed},       {"threads", at::get_num_threads()},
          {"examples", examples},       {"trainable_parameters", parameters}};
}

/// The training loop; returns what the result event says.
Json train(Llama& model, const std::vector<Example>& examples, const AdaptOptions& options,
           const std::function<void(const Json&)>& on_event) {
  auto parameters = model.trainable();
  torch::optim::AdamW optimizer(parameters,
                                torch::optim::AdamWOptions(options.learning_rate).weight_decay(0.01));
  const auto batches = schedule(examples, static_cast<std::size_t>(options.batch),
                                static_cast<std::size_t>(options.steps), options.seed);
  std::vector<double> losses;
  std::int64_t tokens = 0;
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  model.set_training(true);
  for (int step = 1; step <= options.steps; ++step) {
    const auto batch = batch_of(examples, batches[static_cast<std::size_t>(step - 1)]);
    static_cast<torch::optim::AdamWOptions&>(optimizer.param_groups()[0].options())
        .lr(rate_at(step, options.steps, options.learning_rate));
    optimizer.zero_grad();
    const auto loss = loss_of(model, batch);
    loss.backward();
    torch::nn::utils::clip_grad_norm_(parameters, kLargestGradient);
    optimizer.step();
    losses.push_back(loss.item<double>());
    tokens += batch.tokens;
    on_event({{"event", "step"},
              {"step", step},
              {"steps", options.steps},
              {"loss", losses.back()},
              {"tokens", tokens},
              {"tokens_per_s", static_cast<double>(tokens) / elapsed()}});
  }
  model.set_training(false);
  const double seconds = elapsed();
  std::int64_t trainable = 0;
  for (const auto& tensor : parameters) trainable += tensor.numel();
  return {{"first_loss", mean_of(losses, true)},
          {"last_loss", mean_of(losses, false)},
          {"steps", options.steps},
          {"tokens", tokens},
          {"seconds", seconds},
          {"tokens_per_s", static_cast<double>(tokens) / seconds},
          {"trainable_parameters", trainable}};
}

Result<Json> adapt_unguarded(const AdaptOptions& options, const std::function<void(const Json&)>& on_event) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  auto source = open_gguf(options.model);
  if (!source) return tl::unexpected(source.error());
  auto examples =
      read_examples(options.data, source->shape.vocabulary, static_cast<std::size_t>(options.max_length));
  if (!examples) return tl::unexpected(examples.error());
  auto model = Llama::load(*source, {options.method == "qlora", at::kFloat});
  if (!model) return tl::unexpected(model.error());
  // Dropout draws from the default generator, the initial matrices from their own.
  at::manual_seed(options.seed);
  model->add_lora(options.rank, options.alpha, options.dropout, options.seed);
  on_event(start_event(options, *model, examples->size()));
  auto result = train(*model, *examples, options, on_event);
  const Adapter adapter{options.rank, options.alpha, options.dropout, source->name, model->lora()};
  if (auto written = write_adapter(options.out, adapter, model->shape()); !written)
    return tl::unexpected(written.error());
  result["adapter"] = options.out.string();
  return result;
}

Result<Json> logits_unguarded(const std::filesystem::path& path, const std::vector<int>& tokens,
                              const std::filesystem::path& adapter, const std::filesystem::path& out,
                              int threads) {
  if (threads > 0) at::set_num_threads(threads);
  auto source = open_gguf(path);
  if (!source) return tl::unexpected(source.error());
  for (const int token : tokens) {
    if (token < 0 || token >= source->shape.vocabulary) {
      return fail(ErrorCode::usage,
                  fmt::format("token {} is outside the vocabulary of {}", token, source->shape.vocabulary));
    }
  }
  auto model = Llama::load(*source, {});
  if (!model) return tl::unexpected(model.error());
  if (!adapter.empty()) {
    auto read = read_adapter(adapter, model->shape());
    if (!read) return tl::unexpected(read.error());
    model->set_lora(*read);
  }
  const torch::NoGradGuard no_gradients;
  const std::vector<std::int64_t> ids(tokens.begin(), tokens.end());
  const auto values = model->logits(model->hidden(at::tensor(ids, at::kLong).unsqueeze(0))).contiguous();
  const std::string_view bytes(static_cast<const char*>(values.const_data_ptr()),
                               static_cast<std::size_t>(values.nbytes()));
  if (auto written = write_file(out, bytes); !written) return tl::unexpected(written.error());
  return Json{{"out", out.string()}, {"tokens", tokens.size()}, {"vocabulary", source->shape.vocabulary}};
}

/// libtorch reports by exceptions; they end here.
template <class Work>
Result<Json> guarded(Work work) {
  try {
    return work();
  } catch (const std::exception& problem) {
    const std::string_view text = problem.what();
    return fail(ErrorCode::internal, "libtorch: " + std::string(text.substr(0, text.find('\n'))));
  }
}

}  // namespace

Result<Json> adapt(const AdaptOptions& options, const std::function<void(const Json&)>& on_event) {
  return guarded([&] { return adapt_unguarded(options, on_event); });
}

Result<Json> logits(const std::filesystem::path& model, const std::vector<int>& tokens,
                    const std::filesystem::path& adapter, const std::filesystem::path& out, int threads) {
  return guarded([&] { return logits_unguarded(model, tokens, adapter, out, threads); });
}

}  // namespace edgeeval::train
