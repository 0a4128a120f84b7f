// SPDX-License-Identifier: Apache-2.0
#include "bench/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <edgeeval/clock.hpp>
#include <memory>
#include <thread>
#include <utility>

#include "bench/server_tokens.hpp"
#include "bench/small_call.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // Between two looks at a server that is not ready.
constexpr double kCall_s = 10.0;                 // For a small request.
constexpr std::size_t kUsualPrompts = 256;

/// The route the user named, among those of the server's dialect.
Result<Dialect> with_route(const Dialect& found, const std::string& route) {
  if (route.empty() || route == found.path) return found;
  std::vector<std::string> paths;
  for (const auto& dialect : dialects_of(found.server)) {
    if (dialect.path == route) return dialect;
    paths.push_back(dialect.path);
  }
  return fail(ErrorCode::usage,
              fmt::format("{} has no route \"{}\" that is known here", to_string(found.server), route),
              "--route", "its routes: " + join(paths, ", "));
}

/// Asks until the server is ready, or time is up.
class Waiting {
 public:
  Waiting(const BenchSettings& settings, const CancelToken& cancel, const Telling& tell)
      : settings_(settings),
        cancel_(cancel),
        tell_(tell),
        call_(small_call(settings.target, kCall_s)),
        until_(clock_.now() + std::chrono::duration_cast<SteadyTime::duration>(
                                  std::chrono::duration<double>(settings.ready_timeout_s))) {}

  Result<ProbedServer> run() {
    while (true) {
      auto server = probe_server(call_, settings_.dialect);
      if (!server) return server;
      if (server->readiness != Readiness::loading) return server;
      if (!told_ && tell_) tell_("the server is loading its model");
      told_ = true;
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted while the server was loading");
      if (clock_.now() >= until_) {
        return fail(ErrorCode::timed_out,
                    fmt::format("the server was still loading after {} s", settings_.ready_timeout_s),
                    settings_.target.url(), "--ready-timeout SECONDS waits longer");
      }
      std::this_thread::sleep_for(kLook);
    }
  }

 private:
  const BenchSettings& settings_;
  const CancelToken& cancel_;
  const Telling& tell_;
  SystemClock clock_;
  SmallCall call_;
  SteadyTime until_;
  bool told_ = false;
};

std::size_t prompts_to_make(const BenchSettings& settings) {
  if (settings.prompts.count > 0) return settings.prompts.count;
  const auto asked = settings.stop.requests.value_or(kUsualPrompts);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(asked, 1, kUsualPrompts));
}

/// Made-up prompts that are each sent once need no salt, and then have exactly the length that was asked for;
/// a warm-up sends some of them before.
bool needs_salt(const BenchSettings& settings) {
  if (settings.prefix_cache == PrefixCache::allow) return false;
  const bool once = settings.prompts.file.empty() && settings.stop.requests &&
                    *settings.stop.requests <= prompts_to_make(settings) &&
                    settings.warmup.value_or(usual_warmup(settings.scenario)) == 0;
  return !once;
}

}  // namespace

Result<ProbedServer> find_server(const BenchSettings& settings, const CancelToken& cancel,
                                 const Telling& tell) {
  auto server = Waiting(settings, cancel, tell).run();
  if (!server) return server;
  auto dialect = with_route(server->dialect, settings.route);
  if (!dialect) return tl::unexpected(dialect.error());
  server->dialect = std::move(*dialect);
  return server;
}

Result<PromptSet> prepare_prompts(const BenchSettings& settings, const ProbedServer& server,
                                  const std::string& model) {
  const bool salted = needs_salt(settings);
  ServerTokens tokens(settings, server, model, salted);
  const CountTokens counter = [&](const Prompt& prompt) { return tokens.count(prompt); };
  const auto seed = settings.seeds.library;
  if (settings.prompts.file.empty()) {
    auto made = make_prompts({prompts_to_make(settings), settings.prompts.tokens, seed}, counter);
    return PromptSet{std::move(made.prompts), made.exact, salted, std::move(made.note)};
  }
  auto read = read_prompts(settings.prompts.file, settings.prompts.format);
  if (!read) return tl::unexpected(read.error());
  if (read->empty()) return fail(ErrorCode::invalid_task, "no prompts", settings.prompts.file.string());
  const bool wordless = std::any_of(read->begin(), read->end(),
                                    [](const auto& p) { return p.text.empty() && p.messages.empty(); });
  if (!wordless) return PromptSet{std::move(*read), false, salted, ""};
  auto filled = fill_in_words(std::move(*read), seed, counter);
  return PromptSet{std::move(filled.prompts), filled.exact, salted, std::move(filled.note)};
}

}  // namespace edgeeval
