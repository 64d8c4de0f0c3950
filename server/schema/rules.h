// Rules: what a schema's options (selfsame/options/v1) ask of its records, made ready to be
// checked. Checking is server/schema/validate.h; what people read of them is
// server/schema/entries.h.
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
  std::unique_ptr<const re2::RE2> pattern;  // Null: none.
  std::unordered_set<std::string> one_of;   // Empty: any.
  const google::protobuf::FieldDescriptor* country = nullptr;
  // Of a phone: the field beside it that is called as its extension would be.
  const google::protobuf::FieldDescriptor* extension = nullptr;
  const MessageRules* nested = nullptr;  // Of a message that has rules itself.
  bool has_value_rules = false;  // Whether a value can break or change by more than `required`.
};

struct CompiledOrder {
  const google::protobuf::FieldDescriptor* low = nullptr;
  const google::protobuf::FieldDescriptor* high = nullptr;
  bool strict = false;
  // FORMAT_DATE or FORMAT_DATE_TIME of texts; unspecified of numbers and timestamps.
  options::v1::Format format = options::v1::FORMAT_UNSPECIFIED;
};

struct CompiledRequiredWhen {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::FieldDescriptor* when = nullptr;
  std::string equals;
};

// Bounds on what a schema may ask for, so that no schema makes a record too costly to check.
inline constexpr std::size_t kPatternBytesMax = 1'000;
inline constexpr int kPatternWorkMax = 300'000;  // Of all patterns, in instructions of RE2.
inline constexpr int kCrossRulesMax = 50;        // Of one message.
inline constexpr int kRuleFieldsMax = 50;        // Named by one rule.
inline constexpr int kConsumersMax = 20;
inline constexpr std::size_t kOwnerBytesMax = 200;  // Also of each consumer.
inline constexpr std::size_t kPurposeBytesMax = 500;
inline constexpr std::size_t kVocabularyNameBytesMax = 63;

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
  // What cannot be compiled is reported as OPTION_INVALID, each with the path of its field, at most
  // kFindingsMax of them. A schema with findings is refused; checking records by its rules is safe.
  Rules(const google::protobuf::Descriptor& message, std::vector<Finding>* findings);
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  const MessageRules& root() const { return *root_; }
  options::v1::Kind kind() const { return schema_.kind(); }
  options::v1::UnknownPolicy unknown() const { return schema_.unknown(); }
  options::v1::InvalidOptional invalid_optional() const { return schema_.invalid_optional(); }
  // Names of vocabularies that fields refer to.
  const std::vector<std::string>& vocabularies() const { return vocabularies_; }
  // The message, or one that it reaches, may hold texts that protobuf does not keep to UTF-8.
  bool has_proto2() const { return has_proto2_; }
  // It may hold values that have no JSON form: times out of range, or any message at all.
  bool has_times() const { return has_times_; }
  bool has_any() const { return has_any_; }
  // It may hold google.protobuf.Value, which may be set to nothing.
  bool has_values() const { return has_values_; }
  // It holds messages at all.
  bool has_messages() const { return has_messages_; }

 private:
  friend class RulesCompiler;

  options::v1::SchemaRules schema_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessageRules>> messages_;
  const MessageRules* root_ = nullptr;
  std::vector<std::string> vocabularies_;
  bool has_proto2_ = false;
  bool has_times_ = false;
  bool has_any_ = false;
  bool has_values_ = false;
  bool has_messages_ = false;
};

// True for messages that the server takes as one value: those of google.protobuf.
bool IsLeaf(const google::protobuf::FieldDescriptor& field);

// Calls `visit` with each field of the message and of all messages it reaches, once a message type.
void VisitFields(const google::protobuf::Descriptor& message,
                 const std::function<void(const google::protobuf::FieldDescriptor&)>& visit);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_RULES_H_
