#include "server/ingest/profile_limits.h"

#include <nlohmann/json.hpp>

#include "server/ingest/limits.h"

namespace selfsame::ingest {
namespace {

using identity::Attributes;

std::string_view ValueOf(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  if (found == attributes.end() || !found->second.HasValue()) return {};
  return found->second.claim.value;
}

std::size_t ElementsOf(std::string_view value) {
  // Each element takes two bytes at least: most values need no look.
  if (!value.starts_with('[') || value.size() <= 2 * kAttributeElementsMax) return 0;
  return nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false).size();
}

struct Size {
  std::size_t attributes = 0;
  std::size_t bytes = 0;
};

Size SizeOf(const Attributes& attributes) {
  Size size;
  for (const auto& [name, folded] : attributes) {
    if (!folded.HasValue()) continue;
    ++size.attributes;
    size.bytes += name.size() + folded.claim.value.size();
  }
  return size;
}

}  // namespace

std::optional<Violation> FindExcess(const Attributes& before, const Attributes& after,
                                    const std::set<std::string>& changed) {
  for (const std::string& name : changed) {
    const std::string_view value = ValueOf(after, name);
    const std::string_view was = ValueOf(before, name);
    if (value.size() > kAttributeBytesMax && value.size() > was.size()) {
      return Violation{
          "payload." + name, "ATTRIBUTE_FULL",
          "the attribute would be larger than 128 KiB; remove something from it first"};
    }
    if (const std::size_t count = ElementsOf(value);
        count > kAttributeElementsMax && count > ElementsOf(was)) {
      return Violation{"payload." + name, "ATTRIBUTE_FULL",
                       "the list would have more than 5,000 elements; remove some first"};
    }
  }
  const Size size = SizeOf(after);
  if (size.attributes <= kProfileAttributesMax && size.bytes <= kProfileBytesMax) return {};
  const Size was = SizeOf(before);
  if (size.attributes > kProfileAttributesMax && size.attributes > was.attributes) {
    return Violation{"payload", "PROFILE_FULL",
                     "the profile would have more than 1,000 attributes; unset some first"};
  }
  if (size.bytes > kProfileBytesMax && size.bytes > was.bytes) {
    return Violation{"payload", "PROFILE_FULL",
                     "the profile would be larger than 1 MiB; unset or shorten attributes first"};
  }
  return {};
}

}  // namespace selfsame::ingest
