// SPDX-License-Identifier: Apache-2.0
#include "bench/launch_line.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <system_error>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPlaceholder = "{port}";
/// What means something to a shell outside of quotes; and what does within double quotes.
constexpr std::string_view kShellOnly = "|&;<>()$`*?[#~\n";
constexpr std::string_view kShellInQuotes = "$`";

/// Words of a command line by POSIX quoting (Shell Command Language, section 2.2).
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<LaunchLine> split() {
    while (at_ < text_.size()) {
      if (auto taken = take(text_[at_++]); !taken) return tl::unexpected(taken.error());
    }
    end_word();
    // "NAME=value program": the shell's way to set a variable.
    if (!line_.words.empty() && assigns(line_.words.front())) line_.shell = true;
    return std::move(line_);
  }

 private:
  Result<void> take(char c) {
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '\\') {
      if (at_ == text_.size()) return unfinished("a backslash");
      add(text_[at_++]);
    } else if (c == ' ' || c == '\t') {
      end_word();
    } else {
      // "#" and "~" mean something only where a word begins.
      const bool inside = (c == '#' || c == '~') && in_word_;
      if (!inside && kShellOnly.find(c) != std::string_view::npos) line_.shell = true;
      add(c);
    }
    return {};
  }

  Result<void> quoted(char quote) {
    in_word_ = true;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      char c = text_[at_];
      if (quote == '"') {
        if (kShellInQuotes.find(c) != std::string_view::npos) line_.shell = true;
        const bool escapes = c == '\\' && at_ + 1 < text_.size() &&
                             std::string_view("\"\\$`").find(text_[at_ + 1]) != std::string_view::npos;
        if (escapes) c = text_[++at_];
      }
      word_ += c;
    }
    if (at_ == text_.size()) return unfinished(quote == '"' ? "a double quote" : "a single quote");
    ++at_;
    return {};
  }

  Result<void> unfinished(const std::string& what) const {
    return fail(ErrorCode::usage, "the command ends after " + what + " that is not closed",
                std::string(text_));
  }

  static bool assigns(const std::string& word) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  }

  void add(char c) {
    in_word_ = true;
    word_ += c;
  }
  void end_word() {
    if (in_word_) line_.words.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;
  LaunchLine line_;
};

bool named_as_weights(const fs::path& path) {
  static constexpr std::array<std::string_view, 8> kEndings{".gguf", ".ggml", ".safetensors", ".bin",
                                                            ".pt",   ".pth",  ".onnx",        ".engine"};
  const auto ending = path.extension().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

bool is_file(const fs::path& path) {
  std::error_code status;
  return fs::is_regular_file(path, status);
}

}  // namespace

bool wants_port(std::string_view command) { return command.find(kPlaceholder) != std::string_view::npos; }

Result<LaunchLine> launch_line(const std::string& command, std::optional<int> port) {
  std::string text = command;
  if (wants_port(text) && !port)
    return fail(ErrorCode::usage, "the command has {port}, and there is no port to put in its place",
                command);
  for (auto at = text.find(kPlaceholder); at != std::string::npos; at = text.find(kPlaceholder, at))
    text.replace(at, kPlaceholder.size(), std::to_string(*port));
  auto line = Splitter(text).split();
  if (!line) {
    // As it was typed, not with a number where {port} stood.
    line.error().where = command;
    return line;
  }
  if (line->words.empty())
    return fail(ErrorCode::usage, "the command is empty", "--launch",
                "Name the server's program and its arguments.");
  line->arguments = line->shell ? std::vector<std::string>{"/bin/sh", "-c", text} : line->words;
  return line;
}

std::vector<fs::path> model_files_at(const fs::path& path) {
  std::error_code status;
  if (is_file(path)) return {path};
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(path, status), end; !status && entry != end; entry.increment(status)) {
    if (named_as_weights(entry->path()) && is_file(entry->path())) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> model_files_in(const std::vector<std::string>& words) {
  std::set<fs::path> files;
  const auto look = [&files](const std::string& word) {
    std::error_code status;
    const bool folder = fs::is_directory(word, status);
    if (!folder && !named_as_weights(word)) return;
    for (auto& file : model_files_at(word)) files.insert(std::move(file));
  };
  for (std::size_t i = 1; i < words.size(); ++i) {
    look(words[i]);
    const auto equals = words[i].find('=');
    if (equals != std::string::npos) look(words[i].substr(equals + 1));
  }
  return {files.begin(), files.end()};
}

}  // namespace edgeeval
