#include "server/normalize/translations.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace selfsame::normalize {
namespace {

constexpr const char* kLocales = "/usr/share/locale";
constexpr std::uint32_t kMagic = 0x950412de;  // In this machine's byte order, as Debian installs.
constexpr std::uint32_t kMessagesMax = 100000;

// A gettext catalog: magic, revision, count, then the offsets of two tables of (length, offset),
// the one of originals and the one of translations.
class Catalog {
 public:
  explicit Catalog(std::string bytes) : bytes_(std::move(bytes)) {}

  std::uint32_t size() const {
    return Word(0) == kMagic ? std::min(Word(8).value_or(0), kMessagesMax) : 0;
  }
  std::string_view Original(std::uint32_t i) const { return Text(Word(12).value_or(0) + i * 8); }
  std::string_view Translation(std::uint32_t i) const { return Text(Word(16).value_or(0) + i * 8); }

 private:
  std::optional<std::uint32_t> Word(std::size_t at) const {
    std::uint32_t word = 0;
    if (at > bytes_.size() || bytes_.size() - at < sizeof(word)) return std::nullopt;
    std::memcpy(&word, bytes_.data() + at, sizeof(word));
    return word;
  }

  std::string_view Text(std::size_t at) const {
    const auto length = Word(at);
    const auto offset = Word(at + 4);
    if (!length || !offset || *offset > bytes_.size() || bytes_.size() - *offset < *length)
      return {};
    return std::string_view(bytes_).substr(*offset, *length);
  }

  std::string bytes_;
};

Error Unreadable() {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "ISO_CODES_MISSING",
          .message = "cannot read the translations of iso-codes"};
}

Result<std::string> ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file.is_open() && std::filesystem::exists(path, ignored)) return Unreadable();
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

}  // namespace

Status ForEachTranslation(std::string_view standard,
                          const std::function<void(std::string_view, std::string_view)>& take) {
  std::vector<std::filesystem::path> languages;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(kLocales, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    languages.push_back(entry->path());
  }
  if (failed && failed != std::errc::no_such_file_or_directory) return Unreadable();
  std::sort(languages.begin(), languages.end());
  for (const std::filesystem::path& language : languages) {
    const std::string file = "iso_" + std::string(standard) + ".mo";
    SELFSAME_ASSIGN_OR_RETURN(std::string bytes, ReadAll(language / "LC_MESSAGES" / file));
    const Catalog catalog(std::move(bytes));
    for (std::uint32_t i = 0; i < catalog.size(); ++i) {
      const std::string_view original = catalog.Original(i);
      if (!original.empty()) take(original, catalog.Translation(i));
    }
  }
  return {};
}

}  // namespace selfsame::normalize
