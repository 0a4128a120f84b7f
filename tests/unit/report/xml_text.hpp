// SPDX-License-Identifier: Apache-2.0
// A strict reader of the XML that JUnit files are made of, for tests: elements, attributes, text, five
// entities
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// One element.
struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<XmlElement> children;
};

/// Reads a whole document: the declaration and one root. Nothing where it is not well-formed: unclosed or
/// crossed elements, attributes given twice or unquoted, a bare & or <, an entity that XML does not have, a
/// control character, or anything after the root.
class XmlReader {
 public:
  static std::optional<XmlElement> read(std::string_view text) {
    XmlReader reader(text);
    if (!reader.take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) return std::nullopt;
    auto root = reader.element();
    reader.take("\n");
    return reader.rest_.empty() ? root : std::nullopt;
  }

 private:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  std::string word() {
    const auto end = rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
    auto found = std::string(rest_.substr(0, end));
    rest_.remove_prefix(found.size());
    return found;
  }

  /// Text up to `stop`, its entities resolved; nothing where it holds what XML forbids.
  std::optional<std::string> characters(char stop) {
    std::string text;
    while (!rest_.empty() && rest_.front() != stop) {
      const char c = rest_.front();
      if (c == '<' || (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')) return std::nullopt;
      if (c != '&') {
        text += c;
        rest_.remove_prefix(1);
        continue;
      }
      bool known = false;
      for (const auto& [entity, value] :
           {std::pair{"&amp;", '&'}, std::pair{"&lt;", '<'}, std::pair{"&gt;", '>'}, std::pair{"&quot;", '"'},
            std::pair{"&#39;", '\''}, std::pair{"&#9;", '\t'}, std::pair{"&#10;", '\n'},
            std::pair{"&#13;", '\r'}}) {
        if (!take(entity)) continue;
        text += value;
        known = true;
        break;
      }
      if (!known) return std::nullopt;
    }
    return rest_.empty() ? std::nullopt : std::optional(text);
  }

  bool attributes(XmlElement& element) {
    while (take(" ")) {
      const auto name = word();
      if (name.empty() || !take("=\"")) return false;
      auto value = characters('"');
      if (!value || !take("\"") || !element.attributes.emplace(name, *value).second) return false;
    }
    return true;
  }

  std::optional<XmlElement> element() {
    XmlElement element;
    if (!take("<")) return std::nullopt;
    element.name = word();
    if (element.name.empty() || !attributes(element)) return std::nullopt;
    if (take("/>")) return element;
    if (!take(">")) return std::nullopt;
    for (;;) {
      const auto text = characters('<');
      if (!text) return std::nullopt;
      element.text += *text;
      if (take("</" + element.name + ">")) return element;
      auto child = this->element();
      if (!child) return std::nullopt;
      element.children.push_back(std::move(*child));
    }
  }

  std::string_view rest_;
};

}  // namespace edgeeval
