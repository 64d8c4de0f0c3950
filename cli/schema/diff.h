// What differs between two versions of a schema: messages, fields, enums and all their options.
// Says nothing of whether records of one can be read as the other; the registry does
// (SchemaService.RegisterSchema with dry_run).
#ifndef SELFSAME_CLI_SCHEMA_DIFF_H_
#define SELFSAME_CLI_SCHEMA_DIFF_H_

#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::cli {

enum class Change { kAdded, kRemoved, kChanged };

struct Difference {
  Change change = Change::kChanged;
  std::string path;    // "shop.v1.Order.total"; the new name where it was renamed.
  std::string aspect;  // "type", "range.min"; "field" where all of it came or went.
  std::string old;     // Empty: there was nothing.
  std::string now;     // Empty: there is nothing.
};

// Of the two messages and all that they reach. Fields are the same when their numbers are, values
// of an enum likewise; messages and enums when their names are, and the two given ones in any case.
// In the order of the paths.
std::vector<Difference> DiffSchemas(const google::protobuf::Descriptor& old,
                                    const google::protobuf::Descriptor& now);

// "added", "removed", "changed".
std::string ChangeName(Change change);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_DIFF_H_
