// What a profile update does to attributes, beyond setting them. A part of Prepare.
#ifndef SELFSAME_SERVER_INGEST_OPERATIONS_H_
#define SELFSAME_SERVER_INGEST_OPERATIONS_H_

#include <span>
#include <vector>

#include "base/error.h"
#include "server/ingest/record.h"
#include "server/schema/catalog.h"

namespace selfsame::ingest {

// Reads the operations of an update into the record, whose attributes are there already: an unset
// becomes an attribute with no value. Returns what is wrong with them:
//   TOO_MANY_OPERATIONS       more than kOperationsMax;
//   OPERATION_UNKNOWN         not one of AttributeOperation;
//   OPERATION_FIELD_UNKNOWN   the schema has no such field;
//   OPERATION_WITHOUT_VALUE   the payload does not set the field;
//   OPERATION_UNFIT           ADD to what is no number, APPEND to or REMOVE from what is no list,
//                             UNSET of a field that the payload sets.
std::vector<Violation> ReadOperations(std::span<const IncomingOperation> operations,
                                      const schema::Schema& schema, PreparedRecord& record);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_OPERATIONS_H_
