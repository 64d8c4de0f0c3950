// Texts that cannot be stored: PostgreSQL's text and JSON hold no NUL and nothing but UTF-8.
#ifndef SELFSAME_SERVER_SCHEMA_TEXTS_H_
#define SELFSAME_SERVER_SCHEMA_TEXTS_H_

#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/schema/payload.h"
#include "server/schema/rules.h"

namespace selfsame::schema {

// A cheap test that lets nearly every payload skip the search.
bool MayHoldBadTexts(const Rules& rules, Encoding encoding, std::string_view payload);

// Adds PAYLOAD_HAS_NUL or PAYLOAD_NOT_UTF8 for each string, at any depth, that cannot be stored, up
// to kViolationsMax.
void FindBadTexts(const google::protobuf::Message& message, std::vector<Violation>* violations);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_TEXTS_H_
