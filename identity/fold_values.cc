#include "identity/fold_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "identity/fold.h"

namespace selfsame::identity {
namespace {

using nlohmann::json;

// Sums are whole numbers of this many parts, so that they do not depend on the order of addition.
constexpr double kPartsPerOne = 1e9;
constexpr std::int64_t kWhole = 1'000'000'000;
constexpr double kNumberMax = 1e18;          // What is larger does not add.
constexpr std::size_t kExactDigitsMax = 38;  // Any that fit into Parts.
constexpr char kTextMark = 't';              // Behind the digits of a sum that is a text.
using Parts = __int128;

json Parse(std::string_view value) {
  return json::parse(value, nullptr, /*allow_exceptions=*/false);
}

// A whole number as 64-bit fields have it in JSON: a text, written in one way only ("02134" is
// none).
std::optional<Parts> WholeOfText(const std::string& text) {
  const bool is_negative = text.starts_with('-');
  const std::size_t digits = text.size() - (is_negative ? 1 : 0);
  std::uint64_t whole = 0;
  const char* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(end - digits, end, whole);
  if (digits == 0 || failed != std::errc() || at != end) return std::nullopt;
  if (digits > 1 && *(end - digits) == '0') return std::nullopt;
  return is_negative ? -static_cast<Parts>(whole) : static_cast<Parts>(whole);
}

std::optional<Parts> PartsOf(const json& value) {
  if (value.is_number_unsigned()) return static_cast<Parts>(value.get<std::uint64_t>()) * kWhole;
  if (value.is_number_integer()) return static_cast<Parts>(value.get<std::int64_t>()) * kWhole;
  if (value.is_string()) {
    const auto whole = WholeOfText(value.get_ref<const std::string&>());
    return whole ? std::optional(*whole * kWhole) : std::nullopt;
  }
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (!(std::abs(number) <= kNumberMax)) return std::nullopt;
  // The whole part and the rest apart: a double holds either exactly enough, but not both.
  const double whole = std::trunc(number);
  return static_cast<Parts>(whole) * kWhole +
         static_cast<Parts>(std::llround((number - whole) * kPartsPerOne));
}

// Exact for whole numbers of 64 bits: a long double has as many in its mantissa.
static_assert(std::numeric_limits<long double>::digits >= 64);
std::optional<long double> NumberOf(const json& value) {
  if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
  if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
  if (value.is_number()) return static_cast<long double>(value.get<double>());
  if (!value.is_string()) return std::nullopt;
  const auto whole = WholeOfText(value.get_ref<const std::string&>());
  return whole ? std::optional(static_cast<long double>(*whole)) : std::nullopt;
}

std::vector<json> ElementsOf(std::string_view value) {
  const json parsed = Parse(value);
  if (parsed.is_array()) return {parsed.begin(), parsed.end()};
  if (parsed.is_discarded() || parsed.is_null()) return {};
  return {parsed};
}

std::string ListText(const std::vector<std::string>& elements) {
  std::string text = "[";
  for (const std::string& element : elements) {
    if (text.size() > 1) text.push_back(',');
    text += element;
  }
  return text + "]";
}

}  // namespace

int CompareValues(std::string_view a, std::string_view b) {
  const auto left = NumberOf(Parse(a));
  const auto right = NumberOf(Parse(b));
  if (left && right && *left != *right) return *left < *right ? -1 : 1;
  if (left.has_value() != right.has_value()) return left ? -1 : 1;
  return a.compare(b);
}

bool AreSameValues(std::string_view a, std::string_view b) {
  return a == b || Parse(a) == Parse(b);
}

std::size_t LengthOf(std::string_view value) {
  const json parsed = Parse(value);
  if (parsed.is_array()) return parsed.size();
  if (!parsed.is_string()) return value.size();
  const auto& text = parsed.get_ref<const std::string&>();
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void ExactSum::Add(std::string_view value) {
  const json parsed = Parse(value);
  const std::optional<Parts> parts = PartsOf(parsed);
  if (!parts) return;
  parts_ += *parts;
  is_text_ = is_text_ || parsed.is_string();
}

void ExactSum::Add(const ExactSum& other) {
  parts_ += other.parts_;
  is_text_ = is_text_ || other.is_text_;
}

std::string ExactSum::Value() const {
  const Parts whole = parts_ / kWhole;
  const auto rest = static_cast<std::int64_t>(parts_ % kWhole);
  if (rest == 0 && whole >= INT64_MIN && whole <= UINT64_MAX) {
    const std::string digits = whole < 0 ? json(static_cast<std::int64_t>(whole)).dump()
                                         : json(static_cast<std::uint64_t>(whole)).dump();
    return is_text_ ? json(digits).dump() : digits;
  }
  return json(static_cast<double>(whole) + static_cast<double>(rest) / kPartsPerOne).dump();
}

std::string ExactSum::Exact() const {
  const bool is_negative = parts_ < 0;
  std::string digits;
  // Digit by digit from the end: the smallest number has no positive counterpart.
  Parts left = parts_;
  do {
    const int digit = static_cast<int>(left % 10);
    digits.push_back(static_cast<char>('0' + (is_negative ? -digit : digit)));
    left /= 10;
  } while (left != 0);
  if (is_negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return is_text_ ? digits + kTextMark : digits;
}

std::optional<ExactSum> ExactSum::FromExact(std::string_view exact) {
  ExactSum sum;
  sum.is_text_ = exact.ends_with(kTextMark);
  if (sum.is_text_) exact.remove_suffix(1);
  const bool is_negative = exact.starts_with('-');
  const std::string_view digits = exact.substr(is_negative ? 1 : 0);
  if (digits.empty() || digits.size() > kExactDigitsMax) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    sum.parts_ = sum.parts_ * 10 + (is_negative ? '0' - c : c - '0');
  }
  return sum;
}

std::string SumOf(std::span<const std::string_view> values) {
  ExactSum sum;
  for (const std::string_view value : values) sum.Add(value);
  return sum.Value();
}

std::string UnionOf(std::span<const std::string_view> values) {
  std::vector<std::string> elements;
  for (const std::string_view value : values) {
    for (const json& element : ElementsOf(value)) elements.push_back(element.dump());
  }
  std::sort(elements.begin(), elements.end(),
            [](const std::string& a, const std::string& b) { return CompareValues(a, b) < 0; });
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return ListText(elements);
}

std::size_t CompletedBy(std::span<const std::string_view> values) {
  std::unordered_set<std::string> known;
  std::size_t completed_by = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const json& element : ElementsOf(values[i])) {
      if (known.insert(element.dump()).second) completed_by = i;
    }
  }
  return completed_by;
}

std::string ChangedList(std::string_view list, std::span<const ElementChange> changes) {
  std::vector<std::string> elements;  // Empty where one was removed: no element's text is.
  std::unordered_map<std::string, std::size_t> places;
  const auto add = [&](std::string element) {
    if (places.emplace(element, elements.size()).second) elements.push_back(std::move(element));
  };
  const auto remove = [&](const std::string& element) {
    const auto found = places.find(element);
    if (found == places.end()) return;
    elements[found->second].clear();
    places.erase(found);
  };
  for (const json& element : ElementsOf(list)) add(element.dump());
  for (const ElementChange& change : changes) {
    for (const json& element : ElementsOf(change.elements)) {
      change.is_append ? add(element.dump()) : remove(element.dump());
    }
  }
  std::erase(elements, "");
  return ListText(elements);
}

}  // namespace selfsame::identity
