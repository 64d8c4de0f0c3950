// Rules: what a schema's options (selfsame/options/v1) ask of its records, made ready to be checked.
// Checking is server/schema/validate.h; what people read of them is server/schema/entries.h.
#ifndef SELFSAME_SERVER_SCHEMA_RULES_H_
#define SELFSAME_SERVER_SCHEMA_RULES_H_

#include <re2/re2.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "selfsame/options/v1/options.pb.h"
#include "server/schema/finding.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace selfsame::schema {

struct MessageRules;

struct FieldRule {
  const google::protobuf::FieldDescriptor* field = nullptr;
  options::v1::FieldRules options;
  std::unique_ptr<const re2::RE2> pattern;                  // Null: none.
  std::unordered_set<std::string> one_of;                   // Empty: any.
  const google::protobuf::FieldDescriptor* country = nullptr;
  const MessageRules* nested = nullptr;                     // Of a message that has rules itself.
  bool has_value_rules = false;  // Whether a value can break or change by more than `required`.
};

struct CompiledOrder {
  const google::protobuf::FieldDescriptor* low = nullptr;
  const google::protobuf::FieldDescriptor* high = nullptr;
  bool strict = false;
};

struct CompiledRequiredWhen {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::FieldDescriptor* when = nullptr;
  std::string equals;
};

using Fields = std::vector<const google::protobuf::FieldDescriptor*>;

// Of one message type, wherever it occurs in the schema.
struct MessageRules {
  const google::protobuf::Descriptor* message = nullptr;
  std::vector<FieldRule> fields;  // Those with something to check, in order.
  std::vector<Fields> at_least_one_of;
  std::vector<Fields> all_or_none_of;
  std::vector<CompiledOrder> orders;
  std::vector<CompiledRequiredWhen> required_when;
};

// Immutable; thread-safe. The descriptor outlives it.
class Rules {
 public:
  // What cannot be compiled is reported as OPTION_INVALID, each with the path of its field, and left
  // out of the rules.
  Rules(const google::protobuf::Descriptor& message, std::vector<Finding>* findings);
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  const MessageRules& root() const { return *root_; }
  options::v1::Kind kind() const { return schema_.kind(); }
  options::v1::UnknownPolicy unknown() const { return schema_.unknown(); }
  // Names of vocabularies that fields refer to.
  const std::vector<std::string>& vocabularies() const { return vocabularies_; }

 private:
  friend class RulesCompiler;

  options::v1::SchemaRules schema_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessageRules>> messages_;
  const MessageRules* root_ = nullptr;
  std::vector<std::string> vocabularies_;
};

// True for messages that the server takes as one value: those of google.protobuf.
bool IsLeaf(const google::protobuf::FieldDescriptor& field);

// Calls `visit` with each field of the message and of all messages it reaches, once a message type.
void VisitFields(const google::protobuf::Descriptor& message,
                 const std::function<void(const google::protobuf::FieldDescriptor&)>& visit);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_RULES_H_
