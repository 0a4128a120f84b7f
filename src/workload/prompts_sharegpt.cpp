// SPDX-License-Identifier: Apache-2.0
// ShareGPT's conversations: a list of objects, or one a line; each is a prompt, up to its last
// turn that was answered.
#include <fmt/format.h>

#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr const char* kForm =
    R"(a list of {"id": "…", "conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}, or )"
    R"(of {"messages": [{"role": "user", "content": "…"}]})";

/// Cuts the objects out of a list, or out of lines, without a copy of the whole.
class Objects {
 public:
  Objects(std::string_view text, Findings& findings) : text_(text), findings_(findings) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    skip_blanks();
    in_list_ = text_.starts_with('[');
    if (in_list_) drop(1);
  }

  /// The next object; nothing at the end or where what comes cannot be told apart.
  std::optional<Item> next() {
    if (!reach_object()) return std::nullopt;
    const std::size_t size = size_of_object();
    if (size == 0) {
      findings_.add(line_, "the object that begins here has no end: the file is cut short");
      return std::nullopt;
    }
    const Item item{text_.substr(0, size), line_};
    drop(size);
    first_ = false;
    return item;
  }

 private:
  void drop(std::size_t count) {
    for (const char c : text_.substr(0, count)) line_ += c == '\n' ? 1 : 0;
    text_.remove_prefix(count);
  }
  void skip_blanks() { drop(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }

  /// Goes to where an object begins; false at the end, and where something else stands (a finding then).
  bool reach_object() {
    skip_blanks();
    if (in_list_ && text_.starts_with(']')) {
      drop(1);
      skip_blanks();
      if (!text_.empty()) findings_.add(line_, "something follows the end of the list");
      return false;
    }
    if (text_.empty()) return cut_short();
    if (in_list_ && !first_) {
      if (!text_.starts_with(',')) {
        findings_.add(line_, "no comma between two items");
        return false;
      }
      drop(1);
      skip_blanks();
      if (text_.empty()) return cut_short();
    }
    if (text_.starts_with('{')) return true;
    findings_.add(line_, "an item is no object");
    return false;
  }

  /// At the end of the text: right for lines, not for a list.
  bool cut_short() {
    if (in_list_) findings_.add(line_, "the list has no end: the file is cut short");
    return false;
  }

  /// Bytes up to the brace that closes the one at the beginning; 0 where there is none. What lies within is
  /// the JSON parser's to judge.
  [[nodiscard]] std::size_t size_of_object() const {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quoted) {
        if (c == '\\') ++at;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (--depth == 0) return at + 1;
      }
    }
    return 0;
  }

  std::string_view text_;
  Findings& findings_;
  std::size_t line_ = 1;
  bool in_list_ = false, first_ = true;
};

/// A turn's speaker and words, in ShareGPT's keys or OpenAI's.
tl::expected<std::pair<std::string, std::string>, std::string> turn_of(const element& turn) {
  std::string_view who, words;
  if (turn["from"].get(who) == simdjson::SUCCESS) {
    if (turn["value"].get(words) != simdjson::SUCCESS)
      return tl::unexpected(std::string("a turn's \"value\" is no text"));
    return std::pair(std::string(who), std::string(words));
  }
  element content;
  if (turn["role"].get(who) != simdjson::SUCCESS || turn["content"].get(content) != simdjson::SUCCESS)
    return tl::unexpected(std::string(R"(a turn has neither "from" and "value" nor "role" and "content")"));
  auto text = content_of(content);
  if (!text) return tl::unexpected(text.error());
  return std::pair(std::string(who), std::move(*text));
}

using Turns = std::vector<std::pair<std::string, std::string>>;

/// The turns of a conversation from the first human one on, as roles and words; the system's words apart.
tl::expected<Turns, std::string> turns_of(const simdjson::dom::array& list, std::string& system) {
  Turns turns;
  for (const auto entry : list) {
    auto turn = turn_of(entry);
    if (!turn) return tl::unexpected(turn.error());
    auto& [who, words] = *turn;
    if (who == "system") system = std::move(words);
    if (who == "system" || words.empty()) continue;
    const bool human = who == "human" || who == "user";
    const bool model =
        who == "gpt" || who == "assistant" || who == "chatgpt" || who == "bing" || who == "bard";
    if (!human && (!model || turns.empty())) continue;
    turns.emplace_back(human ? "user" : "assistant", std::move(words));
  }
  return turns;
}

/// Where the last turn stands that was answered; the first one where none was.
std::size_t last_answered(const Turns& turns) {
  for (std::size_t at = turns.size(); at-- > 1;)
    if (turns[at].first == "assistant" && turns[at - 1].first == "user") return at - 1;
  return 0;
}

tl::expected<std::optional<Prompt>, std::string> take(const object& item) {
  simdjson::dom::array list;
  if (item.at_key("conversations").get(list) != simdjson::SUCCESS &&
      item.at_key("messages").get(list) != simdjson::SUCCESS)
    return tl::unexpected(std::string(R"(neither "conversations" nor "messages" is there as a list)"));
  Prompt prompt;
  std::string_view id;
  if (item.at_key("id").get(id) == simdjson::SUCCESS) prompt.item = id;
  auto turns = turns_of(list, prompt.system);
  if (!turns) return tl::unexpected(turns.error());
  // Real collections hold conversations that nobody began: they ask nothing.
  if (turns->empty()) return std::nullopt;
  const auto asked = last_answered(*turns);
  if (asked + 1 < turns->size() && (*turns)[asked + 1].first == "assistant")
    prompt.reply = std::move((*turns)[asked + 1].second);
  if (asked == 0) {
    prompt.text = std::move(turns->front().second);
    return prompt;
  }
  turns->resize(asked + 1);
  if (!prompt.system.empty()) prompt.messages.emplace_back("system", std::move(prompt.system));
  prompt.system.clear();
  for (auto& turn : *turns) prompt.messages.push_back(std::move(turn));
  return prompt;
}

}  // namespace

Result<std::vector<Prompt>> read_sharegpt(std::string_view text, const std::string& file) {
  std::vector<Prompt> prompts;
  Findings findings(file);
  JsonItems items(take, findings);
  Objects objects(text, findings);
  while (!findings.full()) {
    const auto item = objects.next();
    if (!item) break;
    items.read(*item, prompts);
  }
  return finished(std::move(prompts), findings, kForm);
}

}  // namespace edgeeval::prompt_reading
