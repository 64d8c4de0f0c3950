#include "server/normalize/name_index.h"

namespace selfsame::normalize {

void NameIndex::Add(std::string_view name, std::string_view code, NameSource source) {
  std::string key = LookupKey(name);
  if (key.empty()) return;
  const auto [entry, added] =
      entries_.try_emplace(std::move(key), Entry{.code = std::string(code), .source = source});
  if (added) return;
  Entry& known = entry->second;
  if (source < known.source) {
    known = {.code = std::string(code), .source = source};
  } else if (source == known.source && known.code != code) {
    known.ambiguous = true;
  }
}

void NameIndex::AddWithVariants(std::string_view name, std::string_view code, NameSource source,
                                NameSource variant_source) {
  Add(name, code, source);
  const std::size_t open = name.find(" (");
  if (open != std::string_view::npos) Add(name.substr(0, open), code, variant_source);
  const std::size_t comma = name.find(", ");
  if (comma == std::string_view::npos) return;
  const std::string_view first = name.substr(0, comma);
  const std::string_view rest = name.substr(comma + 2);
  Add(std::string(rest) + ' ' + std::string(first), code, source);
  Add(first, code, variant_source);
}

const NameIndex::Entry* NameIndex::Find(std::string_view name) const {
  const auto found = entries_.find(LookupKey(name));
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace selfsame::normalize
