// One text brought to the form its field asks for. The rules of each format are server/normalize's.
#ifndef SELFSAME_SERVER_SCHEMA_CANONICAL_H_
#define SELFSAME_SERVER_SCHEMA_CANONICAL_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"
#include "selfsame/options/v1/options.pb.h"
#include "server/normalize/date.h"
#include "server/normalize/vocabulary.h"

namespace selfsame::schema {

using Vocabularies = std::unordered_map<std::string, std::shared_ptr<const normalize::Vocabulary>>;

// What a source or its tenant says of all its records.
struct Customs {
  std::string_view phone_region;  // Of numbers without a country code; empty: nobody said.
  normalize::DateOrder date_order = normalize::DateOrder::kUnstated;
  const Vocabularies* vocabularies = nullptr;  // The tenant's; null: none.
  TimeUs now;                                  // Of receipt; zero: no day of birth is checked.
  bool leaves_out = false;  // Invalid optional fields, also where the schema does not say so.
  // No number without a country code is read in another country than the one beside it says, also
  // where that is not known. Set while fields are left out: the country may be one of them.
  bool needs_country = false;
};

// A canonical value, and what is kept apart from it.
struct Canonical {
  std::string value;
  std::string extension;       // Of a phone number.
  bool is_disposable = false;  // Of an e-mail address: its domain's addresses are thrown away.
};

// `country` is what the field's country_field says, as sent; empty when it says nothing.
// Errors: kInvalidArgument with the format's reason, or NOT_IN_VOCABULARY; kFailedPrecondition
// ISO_CODES_MISSING. Thread-safe.
Result<Canonical> Canonicalize(const options::v1::FieldRules& rules, const std::string& value,
                               std::string_view country, const Customs& customs);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_CANONICAL_H_
