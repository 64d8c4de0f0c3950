#include "identity/blocked.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "identity/canonicalize.h"

namespace selfsame::identity {
namespace {

constexpr std::size_t kRepeatedMin = 8;
constexpr std::size_t kRepeatedLettersMin = 4;
constexpr int kWrappingsMax = 8;  // Of one value; deeper ones are left on.

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lower;
}

// Quotes, brackets, and what programs print around a value that may be absent.
struct Wrapping {
  std::string_view open;
  std::string_view close;
};
constexpr Wrapping kWrappings[] = {
    {"\"", "\""},
    {"'", "'"},
    {"`", "`"},
    {"\\\"", "\\\""},
    {"(", ")"},
    {"<", ">"},
    {"[", "]"},
    {"{", "}"},
    {"\u201c", "\u201d"},
    {"\u201e", "\u201c"},
    {"\u201d", "\u201d"},
    {"\u2018", "\u2019"},
    {"\u201a", "\u2018"},
    {"\u2019", "\u2019"},
    {"\u00ab", "\u00bb"},
    {"\u00bb", "\u00ab"},
    {"\u2039", "\u203a"},
    {"\u300c", "\u300d"},
    {"optional(", ")"},
    {"some(", ")"},
    {"optional.of(", ")"},
    {"nullable(", ")"},
    {"\"", ""},
    {"", "\""},
    {"'", ""},
    {"", "'"},
    {"`", ""},
    {"", "`"},
};

std::string_view Trimmed(std::string_view value) {
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return value;
}

// The value within its outermost wrapping; the same where it has none.
std::string_view Unwrapped(std::string_view value) {
  for (const auto& [open, close] : kWrappings) {
    if (value.size() >= open.size() + close.size() && value.starts_with(open) &&
        value.ends_with(close)) {
      value.remove_prefix(open.size());
      value.remove_suffix(close.size());
      return Trimmed(value);
    }
  }
  return value;
}

// "1111111111", "ffffffff-ffff-...", "xxxx": one character over and over, and long enough to be a
// filler. Short numbers may be somebody's.
bool IsOneCharacterRepeated(std::string_view value) {
  char first = 0;
  std::size_t count = 0;
  for (const char c : value) {
    if (c == '-' || c == '+') continue;
    if (count++ == 0) first = c;
    if (c != first) return false;
  }
  const bool is_letter = first >= 'a' && first <= 'z';
  return count >= (is_letter ? kRepeatedLettersMin : kRepeatedMin);
}

// a@a.com, asdf@asdf.com.
bool IsSameWordTwice(std::string_view value) {
  const std::size_t at = value.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view domain = value.substr(at + 1);
  return value.substr(0, at) == domain.substr(0, domain.find('.'));
}

bool HasShape(BlockedShape shape, std::string_view value) {
  switch (shape) {
    case BlockedShape::kOneCharacterRepeated: return IsOneCharacterRepeated(value);
    case BlockedShape::kSameWordTwice: return IsSameWordTwice(value);
  }
  return false;
}

Error Malformed(const std::string& pattern, const std::string& why) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "PATTERN_MALFORMED",
          .message = "cannot use the pattern '" + pattern + "': " + why};
}

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  return options;
}

}  // namespace

struct BlockedValues::Compiled {
  Compiled() : patterns(PatternOptions(), RE2::ANCHOR_BOTH) {}

  std::unordered_set<std::string> values;
  RE2::Set patterns;
};

BlockedValues::BlockedValues() = default;
BlockedValues::~BlockedValues() = default;

Result<std::shared_ptr<const BlockedValues>> BlockedValues::Compile(
    std::vector<BlockedRule> rules) {
  auto blocked = std::make_shared<BlockedValues>();
  for (const BlockedRule& rule : rules) {
    auto compiled = std::make_unique<Compiled>();
    for (const std::string& value : rule.values) compiled->values.insert(Lower(value));
    for (const std::string& pattern : rule.patterns) {
      std::string why;
      if (compiled->patterns.Add(pattern, &why) < 0) return Malformed(pattern, why);
    }
    if (!rule.patterns.empty() && !compiled->patterns.Compile()) {
      return Malformed(rule.patterns.front(), "the patterns of this rule are too large together");
    }
    blocked->compiled_.push_back(std::move(compiled));
  }
  blocked->rules_ = std::move(rules);
  return std::shared_ptr<const BlockedValues>(std::move(blocked));
}

bool BlockedValues::BlocksBare(std::string_view kind, const std::string& bare) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const BlockedRule& rule = rules_[i];
    const bool applies = rule.kinds.empty() ||
                         std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
    if (!applies) continue;
    if (compiled_[i]->values.contains(bare)) return true;
    if (std::any_of(rule.shapes.begin(), rule.shapes.end(),
                    [&](BlockedShape shape) { return HasShape(shape, bare); })) {
      return true;
    }
    if (!rule.patterns.empty() && compiled_[i]->patterns.Match(bare, nullptr)) return true;
  }
  return false;
}

bool BlockedValues::Blocks(std::string_view kind, std::string_view value) const {
  const std::string lower = Lower(NormalizeText(value));
  std::string_view bare = lower;
  for (int i = 0; i < kWrappingsMax; ++i) {
    if (bare.empty() || BlocksBare(kind, std::string(bare))) return true;
    const std::string_view within = Unwrapped(bare);
    if (within == bare) return false;
    bare = within;
  }
  return false;
}

}  // namespace selfsame::identity
