// SPDX-License-Identifier: Apache-2.0
// Scores of short answers, as their reference scripts compute them.
#pragma once

#include <edgeeval/record.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "task/dataset.hpp"

namespace edgeeval {

/// Lower case, ASCII punctuation removed, the articles a/an/the removed, white space collapsed: the
/// normalisation of the SQuAD v1.1 evaluation script (Rajpurkar et al. 2016, arXiv 1606.05250). Non-ASCII
/// letters are lowered too.
[[nodiscard]] std::string normalized_answer(std::string_view text);

/// 1 where prediction and gold are equal once normalised, else 0 (SQuAD v1.1).
[[nodiscard]] double exact_match(std::string_view prediction, std::string_view gold);

/// Harmonic mean of precision and recall over the bags of normalised tokens; 0 without common tokens, also
/// where both are empty (SQuAD v1.1).
[[nodiscard]] double token_f1(std::string_view prediction, std::string_view gold);

/// ROUGE-L F-measure over tokens of a–z and 0–9 in lower case, no stemming: 2PR/(P+R) with P and R from the
/// longest common subsequence (Lin 2004; tokenisation as in the rouge_score package).
[[nodiscard]] double rouge_l(std::string_view prediction, std::string_view gold);

/// Scores a prediction against all answers of an item, the best of each score; no prediction counts as wrong.
[[nodiscard]] ItemScore score_item(const TaskItem& item, const std::optional<std::string>& prediction);

}  // namespace edgeeval
