// What a schema's fields are, to those that may not look at descriptors.
#ifndef SELFSAME_SERVER_SCHEMA_FIELDS_H_
#define SELFSAME_SERVER_SCHEMA_FIELDS_H_

#include <string>

#include "server/schema/catalog.h"

namespace selfsame::schema {

enum class FieldShape { kUnknown, kNumber, kList, kOther };

// kUnknown when the schema has no such field. Thread-safe.
FieldShape ShapeOf(const Schema& schema, const std::string& field);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_FIELDS_H_
