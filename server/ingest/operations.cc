#include "server/ingest/operations.h"

#include <algorithm>
#include <string>
#include <utility>

#include "identity/fold.h"
#include "server/ingest/limits.h"
#include "server/schema/fields.h"

namespace selfsame::ingest {
namespace {

using identity::ClaimOperation;
using schema::FieldShape;

bool IsKnown(int operation) {
  return operation >= static_cast<int>(ClaimOperation::kSet) &&
         operation <= static_cast<int>(ClaimOperation::kRemove);
}

// Null when the operation can be done to such a field.
const char* UnfitFor(ClaimOperation operation, FieldShape shape, bool has_value) {
  switch (operation) {
    case ClaimOperation::kSet:
    case ClaimOperation::kSetOnce: return nullptr;
    case ClaimOperation::kUnset: return has_value ? "UNSET takes no value" : nullptr;
    case ClaimOperation::kAdd: return shape == FieldShape::kNumber ? nullptr : "ADD is for numbers";
    case ClaimOperation::kAppend:
    case ClaimOperation::kRemove:
      return shape == FieldShape::kList ? nullptr : "APPEND and REMOVE are for repeated fields";
  }
  return nullptr;
}

// What is wrong with one operation; nothing where it was read.
std::vector<Violation> ReadOne(const IncomingOperation& incoming, const schema::Schema& schema,
                               PreparedRecord& record) {
  const std::string name(incoming.attribute);
  const FieldShape shape = schema::ShapeOf(schema, name);
  // A name that is no field's may be anything: it is not repeated.
  if (shape == FieldShape::kUnknown) {
    return {{"operations", "OPERATION_FIELD_UNKNOWN", "names a field that the schema has not"}};
  }
  const std::string path = "operations." + name;
  if (!IsKnown(incoming.operation)) return {{path, "OPERATION_UNKNOWN", "no such operation"}};
  const auto operation = static_cast<ClaimOperation>(incoming.operation);
  const bool has_value =
      std::any_of(record.attributes.begin(), record.attributes.end(),
                  [&](const schema::AttributeValue& attribute) { return attribute.first == name; });
  const bool is_left_out =
      std::any_of(record.left_out.begin(), record.left_out.end(),
                  [&](const Violation& field) { return field.field == "payload." + name; });
  if (const char* unfit = UnfitFor(operation, shape, has_value || is_left_out)) {
    return {{path, "OPERATION_UNFIT", unfit}};
  }
  if (is_left_out) return {};  // What was to be done with the value goes with it.
  if (operation == ClaimOperation::kUnset) {
    record.attributes.emplace_back(name, "null");
  } else if (!has_value) {
    return {{path, "OPERATION_WITHOUT_VALUE", "the payload does not set the field"}};
  }
  record.operations.emplace_back(name, operation);
  return {};
}

}  // namespace

std::vector<Violation> ReadOperations(std::span<const IncomingOperation> operations,
                                      const schema::Schema& schema, PreparedRecord& record) {
  if (operations.size() > kOperationsMax) {
    return {{"operations", "TOO_MANY_OPERATIONS", "more than 200"}};
  }
  std::vector<Violation> violations;
  for (const IncomingOperation& operation : operations) {
    const auto wrong = ReadOne(operation, schema, record);
    violations.insert(violations.end(), wrong.begin(), wrong.end());
  }
  return violations;
}

}  // namespace selfsame::ingest
