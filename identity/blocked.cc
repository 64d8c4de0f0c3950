#include "identity/blocked.h"

#include <algorithm>
#include <array>
#include <string>

namespace selfsame::identity {
namespace {

constexpr std::array<std::string_view, 27> kAnyKind = {
    "-1",       "(null)",    "<anonymous>", "[object object]",   "\\n",    "abc123",  "anonymous",
    "email",    "false",     "guest",       "distinct_id",       "id",      "invalid", "n/a",
    "na",       "nan",       "nil",         "distinctid",        "none",    "null",    "test",
    "true",     "undefined", "unknown",     "not_authenticated", "void",    "undefined@undefined"};

constexpr std::array<std::string_view, 4> kDevice = {"9774d56d682e549c", "deface",
                                                     "02:00:00:00:00:00", "0123456789abcdef"};

// Mailboxes and domains that many people type in place of their own.
constexpr std::array<std::string_view, 14> kEmailLocal = {
    "noreply", "no-reply", "donotreply", "info",  "test", "none",    "noemail",
    "no",      "unknown",  "user",       "admin", "null", "example", "asdf"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lower;
}

std::string_view WithoutQuotes(std::string_view value) {
  while (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
         value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

// "{{user_id}}", "${userId}", "%USER_ID%": a template nobody filled in.
bool IsUnfilledTemplate(std::string_view value) {
  const auto wrapped = [&](std::string_view open, std::string_view close) {
    return value.size() > open.size() + close.size() && value.starts_with(open) &&
           value.ends_with(close);
  };
  return wrapped("{{", "}}") || wrapped("${", "}") || wrapped("%", "%");
}

bool IsOneOf(std::string_view value, std::string_view characters) {
  return value.find_first_not_of(characters) == std::string_view::npos;
}

// "1111111111", "ffffffff-ffff-...": one character over and over, and long enough to be a filler.
bool IsOneCharacterRepeated(std::string_view value) {
  std::string digits;
  std::copy_if(value.begin(), value.end(), std::back_inserter(digits),
               [](char c) { return c != '-' && c != '+'; });
  return digits.size() >= 8 && IsOneOf(digits, digits.substr(0, 1));
}

bool IsPlaceholderUuid(std::string_view value) {
  return value == "00000000-0000-0000-0000-000000000001";
}

bool IsPlaceholderEmail(std::string_view value) {
  const std::size_t at = value.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = value.substr(0, at);
  const std::string_view domain = value.substr(at + 1);
  const std::string_view label = domain.substr(0, domain.find('.'));
  if (Contains(kEmailLocal, local)) return true;
  return local == label;  // a@a.com, asdf@asdf.com: the same word on both sides.
}

}  // namespace

bool IsBlockedValue(std::string_view kind, std::string_view canonical) {
  const std::string lower = Lower(canonical);
  const std::string_view value = WithoutQuotes(lower);
  if (value.empty() || IsOneOf(value, "0-") || Contains(kAnyKind, value)) return true;
  if (IsUnfilledTemplate(value) || IsOneCharacterRepeated(value)) return true;
  if (IsPlaceholderUuid(value)) return true;
  if (kind == "device_id" || kind == "anonymous_id") return Contains(kDevice, value);
  if (kind == "email") return IsPlaceholderEmail(value);
  return false;
}

}  // namespace selfsame::identity
