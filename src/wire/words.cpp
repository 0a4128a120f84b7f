// SPDX-License-Identifier: Apache-2.0
#include "wire/words.hpp"

#include <array>

#include "wire/json_text.hpp"

namespace edgeeval {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kEllipsis = "…";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

bool of_key(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("-_.+/=~*").find(c) != std::string_view::npos;
}

std::size_t key_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && of_key(text[length])) ++length;
  return length;
}

/// How many bytes at the beginning of `text` are shown, and how many after them are a secret.
struct Secret {
  std::size_t shown = 0;
  std::size_t hidden = 0;
};

Secret secret_at(std::string_view text) {
  constexpr std::array<std::string_view, 3> kPrefixes{"sk-", "hf_", "nvapi-"};
  for (const auto prefix : kPrefixes) {
    if (starts_with_word(text, prefix)) return {prefix.size(), key_length(text.substr(prefix.size()))};
  }
  constexpr std::string_view kBearer = "bearer";
  constexpr std::string_view kHeader = "authorization";
  const bool header = starts_with_word(text, kHeader);
  if (!header && !starts_with_word(text, kBearer)) return {};
  const auto word = header ? kHeader.size() : kBearer.size();
  std::size_t at = word;
  while (at < text.size() && std::string_view(" \t:=\"'").find(text[at]) != std::string_view::npos) ++at;
  if (at == word) return {};
  // A header's value may be a scheme and a key.
  auto hidden = key_length(text.substr(at));
  if (header && at + hidden < text.size() && text[at + hidden] == ' ')
    hidden += 1 + key_length(text.substr(at + hidden + 1));
  return {at, hidden};
}

/// Prose says "Bearer token is missing" too: only what has a digit or is long is taken for a key.
bool looks_secret(std::string_view key) {
  constexpr std::size_t kLong = 16;
  return key.size() >= kLong || key.find_first_of("0123456789") != std::string_view::npos;
}

/// Cuts `out` to the limit at a character's beginning.
void cut(std::string& out) {
  if (out.size() <= kMostWords) return;
  auto end = kMostWords - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  out.resize(end);
  out += kEllipsis;
}

bool space(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '\x7F'; }

}  // namespace

void write_words(std::string& out, std::string_view text) {
  out.clear();
  bool in_word = false;
  while (!text.empty() && out.size() <= kMostWords) {
    if (!in_word) {
      const auto secret = secret_at(text);
      if (secret.hidden > 0 && looks_secret(text.substr(secret.shown, secret.hidden))) {
        out += text.substr(0, secret.shown);
        out += kMask;
        text.remove_prefix(secret.shown + secret.hidden);
        continue;
      }
    }
    const char c = text.front();
    if (space(c)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      in_word = false;
      text.remove_prefix(1);
      continue;
    }
    in_word = of_key(c);
    std::size_t wrong = 0;
    const auto length = utf8_length(text, wrong);
    // C1 controls (U+0080 to U+009F) act on terminals as those below U+0020 do.
    const bool control = length == 2 && c == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0;
    if (length > 0 && !control) out += text.substr(0, length);
    if (length == 0) out += "\xEF\xBF\xBD";
    text.remove_prefix(length > 0 ? length : wrong);
  }
  while (out.ends_with(' ')) out.pop_back();
  cut(out);
}

}  // namespace edgeeval
