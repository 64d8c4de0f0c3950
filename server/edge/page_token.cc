#include "server/edge/page_token.h"

#include <charconv>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "server/edge/pool_call.h"

namespace selfsame::edge {
namespace {

constexpr std::size_t kChecksumChars = 16;
constexpr std::string_view kDigits = "0123456789abcdef";

std::string Join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined.append(text).push_back('\0');
  return joined;
}

std::vector<std::string> Split(std::string_view joined) {
  std::vector<std::string> texts;
  for (auto end = joined.find('\0'); end != std::string_view::npos; end = joined.find('\0')) {
    texts.emplace_back(joined.substr(0, end));
    joined.remove_prefix(end + 1);
  }
  return texts;
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::optional<std::string> Unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = kDigits.find(text[i]);
    const auto low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string Checksum(const PagedList& list, std::string_view position) {
  std::string text(list.name);
  text.push_back('\0');
  text += Join(list.filters);
  text += position;
  return HexDigest256(text).substr(0, kChecksumChars);
}

}  // namespace

std::string EncodePageToken(const PagedList& list, const std::vector<std::string>& position) {
  const std::string joined = Join(position);
  return Checksum(list, joined) + Hex(joined);
}

Result<std::vector<std::string>> DecodePageToken(const PagedList& list, const std::string& token,
                                                 std::size_t parts) {
  if (token.empty()) return std::vector<std::string>();
  const Error malformed =
      InvalidField("page_token", "PAGE_TOKEN_MALFORMED",
                   "must be the next_page_token of the page before, with the same filters");
  if (token.size() < kChecksumChars) return malformed;
  const auto joined = Unhex(std::string_view(token).substr(kChecksumChars));
  if (!joined || token.substr(0, kChecksumChars) != Checksum(list, *joined)) return malformed;
  std::vector<std::string> position = Split(*joined);
  if (position.size() != parts) return malformed;
  return position;
}

std::uint32_t PositionNumber(const std::string& text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace selfsame::edge
