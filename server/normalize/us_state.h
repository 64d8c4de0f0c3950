// States and territories of the United States to the two letters of USPS.
#ifndef SELFSAME_SERVER_NORMALIZE_US_STATE_H_
#define SELFSAME_SERVER_NORMALIZE_US_STATE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// Takes the two letters, the name, and the abbreviation from before 1963 ("Calif."), of states,
// the district, territories, states in free association, and military post (AA, AE, AP). Case,
// accents and punctuation do not count.
// Errors: kInvalidArgument US_STATE_UNKNOWN. Pure, thread-safe.
Result<std::string> NormalizeUsState(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_US_STATE_H_
