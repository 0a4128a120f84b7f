// SPDX-License-Identifier: Apache-2.0
#include "task/scoring.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace edgeeval {
namespace {

bool is_ascii_punctuation(char c) {
  constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  return kPunctuation.find(c) != std::string_view::npos;
}

/// Lower case by Unicode's simple mapping; bytes that are no UTF-8 pass as they are.
std::string lowered(std::string_view text) {
  std::string result;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t point = 0;
    const auto width = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (width <= 0) {
      result += text[at++];
      continue;
    }
    std::array<utf8proc_uint8_t, 4> encoded{};
    const auto length = utf8proc_encode_char(utf8proc_tolower(point), encoded.data());
    result.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length));
    at += static_cast<std::size_t>(width);
  }
  return result;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// Every run of other characters than a–z and 0–9 separates.
std::vector<std::string> rouge_tokens(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool letter = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    kept += letter ? low : ' ';
  }
  return words_of(kept);
}

std::size_t longest_common_subsequence(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (const auto& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
      diagonal = above;
    }
  }
  return row[b.size()];
}

double f_measure(std::size_t common, std::size_t predicted, std::size_t gold) {
  if (common == 0) return 0.0;
  const double precision = static_cast<double>(common) / static_cast<double>(predicted);
  const double recall = static_cast<double>(common) / static_cast<double>(gold);
  return 2.0 * precision * recall / (precision + recall);
}

}  // namespace

std::string normalized_answer(std::string_view text) {
  auto plain = lowered(text);
  std::erase_if(plain, is_ascii_punctuation);
  std::string result;
  for (const auto& word : words_of(plain)) {
    if (word == "a" || word == "an" || word == "the") continue;
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result;
}

double exact_match(std::string_view prediction, std::string_view gold) {
  return normalized_answer(prediction) == normalized_answer(gold) ? 1.0 : 0.0;
}

double token_f1(std::string_view prediction, std::string_view gold) {
  const auto predicted = words_of(normalized_answer(prediction));
  const auto wanted = words_of(normalized_answer(gold));
  std::map<std::string, int> left;
  for (const auto& word : wanted) ++left[word];
  std::size_t common = 0;
  for (const auto& word : predicted) {
    if (left[word]-- > 0) ++common;
  }
  return f_measure(common, predicted.size(), wanted.size());
}

double rouge_l(std::string_view prediction, std::string_view gold) {
  const auto predicted = rouge_tokens(prediction);
  const auto wanted = rouge_tokens(gold);
  return f_measure(longest_common_subsequence(predicted, wanted), predicted.size(), wanted.size());
}

ItemScore score_item(const TaskItem& item, const std::optional<std::string>& prediction) {
  ItemScore score;
  score.item = item.id;
  score.gold = item.answers;
  score.answered = prediction.has_value();
  if (!prediction) return score;
  score.prediction = *prediction;
  for (const auto& gold : item.answers) {
    score.exact_match = std::max(score.exact_match, exact_match(*prediction, gold));
    score.f1 = std::max(score.f1, token_f1(*prediction, gold));
    score.rouge_l = std::max(score.rouge_l, rouge_l(*prediction, gold));
  }
  return score;
}

}  // namespace edgeeval
