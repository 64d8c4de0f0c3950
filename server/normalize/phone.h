// Phone numbers to E.164, by the numbering plans in libphonenumber.
#ifndef SELFSAME_SERVER_NORMALIZE_PHONE_H_
#define SELFSAME_SERVER_NORMALIZE_PHONE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

struct PhoneOptions {
  // ISO 3166 alpha-2 of where numbers without a country code are dialled; empty: nobody said.
  std::string_view default_region = {};
};

struct NormalizedPhone {
  std::string e164;       // "+442079460958", never with the extension.
  std::string extension;  // Digits; mostly empty.
  std::string region;     // ISO 3166 alpha-2 of the number, "001" for the world's own codes.
};

// Without a "+" and without a default region nothing is guessed. A number must be one that its
// plan could give to somebody (IsValidNumber), not merely of a possible length. A text is one
// number and nothing else, but for a label and an extension: masks, words, two numbers and decimals
// are refused. Letters count as digits only where a country has vanity numbers, at the number's
// end.
//
// Digits without a "+" that begin with the region's own country code have two readings where both
// are valid: a mobile number that way is taken for international, all others are refused.
// Errors: kInvalidArgument PHONE_REGION_UNKNOWN (no country code, or a default region that is
// none), PHONE_INVALID. Thread-safe.
Result<NormalizedPhone> NormalizePhone(std::string_view value, const PhoneOptions& options = {});

// As an identifier has it: E.164, and with an extension RFC 3966's "+12125550199;ext=101", since
// the desks behind one switchboard belong to different people. Errors: as NormalizePhone.
Result<std::string> NormalizePhoneIdentifier(std::string_view value,
                                             const PhoneOptions& options = {});

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_PHONE_H_
