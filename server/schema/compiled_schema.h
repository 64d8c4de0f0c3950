// A compiled schema: everything that its content decides, made once. Names, versions and states are
// server/schema/catalog.h's.
#ifndef SELFSAME_SERVER_SCHEMA_COMPILED_SCHEMA_H_
#define SELFSAME_SERVER_SCHEMA_COMPILED_SCHEMA_H_

#include <memory>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "server/schema/closed_values.h"
#include "server/schema/descriptors.h"
#include "server/schema/entries.h"
#include "server/schema/rules.h"

namespace selfsame::schema {

// What a schema's records are.
enum class Use { kEvent, kProfile };

// Thread-safe.
class CompiledSchema {
 public:
  // What is wrong with its options is in findings().
  explicit CompiledSchema(std::unique_ptr<MessageType> type);
  ~CompiledSchema();
  CompiledSchema(const CompiledSchema&) = delete;
  CompiledSchema& operator=(const CompiledSchema&) = delete;

  const google::protobuf::Descriptor& descriptor() const { return type_->descriptor(); }
  Use use() const { return use_; }
  const Rules& rules() const { return *rules_; }
  const Entries& entries() const { return entries_; }
  const std::vector<ClosedField>& closed_fields() const { return closed_fields_; }
  // OPTION_INVALID, GROUP_UNSUPPORTED, JSON_NAME_AMBIGUOUS, CATALOG_ENTRY_REQUIRED, and
  // DESCRIPTOR_SET_INVALID where its messages hold more
  // than the entries can list; at most kFindingsMax.
  const std::vector<Finding>& findings() const { return findings_; }

  // A cleared message to decode into, lent for as long as it is held: making one costs as much as
  // decoding a small payload.
  class Scratch {
   public:
    Scratch(const CompiledSchema& schema, std::unique_ptr<google::protobuf::Message> message);
    ~Scratch();
    Scratch(Scratch&&) noexcept = default;
    google::protobuf::Message& operator*() const { return *message_; }

   private:
    const CompiledSchema* schema_;
    std::unique_ptr<google::protobuf::Message> message_;
  };
  Scratch Borrow() const;

 private:
  void GiveBack(std::unique_ptr<google::protobuf::Message> message) const;

  const std::unique_ptr<MessageType> type_;
  std::vector<Finding> findings_;
  std::unique_ptr<Rules> rules_;
  Entries entries_;
  std::vector<ClosedField> closed_fields_;
  Use use_ = Use::kEvent;
  mutable Mutex mutex_;
  mutable std::vector<std::unique_ptr<google::protobuf::Message>> idle_ SELFSAME_GUARDED_BY(mutex_);
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_COMPILED_SCHEMA_H_
