#include "identity/profile_sizes.h"

#include <unordered_map>

namespace selfsame::identity {

void AddSizeChanges(std::span<const Standing> before, std::span<const ProfileId> after,
                    SizeChanges* changes) {
  struct Sizes {
    std::size_t before = 0;
    std::size_t after = 0;
  };
  std::unordered_map<ProfileId, Sizes, Id128Hash> sizes;
  for (const Standing& standing : before) {
    if (!standing.profile_id.IsNil()) ++sizes[standing.profile_id].before;
  }
  for (const ProfileId& profile : after) ++sizes[profile].after;
  for (const auto& [profile, size] : sizes) {
    if (size.before == size.after) continue;
    if (size.before > 0) --(*changes)[size.before];
    if (size.after > 0) ++(*changes)[size.after];
  }
}

}  // namespace selfsame::identity
