// Validation: a decoded message held to its rules, every violation reported, and its texts brought
// to canonical form in place.
#ifndef SELFSAME_SERVER_SCHEMA_VALIDATE_H_
#define SELFSAME_SERVER_SCHEMA_VALIDATE_H_

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "server/schema/canonical.h"
#include "server/schema/rules.h"

namespace google::protobuf {
class Message;
}

namespace selfsame::schema {

// A field, or a value of an enum, that the schema does not know. `path` is the same for all items
// of what is repeated: drift is counted by field. `value` stays in this process: it is hashed
// before it is kept.
struct Drift {
  std::string path;
  bool is_enum_value = false;
  std::string value;
};

// A value derived of a top-level text, such as a phone number's extension. It has no life of its
// own: it holds as long as what it was derived of.
struct DerivedValue {
  std::string of;
  std::string name;
  std::string value;      // JSON text.
  bool is_field = false;  // The message has it as well, in the field of that name.
};

struct Validation {
  std::vector<Violation> violations;
  std::vector<Drift> drift;
  // Names of top-level fields in which a text has changed, each once.
  std::vector<std::string> normalized;
  std::vector<DerivedValue> derived;
  // Texts of lenient fields that could not be brought to their form.
  int lenient_misses = 0;
};

// At most this many violations and paths of unknown fields of one record are reported; a record may
// be wrong in as many places as it has bytes.
inline constexpr std::size_t kViolationsMax = 200;
inline constexpr std::size_t kDriftMax = 50;

// Adds it unless the path is known already: one value of each is enough.
void AddDrift(Drift drift, Validation* validation);
// Adds it unless there are kViolationsMax.
void AddViolation(Violation violation, std::vector<Violation>* violations);

// Texts are brought to form first; what else is asked of them is asked of their canonical form,
// which is what is kept. Adds to `validation`. Requires: `message` is of the rules' type.
// Thread-safe.
void Validate(const MessageRules& rules, const Customs& customs, google::protobuf::Message& message,
              Validation* validation);

// Adds the unknown fields of a message decoded from protobuf, at any depth.
void FindUnknownFields(const google::protobuf::Message& message, Validation* validation);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_VALIDATE_H_
