// Attributes in their canonical form: what a schema's `format` options ask for
// (proto/selfsame/options/v1). The rules of each format are server/normalize's.
#ifndef SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
#define SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_

#include "server/schema/payload.h"

namespace selfsame::schema {

// Brings each attribute whose field has a format to that form, and adds a violation, naming the
// field as "payload.<name>", for each that cannot be. Thread-safe.
void NormalizeAttributes(const Schema& schema, CheckedPayload& checked);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_ATTRIBUTES_H_
