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
constexpr std::size_t kUsualPrompts = 256;
constexpr double kMostTokens = 1e8;  // Of all made-up prompts together: some 700 MB of words.

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

/// The error of a server that was asked what it is, with the option that gives it more time.
Error explained(Error error) {
  if (error.code == ErrorCode::timed_out && error.hint.empty())
    error.hint = "--probe-timeout SECONDS waits longer for what the server says of itself";
  return error;
}

/// Asks until the server is ready, or time is up.
class Waiting {
 public:
  Waiting(const BenchSettings& settings, const CancelToken& cancel, const Telling& tell)
      : settings_(settings),
        cancel_(cancel),
        tell_(tell),
        call_(small_call(settings.target, settings.probe_timeout_s, &cancel)),
        until_(clock_.now() + std::chrono::duration_cast<SteadyTime::duration>(
                                  std::chrono::duration<double>(settings.ready_timeout_s))) {}

  Result<ProbedServer> run() {
    while (true) {
      const bool refused = !listens();
      if (!refused) {
        auto server = probe_server(call_, settings_.dialect);
        if (!server && server.error().code == ErrorCode::unavailable) return with_hint(server.error());
        if (!server) return tl::unexpected(explained(std::move(server.error())));
        if (server->readiness != Readiness::loading) return server;
      }
      tell(refused ? "nobody listens there yet" : "the server is loading its model");
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted while the server was loading");
      if (clock_.now() >= until_) return too_late(refused);
      std::this_thread::sleep_for(kLook);
    }
  }

 private:
  /// Whether to go on to probing. One small call tells, so that no server comes up in the midst of the
  /// probe's questions and is taken for another.
  [[nodiscard]] bool listens() const {
    if (!settings_.wait_for_port) return true;
    const auto answer = call_("/health", "");
    return answer || answer.error().code != ErrorCode::unavailable;
  }

  /// Some servers open their port only when they have loaded the model, so that a refusal may mean that.
  static tl::unexpected<Error> with_hint(Error error) {
    error.hint =
        "Is it running? One that opens its port only when it has loaded its model (vLLM) is waited for "
        "with --ready-timeout SECONDS.";
    return tl::unexpected(std::move(error));
  }

  [[nodiscard]] tl::unexpected<Error> too_late(bool refused) const {
    return fail(ErrorCode::timed_out,
                fmt::format("{} after {:g} s", refused ? "nobody listened" : "the server was still loading",
                            settings_.ready_timeout_s),
                settings_.target.url(), "--ready-timeout SECONDS waits longer");
  }

  void tell(const std::string& what) {
    if (what != told_ && tell_) tell_(what);
    told_ = what;
  }

  const BenchSettings& settings_;
  const CancelToken& cancel_;
  const Telling& tell_;
  SystemClock clock_;
  SmallCall call_;
  SteadyTime until_;
  std::string told_;
};

std::size_t prompts_to_make(const BenchSettings& settings) {
  if (settings.prompts.count > 0) return settings.prompts.count;
  const auto asked = settings.stop.requests.value_or(kUsualPrompts);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(asked, 1, kUsualPrompts));
}

tl::unexpected<Error> interrupted() {
  return fail(ErrorCode::cancelled, "interrupted while prompts were made");
}

Result<void> check_tokens(double tokens, const std::string& what, const std::string& where) {
  if (tokens <= kMostTokens) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("{} have {:.6g} tokens in all; at most {:g} are made up", what, tokens, kMostTokens), where,
      "Ask for fewer or for shorter ones.");
}

/// Words that are made up are kept in memory; a slip of the keyboard must not fill it.
Result<void> check_made_up(const BenchSettings& settings) {
  if (!settings.prompts.file.empty()) return {};
  const auto count = prompts_to_make(settings);
  return check_tokens(static_cast<double>(count) * settings.prompts.tokens,
                      fmt::format("{} prompts of {} tokens", count, settings.prompts.tokens),
                      "--prompt-tokens");
}

/// The same of a trace that has lengths only.
Result<void> check_lengths(const std::vector<Prompt>& prompts, const std::string& file) {
  double tokens = 0.0;
  for (const auto& prompt : prompts) {
    if (prompt.text.empty() && prompt.messages.empty()) tokens += prompt.prompt_tokens.value_or(0);
  }
  return check_tokens(tokens, fmt::format("the {} prompts of the file", prompts.size()), file);
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
                                  const std::string& model, const CancelToken& cancel) {
  if (auto fits = check_made_up(settings); !fits) return tl::unexpected(fits.error());
  const bool salted = needs_salt(settings);
  ServerTokens tokens(settings, server, model, salted, &cancel);
  const CountTokens counter = [&](const Prompt& prompt) { return tokens.count(prompt); };
  const auto seed = settings.seeds.library;
  if (settings.prompts.file.empty()) {
    auto made = make_prompts({prompts_to_make(settings), settings.prompts.tokens, seed}, counter);
    if (cancel.requested()) return interrupted();
    return PromptSet{std::move(made.prompts), made.exact, salted, std::move(made.note)};
  }
  auto read = read_prompts(settings.prompts.file, settings.prompts.format);
  if (!read) return tl::unexpected(read.error());
  if (read->empty()) return fail(ErrorCode::invalid_task, "no prompts", settings.prompts.file.string());
  const bool wordless = std::any_of(read->begin(), read->end(),
                                    [](const auto& p) { return p.text.empty() && p.messages.empty(); });
  if (auto fits = check_lengths(*read, settings.prompts.file.string()); !fits)
    return tl::unexpected(fits.error());
  if (!wordless) return PromptSet{std::move(*read), false, salted, ""};
  auto filled = fill_in_words(std::move(*read), seed, counter);
  if (cancel.requested()) return interrupted();
  return PromptSet{std::move(filled.prompts), filled.exact, salted, std::move(filled.note)};
}

}  // namespace edgeeval
