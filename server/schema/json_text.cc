#include "server/schema/json_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "identity/canonicalize.h"

namespace selfsame::schema {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// Where the number that begins at `at` ends; kNowhere when none does.
std::size_t EndOfNumber(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t whole = at;
  at = SkipDigits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return kNowhere;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = SkipDigits(text, fraction);
    if (at == fraction) return kNowhere;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    at = SkipDigits(text, exponent);
    if (at == exponent) return kNowhere;
  }
  return at;
}

void AppendUtf8(std::uint32_t character, std::string& text) {
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | ((character >> shift) & 0x3F));
  };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0 | (character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0 | (character >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (character >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Requires: the text is UTF-8. Depth of recursion is bounded by depth_max.
class Parser {
 public:
  Parser(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

  bool Run(JsonValue& value) {
    SkipSpace();
    if (!TakeValue(value, 1)) return false;
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  using Kind = JsonValue::Kind;

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool TakeValue(JsonValue& value, int depth) {
    const std::size_t begin = at_;
    if (!TakeAny(value, depth)) return false;
    value.text = text_.substr(begin, at_ - begin);
    return true;
  }

  bool TakeAny(JsonValue& value, int depth) {
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{': return depth <= depth_max_ && TakeObject(value, depth);
      case '[': return depth <= depth_max_ && TakeArray(value, depth);
      case '"': value.kind = Kind::kString; return TakeString(value.string);
      case 't': value.truth = true; return TakeWord("true", Kind::kBool, value);
      case 'f': return TakeWord("false", Kind::kBool, value);
      case 'n': return TakeWord("null", Kind::kNull, value);
      default: return TakeNumber(value);
    }
  }

  bool TakeWord(std::string_view word, Kind kind, JsonValue& value) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    value.kind = kind;
    return true;
  }

  bool TakeNumber(JsonValue& value) {
    const std::size_t end = EndOfNumber(text_, at_);
    if (end == kNowhere) return false;
    at_ = end;
    value.kind = Kind::kNumber;
    return true;
  }

  bool TakeObject(JsonValue& value, int depth) {
    value.kind = Kind::kObject;
    ++at_;
    SkipSpace();
    if (Take('}')) return true;
    do {
      SkipSpace();
      JsonMember& member = value.members.emplace_back();
      if (!TakeString(member.name)) return false;
      SkipSpace();
      if (!Take(':')) return false;
      SkipSpace();
      if (!TakeValue(member.value, depth + 1)) return false;
      SkipSpace();
    } while (Take(','));
    return Take('}');
  }

  bool TakeArray(JsonValue& value, int depth) {
    value.kind = Kind::kArray;
    ++at_;
    SkipSpace();
    if (Take(']')) return true;
    do {
      SkipSpace();
      if (!TakeValue(value.items.emplace_back(), depth + 1)) return false;
      SkipSpace();
    } while (Take(','));
    return Take(']');
  }

  bool TakeString(std::string& string) {
    if (!Take('"')) return false;
    for (;;) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20) {
        ++at_;
      }
      string.append(text_, begin, at_ - begin);
      if (Take('"')) return true;
      if (!Take('\\') || !TakeEscape(string)) return false;
    }
  }

  bool TakeEscape(std::string& string) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    switch (c) {
      case '"':
      case '\\':
      case '/': string += c; return true;
      case 'b': string += '\b'; return true;
      case 'f': string += '\f'; return true;
      case 'n': string += '\n'; return true;
      case 'r': string += '\r'; return true;
      case 't': string += '\t'; return true;
      case 'u': return TakeCodePoint(string);
      default: return false;
    }
  }

  // Half of a surrogate pair is no character.
  bool TakeCodePoint(std::string& string) {
    std::uint32_t first = 0;
    if (!TakeHex(first) || (first >= 0xDC00 && first <= 0xDFFF)) return false;
    if (first < 0xD800 || first > 0xDBFF) {
      AppendUtf8(first, string);
      return true;
    }
    std::uint32_t second = 0;
    if (!Take('\\') || !Take('u') || !TakeHex(second)) return false;
    if (second < 0xDC00 || second > 0xDFFF) return false;
    AppendUtf8(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), string);
    return true;
  }

  bool TakeHex(std::uint32_t& number) {
    for (int i = 0; i < 4; ++i) {
      if (at_ >= text_.size()) return false;
      const char c = text_[at_++];
      const bool is_digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit && (lower < 'a' || lower > 'f')) return false;
      number = number * 16 + static_cast<std::uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
    }
    return true;
  }

  const std::string_view text_;
  const int depth_max_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<JsonValue> ParseJsonText(std::string_view text, int depth_max) {
  JsonValue value;
  if (!identity::IsUtf8(text) || !Parser(text, depth_max).Run(value)) return std::nullopt;
  return value;
}

bool IsJsonNumber(std::string_view text) { return EndOfNumber(text, 0) == text.size(); }

int NestingOf(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace selfsame::schema
