// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.hpp"
#include "core/files.hpp"
#include "llama_model.hpp"

namespace edgeeval::model {
namespace {

constexpr int kMasked = -100;  // Hugging Face's label for "not part of the loss".

using Messages = std::vector<std::pair<std::string, std::string>>;  ///< Role and content of each.

struct Conversation {
  std::string id;
  Messages messages;
  std::string answer;
};

/// One line of an items file. Only training needs an answer: a rendered prompt ends where it would begin.
Result<Conversation> conversation_of(const std::string& line, const std::string& where, bool with_answer) {
  auto json = parse_json(line, where);
  if (!json) return fail(ErrorCode::invalid_task, json.error().message, where);
  try {
    Conversation conversation{json->at("id").get<std::string>(),
                              {},
                              with_answer ? json->at("answer").get<std::string>() : std::string()};
    for (const auto& message : json->at("messages")) {
      conversation.messages.emplace_back(message.at("role").get<std::string>(),
                                         message.at("content").get<std::string>());
    }
    return conversation;
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorCode::invalid_task, std::string("not a conversation: ") + problem.what(), where,
                R"(expected {"id": …, "messages": [{"role": …, "content": …}], "answer": …})");
  }
}

Result<std::vector<Conversation>> read_conversations(const std::filesystem::path& file, bool with_answers) {
  auto lines = read_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<Conversation> conversations;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    auto conversation =
        conversation_of((*lines)[i], fmt::format("{}:{}", file.string(), i + 1), with_answers);
    if (!conversation) return tl::unexpected(conversation.error());
    conversations.push_back(std::move(*conversation));
  }
  return conversations;
}

/// The model's own template and vocabulary.
class Tokenizer {
 public:
  static Result<Tokenizer> open(const std::filesystem::path& model) {
    auto loaded = load(model, true);
    if (!loaded) return tl::unexpected(loaded.error());
    return Tokenizer(std::move(*loaded), model);
  }

  /// The conversation in the model's template, ending where the assistant's answer begins.
  [[nodiscard]] Result<std::string> prompt(const Conversation& conversation) const {
    return apply(conversation.messages, true);
  }

  [[nodiscard]] Result<std::vector<llama_token>> tokens(const std::string& text, bool special) const {
    std::vector<llama_token> ids(text.size() + 8);
    const auto count = llama_tokenize(vocabulary(), text.c_str(), static_cast<std::int32_t>(text.size()),
                                      ids.data(), static_cast<std::int32_t>(ids.size()), false, special);
    if (count < 0) return fail(ErrorCode::internal, "the text has more tokens than bytes", path_.string());
    ids.resize(static_cast<std::size_t>(count));
    return ids;
  }

  /// The token that ends an assistant's turn: the first special one after an answer in the model's own
  /// template. (llama.cpp's "end of turn" token is a guess from names and can be another one.)
  [[nodiscard]] Result<llama_token> end_of_turn() const {
    const std::string answer = "answer";
    auto whole = apply({{"user", "question"}, {"assistant", answer}}, false);
    if (!whole) return tl::unexpected(whole.error());
    auto after = tokens(whole->substr(whole->rfind(answer) + answer.size()), true);
    if (!after) return tl::unexpected(after.error());
    for (const auto token : *after) {
      if (llama_vocab_is_eog(vocabulary(), token)) return token;
    }
    return llama_vocab_eos(vocabulary());
  }

  /// llama-server puts the beginning-of-sequence token before a prompt where the vocabulary says so.
  [[nodiscard]] Result<std::vector<llama_token>> prompt_tokens(const Conversation& conversation) const {
    auto text = prompt(conversation);
    if (!text) return tl::unexpected(text.error());
    auto ids = tokens(*text, true);
    if (!ids) return ids;
    const auto begin = llama_vocab_bos(vocabulary());
    if (llama_vocab_get_add_bos(vocabulary()) && (ids->empty() || ids->front() != begin))
      ids->insert(ids->begin(), begin);
    return ids;
  }

 private:
  Tokenizer(LlamaModel model, std::filesystem::path path)
      : model_(std::move(model)), path_(std::move(path)) {}
  [[nodiscard]] const llama_vocab* vocabulary() const { return llama_model_get_vocab(model_.get()); }

  [[nodiscard]] Result<std::string> apply(const Messages& conversation, bool open_answer) const {
    const char* chat_template = llama_model_chat_template(model_.get(), nullptr);
    if (chat_template == nullptr)
      return fail(ErrorCode::unsupported, "the model has no chat template", path_.string());
    std::vector<llama_chat_message> messages;
    for (const auto& [role, content] : conversation) messages.push_back({role.c_str(), content.c_str()});
    std::string text(1024, '\0');
    for (;;) {
      const auto length =
          llama_chat_apply_template(chat_template, messages.data(), messages.size(), open_answer, text.data(),
                                    static_cast<std::int32_t>(text.size()));
      if (length < 0)
        return fail(ErrorCode::unsupported, "llama.cpp does not know the model's chat template",
                    path_.string());
      const bool fits = static_cast<std::size_t>(length) <= text.size();
      text.resize(static_cast<std::size_t>(length));
      if (fits) return text;
    }
  }

  LlamaModel model_;
  std::filesystem::path path_;
};

Result<Json> example_of(const Tokenizer& tokenizer, llama_token end, const Conversation& conversation) {
  auto ids = tokenizer.prompt_tokens(conversation);
  if (!ids) return tl::unexpected(ids.error());
  auto answer = tokenizer.tokens(conversation.answer, false);
  if (!answer) return tl::unexpected(answer.error());
  answer->push_back(end);
  std::vector<int> labels(ids->size(), kMasked);
  const auto prompt_tokens = ids->size();
  labels.insert(labels.end(), answer->begin(), answer->end());
  ids->insert(ids->end(), answer->begin(), answer->end());
  return Json{{"id", conversation.id},
              {"input_ids", *ids},
              {"labels", labels},
              {"prompt_tokens", prompt_tokens},
              {"answer_tokens", answer->size()}};
}

}  // namespace

Result<Json> tokenize(const std::filesystem::path& model, const std::filesystem::path& items,
                      const std::filesystem::path& out, int max_length) {
  auto conversations = read_conversations(items, true);
  if (!conversations) return tl::unexpected(conversations.error());
  auto tokenizer = Tokenizer::open(model);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  const auto end = tokenizer->end_of_turn();
  if (!end) return tl::unexpected(end.error());
  std::string lines;
  std::size_t kept = 0;
  std::size_t total = 0;
  for (const auto& conversation : *conversations) {
    auto example = example_of(*tokenizer, *end, conversation);
    if (!example) return tl::unexpected(example.error());
    const auto length = (*example)["input_ids"].size();
    if (max_length > 0 && length > static_cast<std::size_t>(max_length)) continue;
    lines += to_line(*example) + "\n";
    total += length;
    ++kept;
  }
  if (auto written = write_file(out, lines); !written) return tl::unexpected(written.error());
  return Json{{"out", out.string()},
              {"items", kept},
              {"tokens", total},
              {"skipped_too_long", conversations->size() - kept}};
}

Result<Json> render(const std::filesystem::path& model, const std::filesystem::path& items) {
  auto conversations = read_conversations(items, false);
  if (!conversations) return tl::unexpected(conversations.error());
  auto tokenizer = Tokenizer::open(model);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  Json prompts = Json::array();
  for (const auto& conversation : *conversations) {
    auto text = tokenizer->prompt(conversation);
    if (!text) return tl::unexpected(text.error());
    prompts.push_back({{"id", conversation.id}, {"prompt", *text}});
  }
  return Json{{"prompts", prompts}};
}

Result<Json> tokens_of(const std::filesystem::path& model, const std::string& text) {
  auto tokenizer = Tokenizer::open(model);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  auto ids = tokenizer->tokens(text, true);
  if (!ids) return tl::unexpected(ids.error());
  return Json{{"tokens", *ids}};
}

}  // namespace edgeeval::model
