// SPDX-License-Identifier: Apache-2.0
#include "bench/text_keeper.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace edgeeval {

/// One client thread's; nobody else touches it before the load has ended.
class TextKeeper::Lane final : public LoadSink {
 public:
  Lane(LoadSink& next, bool all, std::size_t recorded, std::size_t most)
      : next_(next), all_(all), recorded_(recorded), most_(most) {}

  void event(const EventRecord& event) noexcept override { next_.event(event); }

  void request(RequestRecord&& request) override {
    const bool uncounted = !request.completion_tokens;
    if (request.phase == LoadPhase::measured && request.ok() && (all_ || uncounted)) hold(request);
    if (request.text.size() > recorded_) request.text.resize(recorded_);
    next_.request(std::move(request));
  }

  std::uint64_t wanted = 0;
  std::vector<HeldText> held;

 private:
  void hold(RequestRecord& request) {
    ++wanted;
    if (bytes_ + request.text.size() > most_) return;
    bytes_ += request.text.size();
    HeldText text{request.index, {}, request.text.size() >= kLongest};
    if (recorded_ == 0) {
      text.text = std::move(request.text);
      request.text.clear();
    } else {
      text.text = request.text;
    }
    held.push_back(std::move(text));
  }
  LoadSink& next_;
  bool all_;
  std::size_t recorded_;
  std::size_t most_;
  std::size_t bytes_ = 0;
};

TextKeeper::TextKeeper(std::vector<LoadSink*> sinks, bool all, std::size_t recorded) {
  for (auto* sink : sinks)
    lanes_.push_back(std::make_unique<Lane>(*sink, all, recorded, kMost / sinks.size()));
}
TextKeeper::~TextKeeper() = default;

std::vector<LoadSink*> TextKeeper::sinks() const {
  std::vector<LoadSink*> sinks;
  for (const auto& lane : lanes_) sinks.push_back(lane.get());
  return sinks;
}

std::uint64_t TextKeeper::wanted() const {
  std::uint64_t sum = 0;
  for (const auto& lane : lanes_) sum += lane->wanted;
  return sum;
}

std::vector<HeldText> TextKeeper::take() {
  std::vector<HeldText> texts;
  for (auto& lane : lanes_) std::move(lane->held.begin(), lane->held.end(), std::back_inserter(texts));
  std::sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) { return a.request < b.request; });
  return texts;
}

}  // namespace edgeeval
