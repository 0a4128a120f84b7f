// SPDX-License-Identifier: Apache-2.0
// Plays llama-server: takes its command line and serves its routes with an answer made of the question's
// first three words. The environment's FAKE_LLAMA says how it misbehaves:
//   exit-at-once   fails as on a model it cannot load
//   port-taken=N   finds its port taken, the first N times it is started on the model (MODEL.starts counts)
//   hang           opens its port, but never gets ready
//   exit-after=N   ends, without an answer, when question N + 1 comes (from 0)
//   ignore-term    survives SIGTERM
//   503-first      is loading when first asked for its health, and busy when asked its second question
//   refuse-chat    answers every question with status 500
//   no-words       answers without a word: the first token ends the reply
#include <arpa/inet.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Json = nlohmann::ordered_json;

/// A request as far as it matters.
struct Request {
  std::string target;
  std::string body;
};

std::string plain(int status, const Json& body) {
  const auto text = body.dump();
  return fmt::format(
      "HTTP/1.1 {} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
      "close\r\n\r\n{}",
      status, text.size(), text);
}

std::string event(const Json& data) {
  const auto text = "data: " + (data.is_string() ? data.get<std::string>() : data.dump()) + "\n\n";
  return fmt::format("{:x}\r\n{}\r\n", text.size(), text);
}

std::vector<std::string> first_words(const std::string& text, std::size_t count) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; words.size() < count && stream >> word;)
    words.push_back(words.empty() ? word : " " + word);
  return words;
}

/// The streamed answer to the conversation: one event a word.
std::string streamed_answer(const Json& asked, bool wordless) {
  const auto question = asked.at("messages").back().at("content").get<std::string>();
  const auto limit = asked.value("max_tokens", std::size_t{3});
  const auto words = first_words(question, wordless ? 0 : std::min<std::size_t>(3, limit));
  const auto piece = [](const Json& delta, const Json& reason) {
    return event({{"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", reason}}}}});
  };
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
      piece({{"role", "assistant"}, {"content", nullptr}}, nullptr);
  for (const auto& word : words) text += piece({{"content", word}}, nullptr);
  text += piece(Json::object(), "stop");
  text += event({{"choices", Json::array()},
                 {"usage",
                  {{"prompt_tokens", first_words(question, question.size() + 1).size()},
                   {"completion_tokens", words.size()},
                   {"prompt_tokens_details", {{"cached_tokens", 0}}}}}});
  return text + event("[DONE]") + "0\r\n\r\n";
}

/// What the server does, and what it has been asked so far.
class Behaviour {
 public:
  explicit Behaviour(std::string name) : name_(std::move(name)), exit_after_(number_behind("exit-after=")) {}
  [[nodiscard]] bool is(std::string_view name) const { return name_ == name; }

  /// Counts this start in `file`.
  [[nodiscard]] bool finds_port_taken(const std::string& file) const {
    const auto times = number_behind("port-taken=");
    if (!times) return false;
    int starts = 0;
    std::ifstream(file) >> starts;
    std::ofstream(file) << starts + 1;
    return starts < *times;
  }

  std::string answer(const Request& request) {
    if (request.target == "/health") return health();
    if (request.target != "/v1/chat/completions")
      return plain(404, {{"error", {{"message", "no such route"}}}});
    const auto asked = Json::parse(request.body, nullptr, false);
    if (!asked.is_object() || !asked.contains("messages") || asked.at("messages").empty())
      return plain(400, {{"error", {{"message", "no messages"}}}});
    return chat(asked);
  }

 private:
  /// The number after `prefix`, where the name begins with it.
  [[nodiscard]] std::optional<int> number_behind(std::string_view prefix) const {
    if (!name_.starts_with(prefix)) return std::nullopt;
    int number = 0;
    std::from_chars(name_.data() + prefix.size(), name_.data() + name_.size(), number);
    return number;
  }

  std::string health() {
    const int number = health_asked_++;
    if (is("hang") || (is("503-first") && number < 2))
      return plain(503, {{"error", {{"message", "Loading model"}}}});
    return plain(200, {{"status", "ok"}});
  }

  std::string chat(const Json& asked) {
    const int number = questions_++;
    if (exit_after_ && number >= *exit_after_) std::_Exit(1);
    if (is("503-first") && number == 1) return plain(503, {{"error", {{"message", "no slot is free"}}}});
    if (is("refuse-chat")) return plain(500, {{"error", {{"message", "cannot decode"}}}});
    return streamed_answer(asked, is("no-words"));
  }

  std::string name_;
  std::optional<int> exit_after_;
  std::atomic<int> health_asked_{0};
  std::atomic<int> questions_{0};
};

std::optional<Request> read_request(int descriptor) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    if (const auto head = text.find("\r\n\r\n"); head != std::string::npos) {
      std::size_t length = 0;
      constexpr std::string_view kLength = "Content-Length: ";
      if (const auto at = text.find(kLength); at != std::string::npos && at < head)
        std::from_chars(text.data() + at + kLength.size(), text.data() + head, length);
      if (text.size() >= head + 4 + length) {
        const auto from = text.find(' ') + 1;
        return Request{text.substr(from, text.find(' ', from) - from), text.substr(head + 4)};
      }
    }
    const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    if (got <= 0) return std::nullopt;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void serve(int descriptor, Behaviour& behaviour) {
  if (const auto request = read_request(descriptor)) {
    const auto answer = behaviour.answer(*request);
    for (std::string_view left = answer; !left.empty();) {
      const auto sent = ::send(descriptor, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  ::close(descriptor);
}

/// The values of the options; switches have none. Options of no meaning here are taken as switches or with
/// their value, as they come.
std::map<std::string, std::string> options_of(const std::vector<std::string>& arguments) {
  static const std::set<std::string> kSwitches{"--no-cache-prompt", "--no-webui", "--offline"};
  std::map<std::string, std::string> options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool valued =
        !kSwitches.contains(arguments[i]) && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
    options[arguments[i]] = valued ? arguments[i + 1] : "";
    if (valued) ++i;
  }
  return options;
}

int listen_on(const std::string& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, 64) == 0)
    return listener;
  ::close(listener);
  return -1;
}

int refuse_port(const std::string& port) {
  fmt::print(stderr, "start: couldn't bind HTTP server socket, port: {}\n", port);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const char* name = std::getenv("FAKE_LLAMA");
  Behaviour behaviour(name == nullptr ? "" : name);
  const auto options = options_of({argv + 1, argv + argc});
  if (options.contains("--version")) {
    fmt::print(stderr, "version: 0 (fake)\n");
    return 0;
  }
  for (const char* needed : {"--model", "--port"}) {
    if (options.contains(needed)) continue;
    fmt::print(stderr, "error: {} is missing\n", needed);
    return 1;
  }
  if (behaviour.is("exit-at-once") || !std::filesystem::exists(options.at("--model"))) {
    fmt::print(stderr, "llama_model_load: error loading model: failed to load {}\n", options.at("--model"));
    return 1;
  }
  if (behaviour.finds_port_taken(options.at("--model") + ".starts")) return refuse_port(options.at("--port"));
  if (behaviour.is("ignore-term")) ::signal(SIGTERM, SIG_IGN);
  const int listener = listen_on(options.at("--port"));
  if (listener < 0) return refuse_port(options.at("--port"));
  for (;;) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) std::thread(serve, descriptor, std::ref(behaviour)).detach();
  }
}
