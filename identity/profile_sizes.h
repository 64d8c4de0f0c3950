// Profile sizes: how many identifiers profiles have, and how a resolution changes that. Pure.
#ifndef SELFSAME_IDENTITY_PROFILE_SIZES_H_
#define SELFSAME_IDENTITY_PROFILE_SIZES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "base/ids.h"
#include "identity/plan.h"

namespace selfsame::identity {

// By a number of identifiers: how many more profiles have it, or fewer.
using SizeChanges = std::map<std::size_t, std::int64_t>;

// Adds what it changes that nodes, which stood so, are now in these profiles. Sizes of which there
// are as many as before may stay, at 0.
// Requires: all nodes of every profile that has one of them, in one order.
void AddSizeChanges(std::span<const Standing> before, std::span<const ProfileId> after,
                    SizeChanges* changes);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_PROFILE_SIZES_H_
