#include "cli/import/record_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>

#include "base/hash.h"

namespace selfsame::cli {
namespace {

constexpr std::size_t kPrefixBytes = 12;

}  // namespace

std::string KeyPrefix(const ImportIdentity& identity) {
  const auto digest = Hasher()
                          .Add(identity.map_name)
                          .Add(identity.schema)
                          .Add(identity.file_name)
                          .Add(identity.file_head)
                          .Finish();
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(kPrefixBytes), ""));
}

std::string RowKey(std::string_view prefix, std::uint64_t row) {
  return fmt::format("{}:{:09}", prefix, row);
}

}  // namespace selfsame::cli
